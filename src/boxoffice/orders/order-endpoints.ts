import { z } from 'zod';
import type { Origin } from '../../core/limits/limit-rules.js';
import { allows, type Caller, whyDenied } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { holderField } from '../../protocol/client-messages.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { moneySchema } from '../../protocol/http.js';
import { text } from '../catalogue/edit-parts.js';
import { canonicalJson } from '../catalogue/seat-maps.js';
import { sha256Of } from '../repeated-requests.js';
import { listOrdersEndpoint } from './order-list.js';
import type { Order } from './order-port.js';
import {
  boughtFields,
  CREATE_ERRORS,
  createdSchema,
  orderParameter,
  payCreated,
  paymentFields,
  QUOTE_ERRORS,
} from './order-requests.js';
import type { OrderStore } from './order-store-port.js';
import { orderSchema, orderView, paymentSchema, paymentView, quoteSchema, quoteView } from './order-views.js';
import { closedError, type Orders } from './orders.js';
import type { AskedQuote } from './quote-order.js';

export interface OrderEndpointParts {
  readonly orders: Orders;
  readonly store: Pick<OrderStore, 'search' | 'accountOf'>;
  /** Whose limits a caller's orders count for. */
  readonly originOf: (caller: Caller) => Origin | undefined;
  /** Where buyers are sent after a page of a provider, unless they say otherwise. */
  readonly siteUrl: string;
}

const quoted = z.strictObject({
  ...boughtFields,
  customer: holderField
    .optional()
    .meta({ description: 'For staff: the holder whose holds they are.', example: 'account:42' }),
});
const email = z.email().max(254).toLowerCase();
const created = quoted.extend({
  total: moneySchema.meta({ description: 'What the buyer was shown: `total` of the quote.' }),
  email: email.optional().meta({ description: 'Where the tickets are sent.' }),
  name: text(200).default(''),
  locale: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is no language tag, such as de-CH')
    .max(35)
    .default('en')
    .meta({ override: { type: 'string', maxLength: 35 }, description: 'Of the mails: a language tag of BCP 47.' }),
  pay: paymentFields.optional().meta({ description: 'Pays in the same request.' }),
});

const UNKNOWN_ORDER = wireError('not_found', 'You have no such order.');
export function orderEndpoints(parts: OrderEndpointParts): readonly Endpoint[] {
  return [
    quoteEndpoint(parts),
    createEndpoint(parts),
    listOrdersEndpoint(parts.store),
    getEndpoint(parts),
    payEndpoint(parts),
    cancelEndpoint(parts),
  ];
}

const base = { tag: 'Orders', access: 'session' } as const;

function quoteEndpoint({ orders, store }: OrderEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'quoteOrder',
    method: 'POST',
    path: '/v1/orders/quote',
    summary: 'What an order of these holds would cost. Has no effect.',
    rate: 'commands',
    parameters: {},
    body: quoted,
    reply: quoteSchema,
    errors: QUOTE_ERRORS,
    handle: async ({ body, caller }) => {
      const asked = await askedBy(caller, body, store);
      if ('error' in asked) return { ok: false, error: asked.error };
      const quote = await orders.quote(asked);
      return quote.ok ? { ok: true, body: quoteView(quote) } : quote;
    },
  });
}

function createEndpoint({ orders, store, originOf, siteUrl }: OrderEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'createOrder',
    method: 'POST',
    path: '/v1/orders',
    summary:
      'Makes an order of holds, and pays it where `pay` is given. A repeat under the same key is the same order.',
    rate: 'commands',
    idempotent: true,
    parameters: {},
    body: created,
    status: 201,
    reply: createdSchema,
    errors: [...QUOTE_ERRORS, ...CREATE_ERRORS],
    handle: async ({ body, caller, commandId: key }) => {
      const asked = await askedBy(caller, body, store);
      if ('error' in asked) return { ok: false, error: asked.error };
      const staff = allows(caller, 'orders.staff') ? caller : undefined;
      const isOwn = asked.holder === caller.holder && asked.channel === 'web';
      const { pay, total, email, name, locale } = body;
      const refused = pay && total.amount > 0 ? orders.refuseProvider(pay.provider, staff !== undefined) : undefined;
      if (refused) return refused;
      const result = await orders.create({
        ...asked,
        ...{ total, email, name, locale, key },
        orderedBy: isOwn ? undefined : caller.holder,
        staff: isOwn ? undefined : caller,
        from: originOf(caller),
        sender: caller.holder,
        asked: sha256Of(canonicalJson({ order: body })),
        provider: pay?.provider,
      });
      if (!result.ok) return result;
      return { ok: true, body: await payCreated({ orders, siteUrl }, result.order, { pay, key, staff }) };
    },
  });
}

