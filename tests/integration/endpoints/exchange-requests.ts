import { randomUUID } from 'node:crypto';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** An order that was paid, of a showtime whose seats can be exchanged, and a hold of other seats by the same buyer. */
async function bought(cinema: Cinema) {
  const { showtimeId, session, hold } = await cinema.held();
  const policy = JSON.stringify({ exchange: { untilMinutesBefore: 0 } });
  await cinema.stage.pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [showtimeId, policy]);
  const body = {
    holds: [{ showtimeId, holdId: hold.id }],
    total: hold.price,
    pay: { provider: 'test', details: { card: 'succeed' } },
  };
  const { order } = await cinema.post<{ order: { id: string } }>('/v1/orders', body, session);
  const other = await cinema.held(session);
  const holds = [{ showtimeId: other.showtimeId, holdId: other.hold.id }];
  return { session, path: { orderId: order.id }, holds, currency: hold.price.currency };
}

/** A right request of each endpoint of exchanges. The seats that are given up cost as much as the new ones. */
export const exchangeRequests: Requests = {
  quoteExchange: async (cinema) => {
    const { session, path, holds } = await bought(cinema);
    return { session, path, body: { holds } };
  },
  exchangeOrder: async (cinema) => {
    const { session, path, holds, currency } = await bought(cinema);
    return { session, path, body: { holds, total: { amount: 0, currency } }, key: randomUUID() };
  },
};
