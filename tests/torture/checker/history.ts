import type { Money } from '../../../src/protocol/money.js';

/** What a history is made of: one JSON line each. Times are milliseconds of the recording process' monotonic clock. */

export type Verb = 'hold' | 'hold_many' | 'best_available' | 'release' | 'extend' | 'book' | 'cancel';
/** `unknown`: no answer, or one that says so. It may have happened at any time from its invocation on, or never. */
export type Outcome = 'ok' | 'fail' | 'unknown';

/** What a command asks for; absent is what its verb has no use for. */
export interface Wish {
  readonly f: Verb;
  readonly seats?: readonly string[];
  readonly count?: number;
  readonly holdId?: string;
  readonly bookingId?: string;
  /** What a buyer who books was shown. */
  readonly price?: Money;
}

/** What a command was answered. */
export interface Told {
  readonly phase: Outcome;
  readonly holdId?: string;
  readonly bookingId?: string;
  /** Of the hold or booking; of a release, those that are free again. */
  readonly seats?: readonly string[];
  /** Of a release: what is left of the hold. */
  readonly rest?: readonly string[];
  /** By the server's clock, in milliseconds since 1970. */
  readonly expiresAt?: number;
  /** Of the hold, or of what is left of it. */
  readonly price?: Money;
  readonly error?: string;
  readonly conflicts?: readonly { readonly seat: string; readonly reason: string }[];
}

/** The first line. */
export interface RunLine {
  readonly type: 'run';
  readonly seed: number;
  /** Milliseconds since 1970 at time 0. */
  readonly wallAtZeroMs: number;
  readonly showtimes: readonly ShowtimeLine[];
}

export interface ShowtimeLine {
  readonly id: string;
  readonly labels: readonly string[];
  readonly holdTtlMs: number;
  /** One client has it to itself. */
  readonly isQuiet?: boolean;
}

/** One try of a command. Copies of one command, by whichever way, have the same `commandId` and each an `op` of its own. */
export interface InvokeLine extends Wish {
  readonly type: 'invoke';
  readonly process: string;
  readonly op: number;
  readonly showtime: string;
  readonly commandId: string;
  readonly time: number;
}

export interface ReturnLine extends Told {
  readonly type: 'return';
  readonly process: string;
  readonly op: number;
  readonly time: number;
}

/** A house as somebody saw it: a letter a seat. `strict`: asked for while nothing was going on, so it must be the newest. */
export interface ReadLine {
  readonly type: 'read';
  readonly process: string;
  readonly showtime: string;
  readonly invoked: number;
  readonly time: number;
  readonly epoch: number;
  readonly seq: number;
  readonly house: string;
  readonly strict: boolean;
}

export interface FaultLine {
  readonly type: 'fault';
  readonly name: string;
  /** `failed`: it could not be done, as something else had been broken already. */
  readonly phase: 'start' | 'heal' | 'failed';
  readonly time: number;
  readonly detail?: string;
}

/** A process of a node began or ended, however it did. */
export interface LifeLine {
  readonly type: 'life';
  readonly node: string;
  readonly phase: 'start' | 'end';
  readonly time: number;
}

/** Something that figures are counted from: the end of a fault's worst part, and whom it concerned. */
export interface MomentLine {
  readonly type: 'moment';
  readonly name: string;
  readonly time: number;
  readonly showtimes: readonly string[];
}

/** How a seat was on record; times in milliseconds since 1970. */
export type SeatThen =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly hold: string; readonly until: number }
  | { readonly kind: 'booked'; readonly booking: string };

/** What a promoted standby lacked of one showtime. */
export interface LostTail {
  readonly showtime: string;
  /** Who owned it, as the dead primary had it, and since when by the clock of Postgres. */
  readonly owner: string;
  readonly claimedAt: number;
  /** As the dead primary and as the promoted standby had it. */
  readonly epochs: readonly [dead: number, promoted: number];
  /** Ids of commands whose effect had been committed. */
  readonly commands: readonly string[];
  /** Seats by index, as the promoted standby had them, and whether they differed. One that is not here was free on both. */
  readonly seats: readonly (readonly [seat: number, then: SeatThen, differed: boolean])[];
}

