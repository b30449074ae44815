/** What buyers do from seats to tickets, over HTTP. */
import { eventually } from './clustered-cinema.js';
import type { Person } from './person.js';

export interface Money {
  readonly amount: number;
  readonly currency: string;
}
export interface Ticket {
  readonly id: string;
  readonly code: string;
  readonly reference: string;
  readonly seat: string;
  readonly state: string;
  readonly owner: string;
  readonly links: Readonly<Record<'page' | 'pdf' | 'qr' | 'calendar', string>>;
}
export interface Order {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly reason?: string;
  readonly expiresAt: string;
  readonly total: Money;
  readonly refunded: Money;
  readonly lines: readonly { readonly line: number; readonly seat: string; readonly state: string }[];
  readonly discounts: readonly { readonly kind: string; readonly amount: Money }[];
  readonly bookings: readonly { readonly status: string; readonly reference?: string }[];
  readonly payments: readonly { readonly id: string; readonly state: string; readonly failure?: string }[];
  readonly refunds: readonly { readonly amount: Money; readonly reason: string; readonly state: string }[];
}
export interface Payment {
  readonly id: string;
  readonly state: string;
  readonly failure?: string;
  readonly url?: string;
}
export interface HeldSeats {
  readonly showtimeId: string;
  readonly holdId: string;
}
interface Wishes {
  readonly email?: string;
  readonly name?: string;
  readonly locale?: string;
  readonly vouchers?: readonly string[];
  readonly points?: number;
  readonly channel?: string;
  readonly pay?: object;
}

export const cardOf = (card: string, more: object = {}) => ({ provider: 'test', details: { card, ...more } });

export async function hold(
  who: Person,
  showtimeId: string,
  seats: readonly string[],
  ticketTypes?: readonly string[],
): Promise<HeldSeats> {
  const wish = { seats, ...(ticketTypes ? { ticketTypes } : {}) };
  const { hold } = await who.done<{ hold: { id: string } }>('POST', `/v1/showtimes/${showtimeId}/holds`, wish);
  return { showtimeId, holdId: hold.id };
}

/** Asks what it costs, and orders at that price. */
export async function order(
  who: Person,
  held: HeldSeats,
  { email, name, locale, pay, ...priced }: Wishes,
): Promise<{ readonly order: Order; readonly payment?: Payment }> {
  const asked = { holds: [held], ...priced };
  const { total } = await who.done<{ total: Money }>('POST', '/v1/orders/quote', asked);
  const given = Object.fromEntries(
    Object.entries({ email, name, locale, pay }).filter(([, value]) => value !== undefined),
  );
  return await who.done('POST', '/v1/orders', { ...asked, total, ...given });
}

export async function pay(who: Person, { id }: Order, by: object): Promise<{ order: Order; payment: Payment }> {
  return await who.done('POST', `/v1/orders/${id}/payments`, by);
}

export async function orderNow(who: Person, { id }: Order): Promise<Order> {
  return await who.done('GET', `/v1/orders/${id}`);
}

/** Waits for the order to get there. */
export async function orderOnce(who: Person, order: Order, state: string): Promise<Order> {
  return await eventually(`order ${order.reference} that is ${state}`, async () => {
    const now = await orderNow(who, order);
    return now.state === state && now;
  });
}

/** Waits until the provider has given money back for the order. */
export async function orderRefunded(who: Person, order: Order): Promise<Order> {
  return await eventually(`a refund for order ${order.reference}`, async () => {
    const now = await orderNow(who, order);
    return now.refunds[0]?.state === 'succeeded' && now;
  });
}

export async function ticketsOf(who: Person, { id }: Order): Promise<readonly Ticket[]> {
  return (await who.done<{ tickets: Ticket[] }>('GET', `/v1/orders/${id}/tickets`)).tickets;
}
