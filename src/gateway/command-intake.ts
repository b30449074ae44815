import type { Command } from '../core/command.js';
import type { Origin } from '../core/limits/limit-rules.js';
import { allows, type Caller, whyDenied } from '../http/access.js';
import type { Ids } from '../kernel/ids.js';
import type { CommandMessage } from '../protocol/client-messages.js';
import type { WireError } from '../protocol/errors.js';
import type { Submission } from '../runtime/outcome.js';
import { type IsOn, switchedOff } from './parts.js';

export type Admitted =
  | { readonly ok: true; readonly submission: Submission }
  | { readonly ok: false; readonly error: WireError };

/** Turns what a client asks into what a house can be asked: adds who asks, and the ids of what may come of it. */
export class CommandIntake {
  readonly #ids: Ids;
  readonly #isOn: IsOn;

  constructor(ids: Ids, isOn: IsOn) {
    this.#ids = ids;
    this.#isOn = isOn;
  }

  /** `from`: what limits by account and address count of the caller; see originOf. */
  admit(message: CommandMessage, identity: Caller, from: Origin | undefined): Admitted {
    const { id: requestId, commandId } = message;
    if (message.type === 'block' || message.type === 'unblock') {
      const denial = whyDenied(identity, 'seats.staff');
      if (denial) return { ok: false, error: denial };
    }
    if (message.type === 'best_available' && !this.#isOn('best_available')) {
      return { ok: false, error: switchedOff('best_available') };
    }
    const command = this.#command(message, identity, from);
    const submission = { requestId, commandId, command };
    // As nearly all come.
    if (message.type !== 'book' && !message.again) return { ok: true, submission };
    const payment = message.type === 'book' ? { payment: message.payment } : {};
    return { ok: true, submission: { ...submission, ...payment, ...(message.again ? { again: true } : {}) } };
  }

  #command(message: CommandMessage, identity: Caller, from: Origin | undefined): Command {
    const { holder } = identity;
    const ids = this.#ids;
    switch (message.type) {
      case 'hold': {
        const { type, seats, holdId, ticketTypes } = message;
        const hold = { type, holder, seats, newHoldId: ids.uuid(), from, ...(holdId ? { addTo: holdId } : {}) };
        return ticketTypes ? { ...hold, ticketTypes } : hold;
      }
      case 'best_available': {
        const { type, count, category, zone, accessible, ticketTypes } = message;
        return {
          type,
          holder,
          count,
          newHoldId: ids.uuid(),
          from,
          ...(category === undefined ? {} : { category }),
          ...(zone === undefined ? {} : { zone }),
          ...(accessible === undefined ? {} : { accessible }),
          ...(ticketTypes ? { ticketTypes: oneByOne(ticketTypes) } : {}),
        };
      }
      case 'release': {
        const { type, holdId, seats } = message;
        return { type, holder, holdId, ...(seats ? { seats } : {}) };
      }
      case 'retype': {
        const { type, holdId, seats, ticketTypes } = message;
        return { type, holder, holdId, seats, ticketTypes };
      }
      case 'extend':
        return { type: 'extend', holder, holdId: message.holdId };
      case 'book':
        return {
          type: 'book',
          holder,
          holdId: message.holdId,
          price: message.price,
          ...(message.seats ? { seats: message.seats } : {}),
          newBookingId: ids.uuid(),
          newReference: ids.reference(),
          from,
        };
      case 'cancel':
        return { type: 'cancel', holder, bookingId: message.bookingId, asStaff: allows(identity, 'seats.staff') };
      case 'block':
        return { type: 'block', seats: message.seats, reason: message.reason ?? '' };
      case 'unblock':
        return { type: 'unblock', seats: message.seats };
    }
  }
}

/** `{ adult: 2, child: 1 }` as a list: adult, adult, child. */
function oneByOne(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([id, count]) => new Array<string>(count).fill(id));
}
