import { setTimeout as sleep } from 'node:timers/promises';
import { pick } from '../../nemesis/fault.js';
import { type MoneyHouse, staffSession } from '../stage/money-stage.js';
import { count, type MoneyTally } from './money-tally.js';
import type { ShopDoor } from './shop-door.js';

const EVERY_MS = 1_200;

/** Staff: gives money back whatever the terms, and cancels showtimes. */
export class Clerk {
  readonly #door: ShopDoor;
  readonly #random: () => number;
  readonly #tally: MoneyTally;
  readonly #orders: string[] = [];
  #working: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(door: ShopDoor, random: () => number, tally: MoneyTally) {
    this.#door = door;
    this.#random = random;
    this.#tally = tally;
  }

  /** An order that was fulfilled. */
  hear(orderId: string): void {
    this.#orders.push(orderId);
  }

  start(): void {
    this.#isStopped = false;
    this.#working = this.#work();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#working;
  }

  async cancelShowtime({ id }: MoneyHouse): Promise<void> {
    const staff = await staffSession();
    const settings = await this.#door.ask(staff, 'GET', `/v1/showtimes/${id}/settings`);
    const etag = String(settings?.json.etag ?? '');
    const body = { reason: 'The projector burned.' };
    const done = await this.#door.ask(staff, 'POST', `/v1/showtimes/${id}/cancel`, body, { 'if-match': etag });
    count(this.#tally.ways, `a showtime is cancelled: ${done?.json.code ?? done?.status}`);
  }

  async #work(): Promise<void> {
    const staff = await staffSession();
    while (!this.#isStopped) {
      if (this.#orders.length > 0) {
        const id = pick(this.#orders, this.#random);
        const done = await this.#door.ask(staff, 'POST', `/v1/orders/${id}/refunds`, this.#refund());
        count(this.#tally.ways, `staff refund: ${done?.json.code ?? done?.status}`);
      }
      await sleep(EVERY_MS * this.#random());
    }
  }

  #refund(): object {
    const dice = this.#random();
    const reason = 'A wet seat.';
    if (dice < 0.4)
      return { reason, amount: { amount: 1 + Math.floor(this.#random() * 400), currency: 'EUR' }, keepSeats: true };
    if (dice < 0.7) return { reason, lines: [0] };
    return { reason };
  }
}
