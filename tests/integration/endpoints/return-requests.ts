import { randomUUID } from 'node:crypto';
import { sign } from '../gateway/sign.js';
import { boughtUnder } from './bought.js';
import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const TERMS = { cancel: { untilMinutesBefore: 0 } };

/** A right request of each endpoint of returns. */
export const returnRequests: Requests = {
  quoteReturn: async (cinema) => {
    const { session, path } = await boughtUnder(cinema, TERMS);
    return { session, path, body: { lines: [0] } };
  },
  returnOrder: async (cinema) => {
    const { session, path, price } = await boughtUnder(cinema, TERMS);
    return { session, path, body: { price }, key: randomUUID() };
  },
  refundOrder: async (cinema) => {
    const { path } = await boughtUnder(cinema, TERMS);
    const session = await sign('user:staff', { role: 'staff' });
    return { session, path, body: { reason: 'A seat was wet.' }, key: randomUUID() };
  },
};
