/**
 * The house as the painter and the grid read it: a look state by seat, and how many are free in each run and standing
 * area. It is compared with what it was, so that only what changed is painted and relabelled.
 */
import type { ClientState } from '../index.js';
import type { Scene } from './pass.js';
import type { Plan } from './plan.js';
import { BLOCKED, FREE, MINE, MINE_BOOKED, PENDING } from './seat-look.js';

export class HouseView implements Scene {
  readonly states: Uint8Array;
  readonly freeInRun: Int32Array;
  readonly freeInArea: Int32Array;
  /** Seats that show as one's own, or on their way to it; and those that did so before the last update. */
  own: ReadonlySet<number> = new Set();
  #mine: ReadonlySet<number> = new Set();
  readonly #next: Uint8Array;

  /** Until the first snapshot nothing is known to be free, so nothing is offered. */
  constructor(
    readonly plan: Plan,
    readonly areaText: (area: number) => readonly string[],
  ) {
    this.states = new Uint8Array(plan.count).fill(BLOCKED);
    this.#next = new Uint8Array(plan.count);
    this.freeInRun = new Int32Array(plan.runs.length);
    this.freeInArea = new Int32Array(plan.document.areas.length);
  }

  /** Takes a new state and the seats with a command under way; returns the seats that look different now. */
  update(state: Pick<ClientState, 'statuses' | 'holds' | 'bookings'>, pending: Iterable<number>): number[] {
    const { plan, states } = this;
    const next = this.#next.fill(BLOCKED);
    next.set(state.statuses.subarray(0, plan.count));
    const mine = new Set(pending);
    const lay = (seats: readonly string[], look: number) => {
      for (const label of seats) {
        const seat = plan.indexOf().get(label);
        if (seat === undefined) continue;
        next[seat] = look;
        mine.add(seat);
      }
    };
    for (const booking of state.bookings) if (booking.status === 'confirmed') lay(booking.seats, MINE_BOOKED);
    for (const hold of state.holds) lay(hold.seats, MINE);
    for (const seat of pending) next[seat] = PENDING;
    this.own = new Set([...this.#mine, ...mine]);
    this.#mine = mine;

    const changed: number[] = [];
    for (let seat = 0; seat < next.length; seat++) {
      const before = states[seat] ?? BLOCKED;
      const now = next[seat] ?? BLOCKED;
      if (before === now) continue;
      changed.push(seat);
      if (before === FREE) this.#count(seat, -1);
      if (now === FREE) this.#count(seat, 1);
    }
    states.set(next);
    return changed;
  }

  #count(seat: number, by: 1 | -1): void {
    const area = this.plan.areaOf[seat] ?? -1;
    const counters = area >= 0 ? this.freeInArea : this.freeInRun;
    const at = area >= 0 ? area : (this.plan.runOf[seat] ?? 0);
    counters[at] = (counters[at] ?? 0) + by;
  }
}
