import type { SeatAct } from '../../../src/core/seat-act.js';
import type { Order } from '../people/order.js';
import { CLOCK_ERROR_MS_MAX } from '../world/times.js';
import type { World } from '../world/world.js';
import type { Orders } from './orders.js';

/** Once all is at rest: no seat is sold twice, nothing that was acknowledged is lost, nothing is there unasked. */
export function checkJournal(world: World, orders: Orders): void {
  for (const showtimeId of world.showtimes) {
    checkSoldOnce(world, showtimeId);
    checkAsked(world, orders, showtimeId);
  }
  checkNothingLost(world, orders);
  checkStaysCancelled(world, orders);
  checkStaysReseated(world, orders);
  checkStaysGivenBack(world, orders);
  checkHistory(world);
}

function checkSoldOnce(world: World, showtimeId: string): void {
  const sold = new Map<number, string>();
  for (const { booking } of world.journal.peek(showtimeId).bookings.values()) {
    if (booking.status !== 'confirmed') continue;
    for (const seat of booking.seats) {
      const other = sold.get(seat);
      if (other) world.violate('no seat is sold twice', `seat ${seat} is in ${other} and ${booking.reference}`);
      sold.set(seat, booking.reference);
    }
  }
}

/** Every booking comes of a command that its holder sent, and no command made two. */
function checkAsked(world: World, orders: Orders, showtimeId: string): void {
  const asked = new Map(orders.all.map((order) => [order.commandId, order]));
  const bookers = new Set<string>();
  for (const { booking, commandId } of world.journal.peek(showtimeId).bookings.values()) {
    const order = asked.get(commandId);
    const isTheirs = (order?.customer ?? order?.holder) === booking.holder && order?.orderId === booking.orderId;
    if (order?.type !== 'book' || !isTheirs) {
      world.violate('nothing happens unasked', `nobody asked for booking ${booking.reference}`);
    }
    if (bookers.has(commandId)) world.violate('one request, one effect', `${commandId} booked twice`);
    bookers.add(commandId);
  }
}

/** Holds and bookings that were told to somebody and that no later command named are there as they were told. */
function checkNothingLost(world: World, orders: Orders): void {
  const touched = new Set(orders.all.flatMap(({ holdId, bookingId }) => [holdId, bookingId].filter(Boolean)));
  const takenAway = new Set(
    orders.all.flatMap(({ type, showtimeId, seats = [] }) =>
      type === 'take_away' ? seats.map((seat) => `${showtimeId} ${seat}`) : [],
    ),
  );
  const labels = world.labels();
  const now = world.time.now();
  for (const order of orders.all) {
    const { holds, bookings } = world.journal.peek(order.showtimeId);
    for (const told of orders.told(order)) {
      if (!told.ok) continue;
      const { hold, booking } = told;
      if (booking && order.type === 'book' && !touched.has(booking.id)) {
        const kept = bookings.get(booking.id)?.booking;
        const isKept = kept?.status === 'confirmed' && sameSeats(kept.seats, booking.seats, labels);
        if (!isKept && !isExcused(world, order, booking.id)) {
          world.violate('what is acknowledged survives', `booking ${booking.reference} is gone`);
        }
      }
      if (hold?.seats.some((seat) => takenAway.has(`${order.showtimeId} ${seat}`))) continue;
      if (hold && order.type !== 'release' && !touched.has(hold.id) && hold.expiresAt > now + CLOCK_ERROR_MS_MAX) {
        const seats = [...holds].filter(([, { id }]) => id === hold.id).map(([seat]) => seat);
        if (!sameSeats(seats, hold.seats, labels) && !isExcused(world, order, hold.id)) {
          world.violate('what is acknowledged survives', `hold ${hold.id} is gone`);
        }
      }
    }
  }
}

/** It was lost with a tail of the journal, and is named among the losses, or nobody who lives remembers it. */
function isExcused(world: World, order: Order, subject: string): boolean {
  if (!world.tails.lost(order)) return false;
  return world.journal.losses.some((loss) => loss.subject === subject) || world.tails.isForgotten(order, subject);
}

