/** The simplest house there could be: labels, maps and linear searches. It shares no code with the core. */
import { expect } from 'vitest';
import type { Command } from '../../../src/core/command.js';
import type { HouseRules } from '../../../src/core/house.js';

type Limits = Pick<HouseRules, 'seatsPerHold' | 'holdsPerHolder' | 'extensionsPerHold' | 'holdTtlMs'>;

interface ModelHold {
  readonly holder: string;
  seats: string[];
  until: number;
  extended: number;
}

/** What a house is to those who only read the documentation; seat rules are off. */
export class Model {
  readonly holds = new Map<string, ModelHold>();
  readonly bookings = new Map<string, { holder: string; seats: string[]; cancelled: boolean }>();
  readonly blocked = new Set<string>();
  readonly ended = new Set<string>();

  constructor(
    readonly all: readonly string[],
    readonly rules: Limits,
  ) {}

  statusOf(label: string): string {
    if (this.blocked.has(label)) return 'blocked';
    if ([...this.holds.values()].some((hold) => hold.seats.includes(label))) return 'held';
    const sold = [...this.bookings.values()].some((booking) => !booking.cancelled && booking.seats.includes(label));
    return sold ? 'booked' : 'available';
  }

  /** What the command must answer, `ok` or the code, before it is done. */
  judge(command: Command, now: number): string {
    const seats = 'seats' in command ? command.seats : undefined;
    const isUnknown = seats?.some((label) => !this.all.includes(label)) === true;
    const isTwice = seats !== undefined && new Set(seats).size < seats.length;
    const live = (holder: string) =>
      [...this.holds.values()].filter((h) => h.holder === holder && h.until > now).length;
    const access = (id: string, holder: string) => {
      const hold = this.holds.get(id);
      if (hold === undefined) return this.ended.has(id) ? 'hold_expired' : 'unknown_hold';
      if (hold.until <= now) return 'hold_expired';
      return hold.holder === holder ? 'ok' : 'wrong_holder';
    };
    switch (command.type) {
      case 'hold': {
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const adds = command.addTo === undefined ? 'ok' : access(command.addTo, command.holder);
        if (adds !== 'ok') return adds;
        const had = command.addTo === undefined ? 0 : this.holds.get(command.addTo)!.seats.length;
        if (had + command.seats.length > this.rules.seatsPerHold) return 'too_many_seats';
        if (command.addTo === undefined && live(command.holder) >= this.rules.holdsPerHolder) return 'too_many_holds';
        return command.seats.every((label) => this.statusOf(label) === 'available') ? 'ok' : 'seats_unavailable';
      }
      case 'best_available': {
        if (command.count > this.rules.seatsPerHold) return 'too_many_seats';
        if (live(command.holder) >= this.rules.holdsPerHolder) return 'too_many_holds';
        const free = this.all.filter((label) => this.statusOf(label) === 'available').length;
        return free >= command.count ? 'ok' : 'none_available';
      }
      case 'release': {
        const may = access(command.holdId, command.holder);
        if (may !== 'ok' || command.seats === undefined) return may;
        if (isUnknown || command.seats.length === 0) return 'unknown_seat';
        const { seats: own } = this.holds.get(command.holdId)!;
        return command.seats.every((label) => own.includes(label)) ? 'ok' : 'not_in_hold';
      }
      case 'extend': {
        const may = access(command.holdId, command.holder);
        if (may !== 'ok') return may;
        const { extended } = this.holds.get(command.holdId)!;
        return extended >= this.rules.extensionsPerHold ? 'too_many_extensions' : 'ok';
      }
      case 'book':
        return access(command.holdId, command.holder);
      case 'cancel': {
        const booking = this.bookings.get(command.bookingId);
        if (booking === undefined) return 'unknown_booking';
        if (booking.holder !== command.holder && !command.asStaff) return 'wrong_holder';
        return booking.cancelled ? 'booking_cancelled' : 'ok';
      }
      case 'block':
      case 'unblock': {
        if (isUnknown) return 'unknown_seat';
        if (isTwice) return 'duplicate_seat';
        const fine = command.type === 'block' ? ['available'] : ['available', 'blocked'];
        return command.seats.every((label) => fine.includes(this.statusOf(label))) ? 'ok' : 'seats_unavailable';
      }
      case 'expire':
        return 'ok';
    }
  }

  /** Does what was judged `ok`. `found` are the seats that best-available chose, which the model does not predict. */
  carryOut(command: Command, now: number, found: readonly string[]): void {
    const until = now + this.rules.holdTtlMs;
    if (command.type === 'hold' && command.addTo !== undefined) {
      this.holds.get(command.addTo)!.seats.push(...command.seats);
    } else if (command.type === 'hold' || command.type === 'best_available') {
      const seats = command.type === 'hold' ? [...command.seats] : [...found];
      for (const label of seats) expect(this.statusOf(label)).toBe('available');
      this.holds.set(command.newHoldId, { holder: command.holder, seats, until, extended: 0 });
    } else if (command.type === 'release') {
      const hold = this.holds.get(command.holdId)!;
      hold.seats = command.seats === undefined ? [] : hold.seats.filter((label) => !command.seats!.includes(label));
      if (hold.seats.length === 0) this.holds.delete(command.holdId);
    } else if (command.type === 'extend') {
      const hold = this.holds.get(command.holdId)!;
      hold.until = until;
      hold.extended++;
    } else if (command.type === 'book') {
      const { holder, seats } = this.holds.get(command.holdId)!;
      this.holds.delete(command.holdId);
      this.bookings.set(command.newBookingId, { holder, seats, cancelled: false });
    } else if (command.type === 'cancel') {
      this.bookings.get(command.bookingId)!.cancelled = true;
    } else if (command.type === 'block') {
      for (const label of command.seats) this.blocked.add(label);
    } else if (command.type === 'unblock') {
      for (const label of command.seats) this.blocked.delete(label);
    } else {
      for (const [id, hold] of this.holds) {
        if (hold.until > now) continue;
        this.holds.delete(id);
        this.ended.add(id);
      }
    }
  }
}
