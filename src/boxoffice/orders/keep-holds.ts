/** For how long an order keeps its holds, and how it keeps them for longer. */
import type { HouseDesk } from '../house-desk-port.js';
import { commandIdOf } from './derived-ids.js';
import type { OrderParts } from './order-parts.js';
import type { Order } from './order-port.js';

/** So much more than the payment time: a payment that starts soon after an order was made asks no house again. */
const MARGIN = 1.1;
/** In payment times, from the making of an order: it keeps its holds no longer, however many payments are started. */
const LASTS_MAX = 3;

type Kept = Pick<Order, 'createdAt' | 'expiresAt'>;

/** The end of an order of which a payment starts now, or at which it is made. */
export function endFrom(now: number, paymentTtlMs: number): number {
  return now + Math.ceil(paymentTtlMs * MARGIN);
}

/** When an order is to end, so that what happens now has the payment time. It may be sooner: there is a last end. */
export function endOf({ createdAt, expiresAt }: Kept, now: number, paymentTtlMs: number): number {
  if (expiresAt >= now + paymentTtlMs) return expiresAt;
  return Math.max(expiresAt, Math.min(endFrom(now, paymentTtlMs), createdAt + LASTS_MAX * paymentTtlMs));
}

/**
 * `kept`: the seats are kept for the payment time from now, or as long as an order may keep them. `closed`: the order awaits no
 * payment. `gone`: a house has a hold of it no longer. `later`: a house did not answer; ask again.
 */
export type KeptHolds = 'kept' | 'closed' | 'gone' | 'later';

/**
 * Keeps the holds of an order for a payment that starts now or is reported to be under way.
 *
 * Invariant: the row of an order ends no later than its holds. So the houses are asked first: whoever dies in between leaves an order
 * that expires too soon, and that releases its holds then.
 */
export async function keepHolds(
  { desk, store, clock, limits }: Pick<OrderParts, 'desk' | 'store' | 'clock' | 'limits'>,
  order: Order,
): Promise<KeptHolds> {
  if (order.state !== 'awaiting_payment') return 'closed';
  const until = endOf(order, clock.now(), limits.paymentTtlMs);
  if (until <= order.expiresAt) return 'kept';
  const outcomes = await Promise.all(order.bookings.map((booking) => keepOne(desk, order, booking, until)));
  if (outcomes.includes('later')) return 'later';
  if (outcomes.includes('gone')) return 'gone';
  return (await store.prolong(order.id, until)) ? 'kept' : 'closed';
}

async function keepOne(
  desk: HouseDesk,
  { id: orderId, holder }: Order,
  { number, showtimeId, holdId }: Order['bookings'][number],
  until: number,
): Promise<KeptHolds> {
  const command = { type: 'check_out', holder, holdId, orderId, until } as const;
  const outcome = await desk.ask(showtimeId, command, commandIdOf(orderId, 'keep', number, until));
  if (outcome.ok) return 'kept';
  return 'refusal' in outcome ? 'gone' : 'later';
}
