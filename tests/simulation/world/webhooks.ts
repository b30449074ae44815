import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { PaidOrders, PaymentReport, RefundReport } from '../../../src/boxoffice/payments/paid-orders-port.js';
import type { Life } from './life.js';
import type { Random } from './random.js';

/** What a provider tells: how a payment or a refund stands. */
export type Event = { readonly payment: PaymentReport } | { readonly refund: RefundReport };

/** A node, as the provider reaches it. */
export interface Reached {
  readonly life: Life;
  readonly orders: PaidOrders;
}

const ARRIVES_MS = [1, 400] as const;
const ANSWER_MS_MAX = 2_500;
const AGAIN_MS = [100, 800] as const;

/** Brings what a provider has to tell to some node, again and again until one has taken it: late, twice and in any order. */
export class Webhooks {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #nodes: () => readonly Reached[];
  #undelivered = 0;

  constructor(time: VirtualTime, random: Random, nodes: () => readonly Reached[]) {
    this.#time = time;
    this.#random = random;
    this.#nodes = nodes;
  }

  get undelivered(): number {
    return this.#undelivered;
  }

  send(event: Event): void {
    this.#undelivered++;
    void this.#deliver(event).then(() => {
      this.#undelivered--;
    });
    // Now and then the answer to the first did not arrive in time.
    if (this.#random.chance(0.1)) this.#time.after(this.#random.between(...AGAIN_MS), () => void this.#once(event));
  }

  async #deliver(event: Event): Promise<void> {
    await this.#wait(this.#random.between(...ARRIVES_MS));
    while (!(await this.#once(event))) await this.#wait(this.#random.between(...AGAIN_MS));
  }

  /** Whether a node has taken it, as far as the provider hears. */
  async #once(event: Event): Promise<boolean> {
    const nodes = this.#nodes();
    if (nodes.length === 0) return false;
    const { life, orders } = this.#random.pick(nodes);
    const taken = new Promise<boolean>((resolve) => {
      life.enter(() => {
        const outcome = 'payment' in event ? orders.settled(event.payment) : orders.refundSettled(event.refund);
        void life.hears(outcome).then(
          () => resolve(true),
          () => resolve(false),
        );
      });
    });
    return await Promise.race([taken, this.#wait(ANSWER_MS_MAX).then(() => false)]);
  }

  async #wait(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.#time.after(ms, resolve));
  }
}
