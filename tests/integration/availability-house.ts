import { randomUUID } from 'node:crypto';
import type { RunningHouse } from '../../src/boxoffice/availability/compare-counts.js';
import type { SeatCounts } from '../../src/boxoffice/cache-port.js';
import type { Timers } from '../../src/kernel/timers.js';
import type { Journal, Slice } from '../../src/runtime/journal-port.js';

const SEATS = 20;

/** A house as the reconciler meets one, driven by hand over a real journal: its writes and what it says are apart. */
export class HandDrivenHouse {
  readonly showtimeId: string;
  readonly #journal: Journal;
  readonly #batch: () => number;
  #mark = 0;
  #isWaiting = false;
  counts: SeatCounts;

  constructor(journal: Journal, batch: () => number, showtimeId: string = randomUUID()) {
    this.showtimeId = showtimeId;
    this.#journal = journal;
    this.#batch = batch;
    this.counts = { epoch: 0, seq: 0, available: SEATS, held: 0, booked: 0, blocked: 0, seats: SEATS };
  }

  get epoch(): number {
    return this.counts.epoch;
  }

  /** As the directory does: the counts are what the journal says. */
  async load(): Promise<void> {
    const { epoch, state } = await this.#journal.claim(this.showtimeId, 0);
    const sum = (of: readonly { readonly seats: readonly number[] }[]) =>
      of.reduce((n, { seats }) => n + seats.length, 0);
    this.#mark = 0;
    this.counts = { ...this.counts, epoch, seq: 0 };
    this.#count({
      held: sum(state.holds),
      booked: sum(state.bookings.filter(({ status }) => status === 'confirmed')),
      blocked: state.blocked.length,
    });
  }

  /** A command was applied, and its write is on its way: nothing of it was published. */
  begin(): void {
    this.#mark++;
    this.#isWaiting = true;
  }

  async write(parts: Slice): Promise<void> {
    await this.#journal.commit({ number: this.#batch(), after: 0, slices: [parts] });
  }

  /** The journal answered: nothing waits any more. */
  settle(): void {
    this.#isWaiting = false;
  }

  /** The next delta. */
  publish(taken: Partial<Pick<SeatCounts, 'held' | 'booked' | 'blocked'>>): void {
    this.counts = { ...this.counts, seq: this.counts.seq + 1 };
    this.#count(taken);
  }

  look(): RunningHouse {
    return { counts: this.counts, settledMark: this.#isWaiting ? undefined : this.#mark };
  }

  #count(taken: Partial<Pick<SeatCounts, 'held' | 'booked' | 'blocked'>>): void {
    const { held, booked, blocked } = { ...this.counts, ...taken };
    this.counts = { ...this.counts, held, booked, blocked, available: SEATS - held - booked - blocked };
  }
}

/** Timers that fire when told to, however long they were set for. */
export class HandTimers implements Timers {
  #waiting: (() => void)[] = [];

  after(_: number, call: () => void): () => void {
    this.#waiting.push(call);
    return () => {
      this.#waiting = this.#waiting.filter((each) => each !== call);
    };
  }

  soon(call: () => void): void {
    this.after(0, call);
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Fires what waits, and resolves when something waits again: the next step of whoever set it. */
  async fire(): Promise<void> {
    for (const call of this.#waiting.splice(0)) call();
    while (!this.isWaiting) await new Promise((resolve) => setImmediate(resolve));
  }
}
