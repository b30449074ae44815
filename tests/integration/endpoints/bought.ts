import type { Cinema } from './cinema.js';

/** An order of two seats that was paid, of a showtime with this `salePolicy`. */
export async function boughtUnder(cinema: Cinema, salePolicy: object) {
  const { showtimeId, session, hold } = await cinema.held();
  const policy = JSON.stringify(salePolicy);
  await cinema.stage.pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [showtimeId, policy]);
  const body = {
    holds: [{ showtimeId, holdId: hold.id }],
    total: hold.price,
    pay: { provider: 'test', details: { card: 'succeed' } },
  };
  const { order } = await cinema.post<{ order: { id: string } }>('/v1/orders', body, session);
  return { session, path: { orderId: order.id }, price: hold.price };
}
