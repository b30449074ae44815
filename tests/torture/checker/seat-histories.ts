import { type ChangeOfOwner, Contenders } from './contenders.js';
import type { Excuses } from './excuses.js';
import type { Command, ReadLine, RunLine, ShowtimeLine, Told, Try } from './history.js';
import type { Published, SeatEvent, SeatHistory, SeatLetter, SeatStep } from './seat-search.js';

/** What was published just before a change of owner may be heard some time after it. */
const HEARD_LATE_MS = 1_000;

export interface SeatHistories {
  /** By seat, in the order of the showtime's labels. */
  readonly seats: readonly SeatHistory[];
  /** Refusals that were looked at, and those of them that somebody else's lost try may explain. */
  readonly refusals: number;
  readonly excused: number;
}

/**
 * When a showtime came to a new owner: after the last that was heard of an epoch before, and before the first that was
 * heard of the next.
 */
function changesOfOwner(reads: readonly ReadLine[]): ChangeOfOwner[] {
  const changes: ChangeOfOwner[] = [];
  let [epoch, heard] = [0, 0];
  for (const read of [...reads].sort((a, b) => a.time - b.time)) {
    if (read.epoch > epoch) {
      changes.push({ from: heard - HEARD_LATE_MS, to: read.time });
      epoch = read.epoch;
    }
    if (read.epoch === epoch) heard = read.time;
  }
  return changes;
}

/** Takes a showtime's commands and reads apart, seat by seat. */
export class SeatHistoriesOf {
  readonly #showtime: ShowtimeLine;
  readonly #excuses: Excuses;
  readonly #indexOf: ReadonlyMap<string, number>;
  readonly #events: SeatEvent[][];
  readonly #wallAtZeroMs: number;
  readonly #commands: readonly Command[];
  #changes: readonly ChangeOfOwner[] = [];
  /** The seats that each hold was given with. */
  readonly #seatsOf = new Map<string, readonly string[]>();
  /** By seat: who was after it. */
  readonly #contenders = new Map<string, Contenders>();
  readonly #bookedSeatsOf = new Map<string, readonly string[]>();
  #refusals = 0;
  #excused = 0;

  constructor(run: RunLine, showtime: ShowtimeLine, commands: readonly Command[], excuses: Excuses) {
    this.#showtime = showtime;
    this.#excuses = excuses;
    this.#indexOf = new Map(showtime.labels.map((label, seat) => [label, seat]));
    this.#events = showtime.labels.map(() => []);
    this.#wallAtZeroMs = run.wallAtZeroMs;
    this.#commands = commands;
  }

