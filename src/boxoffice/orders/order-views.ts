/** Orders in the words of the API. */
import { z } from 'zod';
import { CHANNELS } from '../../core/channel.js';
import { moneySchema } from '../../protocol/http.js';
import type { Order, PaymentDispute } from './order-port.js';
import { ORDER_STATES } from './order-states.js';
import type { PaymentStep } from './orders.js';
import type { Quote } from './quote-order.js';

const time = z.iso.datetime();
const lineSchema = z.object({
  line: z.int(),
  showtimeId: z.uuid(),
  seat: z.string(),
  category: z.string(),
  ticketType: z.string().optional(),
  price: moneySchema,
  fee: moneySchema,
  discount: moneySchema,
  tax: moneySchema.meta({ description: 'A part of price + fee − discount, and not added to it.' }),
  taxRate: z.int().meta({ description: 'In hundredths of a percent.' }),
});
const discountSchema = z.object({
  kind: z.enum(['voucher', 'points']),
  code: z.string().optional(),
  points: z.int().optional(),
  amount: moneySchema,
});
const sums = {
  price: moneySchema,
  fee: moneySchema,
  discount: moneySchema,
  tax: moneySchema,
  total: moneySchema.meta({
    description: 'What is to be paid: price + fee − discount, less the `credit` of an exchange.',
  }),
};

const exchangeSchema = z
  .object({
    orderId: z.uuid().meta({ description: 'The earlier order.' }),
    lines: z.array(z.int()).meta({ description: 'Its lines that pay for this order.' }),
    kept: moneySchema.meta({ description: 'Of what was paid for them, what the house keeps.' }),
    refund: moneySchema.meta({ description: 'What goes back to the payment of the earlier order.' }),
  })
  .meta({ description: 'Absent: it was not made by an exchange. It has an effect once the order is fulfilled.' });

export const quoteSchema = z
  .object({ lines: z.array(lineSchema), discounts: z.array(discountSchema), ...sums })
  .meta({ id: 'Quote' });

export const orderSchema = z
  .object({
    id: z.uuid(),
    reference: z.string(),
    state: z.enum(ORDER_STATES),
    reason: z.string().optional().meta({ description: 'Why it ended as it did, such as late_payment.' }),
    channel: z.enum(CHANNELS),
    email: z.string().optional(),
    name: z.string().optional(),
    createdAt: time,
    expiresAt: time.meta({ description: 'Until when its holds are kept.' }),
    paidAt: time.optional(),
    fulfilledAt: time.optional(),
    lines: z.array(
      lineSchema.extend({
        state: z.enum(['sold', 'returned']),
        refunded: moneySchema,
        exchangedFor: z.uuid().optional().meta({ description: 'The order that this seat was exchanged for.' }),
        exchanged: moneySchema.optional().meta({ description: 'What it brought in there.' }),
      }),
    ),
    discounts: z.array(discountSchema),
    ...sums,
    credit: moneySchema.optional().meta({ description: 'What seats of an earlier order bring in.' }),
    exchange: exchangeSchema.optional(),
    exchanged: moneySchema.optional().meta({ description: 'What went on into later orders.' }),
    refunded: moneySchema.meta({ description: 'Of what was paid, as far as the provider has confirmed it.' }),
    bookings: z.array(
      z.object({
        showtimeId: z.uuid(),
        holdId: z.uuid(),
        status: z.enum(['pending', 'confirmed', 'failed', 'cancelled']),
        id: z.uuid().optional(),
        reference: z.string().optional(),
      }),
    ),
    payments: z.array(
      z.object({
        id: z.uuid(),
        provider: z.string(),
        state: z.string(),
        failure: z.string().optional(),
        received: moneySchema.optional(),
        disputes: z
          .array(
            z.object({
              id: z.string().meta({ description: 'Of the provider.' }),
              amount: moneySchema.optional(),
              reason: z.string().meta({ description: 'A code of the provider, such as fraudulent.' }),
              status: z.string().meta({ description: 'A code of the provider, such as needs_response, won or lost.' }),
            }),
          )
          .optional()
          .meta({ description: 'That the buyer disputes the payment at the bank; absent: nobody does.' }),
      }),
    ),
    refunds: z.array(z.object({ id: z.uuid(), amount: moneySchema, reason: z.string(), state: z.string() })),
  })
  .meta({ id: 'Order' });
type OrderView = z.infer<typeof orderSchema>;

export const paymentSchema = z
  .object({
    id: z.uuid(),
    provider: z.string(),
    state: z.enum(['created', 'requires_action', 'processing', 'succeeded', 'failed', 'cancelled']),
    clientSecret: z
      .string()
      .optional()
      .meta({ description: "What the provider's script in the browser goes on with." }),
    url: z.string().optional().meta({ description: 'The page on which the buyer goes on.' }),
    failure: z.string().optional(),
  })
  .meta({ id: 'Payment' });

