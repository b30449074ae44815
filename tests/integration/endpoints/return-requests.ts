import { randomUUID } from 'node:crypto';
import { sign } from '../gateway/sign.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** An order of two seats that was paid, of a showtime whose seats can be returned. */
async function bought(cinema: Cinema) {
  const { showtimeId, session, hold } = await cinema.held();
  const policy = JSON.stringify({ cancel: { untilMinutesBefore: 0 } });
  await cinema.stage.pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [showtimeId, policy]);
  const body = {
    holds: [{ showtimeId, holdId: hold.id }],
    total: hold.price,
    pay: { provider: 'test', details: { card: 'succeed' } },
  };
  const { order } = await cinema.post<{ order: { id: string } }>('/v1/orders', body, session);
  return { session, path: { orderId: order.id }, price: hold.price };
}

/** A right request of each endpoint of returns. */
export const returnRequests: Requests = {
  quoteReturn: async (cinema) => {
    const { session, path } = await bought(cinema);
    return { session, path, body: { lines: [0] } };
  },
  returnOrder: async (cinema) => {
    const { session, path, price } = await bought(cinema);
    return { session, path, body: { price }, key: randomUUID() };
  },
  refundOrder: async (cinema) => {
    const { path } = await bought(cinema);
    const session = await sign('user:staff', { role: 'staff' });
    return { session, path, body: { reason: 'A seat was wet.' }, key: randomUUID() };
  },
};
