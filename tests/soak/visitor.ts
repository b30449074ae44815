import type { Command } from '../../client-sdk/src/commands.js';
import type { HoldView } from '../../src/protocol/server-messages.js';
import { type Accounts, count } from './accounts.js';
import type { Line } from './line.js';
import type { Sale } from './programme.js';

const HOLDS_MAX = 3;
const AVAILABLE = 0;
/** Seats of a hold, added ones included, stay below the limit of ten. */
const SEATS_GROWN_MAX = 6;

/** Somebody who holds, changes their mind, buys, returns, and at last leaves with whatever they hold. */
export class Visitor {
  readonly sale: Sale;
  readonly line: Line;
  readonly holds = new Map<string, HoldView>();
  /** Acts that they still mean to do. */
  actsLeft: number;
  readonly #bookings: { readonly id: string; readonly seats: number }[] = [];
  readonly #random: () => number;
  readonly #accounts: Accounts;

  constructor(sale: Sale, line: (visitor: Visitor) => Line, random: () => number, accounts: Accounts) {
    this.sale = sale;
    this.#random = random;
    this.#accounts = accounts;
    this.actsLeft = 20 + Math.floor(random() * 60);
    this.line = line(this);
  }

  /** Sends one command; resolves when it is answered. */
  async act(): Promise<void> {
    this.actsLeft--;
    const command = this.#choose();
    const told = await this.line.ask(command);
    const accounts = this.#accounts;
    accounts.commands++;
    if (!told) count(accounts.unknown, this.sale.id);
    else if (told.code !== undefined) this.#refused(command, told.code);
    else {
      count(accounts.done, 'holdId' in command && command.type === 'hold' ? 'hold more' : command.type);
      this.#done(command, told.hold, told.booking?.id);
    }
  }

  #done(command: Command, hold: HoldView | undefined, bookingId: string | undefined): void {
    if (command.type === 'book') {
      const seats = this.holds.get(command.holdId)?.seats.length ?? 0;
      this.holds.delete(command.holdId);
      this.#accounts.booked(this.sale.id, seats);
      if (bookingId !== undefined) this.#bookings.push({ id: bookingId, seats });
    } else if (command.type === 'cancel') {
      const [booking] = this.#bookings.splice(
        this.#bookings.findIndex(({ id }) => id === command.bookingId),
        1,
      );
      this.#accounts.cancelled(this.sale.id, booking?.seats ?? 0);
    } else {
      if (command.type === 'release') this.holds.delete(command.holdId);
      if (hold) this.holds.set(hold.id, hold);
    }
  }

  #refused(command: Command, code: string): void {
    count(this.#accounts.refusals, code);
    if ('holdId' in command && command.holdId !== undefined && /^(hold_expired|unknown_hold)$/.test(code)) {
      this.holds.delete(command.holdId);
    }
  }

  #choose(): Command {
    const dice = this.#random();
    const booking = this.#bookings[0];
    const hold = [...this.holds.values()][Math.floor(this.#random() * this.holds.size)];
    if (booking && dice < 0.08) return { type: 'cancel', bookingId: booking.id };
    if (!hold || (dice < 0.34 && this.holds.size < HOLDS_MAX)) return this.#newHold();
    if (dice < 0.44 && hold.seats.length < SEATS_GROWN_MAX) {
      return { type: 'hold', seats: this.#seats(1, hold.seats), holdId: hold.id };
    }
    if (dice < 0.54) return { type: 'extend', holdId: hold.id };
    if (dice < 0.7) return { type: 'book', holdId: hold.id, payment: { method: 'test' }, price: hold.price };
    if (dice < 0.8 && hold.seats.length > 1) return { type: 'release', holdId: hold.id, seats: hold.seats.slice(0, 1) };
    return { type: 'release', holdId: hold.id };
  }

  #newHold(): Command {
    const dice = this.#random();
    if (dice < 0.3) return { type: 'best_available', count: 1 + Math.floor(this.#random() * 4) };
    return { type: 'hold', seats: this.#seats(dice < 0.6 ? 1 : 2 + Math.floor(this.#random() * 3)) };
  }

  /** Free ones side by side, as far as they can see; one time in ten they do not look. They know which are theirs. */
  #seats(wanted: number, theirs: readonly string[] = []): string[] {
    const { labels } = this.sale;
    const looks = this.#random() > 0.1;
    const house = looks ? this.line.house() : undefined;
    const from = Math.floor(this.#random() * labels.length);
    const chosen: string[] = [];
    for (let i = 0; i < labels.length && chosen.length < wanted; i++) {
      const seat = (from + i) % labels.length;
      const label = labels[seat] ?? '';
      if ((!house || house[seat] === AVAILABLE) && !theirs.includes(label)) chosen.push(label);
    }
    return chosen.length > 0 ? chosen : [labels.find((label) => !theirs.includes(label)) ?? ''];
  }
}
