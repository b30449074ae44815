import { setTimeout as sleep } from 'node:timers/promises';
import { SEAT_STATUSES } from '../../src/protocol/seat-status.js';
import { connectAll } from '../load/connect-all.js';
import { FrameReader } from '../load/frame-reader.js';
import { sourceAddress } from '../load/source-address.js';
import { Buyer } from './buyer.js';
import type { Assignment, Compared, Order, Positions, Report } from './orders.js';
import { Tally } from './tally.js';

const FINISH_WITHIN_MS = 20_000;
const EXAMPLES_MAX = 5;

/** The buyers of one process, and what the conductor can ask of them. */
class Crowd {
  readonly #tally = new Tally();
  readonly #buyers: Buyer[];
  readonly #buying: Promise<void>[] = [];

  readonly #assignment: Assignment;

  constructor(assignment: Assignment) {
    this.#assignment = assignment;

    const reader = new FrameReader();
    const { host, port, showtimeId, seed, hall, first, count } = assignment;
    this.#buyers = Array.from({ length: count }, (_, i) => {
      const index = first + i;
      const target = { host, port, ...sourceAddress(host, index) };
      return new Buyer({ target, showtimeId, seed, index, hall, reader, tally: this.#tally });
    });
  }

  async obey(order: Exclude<Order, { type: 'connect' | 'leave' }>): Promise<Report> {
    switch (order.type) {
      case 'open_doors':
        for (const buyer of this.#buyers) this.#buying.push(buyer.buy());
        return { type: 'reported', tally: this.#tally.report() };
      case 'report':
        return { type: 'reported', tally: this.#tally.report() };
      case 'stop':
        return await this.#stop();
      case 'locate':
        return { type: 'positions', ...this.#positions() };
      case 'compare':
        return { type: 'compared', ...this.#compare(order.truth) };
    }
  }

  async connect(): Promise<Report> {
    await connectAll(this.#buyers);
    const ready = this.#buyers.filter((buyer) => buyer.connected).length;
    return { type: 'connected', ready, tally: this.#tally.report() };
  }

  async #stop(): Promise<Report> {
    for (const buyer of this.#buyers) buyer.stop();
    await Promise.race([Promise.all(this.#buying), sleep(FINISH_WITHIN_MS)]);
    for (const buyer of this.#buyers) this.#tally.counts.unsoldSeats += buyer.view.unsold;
    const claims = this.#buyers.map((buyer) => buyer.claims());
    return {
      type: 'quiet',
      tally: this.#tally.report(),
      series: this.#tally.encodedSeries(),
      claims: {
        holds: claims.flatMap((each) => each.holds),
        bookings: claims.flatMap((each) => each.bookings),
        deniedHolds: claims.flatMap((each) => each.deniedHolds),
        answeredHolders: claims.flatMap((each) => each.answeredHolders),
      },
    };
  }

  #positions(): Positions {
    const connected = this.#buyers.filter((buyer) => buyer.connected);
    const places = new Set(connected.map(({ view }) => `${view.epoch}:${view.seq}${view.stale ? ' with a gap' : ''}`));
    return { connected: connected.length, places: [...places] };
  }

  #compare(truth: Uint8Array): Compared {
    let wrong = 0;
    const examples: string[] = [];
    const connected = this.#buyers.filter((buyer) => buyer.connected);
    for (const { view } of connected) {
      const seat = truth.findIndex((status, i) => view.statuses[i] !== status);
      if (seat < 0) continue;
      wrong++;
      if (examples.length === EXAMPLES_MAX) continue;
      const name = (status: number | undefined) => SEAT_STATUSES[status ?? -1] ?? 'unknown';
      const label = this.#assignment.hall.labels[seat];
      examples.push(`${label}: told ${name(view.statuses[seat])}, is ${name(truth[seat])} (seq ${view.seq})`);
    }
    return { clients: connected.length, wrong, examples };
  }

  leave(): void {
    for (const buyer of this.#buyers) buyer.leave();
  }
}

/** Serves one conductor over this process' IPC channel, until told to leave or the channel breaks. */
export function joinRush(): void {
  let crowd: Crowd | undefined;
  const answer = (report: Report) => process.send?.(report);
  process.on('disconnect', () => process.exit(1));
  // An interrupt at the terminal reaches all processes; when to stop is the conductor's to say.
  process.on('SIGINT', () => {});
  process.on('message', (order: Order) => {
    if (order.type === 'connect') {
      crowd = new Crowd(order.assignment);
      void crowd.connect().then(answer);
    } else if (order.type === 'leave') {
      crowd?.leave();
      process.removeAllListeners('disconnect');
      process.disconnect();
      // What timers of buyers are left has nothing more to say.
      setTimeout(() => process.exit(0), 200);
    } else {
      void crowd?.obey(order).then(answer);
    }
  });
}
