/** The simplest house there could be: labels, maps and linear searches. It shares no code with the core. */
import type { Command } from '../../../src/core/command.js';
import type { HouseRules } from '../../../src/core/house.js';

export type Limits = Pick<
  HouseRules,
  'seatsPerHold' | 'holdsPerHolder' | 'extensionsPerHold' | 'holdTtlMs' | 'distancing'
>;

/** A hall in words: what somebody knows of it who stands in it. */
export interface Hall {
  readonly all: readonly string[];
  /** Seats that stand side by side, in their order. */
  readonly lines: readonly (readonly string[])[];
  /** Half of a pair to the other half, both ways. */
  readonly mates: ReadonlyMap<string, string>;
  /** Companion seat to its wheelchair space. */
  readonly spaces: ReadonlyMap<string, string>;
  /** A seat of a table that is sold whole to all seats of the table. */
  readonly tables: ReadonlyMap<string, readonly string[]>;
}

export interface ModelHold {
  readonly holder: string;
  readonly channel: string;
  seats: string[];
  until: number;
  extended: number;
  orderId?: string | undefined;
}

export interface ModelBooking {
  readonly holder: string;
  readonly channel: string;
  seats: readonly string[];
  cancelled: boolean;
  readonly orderId?: string | undefined;
}

/** What a house is to those who only read the documentation. The single-gap rule is left out: see `judge`. */
export class Model {
  readonly holds = new Map<string, ModelHold>();
  readonly bookings = new Map<string, ModelBooking>();
  readonly blocked = new Set<string>();
  readonly ended = new Map<string, string>();
  /** Of seats in whatever state. */
  readonly allocated = new Map<string, { readonly channel: string; readonly until: number }>();

  constructor(
    readonly hall: Hall,
    readonly rules: Limits,
  ) {}

  statusOf(label: string): string {
    if (this.blocked.has(label)) return 'blocked';
    if ([...this.holds.values()].some((hold) => hold.seats.includes(label))) return 'held';
    if (this.#bookingOf(label) !== undefined) return 'booked';
    return this.allocated.has(label) ? 'blocked' : 'available';
  }

  /** Whether nobody has the seat, and this channel sells it. */
  isOpenTo(label: string, channel: string): boolean {
    if (this.statusOf(label) === 'available') return true;
    return this.#isFree(label) && this.allocated.get(label)?.channel === channel;
  }

  /** Available, or blocked by its allocation only. */
  #isFree(label: string): boolean {
    if (this.statusOf(label) === 'available') return true;
    return this.statusOf(label) === 'blocked' && !this.blocked.has(label);
  }

