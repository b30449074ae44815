import { renameSync, writeFileSync } from 'node:fs';
import type { NodeUnderTest } from '../../stage/node-under-test.js';
import type { ReceiverManner } from './webhook-receiver.js';

const USUAL = { failShare: 0.06, hangShare: 0.01 };
const HONEST = { failShare: 0, hangShare: 0 };
const FAILING = { failShare: 0.8, hangShare: 0.1 };

/** The receiver of webhooks as a process. */
export class StagedReceiver {
  readonly process: NodeUnderTest;
  readonly heardFile: string;
  readonly #mannerFile: string;
  #manner: ReceiverManner = HONEST;

  constructor(process: NodeUnderTest, heardFile: string, mannerFile: string) {
    this.process = process;
    this.heardFile = heardFile;
    this.#mannerFile = mannerFile;
    this.#behave({});
  }

  get hooksUrl(): string {
    return `${this.process.url}/hooks`;
  }

  learn(secret: string): void {
    this.#behave({ secret });
  }

  failAsUsual(): void {
    this.#behave(USUAL);
  }

  failMore(): void {
    this.#behave(FAILING);
  }

  beHonest(): void {
    this.#behave(HONEST);
  }

  #behave(manner: Partial<ReceiverManner>): void {
    this.#manner = { ...this.#manner, ...manner };
    // It reads the file at each request: never half of one.
    writeFileSync(`${this.#mannerFile}.new`, JSON.stringify(this.#manner));
    renameSync(`${this.#mannerFile}.new`, this.#mannerFile);
  }
}
