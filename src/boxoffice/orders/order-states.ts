import type { OrderState } from './order-port.js';

/** The states of an order as a closed table. Postgres refuses every other change: see sql/0028_order_states.sql. */
export const ORDER_STATES = [
  'draft',
  'awaiting_payment',
  'paid',
  'fulfilled',
  'expired',
  'cancelled',
  'refunded',
  'partly_refunded',
] as const satisfies readonly OrderState[];

/**
 * Where an order can go from each state. `expired` can still be paid: money comes late, and then decides between seats and a
 * refund. Money for a `cancelled` order goes back at once and changes no state.
 */
export const TRANSITIONS: Readonly<Record<OrderState, readonly OrderState[]>> = {
  draft: ['awaiting_payment', 'cancelled'],
  awaiting_payment: ['paid', 'expired', 'cancelled'],
  paid: ['fulfilled', 'refunded'],
  fulfilled: ['partly_refunded', 'refunded'],
  partly_refunded: ['refunded'],
  expired: ['paid'],
  cancelled: [],
  refunded: [],
};

export function canBecome(from: OrderState, to: OrderState): boolean {
  return TRANSITIONS[from].includes(to);
}
