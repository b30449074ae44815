/** Holds what Postgres has against what clients were told. Pure; to be given a moment at which nothing goes on. */
import { Excuses } from './excuses.js';
import { type Command, commandsOf, type Line, type RunLine, type ShowtimeLine, type Told } from './history.js';
import { isHold } from './seat-histories.js';

export interface StoredHold {
  readonly id: string;
  readonly seats: readonly number[];
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface StoredBooking {
  readonly id: string;
  readonly commandId: string;
  readonly holdId: string;
  readonly seats: readonly number[];
  readonly status: 'confirmed' | 'cancelled';
}

/** What a command that took effect was answered, by its record; bookings are their own. */
export interface StoredResult {
  readonly commandId: string;
  readonly command: string;
  readonly holdId?: string;
  readonly bookingId?: string;
  readonly seats?: readonly number[];
}

export interface StoredShowtime {
  readonly showtime: string;
  readonly holds: readonly StoredHold[];
  readonly bookings: readonly StoredBooking[];
  /** Of each sold seat the booking, by the table whose primary key is the last guard. */
  readonly sold: readonly (readonly [seat: number, bookingId: string])[];
  readonly results: readonly StoredResult[];
}

export interface Stored {
  /** By the clock of Postgres, in milliseconds since 1970. */
  readonly now: number;
  readonly showtimes: readonly StoredShowtime[];
}

/** @returns one sentence for each difference; none where all is as it was told. */
export function compareWithPostgres(lines: readonly Line[], stored: Stored, toleranceMs: number): string[] {
  const run = lines.find((line): line is RunLine => line.type === 'run');
  if (!run) throw new Error('The history does not say of what it is: its first line is missing.');
  const known = commandsOf(lines);
  const excuses = new Excuses(lines, known);
  // What was lost, and may be, is there or is not: as where nobody was answered.
  const commands = known.map((command) => (excuses.isExcused(command) ? { ...command, told: UNKNOWN } : command));
  return run.showtimes.flatMap((showtime) => {
    const of = stored.showtimes.find((one) => one.showtime === showtime.id);
    if (!of) return [`${showtime.id} is not in Postgres`];
    const own = commands.filter((command) => command.showtime === showtime.id);
    const isOffRecord = (command: Command) => excuses.isOffRecord(command);
    return [...new Comparison(showtime, own, of, stored.now, toleranceMs, isOffRecord).differences()];
  });
}

const UNKNOWN: Told = { phase: 'unknown' };

/** What became of a hold, by what its holder was told. */
interface Life {
  seats: readonly string[];
  expiresAt: number;
  /** True where a command on it came to nobody knows what. */
  uncertain: boolean;
  isOver: boolean;
}

class Comparison {
  readonly #showtime: ShowtimeLine;
  readonly #commands: readonly Command[];
  readonly #stored: StoredShowtime;
  readonly #now: number;
  readonly #toleranceMs: number;
  readonly #isOffRecord: (command: Command) => boolean;
  readonly #byId: ReadonlyMap<string, Command>;

  constructor(
    showtime: ShowtimeLine,
    commands: readonly Command[],
    stored: StoredShowtime,
    now: number,
    toleranceMs: number,
    isOffRecord: (command: Command) => boolean,
  ) {
    this.#showtime = showtime;
    this.#commands = commands;
    this.#stored = stored;
    this.#now = now;
    this.#toleranceMs = toleranceMs;
    this.#isOffRecord = isOffRecord;
    this.#byId = new Map(commands.map((command) => [command.commandId, command]));
  }

  *differences(): Generator<string> {
    yield* this.#effects();
    yield* this.#bookings();
    yield* this.#sold();
    yield* this.#holds();
  }

