import { setTimeout as sleep } from 'node:timers/promises';
import type { Control } from '../../../kit/stripe/stripe-stand-in.js';
import type { NodeUnderTest } from '../../stage/node-under-test.js';

const CONTROL_MS_MAX = 2_000;
const APPLY_MS_MAX = 20_000;

/** What it does when nobody makes it worse: a provider on a bad day. */
const USUAL: Control = {
  faults: {
    slow: 0.03,
    lost_answer: 0.04,
    no_answer: 0.004,
    error: 0.02,
    busy: 0.03,
    late: 0.08,
    twice: 0.12,
    never: 0.08,
    other_sum: 0.02,
  },
  lateMs: 7_000,
  webhookDelayMsMax: 1_500,
  refundsBusy: false,
};
const HONEST: Control = { faults: {}, webhookDelayMsMax: 0, refundsBusy: false };
const LIES: Control = {
  faults: {
    ...USUAL.faults,
    slow: 0.15,
    lost_answer: 0.3,
    no_answer: 0.03,
    error: 0.2,
    busy: 0.15,
    twice: 0.3,
    never: 0.2,
  },
  webhookDelayMsMax: 6_000,
};

/** The stand-in of Stripe as a process. What it is told to do survives its kill. */
export class StagedProvider {
  readonly process: NodeUnderTest;
  readonly url: string;
  readonly ledgerFile: string;
  #wanted: Control = {};

  constructor(process: NodeUnderTest, ledgerFile: string) {
    this.process = process;
    this.url = process.url;
    this.ledgerFile = ledgerFile;
  }

  async lieAsUsual(): Promise<void> {
    await this.#apply(USUAL);
  }

  async lieMore(): Promise<void> {
    await this.#apply(LIES);
  }

  async refuseRefunds(): Promise<void> {
    await this.#apply({ refundsBusy: true });
  }

  /** From now on it answers, tells each event once and at once, and takes refunds. What it did not tell so far it does not tell. */
  async beHonest(): Promise<void> {
    await this.#apply(HONEST);
  }

  async tell(webhookUrls: readonly string[]): Promise<void> {
    await this.#apply({ webhookUrls });
  }

  /** Refunds that were pending so far have come through. */
  async settleRefunds(): Promise<void> {
    await this.#send({ settleRefunds: 'succeeded' }).catch(() => {});
  }

  /** After a kill. */
  async restart(): Promise<void> {
    this.process.start();
    await this.#apply({});
  }

  async #apply(control: Control): Promise<void> {
    this.#wanted = { ...this.#wanted, ...control };
    const giveUpAt = performance.now() + APPLY_MS_MAX;
    for (;;) {
      try {
        await this.#send(this.#wanted);
        return;
      } catch (cause) {
        if (performance.now() > giveUpAt) throw new Error('The provider does not hear what it is told.', { cause });
        await sleep(50);
      }
    }
  }

  async #send(control: Control): Promise<void> {
    const body = JSON.stringify(control);
    const signal = AbortSignal.timeout(CONTROL_MS_MAX);
    const answer = await fetch(`${this.url}/control`, { method: 'POST', body, signal });
    if (!answer.ok) throw new Error(`The provider answered ${answer.status}.`);
  }
}