export function orderView(order: Order): OrderView {
  const money = (amount: number) => ({ amount, currency: order.currency });
  const { id, reference, state, reason, channel, email, name, paidAt, fulfilledAt, lines } = order;
  const sum = (of: 'price' | 'fee' | 'discount' | 'tax') => money(lines.reduce((total, line) => total + line[of], 0));
  return {
    ...{ id, reference, state, channel },
    ...(reason === undefined ? {} : { reason }),
    ...(email === undefined ? {} : { email }),
    ...(name === '' ? {} : { name }),
    createdAt: iso(order.createdAt),
    expiresAt: iso(order.expiresAt),
    ...(paidAt === undefined ? {} : { paidAt: iso(paidAt) }),
    ...(fulfilledAt === undefined ? {} : { fulfilledAt: iso(fulfilledAt) }),
    lines: lines.map((line) => {
      const { exchangedFor } = line;
      const exchanged = exchangedFor === undefined ? {} : { exchangedFor, exchanged: money(line.exchanged) };
      return { ...lineView(line, money), state: line.state, refunded: money(line.refunded), ...exchanged };
    }),
    discounts: order.discounts.map((discount) => discountView(discount, money)),
    ...{ price: sum('price'), fee: sum('fee'), discount: sum('discount'), tax: sum('tax'), total: money(order.total) },
    ...exchangeView(order, money),
    refunded: money(order.refunded),
    bookings: order.bookings.map(({ showtimeId, holdId, status, bookingId, bookingReference }) => {
      const isSold = status === 'confirmed' || status === 'cancelled';
      return { showtimeId, holdId, status, ...(isSold ? { id: bookingId, reference: bookingReference } : {}) };
    }),
    payments: order.payments.map((payment) => paidView(payment, order.currency)),
    refunds: order.refunds.map(({ id, amount, currency = order.currency, reason, state }) => {
      return { id, amount: { amount, currency }, reason, state };
    }),
  };
}

function exchangeView({ exchange, credit, exchanged }: Order, money: ToMoney) {
  const moved = exchanged === 0 ? {} : { exchanged: money(exchanged) };
  if (!exchange) return moved;
  const { ofOrderId: orderId, lines, refund } = exchange;
  const kept = money(lines.reduce((sum, line) => sum + line.kept, 0));
  const of = { orderId, lines: lines.map(({ line }) => line), kept, refund: money(refund) };
  return { ...moved, credit: money(credit), exchange: of };
}

export function quoteView({ lines, discounts, sums, currency }: Quote): z.infer<typeof quoteSchema> {
  const money = (amount: number) => ({ amount, currency });
  const { price, fee, discount, tax, total } = sums;
  return {
    lines: lines.map((line) => lineView(line, money)),
    discounts: discounts.map((one) => discountView(one, money)),
    ...{ price: money(price), fee: money(fee), discount: money(discount), tax: money(tax), total: money(total) },
  };
}

export function paymentView({
  id,
  provider,
  state,
  clientSecret,
  url,
  failure,
}: PaymentStep): z.infer<typeof paymentSchema> {
  return {
    ...{ id, provider, state },
    ...(clientSecret === undefined ? {} : { clientSecret }),
    ...(url === undefined ? {} : { url }),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** With the currency that arrived, which a provider may have taken in place of the order's. */
function paidView(
  { id, provider, state, failure, received, receivedCurrency, disputes }: Order['payments'][number],
  currency: string,
): OrderView['payments'][number] {
  return {
    ...{ id, provider, state },
    ...(failure === undefined ? {} : { failure }),
    ...(received === undefined ? {} : { received: { amount: received, currency: receivedCurrency ?? currency } }),
    ...(disputes === undefined ? {} : { disputes: disputes.map(disputeView) }),
  };
}

function disputeView({ id, amount, currency, reason, status }: PaymentDispute) {
  return { id, ...(amount === undefined ? {} : { amount: { amount, currency } }), reason, status };
}

type ToMoney = (amount: number) => { amount: number; currency: string };

function lineView(line: Quote['lines'][number], money: ToMoney): z.infer<typeof lineSchema> {
  const { showtimeId, seat, category, ticketType, price, fee, discount, tax, taxRate } = line;
  return {
    ...{ line: line.line, showtimeId, seat, category },
    ...(ticketType === '' ? {} : { ticketType }),
    ...{ price: money(price), fee: money(fee), discount: money(discount), tax: money(tax), taxRate },
  };
}

function discountView(
  { kind, code, points, amount }: Quote['discounts'][number],
  money: ToMoney,
): z.infer<typeof discountSchema> {
  const more = { ...(code === undefined ? {} : { code }), ...(points === undefined ? {} : { points }) };
  return { kind, ...more, amount: money(amount) };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