  /**
   * What the command must answer before it is done: `ok`, or the code. A hold that is judged `ok` may still be refused
   * for a single gap, and a search that is may find no place that keeps pairs, companions and distance.
   */
  judge(command: Command, now: number): string {
    const named = 'seats' in command ? command.seats : undefined;
    const isUnknown = named?.some((label) => !this.hall.all.includes(label)) === true || named?.length === 0;
    const isTwice = named !== undefined && new Set(named).size < named.length;
    switch (command.type) {
      case 'hold': {
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const adds = command.addTo === undefined ? 'ok' : this.#access(command.addTo, command.holder, now);
        if (adds !== 'ok') return adds;
        const old = command.addTo === undefined ? [] : this.holds.get(command.addTo)!.seats;
        if (command.seats.some((label) => old.includes(label))) return 'duplicate_seat';
        if (old.length + command.seats.length > this.rules.seatsPerHold) return 'too_many_seats';
        if (command.addTo === undefined && this.#hasEnough(command.holder, now)) return 'too_many_holds';
        const channel = this.#channelOf(command);
        if (!command.seats.every((label) => this.isOpenTo(label, channel))) return 'seats_unavailable';
        return this.broken(command.holder, command.seats, old) ?? 'ok';
      }
      case 'best_available': {
        if (command.count > this.rules.seatsPerHold) return 'too_many_seats';
        if (this.#hasEnough(command.holder, now)) return 'too_many_holds';
        const free = this.hall.all.filter((label) => this.isOpenTo(label, command.channel ?? 'web')).length;
        return free >= command.count ? 'ok' : 'none_available';
      }
      case 'release': {
        const may = this.#access(command.holdId, command.holder, now, command.orderId);
        if (may !== 'ok' || command.seats === undefined) return may;
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const { seats: own } = this.holds.get(command.holdId)!;
        return command.seats.every((label) => own.includes(label)) ? 'ok' : 'not_in_hold';
      }
      case 'retype':
        // Nobody asks for it of a house without types: ticket-types-model.test.ts has another model.
        return 'unknown_ticket_type';
      case 'extend': {
        const may = this.#access(command.holdId, command.holder, now);
        if (may !== 'ok') return may;
        return this.holds.get(command.holdId)!.extended < this.rules.extensionsPerHold ? 'ok' : 'too_many_extensions';
      }
      case 'book':
        return this.#access(command.holdId, command.holder, now, command.orderId);
      case 'check_out':
      case 'return_hold': {
        const may = this.#accessAny(command.holdId, command.holder, now);
        const order = this.holds.get(command.holdId)?.orderId;
        return may === 'ok' && order !== undefined && order !== command.orderId ? 'hold_in_order' : may;
      }
      case 'retake': {
        const known = this.holds.get(command.newHoldId);
        if (known !== undefined) return known.orderId === command.orderId ? 'ok' : 'hold_in_order';
        if (command.until <= now || this.ended.has(command.newHoldId)) return 'hold_expired';
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const channel = command.channel ?? 'web';
        return command.seats.every((label) => this.isOpenTo(label, channel)) ? 'ok' : 'seats_unavailable';
      }
      case 'cancel': {
        const booking = this.bookings.get(command.bookingId);
        if (booking === undefined) return 'unknown_booking';
        if (booking.holder !== command.holder && !command.asStaff) return 'wrong_holder';
        if (booking.orderId !== command.orderId) return 'booking_in_order';
        if (booking.cancelled) return 'booking_cancelled';
        if (command.seats === undefined) return 'ok';
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        if (!command.seats.every((label) => booking.seats.includes(label))) return 'not_in_hold';
        const rest = booking.seats.filter((label) => !command.seats.includes(label));
        const isLeft = rest.some((label) => command.seats.includes(this.hall.spaces.get(label) ?? ''));
        return (isLeft ? 'pair_split or companion_alone' : this.#torn(booking.holder, rest, [])) ?? 'ok';
      }
      case 'block':
      case 'unblock': {
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const isFine = (label: string) =>
          this.statusOf(label) === 'available' || (command.type === 'unblock' && this.blocked.has(label));
        return command.seats.every(isFine) ? 'ok' : 'seats_unavailable';
      }
      case 'take_away': {
        if ('holdId' in command) {
          const hold = this.holds.get(command.holdId);
          if (hold !== undefined && hold.until > now) return hold.orderId === undefined ? 'ok' : 'hold_in_order';
          if (hold !== undefined) return 'hold_expired';
          return this.ended.has(command.holdId) ? 'hold_expired' : 'unknown_hold';
        }
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const isFine = (label: string) => ['available', 'held'].includes(this.statusOf(label));
        if (!command.seats.every(isFine)) return 'seats_unavailable';
        const isMeant = ({ seats }: ModelHold) => seats.some((label) => command.seats.includes(label));
        const inOrder = [...this.holds.values()].some((hold) => hold.orderId !== undefined && isMeant(hold));
        return inOrder ? 'hold_in_order' : 'ok';
      }
      case 'reseat': {
        const booking = this.bookings.get(command.bookingId);
        if (booking === undefined) return 'unknown_booking';
        if (booking.cancelled) return 'booking_cancelled';
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        if (command.seats.length !== booking.seats.length) return 'wrong_seat_count';
        const isFine = (label: string) => booking.seats.includes(label) || this.isOpenTo(label, booking.channel);
        if (!command.seats.every(isFine)) return 'seats_unavailable';
        return this.#torn(booking.holder, command.seats, []) ?? 'ok';
      }
      case 'allocate':
        if (command.until !== undefined && command.until <= now) return 'allocation_over';
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        return command.seats.every((label) => this.#isFree(label)) ? 'ok' : 'seats_unavailable';
      case 'deallocate':
        return isUnknown ? 'unknown_seat' : isTwice ? 'duplicate_seat' : 'ok';
      case 'wait':
      case 'stop_waiting':
        // Nobody asks for it here: waitlist.test.ts does.
        return 'ok';
      case 'expire':
        return 'ok';
    }
  }

  /** Whether it parts what is sold together. */
  #torn(holder: string, seats: readonly string[], old: readonly string[]): string | undefined {
    const { mates, spaces, tables } = this.hall;
    const isHalf = (label: string) => mates.has(label) && !seats.includes(mates.get(label)!);
    const isAlone = (label: string) => {
      const space = spaces.get(label);
      if (space === undefined || seats.includes(space) || old.includes(space)) return false;
      return this.#bookingOf(space)?.holder !== holder;
    };
    const isTorn = (label: string) => tables.get(label)?.every((other) => seats.includes(other)) === false;
    const isParted = seats.some((label) => isHalf(label) || isAlone(label) || isTorn(label));
    return isParted ? 'pair_split or companion_alone' : undefined;
  }

  /** The first seat rule that the selection would break, all its seats being available. */
  broken(holder: string, seats: readonly string[], old: readonly string[]): string | undefined {
    const torn = this.#torn(holder, seats, old);
    if (torn !== undefined) return torn;
    const { lines } = this.hall;
    const far = this.rules.distancing;
    const isNear = lines.some((line) =>
      line.some((label, place) => {
        const around = line.slice(Math.max(0, place - far), place + far + 1);
        return seats.includes(label) && around.some((other) => ![undefined, holder].includes(this.#partyAt(other)));
      }),
    );
    return isNear ? 'distancing' : undefined;
  }

  /** Does what was judged `ok`. `found` are the seats that best-available chose, which the model does not predict. */
  carryOut(command: Command, now: number, found: readonly string[]): void {
    const until = now + this.rules.holdTtlMs;
    if (command.type === 'hold' && command.addTo !== undefined) {
      this.holds.get(command.addTo)!.seats.push(...command.seats);
    } else if (command.type === 'hold' || command.type === 'best_available') {
      const seats = command.type === 'hold' ? [...command.seats] : [...found];
      const { holder, channel = 'web' } = command;
      this.holds.set(command.newHoldId, { holder, channel, seats, until: command.until ?? until, extended: 0 });
    } else if (command.type === 'release') {
      const hold = this.holds.get(command.holdId)!;
      hold.seats = command.seats === undefined ? [] : hold.seats.filter((label) => !this.#goes(label, command.seats!));
      if (hold.seats.length === 0) this.holds.delete(command.holdId);
    } else if (command.type === 'extend') {
      const hold = this.holds.get(command.holdId)!;
      hold.until = Math.max(hold.until, until);
      hold.extended++;
    } else if (command.type === 'book') {
      const { holder, channel, seats, orderId } = this.holds.get(command.holdId)!;
      this.holds.delete(command.holdId);
      this.bookings.set(command.newBookingId, { holder, channel, seats, cancelled: false, orderId });
    } else if (command.type === 'check_out' || command.type === 'return_hold' || command.type === 'retake') {
      this.#carryOutOrder(command);
    } else if (command.type === 'cancel') {
      const booking = this.bookings.get(command.bookingId)!;
      const rest = booking.seats.filter((label) => !(command.seats ?? booking.seats).includes(label));
      if (rest.length === 0) booking.cancelled = true;
      else booking.seats = rest;
    } else if (command.type === 'block') {
      for (const label of command.seats) this.blocked.add(label);
    } else if (command.type === 'unblock') {
      for (const label of command.seats) this.blocked.delete(label);
    } else if (command.type === 'take_away') {
      for (const [id, { seats }] of this.holds) {
        const isMeant = 'holdId' in command ? id === command.holdId : seats.some((one) => command.seats.includes(one));
        if (isMeant) this.holds.delete(id);
      }
    } else if (command.type === 'reseat') {
      this.bookings.get(command.bookingId)!.seats = command.seats;
    } else if (command.type === 'allocate') {
      const { channel, until: end = Number.POSITIVE_INFINITY } = command;
      for (const label of command.seats) this.allocated.set(label, { channel, until: end });
    } else if (command.type === 'deallocate') {
      for (const label of command.seats) this.allocated.delete(label);
    } else {
      for (const [label, { until: end }] of this.allocated) if (end <= now) this.allocated.delete(label);
      for (const [id, holder] of this.#dropDue(now)) this.ended.set(id, holder);
    }
  }

  #carryOutOrder(command: Extract<Command, { type: 'check_out' | 'return_hold' | 'retake' }>): void {
    if (command.type === 'retake') {
      const { holder, channel = 'web', until, orderId } = command;
      if (this.holds.has(command.newHoldId)) return;
      this.holds.set(command.newHoldId, { holder, channel, seats: [...command.seats], until, extended: 0, orderId });
      return;
    }
    const hold = this.holds.get(command.holdId)!;
    if (command.type === 'check_out') {
      hold.orderId = command.orderId;
      hold.until = Math.max(hold.until, command.until);
    } else if (hold.orderId !== undefined) {
      hold.orderId = undefined;
      hold.until = Math.min(hold.until, command.expiresAt);
    }
  }

  /** Another owner reads what is written: it has never heard of holds that ended, and may leave out those that are due. */
  reload(now: number, withoutDue: boolean): void {
    this.ended.clear();
    if (withoutDue) this.#dropDue(now);
  }

  #dropDue(now: number): [id: string, holder: string][] {
    const due = [...this.holds].flatMap(([id, { until, holder }]): [string, string][] =>
      until <= now ? [[id, holder]] : [],
    );
    for (const [id] of due) this.holds.delete(id);
    return due;
  }

  #access(id: string, holder: string, now: number, orderId?: string): string {
    const may = this.#accessAny(id, holder, now);
    return may === 'ok' && this.holds.get(id)?.orderId !== orderId ? 'hold_in_order' : may;
  }

  #accessAny(id: string, holder: string, now: number): string {
    const hold = this.holds.get(id);
    const owner = hold?.holder ?? this.ended.get(id);
    if (owner === undefined) return 'unknown_hold';
    if (owner !== holder) return 'wrong_holder';
    return hold === undefined || hold.until <= now ? 'hold_expired' : 'ok';
  }

  #channelOf({ addTo, channel = 'web' }: { addTo?: string; channel?: string }): string {
    return addTo === undefined ? channel : (this.holds.get(addTo)?.channel ?? 'web');
  }

  #hasEnough(holder: string, now: number): boolean {
    const live = [...this.holds.values()].filter((hold) => hold.holder === holder && hold.until > now);
    return live.length >= this.rules.holdsPerHolder;
  }

  /** Whether a seat of a hold goes when these are given back: they, their other halves, and who accompanied them. */
  #goes(label: string, given: readonly string[]): boolean {
    const together = this.hall.tables.get(label) ?? [];
    const reasons = [label, this.hall.mates.get(label), this.hall.spaces.get(label), ...together];
    return reasons.some((one) => one !== undefined && given.includes(one));
  }

  #bookingOf(label: string): ModelBooking | undefined {
    return [...this.bookings.values()].find(({ cancelled, seats }) => !cancelled && seats.includes(label));
  }

  #partyAt(label: string): string | undefined {
    const hold = [...this.holds.values()].find(({ seats }) => seats.includes(label));
    return (hold ?? this.#bookingOf(label))?.holder;
  }
}
