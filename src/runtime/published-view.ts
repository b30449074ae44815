import { Allocations } from '../core/allocations/allocation.js';
import type { Change } from '../core/change.js';
import { AVAILABLE, BLOCKED, BOOKED, type Booking, HELD, type Hold, type House } from '../core/house.js';
import type { PublishedDelta } from './audience.js';

export interface Own {
  readonly holds: readonly Hold[];
  readonly bookings: readonly Booking[];
}

/** All of a view at one moment, as one node gives it to another; `holds` and `bookings` of all holders. */
export interface Published extends Own {
  readonly seq: number;
  readonly statuses: Uint8Array;
}

const NOTHING: Own = { holds: [], bookings: [] };

/**
 * The house as the journal has reached it: what snapshots, resumes and reads show. `statuses` is the state at `seq`;
 * what became durable since waits to be cut into the next delta.
 */
export class PublishedView {
  readonly statuses: Uint8Array;
  #seq = 0;
  #pending = new Map<number, number>();
  readonly #owned = new Map<string, { holds: Map<string, Hold>; bookings: Map<string, Booking> }>();
  readonly #history: PublishedDelta[] = [];
  readonly #historyMax: number;
  /** Seats that are blocked where nobody has them. Of an owner only: a relay is told statuses. */
  readonly #allocations = new Allocations();

  constructor(published: Published, historyMax: number) {
    // Not `slice`: of a Buffer, as links may give, that is no copy.
    this.statuses = new Uint8Array(published.statuses);
    this.#seq = published.seq;
    this.#historyMax = historyMax;
    for (const hold of published.holds) this.#of(hold.holder).holds.set(hold.id, hold);
    for (const booking of published.bookings) this.#of(booking.holder).bookings.set(booking.id, booking);
  }

  /** Of a house that was just loaded: all of it is durable. */
  static of(house: House, historyMax: number): PublishedView {
    const bookings = [...house.bookings.values()].filter(({ status }) => status === 'confirmed');
    const view = new PublishedView(
      { seq: 0, statuses: house.status, holds: [...house.holds.values()], bookings },
      historyMax,
    );
    for (const [seat, allocation] of house.allocations.entries()) view.#allocations.set(seat, allocation);
    return view;
  }

  get seq(): number {
    return this.#seq;
  }

  /**
   * The holder's holds that have not ended at `now`, and confirmed bookings, up to the watermark (so possibly newer than
   * `statuses`). The end of a hold is published when the journal has it, which may be long after it.
   */
  own(holder: string, now: number): Own {
    const owned = this.#owned.get(holder);
    if (!owned) return NOTHING;
    const holds = [...owned.holds.values()].filter(({ expiresAt }) => expiresAt > now);
    return { holds, bookings: [...owned.bookings.values()] };
  }

