/** Judges a recorded history. Pure: the same lines, the same verdict. */
import { Excuses } from './excuses.js';
import { type Command, commandsOf, type Line, type ReadLine, type RunLine, wasDecided } from './history.js';
import { isHold, SeatHistoriesOf, sameTold } from './seat-histories.js';
import { type SearchBounds, searchSeat } from './seat-search.js';
import { describeHistory, smallestHistory } from './smallest-history.js';

export interface Violation {
  readonly rule: string;
  readonly text: string;
}

export interface HistoryVerdict {
  readonly violations: readonly Violation[];
  readonly seats: number;
  readonly steps: number;
  readonly refusals: number;
  readonly excused: number;
  /** Commands whose effect was lost with the only memory of it, and holds and bookings that nodes reported as lost. */
  readonly lost: Excuses['count'];
}

export interface CheckBounds {
  readonly toleranceMs: number;
  readonly sweepMs: number;
  readonly statesMax: number;
}

export const CHECK_BOUNDS: CheckBounds = { toleranceMs: 2_000, sweepMs: 6_000, statesMax: 4_000_000 };

/** What a client that knows its holds and bookings, and no others, is never told. */
const NEVER_TOLD: ReadonlySet<string> = new Set([
  ...['wrong_holder', 'unknown_booking', 'command_reused', 'internal', 'unauthorized', 'unknown_seat', 'invalid_field'],
  ...['unknown_showtime', 'duplicate_seat', 'not_in_hold', 'bad_message', 'hello_expected', 'sales_closed'],
]);

/** @throws Error where the lines are no history: it does not begin with what was run. */
export function checkHistory(lines: readonly Line[], bounds: CheckBounds = CHECK_BOUNDS): HistoryVerdict {
  const run = lines.find((line): line is RunLine => line.type === 'run');
  if (!run) throw new Error('The history does not say of what it is: its first line is missing.');
  const commands = commandsOf(lines);
  const excuses = new Excuses(lines, commands);
  const reads = lines.filter((line): line is ReadLine => line.type === 'read' && !excuses.isOfLostEpoch(line));
  const violations = [
    ...commands.flatMap((command) => [...checkCommand(command, run, bounds, excuses)]),
    ...checkIds(commands),
    ...checkReads(reads),
    ...[...excuses.needless(commands)].map((text) => ({ rule: 'only what was lost is reported lost', text })),
  ];
  let [seats, steps, refusals, excused] = [0, 0, 0, 0];
  for (const showtime of run.showtimes) {
    const own = commands.filter((command) => command.showtime === showtime.id);
    const histories = new SeatHistoriesOf(run, showtime, own, excuses).build(
      onceEach(reads.filter((read) => read.showtime === showtime.id)),
    );
    refusals += histories.refusals;
    excused += histories.excused;
    for (const [seat, history] of histories.seats.entries()) {
      seats++;
      steps += history.events.length + history.published.length;
      const search = { ...bounds, ttlMs: showtime.holdTtlMs };
      violations.push(...checkSeat(`${showtime.id} seat ${showtime.labels[seat]}`, history, search));
    }
  }
  return { violations, seats, steps, refusals, excused, lost: excuses.count };
}

function checkSeat(seat: string, history: Parameters<typeof searchSeat>[0], bounds: SearchBounds): Violation[] {
  const result = searchSeat(history, bounds);
  if (result.verdict === 'fits') return [];
  if (result.verdict === 'too complex') {
    return [{ rule: 'decidable', text: `${seat}: too complex to decide; that is no pass` }];
  }
  const smallest = smallestHistory(history, bounds);
  // Told of what is shown: where the search came to stand in all that was taken away again explains nothing.
  const end = searchSeat(smallest, bounds);
  const at = end.verdict === 'does not fit' ? end : result;
  const text = `${seat}: no order explains it. It was ${at.state}, and by ${at.by.toFixed(1)} could not come: ${at.stuck.join('; ')}\n${describeHistory(smallest)}`;
  return [{ rule: 'one seat, one order', text }];
}

