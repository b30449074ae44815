/**
 * Is there an order of what was done to one seat, each step at some moment between its invocation and its answer, that a
 * seat can go through? The search of Wing and Gong with the memory of Lowe: states that were tried with the same steps
 * behind them are not tried again.
 */

export type SeatStep =
  /** `until` is when the hold ends; absent where its maker was not told: then from `ttlMs` after it was made. */
  | { readonly kind: 'take'; readonly hold: string; readonly until?: number }
  | { readonly kind: 'prolong'; readonly hold: string; readonly until?: number }
  /** The hold goes on at this seat, and is alive. */
  | { readonly kind: 'keep'; readonly hold: string }
  | { readonly kind: 'free'; readonly hold: string }
  | { readonly kind: 'sell'; readonly hold: string; readonly booking: string }
  | { readonly kind: 'return'; readonly booking: string }
  /** Somebody was told that the seat is so, and it must have been at that moment. */
  | { readonly kind: 'see'; readonly status: SeatLetter; readonly dirty: boolean }
  /** Somebody was told that there is no such hold, or no such booking, any more. */
  | { readonly kind: 'gone'; readonly hold: string }
  | { readonly kind: 'unsold'; readonly booking: string }
  /** The seat is again as an older copy of the journal had it; by then at the latest, or not at all. */
  | { readonly kind: 'restore'; readonly state: SeatState; readonly by: number }
  /** The hold or booking was lost, and somebody said so. */
  | { readonly kind: 'vanish'; readonly of: string };

/** Available, held, booked. */
export type SeatLetter = '.' | 'h' | 'b';

export interface SeatEvent {
  readonly invoked: number;
  /** Infinity: nobody was told, so that it may also never have happened. */
  readonly completed: number;
  readonly step: SeatStep;
  /** The command or read that it is of. */
  readonly from: string;
}

/** What was published of the seat, in order; each by `deadline` at the latest, and as early as one likes: views may lag. */
export interface Published {
  readonly status: SeatLetter;
  readonly deadline: number;
  readonly from: string;
}

export interface SeatHistory {
  readonly events: readonly SeatEvent[];
  readonly published: readonly Published[];
}

export interface SearchBounds {
  readonly ttlMs: number;
  /** By how much the server's clock may differ from the recorder's: within it a hold may be alive as well as over. */
  readonly toleranceMs: number;
  /** For how long after its end a hold may still be seen at a quiet moment. */
  readonly sweepMs: number;
  readonly statesMax: number;
}

export type SearchResult =
  | { readonly verdict: 'fits' }
  | { readonly verdict: 'too complex' }
  /** The furthest that any order came, and what could not come next. */
  | {
      readonly verdict: 'does not fit';
      readonly state: string;
      readonly stuck: readonly string[];
      readonly by: number;
    };

export type SeatState =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly hold: string; readonly from: number; readonly till: number }
  | { readonly kind: 'booked'; readonly booking: string };

interface Place {
  /** All required events before this one are done, and those of `extra`. */
  readonly base: number;
  readonly extra: readonly number[];
  /** Events without an answer that are taken to have happened. */
  readonly used: readonly number[];
  readonly shown: number;
  readonly state: SeatState;
  /** The earliest moment at which it can be so. */
  readonly now: number;
}

const FREE: SeatState = { kind: 'free' };
const LETTERS = { free: '.', held: 'h', booked: 'b' } as const;

export function searchSeat({ events, published }: SeatHistory, bounds: SearchBounds): SearchResult {
  const byInvocation = [...events].sort((a, b) => a.invoked - b.invoked);
  const required = byInvocation.filter(({ completed }) => completed !== Number.POSITIVE_INFINITY);
  const optional = byInvocation.filter(({ completed }) => completed === Number.POSITIVE_INFINITY);
  return new SeatSearch(required, optional, published, bounds).run();
}

class SeatSearch {
  readonly #required: readonly SeatEvent[];
  readonly #optional: readonly SeatEvent[];
  readonly #published: readonly Published[];
  readonly #bounds: SearchBounds;
  readonly #tried = new Set<string>();
  #furthest: Place = { base: 0, extra: [], used: [], shown: 0, state: FREE, now: Number.NEGATIVE_INFINITY };

  constructor(
    required: readonly SeatEvent[],
    optional: readonly SeatEvent[],
    published: readonly Published[],
    bounds: SearchBounds,
  ) {
    this.#required = required;
    this.#optional = optional;
    this.#published = published;
    this.#bounds = bounds;
  }

