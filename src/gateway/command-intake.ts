import type { Command } from '../core/command.js';
import type { Origin } from '../core/limits/limit-rules.js';
import { allows, type Caller, whyDenied } from '../http/access.js';
import type { Ids } from '../kernel/ids.js';
import type { CommandMessage } from '../protocol/client-messages.js';
import { type WireError, wireError } from '../protocol/errors.js';
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
    const denial = needsStaff(message) ? whyDenied(identity, 'seats.staff') : undefined;
    if (denial) return { ok: false, error: denial };
    if (message.type === 'best_available' && !this.#isOn('best_available')) {
      return { ok: false, error: switchedOff('best_available') };
    }
    const command = this.#command(message, identity, from);
    if (!command) return { ok: false, error: EITHER };
    const submission = { requestId, commandId, command };
    // As nearly all come.
    if (message.type !== 'book' && !message.again) return { ok: true, submission };
    const payment = message.type === 'book' ? { payment: message.payment } : {};
    return { ok: true, submission: { ...submission, ...payment, ...(message.again ? { again: true } : {}) } };
  }

  /** Undefined: a take_away that names neither a hold nor seats, or both. */
  #command(message: CommandMessage, identity: Caller, from: Origin | undefined): Command | undefined {
    switch (message.type) {
      case 'block':
        return { type: 'block', seats: message.seats, reason: message.reason ?? '' };
      case 'unblock':
        return { type: 'unblock', seats: message.seats };
      case 'allocate': {
        const { type, seats, channel, until, reason = '' } = message;
        return { type, seats, channel, reason, by: identity.holder, ...(until === undefined ? {} : { until }) };
      }
      case 'deallocate':
        return { type: 'deallocate', seats: message.seats, reason: message.reason ?? '' };
      case 'take_away':
        return takeAway(message);
      case 'reseat': {
        const { type, bookingId, seats, reason = '' } = message;
        return { type, bookingId, seats, reason };
      }
      default:
        return this.#onBehalf(message, message.customer ?? identity.holder, identity, from);
    }
  }

  #onBehalf(message: OfHolder, holder: string, identity: Caller, from: Origin | undefined): Command {
    const ids = this.#ids;
    switch (message.type) {
      case 'hold': {
        const { type, seats, holdId, channel, ticketTypes } = message;
        const hold = { type, holder, seats, newHoldId: ids.uuid(), from };
        if (!holdId && !channel && !ticketTypes) return hold;
        return {
          ...hold,
          ...(holdId ? { addTo: holdId } : {}),
          ...(channel ? { channel } : {}),
          ...(ticketTypes ? { ticketTypes } : {}),
        };
      }
      case 'best_available': {
        const { type, count, category, zone, accessible, channel, ticketTypes } = message;
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
          ...(channel === undefined ? {} : { channel }),
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
    }
  }
}

/** `{ adult: 2, child: 1 }` as a list: adult, adult, child. */
function oneByOne(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([id, count]) => new Array<string>(count).fill(id));
}

type OfHolder = Exclude<
  CommandMessage,
  { readonly type: 'block' | 'unblock' | 'allocate' | 'deallocate' | 'take_away' | 'reseat' }
>;
type Asked<Type extends CommandMessage['type']> = Extract<CommandMessage, { readonly type: Type }>;

const EITHER = wireError('invalid_field', 'A take_away names a hold or seats: one of the two.', { field: 'holdId' });

/** Acts of staff, and what anybody may ask but not like this: for somebody else, or by another channel than the web. */
function needsStaff(message: CommandMessage): boolean {
  switch (message.type) {
    case 'block':
    case 'unblock':
    case 'allocate':
    case 'deallocate':
    case 'take_away':
    case 'reseat':
      return true;
    case 'hold':
    case 'best_available':
      return message.customer !== undefined || (message.channel !== undefined && message.channel !== 'web');
    default:
      return message.customer !== undefined;
  }
}

function takeAway({ type, holdId, seats, reason = '' }: Asked<'take_away'>): Command | undefined {
  if (holdId !== undefined) return seats === undefined ? { type, holdId, reason } : undefined;
  return seats && { type, seats, reason };
}