/** A standby took the place of the primary. */
export interface PromotionLine {
  readonly type: 'promotion';
  /** When the standby took writes. */
  readonly time: number;
  /** By when the former primary had surely ended. */
  readonly deadAt: number;
  /** No commit might be acknowledged that the standby did not have: then nothing may be lost at all. */
  readonly synchronous: boolean;
  readonly lost: readonly LostTail[];
}

/** A node reported that something was lost: one line a seat. */
export interface LossLine {
  readonly type: 'loss';
  /** When the report was read. */
  readonly time: number;
  readonly showtime: string;
  /** The booking or the hold. */
  readonly subject: string;
  readonly kind: string;
  /** By index; -1 where nobody knows. */
  readonly seat: number;
  readonly reason: string;
}

export type Line =
  | RunLine
  | InvokeLine
  | ReturnLine
  | ReadLine
  | FaultLine
  | LifeLine
  | MomentLine
  | PromotionLine
  | LossLine;

export interface Try {
  readonly op: number;
  readonly process: string;
  readonly invoked: number;
  /** Infinity where no answer came. */
  readonly completed: number;
  readonly told: Told;
}

/** All tries of one `commandId`. */
export interface Command {
  readonly commandId: string;
  readonly process: string;
  readonly showtime: string;
  readonly wish: Wish;
  readonly tries: readonly Try[];
  /** Of the first try. */
  readonly invoked: number;
  /** Of the first ok; else of the last refusal; Infinity where unknown. */
  readonly completed: number;
  readonly told: Told;
}

/**
 * Refusals that speak of one try alone: the server turned it away before it looked for an earlier one. No try of them had
 * an effect of its own.
 */
const TURNED_AWAY: ReadonlySet<string> = new Set(['rate_limited', 'overloaded', 'unavailable', 'moving']);

export function wasDecided(told: Told): boolean {
  return told.phase === 'ok' || (told.phase === 'fail' && !TURNED_AWAY.has(told.error ?? ''));
}

/** Puts invocations, returns and copies together; in the order of their first invocation. */
export function commandsOf(lines: readonly Line[]): Command[] {
  const returns = new Map<number, ReturnLine>();
  for (const line of lines) if (line.type === 'return') returns.set(line.op, line);
  const tries = new Map<string, { first: InvokeLine; tries: Try[] }>();
  for (const line of lines) {
    if (line.type !== 'invoke') continue;
    const { op, process, time: invoked, commandId } = line;
    const answer = returns.get(op);
    const told: Told = answer ?? { phase: 'unknown' };
    const completed = answer && told.phase !== 'unknown' ? answer.time : Number.POSITIVE_INFINITY;
    const known = tries.get(commandId) ?? { first: line, tries: [] };
    known.tries.push({ op, process, invoked, completed, told });
    tries.set(commandId, known);
  }
  return [...tries.values()].map(({ first, tries }) => ({
    commandId: first.commandId,
    process: first.process,
    showtime: first.showtime,
    wish: first,
    tries,
    invoked: Math.min(...tries.map(({ invoked }) => invoked)),
    ...outcomeOf(tries),
  }));
}

/** Ok where any try was; refused only where every try was; else nobody knows. */
function outcomeOf(tries: readonly Try[]): Pick<Command, 'completed' | 'told'> {
  const ok = tries.filter(({ told }) => told.phase === 'ok').sort((a, b) => a.completed - b.completed)[0];
  if (ok) return { completed: ok.completed, told: ok.told };
  const unknown = tries.find(({ told }) => told.phase === 'unknown');
  if (unknown) return { completed: Number.POSITIVE_INFINITY, told: unknown.told };
  const last = tries.reduce((a, b) => (b.completed > a.completed ? b : a));
  return { completed: last.completed, told: last.told };
}
