/** What the checker reads, and nothing else: the provider's ledger, Postgres, the mails and what the receiver of webhooks was told. */
import type { ReadLedger } from '../../../kit/stripe/stripe-ledger.js';

export interface Books {
  readonly ledger: ReadLedger;
  readonly postgres: PostgresBooks;
  readonly mails: readonly FiledMail[];
  /** In the order in which they came, repeats too. */
  readonly heard: readonly HeardWebhook[];
}

export type MailKind = 'orderConfirmation' | 'refund' | 'other';

export interface FiledMail {
  readonly to: string;
  readonly messageId: string;
  readonly kind: MailKind;
  /** Of all that it says, but for when it was written. */
  readonly digest: string;
  readonly pdfs: number;
}

export interface HeardWebhook {
  readonly id: string;
  readonly body: string;
  /** By the secret of the endpoint, at the time when it came. */
  readonly isGenuine: boolean;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** All amounts are minor units. */
export interface PostgresBooks {
  readonly orders: readonly OrderRow[];
  readonly bookings: readonly OrderBookingRow[];
  readonly lines: readonly LineRow[];
  readonly payments: readonly PaymentRow[];
  readonly refunds: readonly RefundRow[];
  readonly returns: readonly ReturnRow[];
  readonly tickets: readonly TicketRow[];
  /** The journal's own. */
  readonly houseBookings: readonly HouseBookingRow[];
  readonly soldSeats: readonly { readonly showtimeId: string; readonly seat: number; readonly bookingId: string }[];
  readonly cancelledShowtimes: readonly string[];
  /** What is still to be done, by what it is. */
  readonly unfinished: Readonly<Record<string, number>>;
  /** For the report only: payments that were looked at while they were open, and had succeeded in the end. */
  readonly looksThatFound: number;
}

export interface OrderRow {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly decision: string | null;
  readonly total: number;
  readonly refunded: number;
  readonly email: string | null;
  readonly isFulfilled: boolean;
}

export interface OrderBookingRow {
  readonly orderId: string;
  readonly number: number;
  readonly showtimeId: string;
  readonly bookingId: string;
  readonly reference: string;
  readonly status: string;
  readonly attempt: number;
}

export interface LineRow {
  readonly orderId: string;
  readonly line: number;
  readonly booking: number;
  readonly showtimeId: string;
  readonly seatIndex: number;
  readonly seat: string;
  /** Price and fee, less its discount. */
  readonly paid: number;
  readonly state: string;
  readonly refunded: number;
}

export interface PaymentRow {
  readonly id: string;
  readonly orderId: string;
  readonly providerRef: string | null;
  readonly amount: number;
  readonly state: string;
  readonly received: number | null;
}

export interface RefundRow {
  readonly id: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly providerRef: string | null;
  readonly amount: number;
  readonly reason: string;
  readonly state: string;
  readonly tries: number;
}

export interface ReturnRow {
  readonly id: string;
  readonly orderId: string;
  readonly reason: string;
  readonly lines: readonly number[];
  readonly amount: number;
}

export interface TicketRow {
  readonly id: string;
  readonly orderId: string;
  readonly line: number;
  readonly bookingId: string;
  readonly seatIndex: number;
  readonly state: string;
}

export interface HouseBookingRow {
  readonly id: string;
  readonly showtimeId: string;
  readonly reference: string;
  readonly seats: readonly number[];
  readonly status: string;
  readonly orderId: string | null;
}

export interface Violation {
  readonly rule: string;
  readonly text: string;
}

export type Rule = (books: Books) => readonly string[];

export function groupBy<Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): ReadonlyMap<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

export function sumOf(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** As sets: in any order, each once. */
export function areSame(one: readonly (string | number)[], other: readonly (string | number)[]): boolean {
  const spell = (items: readonly (string | number)[]) => JSON.stringify(items.map(String).sort());
  return spell(one) === spell(other);
}
