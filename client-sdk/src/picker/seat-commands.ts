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

/** How often other places of a standing area are tried after somebody was faster. */
const AREA_ATTEMPTS = 3;

export class SeatCommands {
  readonly #client: ShowtimeClient;
  readonly #house: HouseView;
  /** Called when `pending` changed. */
  readonly #onPending: () => void;
  readonly #onOutcome: (outcome: Outcome) => void;
  /** Uniform in [0, 1); picks places of a standing area. */
  readonly #random: () => number;
  readonly pending = new Set<number>();
  #tail: Promise<void> = Promise.resolve();

  constructor(
    client: ShowtimeClient,
    house: HouseView,
    onPending: () => void,
    onOutcome: (outcome: Outcome) => void,
    random: () => number,
  ) {
    this.#client = client;
    this.#house = house;
    this.#onPending = onPending;
    this.#onOutcome = onOutcome;
    this.#random = random;
  }

  /** Holds a free seat, releases an own one. Seats sold in pairs go together. */
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
    const seats = other >= 0 && states[other] === state ? [seat, other] : [seat];
    this.#run(seats, () => (state === FREE ? this.#hold(seats) : this.#release(seats)));
  }

  /** Holds `count` places of a standing area; which ones does not matter to anybody. */
  takePlaces(area: number, count: number): void {
    if (!canHold(this.#client.getSnapshot())) {
      this.#onOutcome({ type: 'offline' });
      return;
    }
    this.#run([], () => (this.#currentHold() ? this.#addPlaces(area, count) : this.#openWithPlaces(area, count)));
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
    if (!result.ok) return { type: 'failed', code: result.error.code };
    return { type: 'released', seats: labels, left: hold.seats.length - labels.length };
  }

  /** Best-available knows zones and categories, not areas; it serves where those two name this area and nothing else. */
  async #openWithPlaces(area: number, count: number): Promise<Outcome> {
    const { document } = this.#house.plan;
    const wanted = document.areas[area];
    const zone = document.zones[wanted?.zone ?? -1]?.name;
    const category = document.categories[wanted?.category ?? -1]?.name;
    if (zone === undefined || category === undefined || !this.#isOnlyOneLikeIt(area))
      return this.#addPlaces(area, count);
    const result = await this.#client.bestAvailable({ count, zone, category });
    if (result.ok) return { type: 'held', seats: result.hold.seats, hold: result.hold };
    return { type: 'failed', code: result.error.code };
  }

  async #addPlaces(area: number, count: number): Promise<Outcome> {
    for (let attempt = 1; ; attempt++) {
      const labels = this.#labels(this.#somePlaces(area, count));
      if (labels.length < count) return { type: 'failed', code: 'none_available' };
      const holdId = this.#currentHold()?.id;
      const result = await this.#client.hold(labels, holdId === undefined ? {} : { holdId });
      if (result.ok) return { type: 'held', seats: labels, hold: result.hold };
      if (result.error.code !== 'seats_unavailable' || attempt === AREA_ATTEMPTS)
        return this.#refused(result.error, []);
    }
  }

  /** A run of free places from a random start: buyers who all took the first free ones would race for the same. */
  #somePlaces(area: number, count: number): number[] {
    const { first = 0, count: size = 0 } = this.#house.plan.document.areas[area] ?? {};
    const start = Math.floor(this.#random() * size);
    const places: number[] = [];
    for (let i = 0; i < size && places.length < count; i++) {
      const place = first + ((start + i) % size);
      if (this.#house.states[place] === FREE) places.push(place);
    }
    return places;
  }

  #isOnlyOneLikeIt(area: number): boolean {
    const { areas, seats, rows } = this.#house.plan.document;
    const wanted = areas[area];
    const alike = areas.filter((other) => other.zone === wanted?.zone && other.category === wanted.category);
    return (
      alike.length === 1 &&
      !seats.row.some((row, seat) => rows[row]?.zone === wanted?.zone && seats.category[seat] === wanted?.category)
    );
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
