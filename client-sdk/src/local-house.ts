import { readStatuses, SEAT_STATUSES, type SeatStatus, unpackStatuses } from '../../src/protocol/seat-status.js';
import type { Delta, Snapshot } from '../../src/protocol/server-messages.js';

/** A seat index and its new status code (0 available, 1 held, 2 booked, 3 blocked). */
export type SeatChange = readonly [seat: number, code: number];

/** Which of the states that a showtime went through. */
export interface Position {
  readonly epoch: number;
  readonly seq: number;
}

export interface SeatCounts {
  readonly available: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
}

const AVAILABLE = 0;

/**
 * The house as far as this client knows it: what the server published, and over it the seats that are known to be ours.
 * A reply may overtake the delta that shows it, so a seat of an own hold is never offered, whatever the map still says.
 */
export class LocalHouse {
  /** What the state is of; undefined where it can no longer be continued, and only a snapshot will do. */
  position: Position | undefined;
  #published: Uint8Array = new Uint8Array(0);
  /** Published with `#own` laid over; what everybody reads. */
  #seen: Uint8Array = new Uint8Array(0);
  /** Status codes of own seats by index. */
  #own: ReadonlyMap<number, number> = new Map();
  #copy: { readonly statuses: Uint8Array; readonly counts: SeatCounts } | undefined;

  /** `count` is the number of seats of the map: the packed form ends in padding. */
  takeSnapshot(snapshot: Snapshot, count: number): void {
    const { epoch, seq, seats } = snapshot;
    this.position = { epoch, seq };
    this.#published = typeof seats === 'string' ? readStatuses(seats) : unpackStatuses(seats, count);
    this.#seen = this.#published.map((code, seat) => this.#laidOver(seat, code));
    this.#copy = undefined;
  }

  /** What changed to the eye, or undefined where deltas are missing and only a snapshot helps. */
  takeDelta(delta: Delta): SeatChange[] | undefined {
    const { epoch, seq, changes } = delta;
    if (epoch !== this.position?.epoch || seq !== this.position.seq + 1) return undefined;
    this.position = { epoch, seq };
    const touched: number[] = [];
    for (const [seat, status] of changes) {
      const code = SEAT_STATUSES.indexOf(status);
      // A status of a later version reads as blocked: never offer what cannot be read.
      if (seat < this.#published.length) this.#published[seat] = code < 0 ? 3 : code;
      touched.push(seat);
    }
    return this.#look(touched);
  }

  /** Replaces the own seats (index → status code); returns what changed to the eye. */
  takeOwn(own: ReadonlyMap<number, number>): SeatChange[] {
    const touched = new Set([...this.#own.keys(), ...own.keys()]);
    this.#own = own;
    return this.#look(touched);
  }

  codeOf(seat: number): number | undefined {
    return this.#seen[seat];
  }

  statusOf(seat: number): SeatStatus | undefined {
    const code = this.#seen[seat];
    return code === undefined ? undefined : SEAT_STATUSES[code];
  }

  /** An immutable copy, made when first asked for after a change. */
  copy(): { readonly statuses: Uint8Array; readonly counts: SeatCounts } {
    this.#copy ??= { statuses: this.#seen.slice(), counts: count(this.#seen) };
    return this.#copy;
  }

  /** Only availability is overruled: where the server says booked or blocked, it knows better. */
  #laidOver(seat: number, published: number): number {
    return published === AVAILABLE || published === 1 ? (this.#own.get(seat) ?? published) : published;
  }

  #look(touched: Iterable<number>): SeatChange[] {
    const changes: SeatChange[] = [];
    for (const seat of touched) {
      const published = this.#published[seat];
      if (published === undefined) continue;
      const code = this.#laidOver(seat, published);
      if (this.#seen[seat] === code) continue;
      this.#seen[seat] = code;
      changes.push([seat, code]);
    }
    if (changes.length > 0) this.#copy = undefined;
    return changes;
  }
}

function count(codes: Uint8Array): SeatCounts {
  const totals = [0, 0, 0, 0] as [number, number, number, number];
  for (const code of codes) totals[code as 0 | 1 | 2 | 3] += 1;
  const [available, held, booked, blocked] = totals;
  return { available, held, booked, blocked };
}
