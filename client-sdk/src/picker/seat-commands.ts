/**
 * Turns clicks into commands, one at a time. The queue is what makes the second of two quick clicks join the hold that
 * the first is still making, instead of opening another one.
 */
import type { Conflict } from '../../../src/protocol/errors.js';
import type { HoldView } from '../../../src/protocol/server-messages.js';
import type { ClientState, ShowtimeClient } from '../index.js';
import type { HouseView } from './house-view.js';
import { FREE, MINE } from './seat-look.js';

export type Outcome =
  | { readonly type: 'held'; readonly seats: readonly string[]; readonly hold: HoldView }
  | { readonly type: 'released'; readonly seats: readonly string[]; readonly left: number }
  /** Named seats were refused; all that was held before is held still. `alternative` is a free seat nearby. */
  | { readonly type: 'lost'; readonly conflicts: readonly Conflict[]; readonly alternative: string | undefined }
  | { readonly type: 'failed'; readonly code: string }
  /** The seat cannot be had, and nothing was sent. */
  | { readonly type: 'taken'; readonly seat: number }
  | { readonly type: 'offline' };

export class SeatCommands {
  readonly #client: ShowtimeClient;
  readonly #house: HouseView;
  /** Called when `pending` changed. */
  readonly #onPending: () => void;
  readonly #onOutcome: (outcome: Outcome) => void;
  readonly pending = new Set<number>();
  #tail: Promise<void> = Promise.resolve();

  constructor(client: ShowtimeClient, house: HouseView, onPending: () => void, onOutcome: (outcome: Outcome) => void) {
    this.#client = client;
    this.#house = house;
    this.#onPending = onPending;
    this.#onOutcome = onOutcome;
  }

  /** Holds a free seat, releases an own one. Seats sold in pairs or with their whole table go together. */
  toggle(seat: number): void {
    const { plan, states } = this.#house;
    const state = states[seat] ?? FREE;
    if (this.pending.has(seat)) return;
    if (!canHold(this.#client.getSnapshot())) {
      this.#onOutcome({ type: 'offline' });
      return;
    }
    if (state !== FREE && state !== MINE) {
      this.#onOutcome({ type: 'taken', seat });
      return;
    }
    const other = plan.pairOf[seat] ?? -1;
    const together = plan.tableOf.get(seat) ?? (other >= 0 ? [seat, other] : [seat]);
    const seats = together.filter((one) => one === seat || states[one] === state);
    this.#run(seats, () => (state === FREE ? this.#hold(seats) : this.#release(seats)));
  }

  /** Holds `count` places of a standing area; which ones does not matter to anybody. */
  takePlaces(area: number, count: number): void {
    if (!canHold(this.#client.getSnapshot())) {
      this.#onOutcome({ type: 'offline' });
      return;
    }
    this.#run([], async () => {
      const hold = this.#currentHold();
      const result = await this.#client.holdPlaces(area, count, hold ? { holdId: hold.id } : {});
      if (!result.ok) return this.#refused(result.error, []);
      const seats = result.hold.seats.filter((seat) => !hold?.seats.includes(seat));
      return { type: 'held', seats, hold: result.hold };
    });
  }

  #run(seats: readonly number[], command: () => Promise<Outcome>): void {
    for (const seat of seats) this.pending.add(seat);
    this.#onPending();
    this.#tail = this.#tail.then(async () => {
      const outcome = await command();
      for (const seat of seats) this.pending.delete(seat);
      this.#onPending();
      this.#onOutcome(outcome);
    });
  }

  async #hold(seats: readonly number[]): Promise<Outcome> {
    const labels = this.#labels(seats);
    const holdId = this.#currentHold()?.id;
    const result = await this.#client.hold(labels, holdId === undefined ? {} : { holdId });
    if (result.ok) return { type: 'held', seats: labels, hold: result.hold };
    return this.#refused(result.error, labels);
  }

  async #release(seats: readonly number[]): Promise<Outcome> {
    const labels = this.#labels(seats);
    const hold = this.#client.getSnapshot().holds.find((candidate) => candidate.seats.includes(labels[0] ?? ''));
    if (!hold) return { type: 'failed', code: 'unknown_hold' };
    const result = await this.#client.release(hold.id, labels);
    if (!result.ok) return this.#refused(result.error, labels);
    return { type: 'released', seats: labels, left: hold.seats.length - labels.length };
  }

  #refused(
    error: { readonly code: string; readonly conflicts?: readonly Conflict[] },
    asked: readonly string[],
  ): Outcome {
    const { code, conflicts = [] } = error;
    if (conflicts.length === 0) return { type: 'failed', code };
    const lost = asked[0];
    const raced = code === 'seats_unavailable' && lost !== undefined;
    return { type: 'lost', conflicts, alternative: raced ? this.#client.nearestAvailable(lost, asked) : undefined };
  }

  /** The hold that further seats join: the one changed last. */
  #currentHold(): HoldView | undefined {
    return this.#client.getSnapshot().holds.at(-1);
  }

  #labels(seats: readonly number[]): string[] {
    return seats.map((seat) => this.#house.plan.document.seats.label[seat] ?? '');
  }
}

/** New holds need a live map: what is shown free on a stale one may be sold. */
export function canHold(state: Pick<ClientState, 'connection' | 'stale'>): boolean {
  return state.connection.state === 'connected' && !state.stale;
}
