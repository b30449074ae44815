import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { randomIds } from '../../src/adapters/random-ids.js';
import type { Order } from '../../src/boxoffice/orders/order-port.js';
import type { NewOrder, NewPayment, OpenedOrder, OrderStore } from '../../src/boxoffice/orders/order-store-port.js';
import type { PaymentReport } from '../../src/boxoffice/payments/paid-orders-port.js';

export const HOUR_MS = 3_600_000;
const MADE_AT = Date.UTC(2031, 0, 1);

let ids = 0;
/** Each newer than those before it, as those of a node are but for the same millisecond. */
const newer = randomIds(() => MADE_AT + ++ids);

let quiet = MADE_AT;
/** A time of a test's own: nothing of the tests before it is due until long after. */
export function quietTime(): number {
  quiet -= 1_000 * HOUR_MS;
  return quiet;
}

/** A store under test, and what is beside it. */
export interface OrderStoreStage {
  readonly store: OrderStore;
  /** Topics of the outbox about an order, in their order. */
  told(orderId: string): Promise<string[]>;
  /** Of an order, by line. */
  tickets(orderId: string): Promise<{ readonly id: string; readonly bookingId: string }[]>;
  close(): Promise<void>;
}

/** One hold of two seats, for 20.00 euros. */
export function draftOf(more: Partial<NewOrder> = {}): NewOrder {
  const id = newer.uuid();
  return {
    ...{ id, reference: id.slice(-12), requestId: randomUUID(), asked: 'hash', holder: `guest:${id}` },
    ...{ accountId: undefined, email: undefined, name: '', locale: 'en', channel: 'web', orderedBy: undefined },
    ...{ currency: 'EUR', total: 2_000, createdAt: MADE_AT, expiresAt: MADE_AT + 1_000 * HOUR_MS },
    bookings: [
      {
        ...{ number: 0, showtimeId: randomUUID(), holdId: randomUUID(), holdExpiresAt: MADE_AT + HOUR_MS },
        ...{ bookingId: randomUUID(), bookingReference: `B${id.slice(-11)}` },
      },
    ],
    ...more,
  };
}

export function openedOf(draft: Pick<NewOrder, 'id' | 'bookings'>): OpenedOrder {
  const lines = draft.bookings.flatMap(({ number, showtimeId }) =>
    [0, 1].map((seat) => ({
      ...{ line: 2 * number + seat, booking: number, showtimeId, seatIndex: 7 + seat, seat: `R1-${8 + seat}` },
      ...{ category: 'Stalls', ticketType: '', price: 900, fee: 100, discount: 0, tax: 160, taxRate: 1_900 },
    })),
  );
  return { orderId: draft.id, lines, discounts: [], exchange: undefined, payment: undefined };
}

export async function orderedIn(
  store: OrderStore,
  more: Partial<NewOrder> = {},
  discounts: OpenedOrder['discounts'] = [],
): Promise<Order> {
  const draft = draftOf(more);
  expect(await store.draft(draft, 100)).toEqual({ ok: true, isNew: true });
  expect(await store.open({ ...openedOf(draft), discounts })).toBe('opened');
  return (await store.find(draft.id)) as Order;
}

export function paymentOf({
  id: orderId,
  total: amount,
  currency,
}: Pick<NewOrder, 'id' | 'total' | 'currency'>): NewPayment {
  return { id: randomUUID(), orderId, provider: 'test', amount, currency, createdAt: MADE_AT };
}

/** That all of it arrived, unless something else is said. */
export function reportOf({ id, amount, currency }: NewPayment, more: Partial<PaymentReport> = {}): PaymentReport {
  const { state = 'succeeded' } = more;
  return {
    ...{
      provider: 'test',
      eventId: randomUUID(),
      kind: `test.${state}`,
      providerRef: `ref ${id}`,
      paymentId: id,
      state,
    },
    ...(state === 'succeeded' ? { received: { amount, currency } } : {}),
    ...more,
  };
}

/** The payment by which the order is paid now. */
export async function paidIn(store: OrderStore, order: Order, now = MADE_AT): Promise<NewPayment> {
  const payment = paymentOf(order);
  expect(await store.addPayment(payment)).toBe('added');
  expect(await store.settle(reportOf(payment), randomUUID(), now)).toMatchObject({ isPaid: true });
  return payment;
}