function getEndpoint(parts: OrderEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'getOrder',
    method: 'GET',
    path: '/v1/orders/{orderId}',
    summary: 'An order of the caller; staff see any.',
    rate: 'reads',
    parameters: orderParameter,
    reply: orderSchema,
    errors: ['not_found', 'unavailable'],
    handle: async ({ parameters: { orderId }, caller }) => {
      const order = await findFor(parts, caller, orderId);
      return order ? { ok: true, body: orderView(order) } : { ok: false, error: UNKNOWN_ORDER };
    },
  });
}

function payEndpoint(parts: OrderEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'payOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/payments',
    summary:
      'Pays an order. A repeat under the same key is the same payment; a declined one can be followed by another.',
    rate: 'commands',
    idempotent: true,
    parameters: orderParameter,
    body: paymentFields,
    status: 201,
    reply: z.object({ order: orderSchema, payment: paymentSchema }),
    errors: ['not_found', 'order_closed', 'payment_required', 'payment_declined', 'unavailable', 'outcome_unknown'],
    handle: async ({ parameters: { orderId }, body, caller, commandId: key }) => {
      const order = await findFor(parts, caller, orderId);
      if (!order) return { ok: false, error: UNKNOWN_ORDER };
      const { provider, details, returnUrl = parts.siteUrl } = body;
      const staff = allows(caller, 'orders.staff') ? caller : undefined;
      const paid = await parts.orders.pay(order, { provider, details, returnUrl, key, staff });
      if (!paid.ok) return paid;
      return { ok: true, body: { order: orderView(paid.order), payment: paymentView(paid.payment) } };
    },
  });
}

function cancelEndpoint(parts: OrderEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'cancelOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/cancel',
    summary: 'Ends an order that nobody has paid; its holds are the buyer’s again for as long as they would have been.',
    rate: 'commands',
    parameters: orderParameter,
    reply: orderSchema,
    errors: ['not_found', 'order_closed', 'unavailable'],
    handle: async ({ parameters: { orderId }, caller }) => {
      const order = await findFor(parts, caller, orderId);
      if (!order) return { ok: false, error: UNKNOWN_ORDER };
      const isOwn = await isOrderOf(parts.store, caller, order);
      const ended = await parts.orders.cancel(order, 'cancelled', isOwn ? undefined : caller);
      if (ended) return { ok: true, body: orderView(ended) };
      const now = (await parts.orders.find(orderId)) ?? order;
      return now.state === 'cancelled' ? { ok: true, body: orderView(now) } : { ok: false, error: closedError(now) };
    },
  });
}

type Body = z.output<typeof quoted>;

/** Whose order it is: for somebody else, or by another channel than the web, only staff may order. */
async function askedBy(
  caller: Caller,
  { holds, vouchers, points, customer, channel = 'web' }: Body,
  store: Pick<OrderStore, 'accountOf'>,
): Promise<AskedQuote | { readonly error: WireError }> {
  const { address } = caller;
  const asked = { holder: customer ?? caller.holder, address, channel, holds, vouchers, points };
  const denial = customer !== undefined || channel !== 'web' ? whyDenied(caller, 'orders.staff') : undefined;
  if (denial) return { error: denial };
  const isOther = customer !== undefined && customer !== caller.holder;
  return { ...asked, accountId: isOther ? await store.accountOf(customer) : caller.accountId };
}

/** An order that the caller may see: their own, also of the guest that they were, and for staff any. */
export async function findFor(
  { orders, store }: Pick<OrderEndpointParts, 'orders' | 'store'>,
  caller: Caller,
  orderId: string,
): Promise<Order | undefined> {
  const order = await orders.find(orderId);
  return order && (allows(caller, 'orders.staff') || (await isOrderOf(store, caller, order))) ? order : undefined;
}

/** Whether the order is the caller's own, also as the guest that they were. */
export async function isOrderOf(
  store: Pick<OrderStore, 'accountOf'>,
  { holder, accountId }: Caller,
  order: Order,
): Promise<boolean> {
  if (order.holder === holder) return true;
  if (accountId === undefined) return false;
  return order.accountId === accountId || (await store.accountOf(order.holder)) === accountId;
}
