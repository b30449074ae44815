import type { Money } from '../../../src/protocol/money.js';
import type { BookingView, HoldView, ReplyMessage } from '../../../src/protocol/server-messages.js';

export type OrderType =
  | 'hold'
  | 'add'
  | 'best_available'
  | 'release'
  | 'retype'
  | 'extend'
  | 'book'
  | 'cancel'
  | 'block'
  | 'unblock'
  | 'allocate'
  | 'deallocate'
  | 'take_away'
  | 'reseat'
  // Of the box office, for its orders.
  | 'check_out'
  | 'return_hold'
  | 'retake'
  | 'cancel_part';

/** What a command came to, as its client was told in the end. */
export type Told =
  | { readonly ok: true; readonly hold?: HoldView; readonly booking?: BookingView; readonly seats?: readonly string[] }
  | { readonly ok: false; readonly code: string; readonly outcome: 'not-applied' | 'unknown' };

/** One command of one holder, however often and over however many windows it is asked. */
export interface Order {
  readonly commandId: string;
  readonly who: string;
  readonly holder: string;
  readonly showtimeId: string;
  readonly type: OrderType;
  /** The hold that it names: to add to, release, extend or book. */
  readonly holdId?: string | undefined;
  readonly bookingId?: string | undefined;
  /** What a buyer who books was shown. */
  readonly price?: Money | undefined;
  readonly seats?: readonly string[] | undefined;
  /** One for each of the seats. */
  readonly ticketTypes?: readonly string[] | undefined;
  /** Whose hold or booking it is, where that is not who asks. */
  readonly customer?: string | undefined;
  /** The order of the box office that asks. */
  readonly orderId?: string | undefined;
}

/** As it was told over a socket. */
export function toldBy(reply: ReplyMessage): Told {
  if (!reply.ok) return { ok: false, code: reply.error.code, outcome: reply.error.outcome };
  const { hold, booking, seats } = reply;
  return { ok: true, ...(hold ? { hold } : {}), ...(booking ? { booking } : {}), ...(seats ? { seats } : {}) };
}

export function describe({ commandId, type, holdId, bookingId, seats, ticketTypes, orderId }: Order): string {
  const what = [holdId, bookingId, seats?.join(' '), ticketTypes?.join(' ')].filter(Boolean).join(' ');
  return `${commandId.slice(0, 13)} ${type} ${what}${orderId === undefined ? '' : ` for ${orderId}`}`;
}
