/**
 * What may be lost when a standby that lagged takes the place of the primary. Exactly this: effects that the dead primary
 * had and the standby had not, of a showtime whose owner's memory ended before it could write them again; the record of an
 * outcome whose writer had given the showtime away and ended; and what a node named in its report of losses. Nothing is
 * excused where commits had to be on the standby.
 */
import type {
  Command,
  LifeLine,
  Line,
  LossLine,
  LostTail,
  PromotionLine,
  ReadLine,
  RunLine,
  SeatThen,
  Wish,
} from './history.js';
import { isHold } from './seat-histories.js';
import type { SeatEvent, SeatState } from './seat-search.js';

/** So long after a promotion a living owner must have written again what it knew; if it dies sooner, it may not have. */
const WRITTEN_AGAIN_MS_MAX = 10_000;
/** So long after a promotion somebody must have loaded the house as the standby had it. */
const LOADED_MS_MAX = 30_000;
/** For so long what was published before the primary died may still be on its way. */
const HEARD_LATE_MS = 2_000;

export class Excuses {
  readonly #wallAtZeroMs: number;
  /** Those tails that nobody could write again, with their promotion. */
  readonly #tails: readonly (readonly [PromotionLine, LostTail])[];
  readonly #commands: ReadonlySet<string>;
  /** Commands whose effect a living owner knows, and whose record nobody does. */
  readonly #offRecord: ReadonlySet<string>;
  readonly #losses: readonly LossLine[];
  /** Everything that some promotion lost, excused or not. */
  readonly #everLost: ReadonlySet<string>;
  readonly #firstLoss: number;
  readonly #lostBookings: ReadonlySet<string>;
  /** Of each hold and booking. */
  readonly #seatsOf: ReadonlyMap<string, readonly string[]>;
  readonly #known: ReadonlyMap<string, Command>;