function* checkCommand(command: Command, run: RunLine, bounds: CheckBounds, excuses: Excuses): Generator<Violation> {
  // What was lost and excused may be asked again, and then comes to something else.
  if (excuses.isExcused(command)) return;
  const { commandId, tries, told, wish } = command;
  const who = `${command.process} ${wish.f} ${commandId}`;
  const answered = tries.filter((one) => one.told.phase === 'ok');
  for (const { told: other } of answered) {
    if (!sameTold(told, other)) yield { rule: 'one command, one outcome', text: `${who} was answered two things` };
  }
  for (const { told: other, invoked } of tries) {
    if (told.phase === 'ok' && other.phase === 'fail' && wasDecided(other) && invoked > command.completed) {
      yield { rule: 'a replay is remembered', text: `${who} had taken effect, and was then refused: ${other.error}` };
    }
    if (other.phase === 'fail' && NEVER_TOLD.has(other.error ?? '') && !excuses.excusesRefusal(wish, other.error)) {
      yield { rule: 'refusals make sense', text: `${who} was refused with ${other.error}` };
    }
  }
  if (told.phase === 'ok') yield* checkAnswer(command, who, run, bounds);
}

/** All that was asked for, and nothing else. */
function* checkAnswer(
  { wish, told, showtime, invoked, completed }: Command,
  who: string,
  run: RunLine,
  { toleranceMs }: CheckBounds,
): Generator<Violation> {
  const seats = told.seats ?? [];
  const isWhole = wish.seats === undefined || sameSeats(wish.seats, seats);
  const hasCount = wish.count === undefined || seats.length === wish.count;
  if (!isWhole || !hasCount || seats.length === 0 || new Set(seats).size !== seats.length) {
    yield { rule: 'all or nothing', text: `${who} asked for ${wish.seats ?? wish.count} and was given ${seats}` };
  }
  if (isHold(wish.f) && told.holdId === undefined) yield { rule: 'answers are whole', text: `${who} has no hold` };
  if (wish.f === 'book' && told.bookingId === undefined) {
    yield { rule: 'answers are whole', text: `${who} has no booking` };
  }
  if (!isHold(wish.f) && wish.f !== 'extend') return;
  const ttlMs = run.showtimes.find(({ id }) => id === showtime)?.holdTtlMs ?? 0;
  const until = (told.expiresAt ?? 0) - run.wallAtZeroMs;
  if (until < invoked + ttlMs - toleranceMs || until > completed + ttlMs + toleranceMs) {
    const text = `${who} between ${invoked.toFixed(0)} and ${completed.toFixed(0)} ends at ${until.toFixed(0)}, by a time of ${ttlMs} ms`;
    yield { rule: 'holds live as long as they should', text };
  }
}

function* checkIds(commands: readonly Command[]): Generator<Violation> {
  const makers = new Map<string, string>();
  for (const { wish, told, commandId } of commands) {
    if (told.phase !== 'ok' || !(isHold(wish.f) || wish.f === 'book')) continue;
    const id = wish.f === 'book' ? `booking ${told.bookingId}` : `hold ${told.holdId}`;
    const other = makers.get(id);
    if (other !== undefined) {
      yield { rule: 'an id is of one command', text: `${id} was answered to ${other} and ${commandId}` };
    }
    makers.set(id, commandId);
  }
}

function* checkReads(reads: readonly ReadLine[]): Generator<Violation> {
  const known = new Map<string, ReadLine>();
  const newest = new Map<string, ReadLine>();
  for (const read of [...reads].sort((a, b) => a.time - b.time)) {
    const place = `${read.showtime} at ${read.epoch}.${read.seq}`;
    const other = known.get(place);
    if (other !== undefined && other.house !== read.house) {
      const text = `${place}: ${other.process} saw ${other.house}, ${read.process} ${read.house}`;
      yield { rule: 'everyone sees one house', text };
    }
    known.set(place, read);
    if (/[^.hb]/.test(read.house)) yield { rule: 'no seat is blocked', text: `${place}: ${read.house}` };
    if (!read.strict) continue;
    const before = newest.get(read.showtime);
    if (before && (before.epoch - read.epoch || before.seq - read.seq) > 0) {
      yield { rule: 'the house goes forward', text: `${place}, after ${before.epoch}.${before.seq}` };
    }
    newest.set(read.showtime, read);
  }
}

/** A position that many saw says no more of a seat than once, by the first of them; strict reads stay as they are. */
function onceEach(reads: readonly ReadLine[]): ReadLine[] {
  const first = new Map<string, ReadLine>();
  for (const read of reads) {
    const place = `${read.epoch}.${read.seq}`;
    if ((first.get(place)?.time ?? Number.POSITIVE_INFINITY) > read.time) first.set(place, read);
  }
  return [...new Set([...first.values(), ...reads.filter(({ strict }) => strict)])];
}

function sameSeats(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify([...a].sort()) === JSON.stringify([...b].sort());
}