  build(reads: readonly ReadLine[]): SeatHistories {
    this.#changes = changesOfOwner(reads);
    for (const { wish, told } of this.#commands) {
      if (told.phase !== 'ok') continue;
      if (isHold(wish.f) && told.holdId !== undefined) this.#seatsOf.set(told.holdId, told.seats ?? []);
      if (wish.f === 'book' && told.bookingId !== undefined) this.#bookedSeatsOf.set(told.bookingId, told.seats ?? []);
    }
    for (const command of this.#commands) {
      if (command.told.phase === 'ok') this.#done(command);
      else if (command.told.phase === 'unknown') this.#perhaps(command);
      for (const one of command.tries) if (one.told.phase === 'fail') this.#refused(command, one);
      // It took effect, whatever its sender was told when nobody remembered it any more; or a copy does so once more.
      if (command.told.phase !== 'unknown' && this.#excuses.isExcused(command)) this.#perhaps(command);
    }
    for (const [seat, event] of this.#excuses.eventsOf(this.#showtime)) this.#events[seat]?.push(event);
    for (const { strict, house, invoked, time, process, epoch, seq } of reads) {
      if (!strict) continue;
      const from = `${process} at ${epoch}.${seq}`;
      for (const [seat, events] of this.#events.entries()) {
        const step = { kind: 'see', status: house[seat] as SeatLetter, dirty: false } as const;
        events.push({ invoked, completed: time, step, from });
      }
    }
    const published = publishedBySeat(reads, this.#events.length);
    const seats = this.#events.map((events, seat) => ({ events, published: published[seat] ?? [] }));
    return { seats, refusals: this.#refusals, excused: this.#excused };
  }

  #done({ commandId, wish, told, invoked, completed }: Command): void {
    const put = (seats: readonly string[], step: SeatStep) =>
      this.#put(seats, { invoked, completed, step, from: commandId });
    const { seats = [], holdId = '', bookingId = '', rest = [] } = told;
    const until = told.expiresAt === undefined ? {} : { until: told.expiresAt - this.#wallAtZeroMs };
    switch (wish.f) {
      case 'hold':
      case 'hold_many':
      case 'best_available':
        put(seats, { kind: 'take', hold: holdId, ...until });
        break;
      case 'extend':
        put(seats, { kind: 'prolong', hold: wish.holdId ?? '', ...until });
        break;
      case 'release':
        put(seats, { kind: 'free', hold: wish.holdId ?? '' });
        put(rest, { kind: 'keep', hold: wish.holdId ?? '' });
        break;
      case 'book': {
        const others = (this.#seatsOf.get(wish.holdId ?? '') ?? []).filter((seat) => !seats.includes(seat));
        put(seats, { kind: 'sell', hold: wish.holdId ?? '', booking: bookingId });
        put(others, { kind: 'gone', hold: wish.holdId ?? '' });
        break;
      }
      case 'cancel':
        put(seats, { kind: 'return', booking: wish.bookingId ?? '' });
        break;
    }
  }

  /** It may have happened, at any time from its invocation on. */
  #perhaps({ commandId, wish, invoked }: Command): void {
    const put = (seats: Iterable<string>, step: SeatStep) =>
      this.#put(seats, { invoked, completed: Number.POSITIVE_INFINITY, step, from: commandId });
    const held = this.#seatsOf.get(wish.holdId ?? '') ?? [];
    switch (wish.f) {
      case 'hold':
      case 'hold_many':
      case 'best_available':
        put(wish.seats ?? this.#indexOf.keys(), { kind: 'take', hold: `?${commandId}` });
        break;
      case 'extend':
        put(held, { kind: 'prolong', hold: wish.holdId ?? '' });
        break;
      case 'release':
        put(wish.seats ?? held, { kind: 'free', hold: wish.holdId ?? '' });
        break;
      case 'book':
        put(held, { kind: 'sell', hold: wish.holdId ?? '', booking: `?${commandId}` });
        break;
      case 'cancel':
        put(this.#bookedSeatsOf.get(wish.bookingId ?? '') ?? [], { kind: 'return', booking: wish.bookingId ?? '' });
        break;
    }
  }

  /** A refusal tells what was so: when it was made, which may have been for an earlier copy, whose answer was lost. */
  #refused({ commandId, wish, invoked }: Command, { completed, told }: Try): void {
    const put = (seats: readonly string[], step: SeatStep) =>
      this.#put(seats, { invoked, completed, step, from: commandId });
    const held = this.#seatsOf.get(wish.holdId ?? '') ?? [];
    switch (told.error) {
      case 'seats_unavailable':
        for (const { seat, reason } of told.conflicts ?? []) this.#taken(commandId, seat, reason, invoked, completed);
        break;
      case 'unknown_hold':
      case 'hold_expired':
        put(held, { kind: 'gone', hold: wish.holdId ?? '' });
        break;
      case 'booking_cancelled':
        put(this.#bookedSeatsOf.get(wish.bookingId ?? '') ?? [], { kind: 'unsold', booking: wish.bookingId ?? '' });
        break;
      case 'too_many_extensions':
      case 'payment_declined':
        put(told.seats ?? [], { kind: 'keep', hold: wish.holdId ?? '' });
        break;
    }
  }

  #taken(commandId: string, seat: string, reason: string, invoked: number, completed: number): void {
    if (reason !== 'held' && reason !== 'booked') return;
    this.#refusals++;
    if (this.#mayRestOnWhatWasLost(commandId, seat, invoked, completed)) {
      this.#excused++;
      return;
    }
    const step = { kind: 'see', status: reason === 'held' ? 'h' : 'b', dirty: true } as const;
    this.#put([seat], { invoked, completed, step, from: commandId });
  }

  /**
   * A refusal rests on the memory of the node, which runs ahead of what is written: where the node is lost before it is
   * written, the seat was refused for the sake of a command that then never was, or was only later. It needs somebody who
   * was after that seat and still waited for the answer when the showtime came to a new owner.
   */
  #mayRestOnWhatWasLost(commandId: string, seat: string, invoked: number, completed: number): boolean {
    return (this.#contenders.get(seat) ?? this.#contendersOf(seat)).meets(commandId, invoked, completed);
  }

  #contendersOf(seat: string): Contenders {
    const contenders = new Contenders(
      this.#commands.filter((command) => this.#mayTake(command, seat)),
      this.#changes,
    );
    this.#contenders.set(seat, contenders);
    return contenders;
  }

  #mayTake({ wish }: Command, seat: string): boolean {
    if (wish.f === 'best_available') return true;
    if (isHold(wish.f)) return wish.seats?.includes(seat) ?? false;
    return wish.f === 'book' && (this.#seatsOf.get(wish.holdId ?? '')?.includes(seat) ?? false);
  }

  #put(seats: Iterable<string>, event: SeatEvent): void {
    for (const label of seats) this.#events[this.#indexOf.get(label) ?? -1]?.push(event);
  }
}

export function isHold(f: string): boolean {
  return f === 'hold' || f === 'hold_many' || f === 'best_available';
}

/** Of each seat, where what was published of it changed. What was published later had to be so no earlier. */
function publishedBySeat(reads: readonly ReadLine[], seats: number): Published[][] {
  const ordered = [...reads].sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
  const deadlines = ordered.map(({ time }) => time);
  for (let i = deadlines.length - 2; i >= 0; i--) deadlines[i] = Math.min(deadlines[i] ?? 0, deadlines[i + 1] ?? 0);
  return Array.from({ length: seats }, (_, seat) => {
    const published: Published[] = [];
    for (const [i, { house, epoch, seq }] of ordered.entries()) {
      const status = house[seat] as SeatLetter;
      if (status === published.at(-1)?.status) continue;
      published.push({ status, deadline: deadlines[i] ?? 0, from: `the house at ${epoch}.${seq}` });
    }
    return published;
  });
}

/** What two answers to one command must have in common. */
export function sameTold(a: Told, b: Told): boolean {
  const essence = ({ holdId, bookingId, seats, expiresAt, rest }: Told) =>
    JSON.stringify([holdId, bookingId, expiresAt, [...(seats ?? [])].sort(), [...(rest ?? [])].sort()]);
  return essence(a) === essence(b);
}