  run(): SearchResult {
    const open: Place[] = [this.#settle(this.#furthest)];
    for (let place = open.pop(); place; place = open.pop()) {
      if (place.base === this.#required.length && place.shown === this.#published.length) return { verdict: 'fits' };
      const key = keyOf(place);
      if (this.#tried.has(key)) continue;
      this.#tried.add(key);
      if (this.#tried.size > this.#bounds.statesMax) return { verdict: 'too complex' };
      if (progress(place) > progress(this.#furthest)) this.#furthest = place;
      // The last of these is tried first: what was answered, then the end of a hold, then what may never have been.
      for (const next of this.#next(place)) open.push(this.#settle(next));
    }
    const { due, enabled } = this.#enabled(this.#furthest);
    const stuck = enabled.map((i) => this.#required[i]?.from ?? '');
    const shown = this.#published[this.#furthest.shown];
    if (shown) stuck.push(`${shown.from} shows ${shown.status}`);
    return { verdict: 'does not fit', state: textOf(this.#furthest.state), stuck, by: due };
  }

  /** Required events that may come next: none that begins after another must have ended. */
  #enabled({ base, extra, shown }: Place): { readonly due: number; readonly enabled: readonly number[] } {
    let due = this.#published[shown]?.deadline ?? Number.POSITIVE_INFINITY;
    const enabled: number[] = [];
    for (let i = base; i < this.#required.length; i++) {
      const event = this.#required[i];
      if (!event || event.invoked > due) break;
      if (extra.includes(i)) continue;
      due = Math.min(due, event.completed);
      enabled.push(i);
    }
    return { due, enabled: enabled.filter((i) => (this.#required[i]?.invoked ?? 0) <= due) };
  }

  /** Does what changes nothing and fits now: to do it later can be no better. */
  #settle(from: Place): Place {
    let place = from;
    for (;;) {
      const { status } = this.#published[place.shown] ?? {};
      if (status === LETTERS[place.state.kind]) {
        place = { ...place, shown: place.shown + 1 };
        continue;
      }
      const seen = this.#enabled(place).enabled.find((i) => this.#fitsNow(place, this.#required[i]));
      if (seen === undefined) return place;
      place = this.#done(place, seen, place.state);
    }
  }

  #fitsNow(place: Place, event: SeatEvent | undefined): boolean {
    if (!event) return false;
    // Where time would have to pass until it begins, that may end the hold: then it is one way among others.
    if (place.state.kind === 'held' && event.invoked > Math.max(place.now, place.state.till)) return false;
    return isLook(event.step) && this.#apply(place.state, event.step, Math.max(place.now, event.invoked)) !== undefined;
  }

  #next(place: Place): Place[] {
    const { due, enabled } = this.#enabled(place);
    const next: Place[] = [];
    for (const [i, event] of this.#optional.entries()) {
      if (event.invoked > due) break;
      if (place.used.includes(i)) continue;
      const now = Math.max(place.now, event.invoked);
      const state = this.#apply(place.state, event.step, now);
      if (state && now <= due) next.push({ ...place, used: inserted(place.used, i), state, now });
    }
    if (place.state.kind === 'held') {
      const now = Math.max(place.now, place.state.from - this.#bounds.toleranceMs);
      if (now <= due) next.push({ ...place, state: FREE, now });
    }
    for (const i of [...enabled].reverse()) {
      const event = this.#required[i];
      const now = Math.max(place.now, event?.invoked ?? 0);
      const state = event && now <= due ? this.#apply(place.state, event.step, now) : undefined;
      if (state) next.push(this.#done(place, i, state));
    }
    return next;
  }

  #done(place: Place, event: number, state: SeatState): Place {
    const now = Math.max(place.now, this.#required[event]?.invoked ?? 0);
    let { base } = place;
    let extra = inserted(place.extra, event);
    while (extra[0] === base) {
      base++;
      extra = extra.slice(1);
    }
    return { ...place, base, extra, state, now };
  }

  /** The state after the step, or undefined where a seat in this state cannot take it. */
  #apply(state: SeatState, step: SeatStep, now: number): SeatState | undefined {
    const { ttlMs, toleranceMs } = this.#bounds;
    const isAlive = (hold: string) => state.kind === 'held' && state.hold === hold && now <= state.till + toleranceMs;
    switch (step.kind) {
      case 'take':
        return state.kind === 'free' ? heldBy(step.hold, step.until, now + ttlMs) : undefined;
      case 'prolong':
        return isAlive(step.hold) ? heldBy(step.hold, step.until, now + ttlMs) : undefined;
      case 'keep':
        return isAlive(step.hold) ? state : undefined;
      case 'free':
        return isAlive(step.hold) ? FREE : undefined;
      case 'sell':
        return isAlive(step.hold) ? { kind: 'booked', booking: step.booking } : undefined;
      case 'return':
        return state.kind === 'booked' && state.booking === step.booking ? FREE : undefined;
      case 'gone':
        return state.kind === 'held' && state.hold === step.hold ? undefined : state;
      case 'unsold':
        return state.kind === 'booked' && state.booking === step.booking ? undefined : state;
      case 'restore':
        return now <= step.by ? step.state : undefined;
      case 'vanish':
        if (state.kind === 'held') return state.hold === step.of ? FREE : undefined;
        return state.kind === 'booked' && state.booking === step.of ? FREE : undefined;
      case 'see':
        return this.#sees(state, step.status, step.dirty, now) ? state : undefined;
    }
  }

  /** A refusal knows the time; a read may come a little before the end of a hold has been written down. */
  #sees(state: SeatState, status: SeatLetter, dirty: boolean, now: number): boolean {
    if (LETTERS[state.kind] !== status) return false;
    const { toleranceMs, sweepMs } = this.#bounds;
    return state.kind !== 'held' || now <= state.till + (dirty ? toleranceMs : sweepMs);
  }
}

function heldBy(hold: string, until: number | undefined, earliest: number): SeatState {
  return { kind: 'held', hold, from: until ?? earliest, till: until ?? Number.POSITIVE_INFINITY };
}

function isLook({ kind }: SeatStep): boolean {
  return kind === 'see' || kind === 'gone' || kind === 'unsold' || kind === 'keep';
}

function inserted(sorted: readonly number[], value: number): readonly number[] {
  const at = sorted.findIndex((other) => other > value);
  return at < 0 ? [...sorted, value] : [...sorted.slice(0, at), value, ...sorted.slice(at)];
}

function progress({ base, extra, shown }: Place): number {
  return base + extra.length + shown;
}

/** The time is no part of it: it follows from what was done and which holds ended by themselves, which these tell. */
function keyOf({ base, extra, used, shown, state }: Place): string {
  return `${base}|${extra}|${used}|${shown}|${textOf(state)}`;
}

function textOf(state: SeatState): string {
  switch (state.kind) {
    case 'free':
      return 'available';
    case 'held':
      return `held by ${state.hold} until ${state.from}`;
    case 'booked':
      return `booked by ${state.booking}`;
  }
}
