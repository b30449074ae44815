import { readStatuses, SEAT_STATUSES, unpackStatuses } from '../../src/protocol/seat-status.js';
import type { Delta, Snapshot } from '../../src/protocol/server-messages.js';

const CODES = new Map<string, number>(SEAT_STATUSES.map((status, code) => [status, code]));
export const AVAILABLE = 0;
export const HELD = 1;
export const BOOKED = 2;
export const BLOCKED = 3;

/** What one client believes of the house, by the rules of the protocol and no others. */
export class HouseView {
  /** Status code by seat index. */
  statuses: Uint8Array = new Uint8Array(0);
  epoch = 0;
  seq = 0;
  /** True from a gap in the deltas to the snapshot that heals it: what it shows is then not to be trusted. */
  stale = true;
  /** Booked seats that were then said not to be booked, though nobody cancels here. */
  unsold = 0;

  readonly #seats: number;

  constructor(seats: number) {
    this.#seats = seats;
  }

  /** @returns how many seats it was wrong about while it believed itself right; 0 for the first one and after a gap. */
  takeSnapshot(snapshot: Snapshot): number {
    const statuses =
      typeof snapshot.seats === 'string' ? readStatuses(snapshot.seats) : unpackStatuses(snapshot.seats, this.#seats);
    let surprises = 0;
    if (!this.stale && snapshot.epoch === this.epoch && snapshot.seq === this.seq) {
      for (let seat = 0; seat < statuses.length; seat++) if (statuses[seat] !== this.statuses[seat]) surprises++;
    }
    for (let seat = 0; seat < this.statuses.length; seat++) {
      if (this.statuses[seat] === BOOKED && statuses[seat] !== BOOKED) this.unsold++;
    }
    this.statuses = statuses;
    this.epoch = snapshot.epoch;
    this.seq = snapshot.seq;
    this.stale = false;
    return surprises;
  }

  /** @returns false where the delta is not the next one. From then on deltas are passed over until a snapshot. */
  takeDelta(delta: Delta, changed: (seat: number, status: number) => void): boolean {
    if (this.stale) return true;
    if (delta.epoch !== this.epoch || delta.seq !== this.seq + 1) {
      this.stale = true;
      return false;
    }
    this.seq = delta.seq;
    for (const [seat, name] of delta.changes) {
      const status = CODES.get(name) ?? -1;
      if (this.statuses[seat] === BOOKED && status !== BOOKED) this.unsold++;
      this.statuses[seat] = status;
      changed(seat, status);
    }
    return true;
  }
}
