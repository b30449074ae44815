import { type Trip, travel } from '../../../src/adapters/memory/trip.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { waitingEntry } from '../../../src/boxoffice/waitlist/waiting-entry.js';
import type { Entry, WaitlistStore } from '../../../src/boxoffice/waitlist/waitlist-store-port.js';
import type { Waitlist } from '../../../src/runtime/waitlist-port.js';
import type { Life } from './life.js';

/** How one node gets to the record. */
export interface Way {
  readonly life: Life;
  readonly trip: () => Trip;
}

export interface SimWaitlistOptions {
  readonly time: VirtualTime;
  /** The newest epoch of a showtime. */
  readonly epochOf: (showtimeId: string) => number;
  readonly changed: (entry: Entry) => void;
}

/** The record of who waits, as Postgres would have it: each change at once and whole, however bad the way there is. */
export class SimWaitlist {
  readonly entries = new Map<string, Entry>();
  /** The events for the mail, by entry. */
  readonly told: string[] = [];
  /** Every hold id that an entry ever had, to the entry. */
  readonly entryOfHold = new Map<string, string>();
  readonly #options: SimWaitlistOptions;
  #places = 0;
  readonly #checkedAt = new Map<string, number>();

  constructor(options: SimWaitlistOptions) {
    this.#options = options;
  }

  /** The store as a node has it. */
  store({ life, trip }: Way): WaitlistStore {
    const over = <Answer>(act: () => Answer) => life.hears(travel(this.#options.time, trip(), act));
    const move = (id: string, from: readonly Entry['state'][], change: Partial<Entry>) =>
      over(() => {
        const entry = this.entries.get(id);
        if (!entry || !from.includes(entry.state)) return false;
        this.#put({ ...entry, ...change });
        if (change.state === 'offered') this.told.push(id);
        return true;
      });
    return {
      add: (asked) =>
        over(() => {
          const none = { seats: [], offeredAt: undefined, offerUntil: undefined, endedAt: undefined };
          const place = ++this.#places;
          const entry: Entry = { ...asked, ...none, state: 'waiting', place, joinedAt: this.#options.time.now() };
          this.#put(entry);
          return entry;
        }),
      takeBack: (id) => over(() => this.entries.get(id)?.state === 'waiting' && this.entries.delete(id)),
      find: (id) => over(() => this.entries.get(id)),
      line: (showtimeId) => over(() => this.line(showtimeId)),
      offered: ({ id, holdId, seats, expiresAt }) =>
        move(id, ['waiting'], { state: 'offered', holdId, seats, offerUntil: expiresAt }),
      ended: (id, state) => move(id, ['waiting', 'offered'], { state }),
      left: (id) => move(id, ['waiting'], { state: 'left' }),
      close: () => over(() => 0),
      toCheck: (everyMs, max) => over(() => this.#toCheck(everyMs, max)),
      settle: () => over(() => {}),
    };
  }

  /** The record as an owner of a node reads it. */
  waitlist({ life, trip }: Way, offerMs: number, uuid: () => string): Waitlist {
    return {
      load: (showtimeId, epoch, holdIds) =>
        life.hears(
          travel(this.#options.time, trip(), () => {
            if (this.#options.epochOf(showtimeId) !== epoch) throw new Error('Another node owns the showtime by now.');
            if (this.#places === 0) return undefined;
            const entries = this.line(showtimeId).map((entry) => {
              const isUsed = entry.state === 'waiting' && !holdIds.has(entry.holdId);
              const renewed = isUsed ? { ...entry, holdId: uuid() } : entry;
              if (isUsed) this.#put(renewed);
              return waitingEntry(renewed, offerMs);
            });
            return { entries, lastPlace: this.#places };
          }),
        ),
    };
  }

  line(showtimeId: string): readonly Entry[] {
    return [...this.entries.values()]
      .filter((entry) => entry.showtimeId === showtimeId && ['waiting', 'offered'].includes(entry.state))
      .toSorted((a, b) => a.place - b.place);
  }

  #put(entry: Entry): void {
    this.entries.set(entry.id, entry);
    this.entryOfHold.set(entry.holdId, entry.id);
    this.#options.changed(entry);
  }

  #toCheck(everyMs: number, max: number): readonly string[] {
    const now = this.#options.time.now();
    const showtimeIds = new Set([...this.entries.values()].map(({ showtimeId }) => showtimeId));
    const due = [...showtimeIds].filter((id) => (this.#checkedAt.get(id) ?? 0) + everyMs < now).slice(0, max);
    for (const id of due) this.#checkedAt.set(id, now);
    return due;
  }
}