/** Who was told that a booking is cancelled does not find it sold to them. */
function checkStaysCancelled(world: World, orders: Orders): void {
  for (const order of orders.all) {
    if (order.type !== 'cancel' || !orders.told(order).some(({ ok }) => ok)) continue;
    const kept = world.journal.peek(order.showtimeId).bookings.get(order.bookingId ?? '')?.booking;
    if (kept?.status === 'confirmed' && !world.tails.isForgotten(order)) {
      world.violate('what is acknowledged survives', `booking ${kept.reference} was cancelled, and is there again`);
    }
  }
}

/** Where a booking was moved to last, and everybody knows how each move of it came out, it is there. */
function checkStaysReseated(world: World, orders: Orders): void {
  const moves = new Map<string, Order[]>();
  for (const order of orders.all) {
    const { type, bookingId = '' } = order;
    if (type === 'reseat') moves.set(bookingId, [...(moves.get(bookingId) ?? []), order]);
  }
  // Of these a part of the seats is gone.
  for (const { type, bookingId = '' } of orders.all) if (type === 'cancel_part') moves.delete(bookingId);
  const labels = world.labels();
  for (const [bookingId, ordersOf] of moves) {
    const told = ordersOf.map((order) => ({ order, told: orders.told(order) }));
    if (told.some((one) => one.told.length !== 1 || one.told.some((each) => !each.ok && each.outcome === 'unknown')))
      continue;
    const last = told.findLast((one) => one.told[0]?.ok);
    const [outcome] = last?.told ?? [];
    if (!last || !outcome?.ok || !outcome.booking) continue;
    const kept = world.journal.peek(last.order.showtimeId).bookings.get(bookingId)?.booking;
    if (kept?.status !== 'confirmed' || sameSeats(kept.seats, outcome.booking.seats, labels)) continue;
    if (isExcused(world, last.order, bookingId)) continue;
    const what = `booking ${kept.reference} was moved to ${outcome.booking.seats.join(' ')}, and has ${kept.seats}`;
    world.violate('what is acknowledged survives', what);
  }
}

/** Seats that an order gave back are not in its booking again, unless staff moved it there. */
function checkStaysGivenBack(world: World, orders: Orders): void {
  const moved = new Set(orders.all.flatMap(({ type, bookingId }) => (type === 'reseat' ? [bookingId] : [])));
  const labels = world.labels();
  for (const order of orders.all) {
    const { type, bookingId = '', showtimeId, seats = [] } = order;
    if (type !== 'cancel_part' || moved.has(bookingId) || !orders.told(order).some(({ ok }) => ok)) continue;
    const kept = world.journal.peek(showtimeId).bookings.get(bookingId)?.booking;
    if (kept?.status !== 'confirmed' || world.tails.isForgotten(order)) continue;
    const back = kept.seats.filter((seat) => seats.includes(labels[seat] ?? ''));
    if (back.length > 0) {
      world.violate('what is acknowledged survives', `booking ${kept.reference} has seats that it gave back: ${back}`);
    }
  }
}

/** The last act that took or freed a seat says what the seat is. Acts of a lost tail may be forgotten, and are not looked at. */
function checkHistory(world: World): void {
  if (world.tails.happened) return;
  for (const showtimeId of world.showtimes) {
    const seats = world.journal.seatsOf(showtimeId);
    const shown = seats.replaceAll(/./g, '.').split('');
    for (const { act, seats: named, from = [] } of world.journal.history(showtimeId)) {
      for (const seat of from) shown[seat] = '.';
      const letter = LETTER_AFTER[act];
      if (letter !== undefined) for (const seat of named) shown[seat] = letter;
    }
    // A seat that is allocated and free looks blocked.
    const { allocations } = world.journal.peek(showtimeId);
    const told = shown.map((letter, seat) => (letter === '.' && allocations.has(seat) ? seats[seat] : letter)).join('');
    if (told !== seats)
      world.violate('the history is what happened', `it comes to ${told}, and the journal has ${seats}`);
  }
}

/** Allocations do not change what a seat is. */
const LETTER_AFTER: Readonly<Partial<Record<SeatAct['act'], string>>> = {
  held: 'h',
  released: '.',
  expired: '.',
  taken_away: '.',
  booked: 'b',
  cancelled: '.',
  reseated: 'b',
  blocked: 'x',
  unblocked: '.',
};

function sameSeats(seats: readonly number[], named: readonly string[], labels: readonly string[]): boolean {
  return seats.length === named.length && seats.every((seat) => named.includes(labels[seat] ?? ''));
}
