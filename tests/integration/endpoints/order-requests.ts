import { randomUUID } from 'node:crypto';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** Two seats held by somebody, and what an order of them costs. */
async function quoted(cinema: Cinema) {
  const { showtimeId, session, hold } = await cinema.held();
  return { session, body: { holds: [{ showtimeId, holdId: hold.id }], total: hold.price } };
}

async function ordered(cinema: Cinema) {
  const { session, body } = await quoted(cinema);
  const { order } = await cinema.post<{ order: { id: string } }>('/v1/orders', body, session);
  return { session, path: { orderId: order.id } };
}

/** A right request of each endpoint of orders. */
export const orderRequests: Requests = {
  quoteOrder: async (cinema) => {
    const { session, body } = await quoted(cinema);
    return { session, body: { holds: body.holds } };
  },
  createOrder: async (cinema) => await quoted(cinema),
  listOrders: async (cinema) => ({ session: (await ordered(cinema)).session }),
  getOrder: async (cinema) => await ordered(cinema),
  payOrder: async (cinema) => ({
    ...(await ordered(cinema)),
    body: { provider: 'test', details: { card: 'succeed' } },
    key: randomUUID(),
  }),
  cancelOrder: async (cinema) => await ordered(cinema),
};
