import type { AskedOrder } from '../../../../src/boxoffice/orders/create-order.js';
import type { Order } from '../../../../src/boxoffice/orders/order-port.js';
import { OrderWorld, SHOWTIMES } from './order-world.js';

export const BUYER = 'guest:buyer';

/** What the buyer asks for who orders these holds. @param number of the Idempotency-Key */
export function asked(
  holds: readonly { readonly showtimeId: string; readonly holdId: string }[],
  number = 1,
): AskedOrder {
  return {
    ...{ holder: BUYER, accountId: undefined, address: undefined, channel: 'web', vouchers: [], points: undefined },
    ...{ holds, total: { amount: 2_000 * holds.length, currency: 'EUR' } },
    ...{ email: undefined, name: '', locale: 'en', orderedBy: undefined, staff: undefined, from: undefined },
    ...{ sender: BUYER, key: key(number), asked: 'hash', provider: 'test' },
  };
}

/** A buyer's order of two seats in each showtime, which awaits its payment. */
export async function ordered(showtimes: readonly string[] = [SHOWTIMES[0]]) {
  const world = new OrderWorld();
  const { orders, monitor } = world.alone();
  const holds = showtimes.map((showtimeId) => ({
    showtimeId,
    holdId: world.holdSeats(showtimeId, BUYER, ['R1-1', 'R1-2']),
  }));
  const created = await orders.create({ ...asked(holds, 0), provider: undefined });
  if (!created.ok) throw new Error(created.error.code);
  const { id } = created.order;
  const read = () => world.store.all().find((order) => order.id === id) as Order;
  const pay = (number: number) =>
    orders.pay(read(), { provider: 'test', details: {}, returnUrl: '', key: key(number), staff: undefined });
  const heldUntil = (showtimeId: string = SHOWTIMES[0]) =>
    [...(world.houses.get(showtimeId)?.holds.values() ?? [])].map(({ expiresAt }) => expiresAt);
  return { world, orders, monitor, read, pay, heldUntil };
}

/** An Idempotency-Key. */
export function key(number: number): string {
  return `00000000-0000-4000-8000-00000000010${number}`;
}
