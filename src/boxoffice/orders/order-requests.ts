/** What requests for orders have in common, and what they are answered. */
import { z } from 'zod';
import { CHANNELS } from '../../core/channel.js';
import type { ErrorCode } from '../../protocol/errors.js';
import type { Order, StaffCaller } from './order-port.js';
import { orderSchema, orderView, paymentSchema, paymentView } from './order-views.js';
import type { Orders } from './orders.js';

const HOLDS_MAX = 10;
const VOUCHERS_MAX = 10;

const uuid = z.uuid().toLowerCase();
export const orderParameter = { orderId: uuid };

/** What somebody wants to buy. */
export const boughtFields = {
  holds: z
    .array(z.strictObject({ showtimeId: uuid, holdId: uuid }))
    .min(1)
    .max(HOLDS_MAX)
    .refine((holds) => new Set(holds.map(({ holdId }) => holdId)).size === holds.length, 'has a hold twice'),
  vouchers: z.array(z.string().min(1).max(64)).max(VOUCHERS_MAX).default([]),
  points: z.int().positive().optional(),
  channel: z.enum(CHANNELS).optional().meta({ description: 'For staff; absent: web.' }),
};

export const paymentFields = z.strictObject({
  provider: z.enum(['test', 'stripe', 'cash', 'none']),
  details: z.record(z.string().max(100), z.unknown()).optional().meta({
    description: 'What the provider asks for, such as `{"card": "succeed"}` of the test provider.',
  }),
  returnUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .optional(),
});

/** Why no price can be told for what somebody wants to buy. */
export const QUOTE_ERRORS = [
  'unknown_showtime',
  'unknown_hold',
  'hold_in_order',
  'unavailable',
  'moving',
  'forbidden',
  'second_factor_missing',
  'invalid_code',
] as const satisfies readonly ErrorCode[];

/** Why no order is made of it, besides. */
export const CREATE_ERRORS = [
  'wrong_holder',
  'hold_expired',
  'price_changed',
  'sales_closed',
  'too_many_bookings',
  'command_reused',
  'payment_required',
  'overloaded',
  'outcome_unknown',
] as const satisfies readonly ErrorCode[];

export const createdSchema = z.object({ order: orderSchema, payment: paymentSchema.optional() });

interface AskedToPay {
  /** Absent: the same request does not pay. */
  readonly pay: z.output<typeof paymentFields> | undefined;
  readonly key: string;
  /** Staff who ask: only they may say that they have taken the money. */
  readonly staff: StaffCaller | undefined;
}

/** Pays an order in the request that made it, where that is asked for or nothing is due. */
export async function payCreated(
  { orders, siteUrl }: { readonly orders: Orders; readonly siteUrl: string },
  order: Order,
  { pay, key, staff }: AskedToPay,
): Promise<z.infer<typeof createdSchema>> {
  if (!pay && order.total > 0) return { order: orderView(order) };
  const { provider, details, returnUrl = siteUrl } = pay ?? { provider: 'none', details: undefined };
  const paid = await orders.pay(order, { provider, details, returnUrl, key, staff });
  if (paid.ok) return { order: orderView(paid.order), payment: paymentView(paid.payment) };
  // The order is there: what went wrong with its payment is said beside it.
  const known = (await orders.find(order.id)) ?? order;
  const tried = known.payments.at(-1);
  const failed = tried && paymentView({ ...tried, failure: tried.failure ?? paid.error.code });
  return { order: orderView(known), ...(failed ? { payment: failed } : {}) };
}
