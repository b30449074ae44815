import type { CommandMessage } from '../../../src/protocol/client-messages.js';
import type { BookingView, HoldView } from '../../../src/protocol/server-messages.js';

/** The fields of an ok reply, on a socket or over HTTP. */
export interface OkFields {
  readonly hold?: HoldView;
  readonly booking?: BookingView;
  readonly seats?: readonly string[];
}

export interface AcknowledgedHold {
  readonly seats: readonly string[];
  /** Milliseconds since 1970 on the server's clock. */
  readonly expiresAt: number;
}

/**
 * What one showtime must look like by everything that was acknowledged, and by nothing else. Each client waits for its
 * answers, so what it is told comes in the order of the effects on its own holds and bookings.
 */
export class Acknowledged {
  readonly holds = new Map<string, AcknowledgedHold>();
  readonly confirmed = new Map<string, BookingView>();
  readonly cancelled = new Map<string, BookingView>();
  readonly blocked = new Set<string>();
  /** Commands that were ever told ok: told so again, they are replays, and have no second effect. */
  readonly #done = new Set<string>();
  /** How many commands took effect. */
  effects = 0;

  /** @returns what is wrong with the answer as an answer to this command; undefined: nothing. */
  take(command: CommandMessage, reply: OkFields, holder: string): string | undefined {
    const key = `${holder} ${command.commandId}`;
    if (this.#done.has(key)) return undefined;
    // Ok to what changes nothing is no effect: the server need not remember it, and may take the commandId anew.
    const mayChangeNothing = ['unblock', 'take_away', 'deallocate'].includes(command.type);
    if (!mayChangeNothing || (reply.seats ?? []).length > 0) this.#done.add(key);
    this.effects++;
    switch (command.type) {
      case 'hold':
        if (!includesAll(reply.hold?.seats, command.seats)) return 'a hold of other seats than were asked for';
        return this.#held(reply.hold);
      case 'best_available':
        if (reply.hold?.seats.length !== command.count) return 'best available found another number of seats';
        return this.#held(reply.hold);
      case 'retype':
      case 'extend':
        return reply.hold?.id === command.holdId ? this.#held(reply.hold) : 'another hold than was to be extended';
      case 'release':
        this.holds.delete(command.holdId);
        if (reply.hold) this.#held(reply.hold);
        return command.seats && !includesAll(reply.seats, command.seats) ? 'other seats than were released' : undefined;
      case 'book':
        this.holds.delete(command.holdId);
        if (reply.booking?.status !== 'confirmed') return 'a book without a confirmed booking';
        this.confirmed.set(reply.booking.id, reply.booking);
        return undefined;
      case 'cancel':
        if (reply.booking?.id !== command.bookingId) return 'another booking than was to be cancelled';
        this.confirmed.delete(command.bookingId);
        this.cancelled.set(command.bookingId, reply.booking);
        return undefined;
      case 'take_away': {
        const ended = [...this.holds].filter(([, hold]) => hold.seats.some((seat) => reply.seats?.includes(seat)));
        for (const [holdId] of ended) this.holds.delete(holdId);
        return undefined;
      }
      case 'reseat':
        if (reply.booking?.id !== command.bookingId) return 'another booking than was to be moved';
        if (!includesAll(reply.booking.seats, command.seats)) return 'other seats than it was to be moved to';
        this.confirmed.set(command.bookingId, reply.booking);
        return undefined;
      case 'allocate':
        return includesAll(reply.seats, command.seats) ? undefined : 'other seats than were to be allocated';
      case 'deallocate':
        return undefined;
      case 'block':
        for (const seat of reply.seats ?? []) this.blocked.add(seat);
        return undefined;
      case 'unblock':
        for (const seat of reply.seats ?? []) this.blocked.delete(seat);
        return undefined;
    }
  }

  #held(hold: HoldView | undefined): string | undefined {
    if (!hold) return 'no hold in the reply';
    this.holds.set(hold.id, { seats: hold.seats, expiresAt: hold.expiresAt });
    return undefined;
  }
}

function includesAll(all: readonly string[] | undefined, some: readonly string[]): boolean {
  return some.every((seat) => all?.includes(seat));
}
