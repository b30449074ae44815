import type { Order } from '../../../../src/boxoffice/orders/order-port.js';
import { OrderWorld, SHOWTIMES } from './order-world.js';

export const BUYER = 'guest:buyer';

/** A buyer's order of two seats in each showtime, which awaits its payment. */
export async function ordered(showtimes: readonly string[] = [SHOWTIMES[0]]) {
  const world = new OrderWorld();
  const { orders, monitor } = world.alone();
  const holds = showtimes.map((showtimeId) => ({
    showtimeId,
    holdId: world.holdSeats(showtimeId, BUYER, ['R1-1', 'R1-2']),
  }));
  const created = await orders.create({
    ...{
      holder: BUYER,
      accountId: undefined,
      address: undefined,
      channel: 'web',
      holds,
      vouchers: [],
      points: undefined,
    },
    total: { amount: 2_000 * holds.length, currency: 'EUR' },
    ...{
      email: undefined,
      name: '',
      locale: 'en',
      orderedBy: undefined,
      from: undefined,
      sender: BUYER,
      staff: undefined,
    },
    ...{ key: key(0), asked: 'hash', provider: undefined },
  });
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
