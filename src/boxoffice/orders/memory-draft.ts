import type { Order } from './order-port.js';
import type { NewOrder } from './order-store-port.js';

/** The draft of what is asked for, without the holds that are in other orders. */
export function draftedInMemory(
  { requestId: _, asked: __, bookings, ...members }: NewOrder,
  others: readonly Order[],
): Order {
  const taken = new Set(
    others.flatMap((order) =>
      order.bookings.filter(({ status }) => status === 'pending' || status === 'confirmed').map(({ holdId }) => holdId),
    ),
  );
  const free = bookings.filter(({ holdId }) => !taken.has(holdId));
  return {
    ...members,
    state: 'draft',
    ...{ reason: undefined, decision: undefined, paidAt: undefined, fulfilledAt: undefined },
    ...{ exchange: undefined, credit: 0, exchanged: 0, refunded: 0 },
    bookings: free.map((booking) => ({ ...booking, status: 'pending', attempt: 0 })),
    ...{ lines: [], discounts: [], payments: [], refunds: [] },
  };
}
