/** Whose the seats are: in the house, in the order, and on the ticket. */
import { areSame, groupBy, type Rule } from './books.js';

export const SEAT_RULES: Readonly<Record<string, Rule>> = {
  'no seat is in two bookings'({ postgres }) {
    const living = postgres.houseBookings.filter(({ status }) => status === 'confirmed');
    const taken = groupBy(
      living.flatMap(({ id, showtimeId, seats }) => seats.map((seat) => ({ id, place: `${showtimeId} ${seat}` }))),
      ({ place }) => place,
    );
    const twice = [...taken].filter(([, by]) => by.length > 1);
    const sold = postgres.soldSeats.map(({ showtimeId, seat, bookingId }) => `${showtimeId} ${seat} ${bookingId}`);
    const booked = living.flatMap(({ id, showtimeId, seats }) => seats.map((seat) => `${showtimeId} ${seat} ${id}`));
    return [
      ...twice.map(([place, by]) => `Seat ${place} is in ${by.map(({ id }) => id).join(' and ')}.`),
      ...(areSame(sold, booked) ? [] : ['The seats that are sold are not those of the bookings.']),
    ];
  },

  'a booking has the seats that were paid for, and no others'({ postgres }) {
    const house = new Map(postgres.houseBookings.map((one) => [one.id, one]));
    const lines = groupBy(postgres.lines, ({ orderId, booking }) => `${orderId} ${booking}`);
    const ofOrders = postgres.bookings.flatMap(({ orderId, number, bookingId, status, showtimeId }) => {
      const booked = house.get(bookingId);
      const seats = booked?.status === 'confirmed' ? booked.seats : [];
      const paid = (lines.get(`${orderId} ${number}`) ?? []).filter(({ state }) => state === 'sold');
      const due = status === 'confirmed' ? paid.map(({ seatIndex }) => seatIndex) : [];
      if (booked && booked.showtimeId !== showtimeId)
        return [`Booking ${bookingId} is of another showtime than its order says.`];
      if (status === 'confirmed' && due.length === 0) return [`Booking ${bookingId} is confirmed, and has no seats.`];
      return areSame(seats, due)
        ? []
        : [`Booking ${bookingId} (${status}) has the seats ${seats.join()}, and ${due.join()} are due.`];
    });
    const known = new Set(postgres.bookings.map(({ bookingId }) => bookingId));
    const strangers = postgres.houseBookings
      .filter(({ id }) => !known.has(id))
      .map(({ id }) => `Booking ${id} is of no order.`);
    return [...ofOrders, ...strangers];
  },

  'an order is booked as a whole or not at all'({ postgres }) {
    const bookings = groupBy(postgres.bookings, ({ orderId }) => orderId);
    return postgres.orders.flatMap(({ id, isFulfilled, state }) => {
      const wrong = (bookings.get(id) ?? []).filter(({ status }) =>
        isFulfilled ? status !== 'confirmed' && status !== 'cancelled' : status === 'confirmed',
      );
      return wrong.map(({ number, status }) => `Order ${id} (${state}): its booking ${number} is ${status}.`);
    });
  },

  'every seat that was sold has one ticket, and only while it is sold'({ postgres }) {
    const tickets = groupBy(postgres.tickets, ({ orderId, line }) => `${orderId} ${line}`);
    const fulfilled = new Set(postgres.orders.filter(({ isFulfilled }) => isFulfilled).map(({ id }) => id));
    const bookingIds = new Map(postgres.bookings.map((one) => [`${one.orderId} ${one.number}`, one.bookingId]));
    const ofLines = postgres.lines.flatMap(({ orderId, line, booking, seatIndex, state }) => {
      const of = tickets.get(`${orderId} ${line}`) ?? [];
      const [ticket] = of;
      if (of.length !== (fulfilled.has(orderId) ? 1 : 0))
        return [`Line ${line} of ${orderId} has ${of.length} tickets.`];
      if (!ticket) return [];
      if ((ticket.state === 'valid') !== (state === 'sold'))
        return [`Ticket ${ticket.id} is ${ticket.state}, and its seat ${state}.`];
      const isSame = ticket.seatIndex === seatIndex && ticket.bookingId === bookingIds.get(`${orderId} ${booking}`);
      return isSame ? [] : [`Ticket ${ticket.id} is for another seat than its line.`];
    });
    const known = new Set(postgres.lines.map(({ orderId, line }) => `${orderId} ${line}`));
    const strangers = postgres.tickets.filter(({ orderId, line }) => !known.has(`${orderId} ${line}`));
    return [...ofLines, ...strangers.map(({ id }) => `Ticket ${id} is of no line.`)];
  },

  'nobody has seats of a cancelled showtime'({ postgres }) {
    const cancelled = new Set(postgres.cancelledShowtimes);
    return postgres.houseBookings
      .filter(({ status, showtimeId }) => status === 'confirmed' && cancelled.has(showtimeId))
      .map(({ id }) => `Booking ${id} still has seats of a cancelled showtime.`);
  },

  'nothing is left undone'({ postgres }) {
    return Object.entries(postgres.unfinished).flatMap(([what, count]) => (count > 0 ? [`${what}: ${count}`] : []));
  },
};
