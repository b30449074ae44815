import { z } from 'zod';
import type { Origin } from '../../core/limits/limit-rules.js';
import { allows, type Caller, whyDenied } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type ErrorCode, type WireError, wireError } from '../../protocol/errors.js';
import { moneySchema } from '../../protocol/http.js';
import { text } from '../catalogue/edit-parts.js';
import { canonicalJson } from '../catalogue/seat-maps.js';
import type { Order } from '../orders/order-port.js';
import {
  boughtFields,
  CREATE_ERRORS,
  createdSchema,
  orderParameter,
  payCreated,
  paymentFields,
  QUOTE_ERRORS,
} from '../orders/order-requests.js';
import { quoteSchema, quoteView } from '../orders/order-views.js';
import type { Orders } from '../orders/orders.js';
import type { AskedQuote, Quote } from '../orders/quote-order.js';
import { sha256Of } from '../repeated-requests.js';

const LINES_MAX = 200;

export interface ExchangeEndpointParts {
  readonly orders: Orders;
  /** The order with this id, where the caller may see it. */
  readonly findOrder: (caller: Caller, orderId: string) => Promise<Order | undefined>;
  /** Whether the order is the caller's own. */
  readonly isOwn: (caller: Caller, order: Order) => Promise<boolean>;
  /** Whose limits a caller's orders count for. */
  readonly originOf: (caller: Caller) => Origin | undefined;
  readonly siteUrl: string;
}

const quoted = z.strictObject({
  lines: z
    .array(z.int().min(0).max(1_000_000))
    .min(1)
    .max(LINES_MAX)
    .optional()
    .meta({ description: 'Numbers of lines of the order; absent: all that were not returned.' }),
  ...boughtFields,
  reason: text(500).min(1).optional().meta({
    description: 'For staff, who exchange whatever the terms, for the buyer of the order: why, for the audit log.',
  }),
});
const exchanged = quoted.extend({
  total: moneySchema.meta({ description: 'What the buyer was shown that they pay: `total` of the quote.' }),
  refund: moneySchema
    .optional()
    .meta({ description: 'What the buyer was shown that they get back: `refund` of the quote; absent: nothing.' }),
  pay: paymentFields.optional().meta({ description: 'Pays in the same request. Where nothing is due, leave it out.' }),
});
const exchangeQuoteSchema = quoteSchema
  .extend({
    exchanged: z.array(
      z.object({
        line: z.int(),
        seat: z.string(),
        paid: moneySchema.meta({ description: 'What was paid for the seat, and not given back before.' }),
        kept: moneySchema.meta({ description: 'Of that, what the house keeps.' }),
        worth: moneySchema.meta({ description: 'paid − kept.' }),
      }),
    ),
    credit: moneySchema.meta({ description: 'Of what the seats are worth, what pays for the new ones.' }),
    refund: moneySchema.meta({ description: 'What is left of it, and goes back to the payment of the earlier order.' }),
  })
  .meta({ id: 'ExchangeQuote' });

const UNKNOWN_ORDER = wireError('not_found', 'You have no such order.');
const EXCHANGE_ERRORS = [
  'not_found',
  'order_closed',
  'booking_cancelled',
  'in_use',
  'seat_rule',
  ...QUOTE_ERRORS,
] as const satisfies readonly ErrorCode[];

export function exchangeEndpoints(parts: ExchangeEndpointParts): readonly Endpoint[] {
  return [quoteEndpoint(parts), exchangeEndpoint(parts)];
}

const base = { tag: 'Orders', access: 'session', rate: 'commands', parameters: orderParameter } as const;

function quoteEndpoint(parts: ExchangeEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'quoteExchange',
    method: 'POST',
    path: '/v1/orders/{orderId}/exchange/quote',
    summary:
      'What an exchange would cost: what the seats that are given up are worth, and what is then due or given back. Has no effect.',
    body: quoted,
    reply: exchangeQuoteSchema,
    errors: EXCHANGE_ERRORS,
    handle: async ({ parameters: { orderId }, body, caller }) => {
      const found = await askedBy(parts, caller, orderId, body);
      if (!found.ok) return found;
      const quote = await parts.orders.quote(found.asked);
      return quote.ok ? { ok: true, body: exchangeQuoteView(found.of, quote) } : quote;
    },
  });
}

