import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { moneySchema } from '../../protocol/http.js';
import { text } from '../catalogue/edit-parts.js';
import { canonicalJson } from '../catalogue/seat-maps.js';
import type { Order } from '../orders/order-port.js';
import { orderSchema, orderView } from '../orders/order-views.js';
import { sha256Of } from '../repeated-requests.js';
import type { ReturnQuote, Returns } from './returns.js';

const LINES_MAX = 200;

export interface ReturnEndpointParts {
  readonly returns: Returns;
  /** The order with this id, where the caller may see it. */
  readonly findOrder: (caller: Caller, orderId: string) => Promise<Order | undefined>;
}

const parameters = { orderId: z.uuid().toLowerCase() };
const lines = z.array(z.int().min(0).max(1_000_000)).min(1).max(LINES_MAX);
const ownLines = lines
  .optional()
  .meta({ description: 'Numbers of lines of the order; absent: all that were not returned.' });
const quoteSchema = z
  .object({
    lines: z.array(
      z.object({
        line: z.int(),
        seat: z.string(),
        paid: moneySchema.meta({ description: 'What was paid for the seat, and not given back before.' }),
        kept: moneySchema.meta({ description: 'Of that, what the house keeps.' }),
        refund: moneySchema,
      }),
    ),
    refund: moneySchema,
  })
  .meta({ id: 'ReturnQuote' });

const UNKNOWN_ORDER = wireError('not_found', 'You have no such order.');
const base = { tag: 'Orders', rate: 'commands', parameters } as const;
const RETURN_ERRORS = [
  'not_found',
  'order_closed',
  'booking_cancelled',
  'in_use',
  'seat_rule',
  'moving',
  'unavailable',
] as const;

export function returnEndpoints(parts: ReturnEndpointParts): readonly Endpoint[] {
  return [quoteEndpoint(parts), returnEndpoint(parts), refundEndpoint(parts)];
}

function quoteEndpoint({ returns, findOrder }: ReturnEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'quoteReturn',
    method: 'POST',
    path: '/v1/orders/{orderId}/return/quote',
    summary: 'What the buyer would get back for seats of an order. Has no effect.',
    access: 'session',
    body: z.strictObject({ lines: ownLines }),
    reply: quoteSchema,
    errors: RETURN_ERRORS,
    handle: async ({ parameters: { orderId }, body, caller }) => {
      const order = await findOrder(caller, orderId);
      if (!order) return { ok: false, error: UNKNOWN_ORDER };
      const quote = await returns.quote(order, body.lines);
      return quote.ok ? { ok: true, body: quoteView(order, quote.value) } : quote;
    },
  });
}

function returnEndpoint({ returns, findOrder }: ReturnEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'returnOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/return',
    summary:
      'Gives seats of an order back by the terms of their showtimes. A repeat under the same key is the same return.',
    access: 'session',
    idempotent: true,
    body: z.strictObject({
      lines: ownLines,
      price: moneySchema.meta({ description: 'What the buyer was shown: `refund` of the quote.' }),
    }),
    reply: orderSchema,
    errors: [...RETURN_ERRORS, 'price_changed', 'command_reused'],
    handle: async ({ parameters: { orderId }, body, caller, commandId: key }) => {
      const order = await findOrder(caller, orderId);
      if (!order) return { ok: false, error: UNKNOWN_ORDER };
      const asking = { key, asked: sha256Of(canonicalJson({ return: body })), caller };
      const done = await returns.returnLines(order, body.lines, body.price, asking);
      if (!done.ok) return done;
      return { ok: true, body: orderView((await findOrder(caller, orderId)) ?? order) };
    },
  });
}

function refundEndpoint({ returns, findOrder }: ReturnEndpointParts): Endpoint {
  return endpoint({
    ...base,
    id: 'refundOrder',
    method: 'POST',
    path: '/v1/orders/{orderId}/refunds',
    summary: 'Gives money back, whatever the terms: all that is left of an order or of some lines, or an amount.',
    access: { permission: 'orders.staff' },
    idempotent: true,
    body: z.strictObject({
      lines: lines.optional().meta({ description: 'Numbers of lines; absent: the whole order.' }),
      amount: moneySchema.optional().meta({ description: 'Absent: all that is left of what was paid for them.' }),
      reason: text(500).min(1).meta({ description: 'For the audit log.' }),
      keepSeats: z
        .boolean()
        .default(false)
        .meta({ description: 'The seats stay sold, and their tickets valid. Without `lines`, an `amount` needs it.' }),
    }),
    reply: orderSchema,
    errors: ['not_found', 'order_closed', 'seat_rule', 'command_reused', 'moving', 'unavailable'],
    handle: async ({ parameters: { orderId }, body, caller, commandId: key }) => {
      const order = await findOrder(caller, orderId);
      if (!order) return { ok: false, error: UNKNOWN_ORDER };
      const { lines, amount, reason, keepSeats } = body;
      const asked = sha256Of(canonicalJson({ refund: body }));
      const done = await returns.refund(order, { lines, amount, reason, keepSeats, key, asked, caller });
      if (!done.ok) return done;
      return { ok: true, body: orderView((await findOrder(caller, orderId)) ?? order) };
    },
  });
}

function quoteView(order: Order, quote: ReturnQuote): z.infer<typeof quoteSchema> {
  const money = (amount: number) => ({ amount, currency: order.currency });
  return {
    lines: quote.lines.map(({ line, paid, kept, refund }) => ({
      line,
      seat: order.lines.find((one) => one.line === line)?.seat ?? '',
      ...{ paid: money(paid), kept: money(kept), refund: money(refund) },
    })),
    refund: money(quote.refund),
  };
}
