import { z } from 'zod';
import { readReference } from '../../core/booking-reference.js';
import { allows, whyDenied } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { pageCursor, writeCursor } from '../catalogue/page.js';
import type { OrderStore } from './order-store-port.js';
import { orderSchema, orderView } from './order-views.js';

const PAGE = 20;

export function listOrdersEndpoint(store: Pick<OrderStore, 'search'>): Endpoint {
  return endpoint({
    id: 'listOrders',
    method: 'GET',
    path: '/v1/orders',
    summary:
      "The caller's orders, the newest first. Staff find those of others by reference, e-mail address or showtime.",
    tag: 'Orders',
    access: 'session',
    rate: 'reads',
    parameters: {},
    query: {
      reference: z.string().max(40).optional(),
      email: z.string().max(254).toLowerCase().optional(),
      showtimeId: z.uuid().toLowerCase().optional(),
      cursor: pageCursor(z.guid()).optional(),
    },
    reply: z.object({
      orders: z.array(orderSchema),
      next: z.string().optional().meta({ description: 'The list goes on: ask again with this as `cursor`.' }),
    }),
    errors: ['forbidden', 'second_factor_missing', 'unavailable'],
    handle: async ({ query: { reference, email, showtimeId, cursor }, caller }) => {
      const isSearch = reference !== undefined || email !== undefined || showtimeId !== undefined;
      const denial = isSearch ? whyDenied(caller, 'orders.staff') : undefined;
      if (denial) return { ok: false, error: denial };
      const { accountId, holder } = caller;
      const own = accountId === undefined ? { holder } : { accountId };
      const found = await store.search({
        ...(isSearch && allows(caller, 'orders.staff') ? {} : own),
        ...(reference === undefined ? {} : { reference: spelt(reference) }),
        ...(email === undefined ? {} : { email }),
        ...(showtimeId === undefined ? {} : { showtimeId }),
        ...(cursor === undefined ? {} : { before: cursor }),
        limit: PAGE + 1,
      });
      const page = found.slice(0, PAGE);
      const last = page.at(-1);
      const next = found.length > PAGE && last ? { next: writeCursor(last.id) } : {};
      return { ok: true, body: { orders: page.map(orderView), ...next } };
    },
  });
}

/** As people type it; what is no reference is found nowhere. */
function spelt(typed: string): string {
  const read = readReference(typed);
  return read.ok ? read.reference : typed.replaceAll('\0', '');
}
