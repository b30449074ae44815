import type { Restoration } from '../../runtime/journal-port.js';

/** What usher.restore_showtime reads: seats as rows, with the names of its columns. */
export function restorationJson(restoration: Restoration): string {
  const { bookings, cancelled, holds, blocks, results } = restoration;
  const written = [...bookings.values()].map(({ booking, commandId, paymentMethod }) => ({
    id: booking.id,
    reference: booking.reference,
    holder: booking.holder,
    hold: booking.holdId,
    command: commandId,
    seats: booking.seats,
    amount: booking.price.amount,
    currency: booking.price.currency,
    payment: paymentMethod,
    status: cancelled.has(booking.id) ? 'cancelled' : booking.status,
  }));
  const held = [...holds].flatMap(([seat, hold]) =>
    hold
      ? {
          seat,
          hold: hold.id,
          holder: hold.holder,
          expires_ms: hold.expiresAt,
          extensions: hold.extensions,
          amount: hold.prices[hold.seats.indexOf(seat)] ?? 0,
        }
      : [],
  );
  const blocked = [...blocks].flatMap(([seat, reason]) => (reason === undefined ? [] : { seat, reason }));
  return JSON.stringify({
    additive: restoration.isAdditive,
    bookings: written,
    cancelled: [...cancelled],
    held,
    freed: [...holds.keys()],
    blocked,
    unblocked: [...blocks.keys()],
    results,
  });
}
