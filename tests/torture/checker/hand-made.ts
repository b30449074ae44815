import type { Stored } from './compare-with-postgres.js';
import type { Line, LossLine, LostTail, SeatThen, Told, Wish } from './history.js';

export const SHOWTIME = 'showtime';
/** Seats of the one house are called 1, 2, 3 and 4. */
export const LABELS = ['1', '2', '3', '4'] as const;
export const TTL_MS = 60_000;
/** Far from zero, so that times of the two clocks cannot be taken for one another unnoticed. */
export const WALL_AT_ZERO_MS = 1_000_000_000;

type Span = readonly [invoked: number, completed: number];

/** A history written by hand: each method is one command with its answer. */
export class HandMade {
  readonly lines: Line[];
  #op = 0;

  constructor(ttlMs = TTL_MS) {
    const showtimes = [{ id: SHOWTIME, labels: LABELS, holdTtlMs: ttlMs }];
    this.lines = [{ type: 'run', seed: 1, wallAtZeroMs: WALL_AT_ZERO_MS, showtimes }];
  }

  /** Any command; `told` undefined: no answer was ever written down. */
  command(process: string, commandId: string, [invoked, completed]: Span, wish: Wish, told?: Told): this {
    const op = ++this.#op;
    this.lines.push({ type: 'invoke', process, op, showtime: SHOWTIME, commandId, time: invoked, ...wish });
    if (told) this.lines.push({ type: 'return', process, op, time: completed, ...told });
    return this;
  }

  hold(process: string, span: Span, holdId: string, seats: readonly string[], ttlMs = TTL_MS): this {
    const expiresAt = WALL_AT_ZERO_MS + span[1] + ttlMs;
    const told: Told = { phase: 'ok', holdId, seats, expiresAt };
    return this.command(process, `c-${holdId}`, span, { f: 'hold_many', seats }, told);
  }

  refusedHold(process: string, span: Span, seat: string, reason: string): this {
    const told: Told = { phase: 'fail', error: 'seats_unavailable', conflicts: [{ seat, reason }] };
    return this.command(process, `refused-${++this.#op}`, span, { f: 'hold', seats: [seat] }, told);
  }

  unknownHold(process: string, invoked: number, commandId: string, seats: readonly string[]): this {
    return this.command(process, commandId, [invoked, invoked], { f: 'hold_many', seats });
  }

  release(process: string, span: Span, holdId: string, seats: readonly string[]): this {
    const told: Told = { phase: 'ok', seats };
    return this.command(process, `c-release-${holdId}`, span, { f: 'release', holdId }, told);
  }

  book(process: string, span: Span, holdId: string, bookingId: string, seats: readonly string[]): this {
    const told: Told = { phase: 'ok', bookingId, seats };
    return this.command(process, `c-${bookingId}`, span, { f: 'book', holdId }, told);
  }

  cancel(process: string, span: Span, bookingId: string, seats: readonly string[]): this {
    const told: Told = { phase: 'ok', bookingId, seats };
    return this.command(process, `c-cancel-${bookingId}`, span, { f: 'cancel', bookingId }, told);
  }

  /** The process of node `n` ended. */
  ends(time: number, node = 'n'): this {
    this.lines.push({ type: 'life', node, phase: 'end', time });
    return this;
  }

  /**
   * A standby is promoted that lacks these commands; the seats of `then` differ, and are as told. Owned by node `n`, since
   * `claimedAt`.
   */
  promoted(
    [deadAt, time]: Span,
    commands: readonly string[],
    then: readonly (readonly [seat: number, then: SeatThen])[],
    synchronous = false,
    epochs: LostTail['epochs'] = [1, 1],
    claimedAt = 0,
  ): this {
    const seats = then.map(([seat, state]) => [seat, state, true] as const);
    const tail = { showtime: SHOWTIME, owner: 'n', claimedAt: WALL_AT_ZERO_MS + claimedAt, epochs, commands, seats };
    this.lines.push({ type: 'promotion', time, deadAt, synchronous, lost: [tail] });
    return this;
  }

  /** A node names it as lost. */
  reported(time: number, kind: LossLine['kind'], subject: string, seat: number): this {
    this.lines.push({ type: 'loss', time, showtime: SHOWTIME, subject, kind, seat, reason: 'sold' });
    return this;
  }

  sees(position: readonly [epoch: number, seq: number], time: number, house: string, strict = false): this {
    const [epoch, seq] = position;
    const read = { process: 'watcher', showtime: SHOWTIME, invoked: time - 1, time, epoch, seq, house, strict };
    this.lines.push({ type: 'read', ...read });
    return this;
  }
}

/** What Postgres would hold of nothing at all, to be filled. */
export function stored(now: number, of: Partial<Stored['showtimes'][number]> = {}): Stored {
  const empty = { showtime: SHOWTIME, holds: [], bookings: [], sold: [], results: [] };
  return { now: WALL_AT_ZERO_MS + now, showtimes: [{ ...empty, ...of }] };
}
