/** Puts one fault into what a real run recorded, as a broken server would have: the checker must find each of them. */
import type { Stored } from './compare-with-postgres.js';
import { type Command, commandsOf, type Line, type ReturnLine, type RunLine, type Told } from './history.js';
import { isHold } from './seat-histories.js';

export interface Recorded {
  readonly lines: readonly Line[];
  readonly stored: Stored;
}

/** @throws Error where the run had nothing of the kind that is to be spoilt. */
export type Plant = (recorded: Recorded) => Recorded;

const SOON_MS = 20_000;

function answered(lines: readonly Line[]): Command[] {
  return commandsOf(lines).filter(({ told }) => told.phase === 'ok');
}

function found<Item>(item: Item | undefined): Item {
  if (item === undefined) throw new Error('This run had nothing to plant the fault in.');
  return item;
}

function opsOf(command: Command): ReadonlySet<number> {
  return new Set(command.tries.map(({ op }) => op));
}

function without({ lines, stored }: Recorded, command: Command): Recorded {
  const ops = opsOf(command);
  return { stored, lines: lines.filter((line) => !('op' in line && ops.has(line.op))) };
}

function retold({ lines, stored }: Recorded, op: number, told: Partial<Told>): Recorded {
  const changed = (line: Line): Line =>
    line.type === 'return' && line.op === op ? ({ ...line, ...told } as ReturnLine) : line;
  return { stored, lines: lines.map(changed) };
}

/** A hold that lived for a while, with when that surely began and ended. */
interface Lived {
  readonly command: Command;
  readonly from: number;
  readonly to: number;
}

function livedHolds(lines: readonly Line[]): Lived[] {
  const commands = commandsOf(lines);
  return answered(lines).flatMap((command) => {
    if (!isHold(command.wish.f)) return [];
    const { holdId, expiresAt = 0 } = command.told;
    const later = commands.filter(({ wish, told }) => wish.holdId === holdId && told.phase !== 'fail');
    const run = found(lines.find((line): line is RunLine => line.type === 'run'));
    const ends = [...later.map(({ invoked }) => invoked), expiresAt - run.wallAtZeroMs - SOON_MS];
    return [{ command, from: command.completed, to: Math.min(...ends) }];
  });
}

