import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import type { Reads } from '../catalogue/reads.js';
import type { LoyaltyTerms } from '../discounts/order-discounts.js';
import { listEntries, readBalance } from './points-ledger.js';

const ENTRIES_PER_PAGE = 100;

const pointsView = z.object({
  balance: z.int().meta({ description: 'Below zero where points were spent whose seats were returned later.' }),
  worth: z
    .object({ amount: z.int(), currency: z.string() })
    .meta({ description: 'What the balance lowers an order by, in minor units. Other currencies take no points.' }),
  entries: z
    .array(
      z.object({
        orderId: z.uuid(),
        reason: z.enum(['earned', 'redeemed', 'given_back', 'taken_back']),
        points: z.int(),
        at: z.iso.datetime(),
      }),
    )
    .meta({ description: 'The newest first.' }),
  next: z.string().optional(),
});

/** What an account has of points, and how it came by them. */
export function pointsEndpoint(db: Reads, { pointValue, currency }: LoyaltyTerms): Endpoint {
  return endpoint({
    id: 'getOwnPoints',
    method: 'GET',
    path: '/v1/me/points',
    summary: `The points of loyalty of the account, and where they come from, at most ${ENTRIES_PER_PAGE} entries a page.`,
    tag: 'Accounts',
    access: 'account',
    rate: 'reads',
    parameters: {},
    query: { cursor: pageCursor(z.string().regex(/^\d{1,18}$/)).optional() },
    reply: pointsView,
    errors: [],
    handle: async ({ caller: { accountId }, query: { cursor } }) => {
      const [balance, rows] = await Promise.all([
        readBalance(db, accountId),
        listEntries(db, accountId, cursor, ENTRIES_PER_PAGE + 1),
      ]);
      const page = pageOf(
        rows,
        ENTRIES_PER_PAGE,
        ({ id }) => id,
        ({ orderId, reason, points, createdAt }) => ({ orderId, reason, points, at: createdAt.toISOString() }),
      );
      const worth = { amount: Math.max(0, balance) * pointValue, currency };
      const next = page.next === undefined ? {} : { next: page.next };
      return { ok: true, body: { balance, worth, entries: page.items, ...next } };
    },
  });
}