function exchangeEndpoint(parts: ExchangeEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'exchangeOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/exchange',
    summary:
      'Makes an order that seats of this one pay for. They stay valid until it is fulfilled, and are returned by the same step. Where nothing is due that happens at once. A repeat under the same key is the same exchange.',
    idempotent: true,
    body: exchanged,
    status: 201,
    reply: createdSchema,
    errors: [...EXCHANGE_ERRORS, ...CREATE_ERRORS],
    handle: async ({ parameters: { orderId }, body, caller, commandId: key }) => {
      const found = await askedBy(parts, caller, orderId, body);
      if (!found.ok) return found;
      const { of, asked } = found;
      const { pay, total, refund } = body;
      if (refund && refund.currency !== of.currency) {
        const message = `The order was paid in ${of.currency}.`;
        return { ok: false, error: wireError('invalid_field', message, { field: 'refund.currency' }) };
      }
      const staff = allows(caller, 'orders.staff') ? caller : undefined;
      const isOwn = asked.holder === caller.holder && asked.channel === 'web';
      const refused =
        pay && total.amount > 0 ? parts.orders.refuseProvider(pay.provider, staff !== undefined) : undefined;
      if (refused) return refused;
      const { email, name, locale } = of;
      const result = await parts.orders.create({
        ...asked,
        exchange: { ...asked.exchange, refund: refund?.amount ?? 0 },
        ...{ total, email, name, locale, key },
        orderedBy: isOwn ? undefined : caller.holder,
        staff: isOwn ? undefined : caller,
        from: parts.originOf(caller),
        sender: caller.holder,
        asked: sha256Of(canonicalJson({ exchange: { orderId, ...body } })),
        provider: pay?.provider,
      });
      if (!result.ok) return result;
      return { ok: true, body: await payCreated(parts, result.order, { pay, key, staff }) };
    },
  });
}

type Asked = AskedQuote & { readonly exchange: NonNullable<AskedQuote['exchange']> };
type Found =
  | { readonly ok: true; readonly of: Order; readonly asked: Asked }
  | { readonly ok: false; readonly error: WireError };

/** Buyers exchange their own seats; staff, with a reason, those of anybody, and the new ones are that buyer's. */
async function askedBy(
  { findOrder, isOwn }: ExchangeEndpointParts,
  caller: Caller,
  orderId: string,
  { lines, holds, vouchers, points, channel = 'web', reason }: z.output<typeof quoted>,
): Promise<Found> {
  const denial = reason !== undefined || channel !== 'web' ? whyDenied(caller, 'orders.staff') : undefined;
  if (denial) return { ok: false, error: denial };
  const of = await findOrder(caller, orderId);
  if (!of) return { ok: false, error: UNKNOWN_ORDER };
  if (reason === undefined && !(await isOwn(caller, of))) {
    const message = 'This is the order of somebody else: say why you exchange it.';
    return { ok: false, error: wireError('invalid_field', message, { field: 'reason' }) };
  }
  const { holder, accountId } = reason === undefined ? caller : of;
  const staff = reason === undefined ? undefined : { caller, reason };
  const exchange = { of, lines, staff, refund: 0 };
  const { address } = caller;
  return { ok: true, of, asked: { holder, accountId, address, channel, holds, vouchers, points, exchange } };
}

function exchangeQuoteView(of: Order, quote: Quote): z.infer<typeof exchangeQuoteSchema> {
  const money = (amount: number) => ({ amount, currency: quote.currency });
  const { exchange, credit } = quote.exchange ?? { exchange: { lines: [], refund: 0 }, credit: 0 };
  return {
    ...quoteView(quote),
    exchanged: exchange.lines.map(({ line, paid, kept }) => ({
      line,
      seat: of.lines.find((one) => one.line === line)?.seat ?? '',
      ...{ paid: money(paid), kept: money(kept), worth: money(paid - kept) },
    })),
    credit: money(credit),
    refund: money(exchange.refund),
  };
}