export const PLANTS: Readonly<Record<string, Plant>> = {
  'a release that was acknowledged was never asked for'(recorded) {
    const commands = answered(recorded.lines);
    const release = commands.find(
      ({ wish, told, completed, showtime }) =>
        wish.f === 'release' &&
        told.rest === undefined &&
        commands.some(
          (next) =>
            next.showtime === showtime &&
            isHold(next.wish.f) &&
            next.invoked > completed &&
            next.completed < completed + SOON_MS &&
            next.told.seats?.some((seat) => told.seats?.includes(seat)) &&
            livesLong(recorded.lines, showtime),
        ),
    );
    return without(recorded, found(release));
  },

  'a sold seat is given to another'({ lines, stored }) {
    const commands = answered(lines);
    const { told, showtime, completed } = found(
      commands.find(({ wish, told: { bookingId }, completed }) => {
        if (wish.f !== 'book') return false;
        const cancel = commandsOf(lines).find((other) => other.wish.bookingId === bookingId);
        return (cancel?.invoked ?? Number.POSITIVE_INFINITY) > completed + 50;
      }),
    );
    const hold = { showtime, seats: told.seats?.slice(0, 1) ?? [], invoked: completed + 10, completed: completed + 40 };
    return { lines: [...lines, ...plantedHold(lines, hold)], stored };
  },

  'a refused hold takes effect'(recorded) {
    const lived = livedHolds(recorded.lines);
    const refused = commandsOf(recorded.lines).find(
      ({ wish, told, tries, invoked, completed, showtime }) =>
        wish.f === 'hold' &&
        told.error === 'seats_unavailable' &&
        tries.length === 1 &&
        lived.some(
          ({ command, from, to }) =>
            command.showtime === showtime &&
            command.told.seats?.includes(wish.seats?.[0] ?? '') &&
            from < invoked &&
            completed < to,
        ),
    );
    const { tries, wish, completed, showtime } = found(refused);
    const expiresAt = endOf(recorded.lines, showtime, completed);
    const told = { phase: 'ok', holdId: 'planted', seats: wish.seats ?? [], expiresAt } as const;
    return retold(recorded, found(tries[0]).op, told);
  },

  'two bookings have swapped their seats'(recorded) {
    const books = answered(recorded.lines).filter(({ wish, tries }) => wish.f === 'book' && tries.length === 1);
    const first = found(books[0]);
    const second = found(
      books.find(
        ({ showtime, told }) =>
          showtime === first.showtime && !told.seats?.some((seat) => first.told.seats?.includes(seat)),
      ),
    );
    const swapped = retold(recorded, found(first.tries[0]).op, { seats: second.told.seats ?? [] });
    return retold(swapped, found(second.tries[0]).op, { seats: first.told.seats ?? [] });
  },

  'a hold is given without one of its seats'(recorded) {
    const hold = found(answered(recorded.lines).find(({ wish }) => wish.f === 'hold_many'));
    const { op } = found(hold.tries.find(({ told }) => told.phase === 'ok'));
    return retold(recorded, op, { seats: hold.told.seats?.slice(1) ?? [] });
  },

  'a copy of a command has an effect of its own'(recorded) {
    const twin = found(
      answered(recorded.lines).find(
        ({ wish, tries }) => isHold(wish.f) && tries.filter(({ told }) => told.phase === 'ok').length > 1,
      ),
    );
    return retold(recorded, found(twin.tries.filter(({ told }) => told.phase === 'ok')[1]).op, { holdId: 'planted' });
  },

  'a living hold is called unknown'(recorded) {
    const book = found(
      answered(recorded.lines).find(
        ({ wish, tries, completed, showtime }) =>
          wish.f === 'book' &&
          tries.length === 1 &&
          livesLong(recorded.lines, showtime) &&
          livedHolds(recorded.lines).some(
            ({ command, to }) => command.told.holdId === wish.holdId && to > completed - SOON_MS,
          ),
      ),
    );
    return retold(recorded, found(book.tries[0]).op, { phase: 'fail', error: 'unknown_hold' });
  },

  'at a quiet moment a sold seat is shown as available'({ lines, stored }) {
    const read = found(lines.find((line) => line.type === 'read' && line.strict && line.house.includes('b')));
    const place = (line: Line) => (line.type === 'read' ? `${line.showtime} ${line.epoch}.${line.seq}` : '');
    const changed = (line: Line): Line =>
      line.type === 'read' && place(line) === place(read) ? { ...line, house: line.house.replace('b', '.') } : line;
    return { lines: lines.map(changed), stored };
  },

  'a watcher has missed a change'({ lines, stored }) {
    const read = found(lines.find((line) => line.type === 'read' && !line.strict && line.house.includes('h')));
    if (read.type !== 'read') return { lines, stored };
    return { lines: [...lines, { ...read, process: 'planted', house: read.house.replace('h', '.') }], stored };
  },

  'Postgres has lost an acknowledged booking'({ lines, stored }) {
    const { told } = found(answered(lines).find(({ wish }) => wish.f === 'book'));
    const showtimes = stored.showtimes.map((one) => ({
      ...one,
      bookings: one.bookings.filter(({ id }) => id !== told.bookingId),
      sold: one.sold.filter(([, id]) => id !== told.bookingId),
    }));
    return { lines, stored: { ...stored, showtimes } };
  },

  'Postgres has an effect of a refused command'({ lines, stored }) {
    const { commandId, showtime } = found(commandsOf(lines).find(({ told }) => told.phase === 'fail'));
    const showtimes = stored.showtimes.map((one) =>
      one.showtime === showtime ? { ...one, results: [...one.results, { commandId, command: 'hold' }] } : one,
    );
    return { lines, stored: { ...stored, showtimes } };
  },

  'Postgres has a hold that nobody asked for'(recorded) {
    return without(recorded, found(answered(recorded.lines).find(({ wish }) => isHold(wish.f))));
  },
};

function livesLong(lines: readonly Line[], showtime: string): boolean {
  const run = found(lines.find((line): line is RunLine => line.type === 'run'));
  return (run.showtimes.find(({ id }) => id === showtime)?.holdTtlMs ?? 0) > 2 * SOON_MS;
}

function endOf(lines: readonly Line[], showtime: string, time: number): number {
  const run = found(lines.find((line): line is RunLine => line.type === 'run'));
  return run.wallAtZeroMs + time + (run.showtimes.find(({ id }) => id === showtime)?.holdTtlMs ?? 0);
}

function plantedHold(
  lines: readonly Line[],
  hold: {
    readonly showtime: string;
    readonly seats: readonly string[];
    readonly invoked: number;
    readonly completed: number;
  },
): Line[] {
  const { showtime, seats, invoked, completed } = hold;
  const expiresAt = endOf(lines, showtime, completed);
  const [process, op] = ['planted', 1_000_000_000];
  return [
    { type: 'invoke', process, op, showtime, commandId: 'planted', time: invoked, f: 'hold', seats },
    { type: 'return', process, op, time: completed, phase: 'ok', holdId: 'planted', seats, expiresAt },
  ];
}
