import { setTimeout as sleep } from 'node:timers/promises';
import { connectAll } from '../load/connect-all.js';
import { PEER_OPENERS } from '../load/peer-openers.js';
import { sourceAddress } from '../load/source-address.js';
import { BuyerPlan } from '../rush/buyer-plan.js';
import { rushHall } from '../rush/hall.js';
import { buyOnce } from './buyer.js';
import { PollingShop } from './polling-shop.js';
import { RoomObserver, RoomShop } from './room-shop.js';
import { Sales, type SalesReport } from './sales.js';
import type { Observer, Shop, System } from './shop.js';
import { UsherObserver, UsherShop } from './usher-shop.js';

export interface CrowdAssignment {
  readonly system: System;
  readonly host: string;
  readonly port: number;
  readonly showtimeId: string;
  readonly seats: number;
  /** What the clients intend: the same for every system. */
  readonly seed: number;
  readonly first: number;
  readonly count: number;
}

/** How often everybody reads what has come, if only to answer pings; in slices, so that they do not all do it at once. */
const LOOK_EVERY_MS = 5_000;
const LOOK_SLICES = 100;

/** The buyers of one process. */
export class Crowd {
  readonly #assignment: CrowdAssignment;
  readonly #shops: readonly Shop[];
  readonly #observer: Observer | undefined;
  readonly #looking: NodeJS.Timeout;

  constructor(assignment: CrowdAssignment) {
    this.#assignment = assignment;
    const { label: labels } = rushHall(assignment.seats).seats;
    this.#observer = observerFor(assignment);
    this.#shops = Array.from({ length: assignment.count }, (_, i) =>
      shopFor(assignment, assignment.first + i, labels, this.#observer),
    );
    let slice = 0;
    this.#looking = setInterval(() => {
      for (let i = slice; i < this.#shops.length; i += LOOK_SLICES) this.#shops[i]?.look();
      slice = (slice + 1) % LOOK_SLICES;
    }, LOOK_EVERY_MS / LOOK_SLICES);
  }

  /** @throws where one of them cannot: a race with fewer would be another race. */
  async connect(): Promise<void> {
    await this.#observer?.connect();
    await connectAll(this.#shops);
  }

  /** From the opening of the doors until everybody has bought or gone, but no longer than so. */
  async race(capMs: number): Promise<SalesReport> {
    const { seats, seed, first } = this.#assignment;
    const { row: rows } = rushHall(seats).seats;
    const parties = this.#shops.map((shop, i) => ({ shop, plan: new BuyerPlan(seed, first + i) }));
    const sales = new Sales();
    for (const shop of this.#shops) shop.follow();
    const buying = parties.map(({ shop, plan }) => buyOnce(shop, rows, plan, sales));
    const cap = new AbortController();
    await Promise.race([Promise.all(buying), sleep(capMs, undefined, { signal: cap.signal })]);
    cap.abort();
    return sales.report();
  }

  leave(): void {
    clearInterval(this.#looking);
    this.#observer?.close();
    for (const shop of this.#shops) shop.close();
  }
}

/** Undefined: each client has to ask for itself. */
function observerFor({ system, host, port, showtimeId, seats }: CrowdAssignment): Observer | undefined {
  const target = { host, port };
  if (system === 'express-postgres') return undefined;
  if (system === 'usher') return new UsherObserver(target, showtimeId, seats);
  return new RoomObserver(PEER_OPENERS[system], target, showtimeId);
}

function shopFor(
  { system, host, port, showtimeId, seats }: CrowdAssignment,
  index: number,
  labels: readonly string[],
  observer: Observer | undefined,
): Shop {
  const target = { host, port, ...sourceAddress(host, index) };
  if (system === 'express-postgres' || !observer) {
    return new PollingShop(target, showtimeId, seats, `buyer-${index}`);
  }
  if (system === 'usher') return new UsherShop(target, showtimeId, labels, observer);
  return new RoomShop(PEER_OPENERS[system], target, showtimeId, observer);
}
