import type { Order } from './order-port.js';
import type { OrderSearch } from './order-store-port.js';

/** Newest first: ids are made in the order of time. */
export function searchInMemory(orders: readonly Order[], search: OrderSearch): Order[] {
  const { holder, accountId, reference, email, showtimeId, before, limit } = search;
  return orders
    .filter(
      (order) =>
        (holder === undefined || order.holder === holder) &&
        (accountId === undefined || order.accountId === accountId) &&
        (reference === undefined || order.reference === reference) &&
        (email === undefined || order.email === email) &&
        (showtimeId === undefined || order.bookings.some((booking) => booking.showtimeId === showtimeId)) &&
        (before === undefined || order.id < before),
    )
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, limit);
}
