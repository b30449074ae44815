import { seatsOf, spellActs } from '../../core/seat-act.js';
import type { Reseated, Restoration } from '../../runtime/journal-port.js';
import { allocationRows } from './allocation-rows.js';

/** What usher.restore_showtime reads: seats as rows, with the names of its columns. */
export function restorationJson(restoration: Restoration): string {
  const { bookings, cancelled, reseated, holds, blocks, results, acts } = restoration;
  const written = [...bookings.values()].map(({ booking, commandId, paymentMethod, askedBy }) => ({
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
    channel: booking.channel,
    asked_by: askedBy,
    first_seats: booking.firstSeats,
    reseated_epoch: booking.firstSeats && (reseated.get(booking.id)?.epoch ?? restoration.epoch),
    ticket_types: booking.ticketTypes,
    order_id: booking.orderId,
    first_amount: booking.firstAmount,
    first_ticket_types: booking.firstTicketTypes,
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
          channel: hold.channel,
          ticket_type: hold.ticketTypes?.[hold.seats.indexOf(seat)],
          order_id: hold.orderId,
        }
      : [],
  );
  const blocked = [...blocks].flatMap(([seat, reason]) => (reason === undefined ? [] : { seat, reason }));
  return JSON.stringify({
    additive: restoration.isAdditive,
    bookings: written,
    cancelled: [...cancelled],
    reseated: [...reseated.values()].map(reseatedRow),
    held,
    freed: [...holds.keys()],
    blocked,
    unblocked: [...blocks.keys()],
    allocations: allocationRows(restoration.allocations, 0),
    results,
    acts: acts.map(({ epoch, first, acts: list }) => ({
      epoch,
      number: first,
      seats: [...seatsOf(list)],
      acts: spellActs(list),
    })),
  });
}

/** With what it costs and is sold as, where the booking has kept a part of its seats only. */
function reseatedRow({ booking, epoch }: Reseated) {
  const { id, seats, price, firstAmount, ticketTypes } = booking;
  if (firstAmount === undefined) return { id, seats, epoch };
  return { id, seats, epoch, amount: price.amount, first_amount: firstAmount, ticket_types: ticketTypes };
}