  /** All that is published; `statuses` is the view's own, to be copied in the same turn. */
  all(): Published {
    const holds: Hold[] = [];
    const bookings: Booking[] = [];
    for (const owned of this.#owned.values()) {
      holds.push(...owned.holds.values());
      bookings.push(...owned.bookings.values());
    }
    return { seq: this.#seq, statuses: this.statuses, holds, bookings };
  }

  /** All that was published, also what is not in a delta yet. */
  remembered(): Own & { readonly blocked: readonly number[]; readonly allocations: Allocations } {
    const { holds, bookings } = this.all();
    const blocked: number[] = [];
    for (let seat = 0; seat < this.statuses.length; seat++) {
      const isBlocked = (this.#pending.get(seat) ?? this.statuses[seat]) === BLOCKED;
      if (isBlocked && !this.#allocations.has(seat)) blocked.push(seat);
    }
    return { holds, bookings, blocked, allocations: this.#allocations };
  }

  publish(change: Change): void {
    switch (change.type) {
      case 'hold_put':
        this.#of(change.hold.holder).holds.set(change.hold.id, change.hold);
        this.#mark(change.seats, HELD);
        break;
      case 'hold_dropped':
        if (change.rest) this.#of(change.hold.holder).holds.set(change.hold.id, change.rest);
        else this.#of(change.hold.holder).holds.delete(change.hold.id);
        this.#forgetIfEmpty(change.hold.holder);
        this.#free(change.seats);
        break;
      case 'hold_taken_away':
        this.#of(change.hold.holder).holds.delete(change.hold.id);
        this.#forgetIfEmpty(change.hold.holder);
        this.#free(change.hold.seats);
        break;
      case 'booked': {
        const owned = this.#of(change.booking.holder);
        owned.holds.delete(change.hold.id);
        owned.bookings.set(change.booking.id, change.booking);
        this.#mark(change.booking.seats, BOOKED);
        break;
      }
      case 'cancelled':
        this.#of(change.booking.holder).bookings.delete(change.booking.id);
        this.#forgetIfEmpty(change.booking.holder);
        this.#free(change.booking.seats);
        break;
      case 'partly_cancelled':
        this.#of(change.booking.holder).bookings.set(change.booking.id, change.booking);
        this.#free(change.freed);
        break;
      case 'reseated':
        this.#of(change.booking.holder).bookings.set(change.booking.id, change.booking);
        this.#free(change.freed);
        this.#mark(change.taken, BOOKED);
        break;
      case 'blocked':
        this.#mark(change.seats, BLOCKED);
        break;
      case 'unblocked':
        this.#mark(change.seats, AVAILABLE);
        break;
      case 'allocated':
        for (const seat of change.seats) this.#allocations.set(seat, change.allocation);
        this.#mark(change.taken, BLOCKED);
        break;
      case 'deallocated':
        for (const seat of change.seats) this.#allocations.delete(seat);
        this.#mark(change.freed, AVAILABLE);
        break;
    }
  }

  /**
   * The next delta: what changed since the last, net, at most `changesMax` seats; undefined where nothing did.
   * Call until undefined.
   */
  cut(changesMax: number): PublishedDelta | undefined {
    const changes: (readonly [number, number])[] = [];
    for (const [seat, status] of this.#pending) {
      this.#pending.delete(seat);
      if (this.statuses[seat] === status) continue;
      this.statuses[seat] = status;
      changes.push([seat, status]);
      if (changes.length === changesMax) break;
    }
    if (changes.length === 0) return undefined;
    const delta = { seq: this.#seq + 1, changes };
    this.#keep(delta);
    return delta;
  }

  /**
   * A delta that the owner cut: what a relay has instead of cutting its own.
   * @throws Error where it is not the next.
   */
  follow(delta: PublishedDelta): void {
    if (delta.seq !== this.#seq + 1) throw new Error(`delta ${delta.seq} after ${this.#seq}`);
    for (const [seat, status] of delta.changes) {
      this.statuses[seat] = status;
      this.#pending.delete(seat);
    }
    this.#keep(delta);
  }

  #keep(delta: PublishedDelta): void {
    this.#seq = delta.seq;
    this.#history.push(delta);
    if (this.#history.length > this.#historyMax) this.#history.shift();
  }

  /** The deltas after `seq`, in order; undefined where they are no longer all kept, or `seq` was never reached. */
  since(seq: number): readonly PublishedDelta[] | undefined {
    const missed = this.#seq - seq;
    if (missed < 0 || missed > this.#history.length) return undefined;
    return missed === 0 ? [] : this.#history.slice(-missed);
  }

  #mark(seats: readonly number[], status: number): void {
    for (const seat of seats) this.#pending.set(seat, status);
  }

  /** Nobody has them any more: they are available, or blocked by their allocation. */
  #free(seats: readonly number[]): void {
    if (this.#allocations.size === 0) this.#mark(seats, AVAILABLE);
    else for (const seat of seats) this.#pending.set(seat, this.#allocations.has(seat) ? BLOCKED : AVAILABLE);
  }

  #of(holder: string): { holds: Map<string, Hold>; bookings: Map<string, Booking> } {
    let owned = this.#owned.get(holder);
    if (!owned) {
      owned = { holds: new Map(), bookings: new Map() };
      this.#owned.set(holder, owned);
    }
    return owned;
  }

  #forgetIfEmpty(holder: string): void {
    const owned = this.#owned.get(holder);
    if (owned?.holds.size === 0 && owned.bookings.size === 0) this.#owned.delete(holder);
  }
}
