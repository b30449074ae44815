import { randomUUID } from 'node:crypto';
import { boughtUnder } from './bought.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

/** An order of seats that can be exchanged, and a hold of other seats by the same buyer. */
async function bought(cinema: Cinema) {
  const { session, path, price } = await boughtUnder(cinema, { exchange: { untilMinutesBefore: 0 } });
  const other = await cinema.held(session);
  const holds = [{ showtimeId: other.showtimeId, holdId: other.hold.id }];
  return { session, path, holds, currency: price.currency };
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