  /** Each effect is of a command that was asked for, is not called undone, and is there once. */
  *#effects(): Generator<string> {
    const effects = [
      ...this.#stored.results,
      ...this.#stored.bookings.map(({ commandId, id, seats }) => ({
        commandId,
        command: 'book',
        bookingId: id,
        seats,
      })),
    ];
    const seen = new Set<string>();
    for (const effect of effects) {
      const { commandId, command } = effect;
      if (seen.has(commandId)) yield `${commandId} (${command}) took effect twice`;
      seen.add(commandId);
      const asked = this.#byId.get(commandId);
      if (!asked) yield `${commandId} (${command}) took effect, and nobody asked for it`;
      else if (asked.told.phase === 'fail') {
        yield `${commandId} (${asked.process} ${command}) took effect, and was refused with ${asked.told.error}`;
      } else if (asked.told.phase === 'ok' && !this.#agrees(asked.told, effect)) {
        yield `${commandId} (${command}) is on record with another outcome than it was answered`;
      }
    }
    for (const command of this.#commands) {
      const { commandId, told, process, wish } = command;
      if (told.phase === 'ok' && !seen.has(commandId) && !this.#isOffRecord(command)) {
        yield `${commandId} (${process} ${wish.f}) was answered with ok, and there is no record of it`;
      }
    }
  }

  #agrees(told: Told, { holdId, bookingId, seats }: Omit<StoredResult, 'command' | 'commandId'>): boolean {
    const sameHold = told.holdId === undefined || told.holdId === holdId;
    const sameBooking = told.bookingId === undefined || told.bookingId === bookingId;
    return sameHold && sameBooking && (seats === undefined || this.#text(seats) === textOf(told.seats ?? []));
  }

  *#bookings(): Generator<string> {
    const stored = new Map(this.#stored.bookings.map((booking) => [booking.id, booking]));
    const cancels = new Map(
      this.#commands
        .filter(({ wish, told }) => wish.f === 'cancel' && told.phase !== 'fail')
        .map((command) => [command.wish.bookingId, command]),
    );
    for (const { wish, told } of this.#commands) {
      if (wish.f !== 'book' || told.phase !== 'ok') continue;
      const booking = stored.get(told.bookingId ?? '');
      if (!booking) {
        yield `booking ${told.bookingId} of seats ${told.seats} was acknowledged, and is lost`;
        continue;
      }
      if (this.#text(booking.seats) !== textOf(told.seats ?? [])) {
        yield `booking ${booking.id} is of seats ${this.#text(booking.seats)}, and was told to be of ${told.seats}`;
      }
      const cancel = cancels.get(booking.id)?.told.phase;
      const isRight = cancel === 'unknown' || (booking.status === 'cancelled') === (cancel === 'ok');
      if (!isRight)
        yield `booking ${booking.id} is ${booking.status}, and its cancelling came to ${cancel ?? 'nothing'}`;
    }
  }

  *#sold(): Generator<string> {
    const byBookings = new Map<number, string>();
    for (const { id, seats, status } of this.#stored.bookings) {
      if (status === 'cancelled') continue;
      for (const seat of seats) {
        const other = byBookings.get(seat);
        if (other !== undefined) yield `seat ${this.#label(seat)} is sold twice, by ${other} and ${id}`;
        byBookings.set(seat, id);
      }
    }
    const bySeats = new Map(this.#stored.sold);
    for (const seat of new Set([...byBookings.keys(), ...bySeats.keys()])) {
      const [booked, sold] = [byBookings.get(seat), bySeats.get(seat)];
      if (booked !== sold) yield `seat ${this.#label(seat)}: bookings say ${booked}, the sold seats ${sold}`;
    }
    for (const hold of this.#stored.holds) {
      for (const seat of hold.seats) {
        if (bySeats.has(seat)) yield `seat ${this.#label(seat)} is sold and held, by ${hold.id}`;
      }
    }
  }

  *#holds(): Generator<string> {
    const lives = this.#lives();
    const stored = new Map(this.#stored.holds.map((hold) => [hold.id, hold]));
    const unknown = new Set(
      this.#stored.results.filter((r) => this.#byId.get(r.commandId)?.told.phase === 'unknown').map((r) => r.holdId),
    );
    for (const [id, life] of lives) {
      if (life.isOver || life.uncertain || life.expiresAt <= this.#now + this.#toleranceMs) continue;
      const hold = stored.get(id);
      if (!hold) yield `hold ${id} of seats ${life.seats} was acknowledged and lives, and is lost`;
      else if (this.#text(hold.seats) !== textOf(life.seats)) {
        yield `hold ${id} has seats ${this.#text(hold.seats)}, and was told to have ${life.seats}`;
      } else if (Math.abs(hold.expiresAt - life.expiresAt) > 1) {
        yield `hold ${id} ends at ${hold.expiresAt}, and was told to end at ${life.expiresAt}`;
      }
    }
    for (const { id, expiresAt } of stored.values()) {
      const life = lives.get(id);
      if (!life && !unknown.has(id)) yield `hold ${id} is there, and nobody was told of it`;
      else if (life?.isOver && !life.uncertain) yield `hold ${id} is there, and was released or booked`;
      else if (expiresAt < this.#now - 3 * this.#toleranceMs) yield `hold ${id} is there, long after its end`;
    }
  }

  #lives(): Map<string, Life> {
    const lives = new Map<string, Life>();
    for (const { wish, told } of this.#commands) {
      if (!isHold(wish.f) || told.phase !== 'ok') continue;
      const { holdId = '', seats = [], expiresAt = 0 } = told;
      lives.set(holdId, { seats, expiresAt, uncertain: false, isOver: false });
    }
    for (const { wish, told } of this.#commands) {
      const life = lives.get(wish.holdId ?? '');
      if (!life || told.phase === 'fail') continue;
      if (told.phase === 'unknown') life.uncertain = true;
      else if (wish.f === 'book') life.isOver = true;
      else if (wish.f === 'extend') life.expiresAt = Math.max(life.expiresAt, told.expiresAt ?? 0);
      else if (wish.f === 'release') {
        life.seats = life.seats.filter((seat) => !told.seats?.includes(seat));
        life.isOver ||= told.rest === undefined;
      }
    }
    return lives;
  }

  #label(seat: number): string {
    return this.#showtime.labels[seat] ?? `#${seat}`;
  }

  #text(seats: readonly number[]): string {
    return textOf(seats.map((seat) => this.#label(seat)));
  }
}

function textOf(labels: readonly string[]): string {
  return [...labels].sort().join(' ');
}
