import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import type { Options } from '@node-rs/argon2';

/** What the thread runs. It has no imports of ours, so that it needs no bundle of its own. */
const SCRIPT = `
const { platform, setPriority } = require('node:os');
const { parentPort, workerData } = require('node:worker_threads');
const { hashSync, verifySync } = require(workerData.argon2);
try {
  // Linux has a priority for each thread, and 0 is the one that calls. Elsewhere it would be that of the whole process.
  if (platform() === 'linux') setPriority(0, workerData.nice);
} catch {
  // It runs as it is then.
}
parentPort.on('message', ({ hashed, password, options }) => {
  try {
    const value = hashed === undefined ? hashSync(password, options) : verifySync(hashed, password);
    parentPort.postMessage({ value });
  } catch (error) {
    parentPort.postMessage({ error: String(error) });
  }
});`;

type Answer = { readonly value: string | boolean } | { readonly error: string };

/**
 * Runs argon2 in a thread of its own, one call at a time. The threads of libuv stay free for files and DNS, and the thread has a
 * low priority, so that people who buy seats go before people who log in.
 */
export class HashingThread {
  readonly #nice: number;
  #worker: Worker | undefined;

  /** @param nice how far it goes behind the rest of the process, 0 to 19 */
  constructor(nice: number) {
    this.#nice = nice;
  }

  async hash(password: string | Uint8Array, options: Options): Promise<string> {
    return (await this.#ask({ password, options })) as string;
  }

  /** Rejects where `hashed` is no hash. */
  async verify(hashed: string, password: string): Promise<boolean> {
    return (await this.#ask({ hashed, password })) as boolean;
  }

  #ask(work: object): Promise<string | boolean> {
    const worker = this.#open();
    // An idle thread does not keep the process; one that works does.
    worker.ref();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        worker.off('message', answered).off('error', failed).off('exit', ended).unref();
        settle();
      };
      const answered = (answer: Answer) =>
        end(() => ('error' in answer ? reject(new Error(answer.error)) : resolve(answer.value)));
      const failed = (error: Error) => {
        this.#worker = undefined;
        end(() => reject(error));
      };
      const ended = () => failed(new Error('The thread that hashes passwords ended.'));
      worker.on('message', answered).on('error', failed).on('exit', ended);
      worker.postMessage(work);
    });
  }

  #open(): Worker {
    const argon2 = createRequire(import.meta.url).resolve('@node-rs/argon2');
    this.#worker ??= new Worker(SCRIPT, { eval: true, workerData: { argon2, nice: this.#nice } });
    return this.#worker;
  }

  /** Ends the thread. What it is doing is rejected. */
  async close(): Promise<void> {
    await this.#worker?.terminate();
  }
}