  constructor(lines: readonly Line[], commands: readonly Command[]) {
    this.#wallAtZeroMs = lines.find((line): line is RunLine => line.type === 'run')?.wallAtZeroMs ?? 0;
    const ends = lines.filter((line): line is LifeLine => line.type === 'life' && line.phase === 'end');
    const lagged = lines.filter((line): line is PromotionLine => line.type === 'promotion' && !line.synchronous);
    const tails = lagged.flatMap((promotion) => promotion.lost.map((tail) => [promotion, tail] as const));
    this.#tails = tails.filter(([promotion, tail]) => this.#isForgotten(promotion, tail, ends));
    this.#commands = new Set(this.#tails.flatMap(([, { commands }]) => commands));
    this.#everLost = new Set(tails.flatMap(([, { commands }]) => commands));
    this.#firstLoss = Math.min(...lagged.map(({ deadAt }) => deadAt));
    this.#losses = lines.filter((line): line is LossLine => line.type === 'loss');
    this.#known = new Map(commands.map((command) => [command.commandId, command]));
    this.#offRecord = new Set(
      tails.flatMap(([promotion, tail]) => tail.commands.filter((id) => this.#isWriterGone(id, promotion, tail, ends))),
    );
    this.#seatsOf = new Map(
      commands.flatMap(({ wish, told: { holdId, bookingId, seats = [] } }) =>
        isHold(wish.f) || wish.f === 'book' ? [[holdId ?? bookingId ?? '', seats] as const] : [],
      ),
    );
    this.#lostBookings = new Set(
      commands.flatMap((command) =>
        command.told.bookingId && this.isExcused(command) ? [command.told.bookingId] : [],
      ),
    );
  }

  /** How much was excused, for the report. */
  get count(): { readonly commands: number; readonly named: number } {
    return { commands: this.#commands.size, named: new Set(this.#losses.map(({ subject }) => subject)).size };
  }

  /** True where what the command did may be gone again. */
  isExcused(command: Command): boolean {
    return this.#commands.has(command.commandId) || this.#isNamed(command);
  }

  /**
   * True where what the command did must be there, and the record of its outcome may not. The owner that wrote it gave the
   * showtime to the next one, which has the house and no outcomes but those of bookings, and then ended.
   */
  isOffRecord({ commandId }: Command): boolean {
    return this.#offRecord.has(commandId);
  }

  /** A booking that was lost is unknown; so is a hold, which is told of by the seats themselves. */
  excusesRefusal({ bookingId }: Wish, error: string | undefined): boolean {
    return error === 'unknown_booking' && bookingId !== undefined && this.#lostBookings.has(bookingId);
  }

  /** What may have become of each seat of a showtime at a promotion, to be put among its events. */
  eventsOf({
    id,
    labels,
  }: {
    readonly id: string;
    readonly labels: readonly string[];
  }): readonly (readonly [number, SeatEvent])[] {
    const events: (readonly [number, SeatEvent])[] = [];
    for (const [promotion, tail] of this.#tails) {
      if (tail.showtime !== id) continue;
      for (const [seat, then] of this.#maybeRestored(tail, labels)) {
        const state: SeatState =
          then.kind === 'held'
            ? {
                kind: 'held',
                hold: then.hold,
                from: then.until - this.#wallAtZeroMs,
                till: then.until - this.#wallAtZeroMs,
              }
            : then;
        const by = promotion.time + LOADED_MS_MAX;
        events.push([seat, optional(promotion.deadAt, { kind: 'restore', state, by }, 'the promoted standby')]);
      }
    }
    for (const { showtime, seat, subject, kind, time } of this.#losses) {
      if (showtime !== id || labels[seat] === undefined) continue;
      const step: SeatEvent['step'] =
        kind === 'cancellation'
          ? { kind: 'restore', state: { kind: 'booked', booking: subject }, by: time }
          : { kind: 'vanish', of: subject };
      events.push([seat, optional(this.#firstLoss, step, `the loss of ${kind} ${subject}`)]);
    }
    return events;
  }

  /** Seats that differed, and such as were the same again after several lost commands had done something to them. */
  #maybeRestored({ seats, commands }: LostTail, labels: readonly string[]): ReadonlyMap<number, SeatThen> {
    const restored = new Map<number, SeatThen>();
    const stored = new Map(seats.map(([seat, then]) => [seat, then]));
    for (const [seat, then, differed] of seats) if (differed) restored.set(seat, then);
    for (const id of commands) {
      const { wish, told } = this.#known.get(id) ?? {};
      const about = [wish?.holdId, wish?.bookingId].flatMap((of) => this.#seatsOf.get(of ?? '') ?? []);
      for (const label of [...about, ...(wish?.seats ?? []), ...(told?.seats ?? [])]) {
        const seat = labels.indexOf(label);
        restored.set(seat, stored.get(seat) ?? { kind: 'free' });
      }
    }
    return restored;
  }

  /** A position of an epoch whose very claim was lost: another owner may use the number again. */
  isOfLostEpoch({ showtime, epoch, time }: ReadLine): boolean {
    return this.#tails.some(
      ([promotion, tail]) =>
        tail.showtime === showtime &&
        epoch > tail.epochs[1] &&
        epoch <= tail.epochs[0] &&
        time <= promotion.deadAt + HEARD_LATE_MS,
    );
  }

  /** Losses that a node named though nothing of the kind was lost, a sentence each. */
  *needless(commands: readonly Command[]): Generator<string> {
    for (const loss of this.#losses) {
      const about = commands.filter((command) => isAbout(command, loss));
      if (about.some(({ commandId, told }) => told.phase !== 'ok' || this.#everLost.has(commandId))) continue;
      yield `${loss.kind} ${loss.subject} of ${loss.showtime} is reported as lost, and no promotion lost it`;
    }
  }

  #isForgotten(promotion: PromotionLine, { owner, claimedAt }: LostTail, ends: readonly LifeLine[]): boolean {
    const since = claimedAt - this.#wallAtZeroMs;
    return ends.some(
      ({ node, time }) => node === owner && time >= since && time <= promotion.time + WRITTEN_AGAIN_MS_MAX,
    );
  }

  #isWriterGone(id: string, promotion: PromotionLine, tail: LostTail, ends: readonly LifeLine[]): boolean {
    const command = this.#known.get(id);
    if (!command || command.wish.f === 'book' || tail.epochs[0] <= tail.epochs[1]) return false;
    if (command.completed >= tail.claimedAt - this.#wallAtZeroMs) return false;
    const by = promotion.time + WRITTEN_AGAIN_MS_MAX;
    return ends.some(({ node, time }) => node !== tail.owner && time >= command.invoked && time <= by);
  }

  #isNamed(command: Command): boolean {
    return this.#losses.some((loss) => isAbout(command, loss)) && this.#everLost.has(command.commandId);
  }
}

/** The command that made what is lost, or did something to it. */
function isAbout({ showtime, wish, told }: Command, { showtime: of, subject, kind }: LossLine): boolean {
  if (showtime !== of) return false;
  if (kind === 'cancellation') return wish.f === 'cancel' && wish.bookingId === subject;
  return [told.holdId, told.bookingId, wish.holdId, wish.bookingId].includes(subject);
}

function optional(invoked: number, step: SeatEvent['step'], from: string): SeatEvent {
  return { invoked, completed: Number.POSITIVE_INFINITY, step, from };
}
