/** What becomes of the holds of an order that ends without money. Each can be repeated by any node, until every house has answered. */
import type { Command } from '../../core/command.js';
import { commandIdOf } from './derived-ids.js';
import type { OrderParts } from './order-parts.js';
import type { Order } from './order-port.js';

type Parts = Pick<OrderParts, 'desk' | 'log'>;
type Ended = Pick<Order, 'id' | 'holder'> & { readonly bookings: readonly EndedBooking[] };
type EndedBooking = Pick<Order['bookings'][number], 'number' | 'showtimeId' | 'holdId' | 'holdExpiresAt'>;

/**
 * Gives the holds of a cancelled order back to their buyer, for as long as they would have had them. Whether every house has
 * answered.
 *
 * @param turn a number of its own for each time that it is asked: a house that has taken a hold into the order since it was last
 * asked is to do it again, and not to say what it answered then
 */
export async function returnHolds(parts: Parts, ended: Ended, turn = 0): Promise<boolean> {
  const { id: orderId, holder } = ended;
  return await askAll(parts, ended, ({ number, holdId, holdExpiresAt: expiresAt }) => [
    { type: 'return_hold', holder, holdId, orderId, expiresAt },
    commandIdOf(orderId, 'return', number, turn),
  ]);
}

/** Releases the holds of an order that has expired. Whether every house has answered. */
export async function releaseHolds(parts: Parts, ended: Ended): Promise<boolean> {
  const { id: orderId, holder } = ended;
  return await askAll(parts, ended, ({ number, holdId }) => [
    { type: 'release', holder, holdId, orderId },
    commandIdOf(orderId, 'release', number),
  ]);
}

async function askAll(
  { desk, log }: Parts,
  { id: orderId, bookings }: Ended,
  commandOf: (booking: EndedBooking) => readonly [Command, string],
): Promise<boolean> {
  const answered = await Promise.all(
    bookings.map(async (booking) => {
      const { showtimeId, holdId } = booking;
      const outcome = await desk.ask(showtimeId, ...commandOf(booking));
      if (outcome.ok || 'refusal' in outcome) return true;
      const fields = { event: 'order.hold_not_returned', orderId, showtimeId, holdId, failure: outcome.failure };
      log.warn(fields, 'A hold of an order that has ended is not given back yet. Its house is asked again.');
      return false;
    }),
  );
  return !answered.includes(false);
}
