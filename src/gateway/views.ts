/** Values of the core and runtime in the words of the wire. */
import type { Booking, Hold, HouseRules, TicketType } from '../core/house.js';
import { priceOf } from '../core/price.js';
import type { Refusal, SeatConflict } from '../core/refusal.js';
import type { Reply } from '../core/reply.js';
import type { SeatMap } from '../core/seat-map.js';
import { type ErrorCode, type WireError, wireError } from '../protocol/errors.js';
import { printable } from '../protocol/printable.js';
import type {
  BookingView,
  HoldView,
  Own,
  ReplyMessage,
  TermsView,
  TicketTypeView,
} from '../protocol/server-messages.js';
import type { NotOpened } from '../runtime/directory.js';
import { MOVING_RETRY_AFTER_MS } from '../runtime/failures.js';
import type { Host } from '../runtime/host.js';
import type { Outcome } from '../runtime/outcome.js';
import type { Terms } from '../runtime/playbill-port.js';
import type { Own as PublishedOwn } from '../runtime/published-view.js';

export function holdView(hold: Hold, { map, rules }: Terms): HoldView {
  const view = {
    id: hold.id,
    seats: labels(map, hold.seats),
    expiresAt: hold.expiresAt,
    extensionsLeft: Math.max(0, rules.extensionsPerHold - hold.extensions),
    price: { amount: priceOf(hold), currency: rules.currency },
    ...(hold.ticketTypes ? { ticketTypes: hold.ticketTypes } : undefined),
  };
  const { channel, orderId } = hold;
  // As nearly all are.
  if (!channel && !orderId) return view;
  return { ...view, ...(channel ? { channel } : {}), ...(orderId ? { orderId } : {}) };
}

export function termsView({ terms: { map, rules, version }, salesOpen }: Pick<Host, 'terms' | 'salesOpen'>): TermsView {
  const { currency, salesOpenAt, salesCloseAt, cancelled } = rules;
  return {
    version,
    prices: map.data.categories.map(({ name }, i) => ({
      category: name,
      price: { amount: rules.prices[i] ?? 0, currency },
    })),
    ...(rules.ticketTypes ? { ticketTypes: rules.ticketTypes.map((type) => ticketTypeView(type, map, rules)) } : {}),
    salesOpen,
    ...(cancelled ? { cancelled } : {}),
    ...(salesOpenAt === undefined ? {} : { salesOpenAt }),
    ...(salesCloseAt === undefined ? {} : { salesCloseAt }),
  };
}

function ticketTypeView({ prices, ...type }: TicketType, map: SeatMap, { currency }: HouseRules): TicketTypeView {
  const sold = map.data.categories.flatMap(({ name: category }, i) => {
    const amount = prices[i] ?? null;
    return amount === null ? [] : [{ category, price: { amount, currency } }];
  });
  return { ...type, prices: sold };
}

export function bookingView(booking: Booking, { map }: Terms): BookingView {
  const { id, reference, status, price, channel, ticketTypes, orderId } = booking;
  const view = { id, reference, status, seats: labels(map, booking.seats), price };
  // As nearly all are.
  if (!channel && !ticketTypes && !orderId) return view;
  return {
    ...view,
    ...(channel ? { channel } : {}),
    ...(ticketTypes ? { ticketTypes } : {}),
    ...(orderId ? { orderId } : {}),
  };
}

export function ownView(own: PublishedOwn, terms: Terms): Omit<Own, 'type'> {
  return {
    holds: own.holds.map((hold) => holdView(hold, terms)),
    bookings: own.bookings.map((booking) => bookingView(booking, terms)),
  };
}

export function replyView(id: number, outcome: Outcome, terms: Terms): ReplyMessage {
  return outcome.ok
    ? { type: 'reply', id, ok: true, ...okFields(outcome, terms) }
    : { type: 'reply', id, ok: false, error: outcomeError(outcome, terms.rules) };
}

function okFields(reply: Reply & { ok: true }, terms: Terms) {
  switch (reply.type) {
    case 'hold':
      return { hold: holdView(reply.hold, terms), ...(reply.quality ? { quality: reply.quality } : {}) };
    case 'release':
      return {
        seats: labels(terms.map, reply.seats),
        ...(reply.hold ? { hold: holdView(reply.hold, terms) } : {}),
      };
    case 'booking':
      return { booking: bookingView(reply.booking, terms) };
    case 'seats':
      return { seats: labels(terms.map, reply.seats) };
    case 'waiting':
      // Only the server asks what is answered so.
      return {};
  }
}

const FAILURES: Record<Extract<Outcome, { failure: unknown }>['failure'], string> = {
  unavailable: 'Commands cannot be taken at the moment; nothing was changed.',
  moving: 'The showtime is changing nodes; nothing was changed. Send the same command again.',
  overloaded: 'Too many commands are waiting; nothing was changed.',
  outcome_unknown: 'It took too long to learn whether this took effect. Send the same command again to be told.',
  command_reused: 'This commandId belongs to another command.',
  internal: 'Something went wrong on our side; it has been noted.',
  payment_declined: 'The payment was declined; the hold is still yours.',
  payment_required: 'This service takes no such payments.',
};

/** Why a showtime is not met on this node; `moving` is worded as for a command. */
export function notOpenedError(reason: NotOpened['reason']): WireError {
  if (reason === 'unknown_showtime') return wireError(reason, 'There is no such showtime.');
  if (reason === 'moving') return wireError(reason, FAILURES.moving, { retryAfterMs: MOVING_RETRY_AFTER_MS });
  return wireError(reason, 'The showtime cannot be loaded at the moment.', { retryAfterMs: 1_000 });
}

export function outcomeError(outcome: Outcome & { ok: false }, rules: HouseRules): WireError {
  if ('refusal' in outcome) return refusalError(outcome.refusal, rules);
  const { failure, retryAfterMs } = outcome;
  return wireError(failure, FAILURES[failure], {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(failure === 'payment_required' ? { field: 'payment.method' } : {}),
  });
}

function refusalError(refusal: Refusal, rules: HouseRules): WireError {
  if ('ticketType' in refusal) return ticketTypeError(refusal);
  if ('conflicts' in refusal) {
    const { code, conflicts } = refusal;
    // What is not in this hall is the client's own text: half of a character in it could not be told in UTF-8.
    const told =
      code === 'unknown_seat' ? conflicts.map(({ seat, reason }) => ({ seat: whole(seat), reason })) : conflicts;
    return wireError(code, describeConflicts(code, conflicts), { conflicts: told });
  }
  if (refusal.code === 'price_changed') {
    const { price, seats } = refusal;
    return wireError('price_changed', 'The hold costs or has something else than was shown.', { price, seats });
  }
  if (refusal.code === 'too_many_held' || refusal.code === 'too_many_bookings') return limitError(refusal);
  if (refusal.code === 'wrong_seat_count') {
    return wireError(refusal.code, `The booking has ${refusal.expected} seats, and needs as many.`);
  }
  return wireError(refusal.code, describe(refusal, rules));
}

function limitError(refusal: Extract<Refusal, { scope: unknown }>): WireError {
  const { code, limit, scope } = refusal;
  const of = refusal.code === 'too_many_held' ? refusal.of : 'bookings';
  const what = of === 'seats' ? 'seats held' : of;
  return wireError(code, `At most ${limit} ${what} at a time for one ${scope}.`, { limit, scope, of });
}

/** Best available names no seats: then there are no conflicts to tell of. */
function ticketTypeError(refusal: Extract<Refusal, { ticketType: unknown }>): WireError {
  const ticketType = whole(refusal.ticketType);
  if (refusal.code === 'ticket_type_limit') {
    const { code, limit } = refusal;
    return wireError(code, `At most ${limit} seats of this ticket type in one hold.`, { ticketType, limit });
  }
  const { code, conflicts } = refusal;
  if (conflicts.length === 0) return wireError(code, 'There are no such seats of this ticket type.', { ticketType });
  return wireError(code, describeConflicts(code, conflicts), { conflicts, ticketType });
}

const whole = (text: string) => text.replace(/\p{Cs}/gu, '\ufffd');

const CONFLICTS: Record<Extract<Refusal, { conflicts: unknown }>['code'], string> = {
  unknown_seat: 'Not in this hall',
  duplicate_seat: 'Named more than once',
  seats_unavailable: 'Not available',
  seat_rule: 'Against the rules of this hall',
  not_in_hold: 'Not in this hold',
  held_too_long: 'Held by you for long enough for now',
  unknown_ticket_type: 'Not sold as this ticket type',
};

const REASONS: Record<SeatConflict['reason'], string> = {
  held: 'held',
  booked: 'booked',
  blocked: 'blocked',
  unknown: 'unknown',
  duplicate: 'duplicate',
  not_in_hold: 'not in hold',
  single_gap: 'single gap',
  pair_split: 'pair split',
  companion_alone: 'companion alone',
  table_split: 'table split',
  distancing: 'distancing',
  held_too_long: 'held too long',
  unknown_type: 'unknown type',
  type_not_sold: 'type not sold',
};

const NAMED_MAX = 5;

/** In a rush nine of ten answers are this text, so it is put together without a list or a closure. */
function describeConflicts(code: keyof typeof CONFLICTS, conflicts: readonly SeatConflict[]): string {
  let text = `${CONFLICTS[code]}: `;
  let named = 0;
  for (const conflict of conflicts) {
    if (named === NAMED_MAX) return `${text}, and ${conflicts.length - NAMED_MAX} more.`;
    text += named === 0 ? describeConflict(conflict) : `, ${describeConflict(conflict)}`;
    named++;
  }
  return `${text}.`;
}

function describeConflict({ seat, reason, beside }: SeatConflict): string {
  if (beside === undefined) return `${printable(seat)} (${REASONS[reason]})`;
  return `${printable(seat)} would be left alone beside ${beside.slice(0, 2).map(printable).join(' and ')}`;
}

function describe(
  refusal: Exclude<
    Refusal,
    { conflicts: unknown } | { price: unknown } | { scope: unknown } | { ticketType: unknown } | { expected: unknown }
  >,
  rules: HouseRules,
): string {
  const texts: Partial<Record<ErrorCode, string>> = {
    unknown_hold: 'There is no such hold.',
    hold_expired: 'This hold has expired; its seats are free again.',
    wrong_holder: 'This belongs to somebody else.',
    unknown_booking: 'There is no such booking.',
    booking_cancelled: 'This booking is cancelled already.',
    hold_in_order: 'This hold is in an order: pay for it or cancel it there.',
    booking_in_order: 'This booking belongs to an order: cancel it there.',
    none_available: 'No seats that fit are available.',
    sales_closed: 'This showtime is not on sale.',
    channel_closed: 'This showtime is not sold by this channel.',
    allocation_over: 'The end of an allocation is a moment in the future.',
    too_many_seats: `A hold may have at most ${rules.seatsPerHold} seats.`,
    too_many_holds: `At most ${rules.holdsPerHolder} holds at a time.`,
    too_many_extensions: `A hold may be extended at most ${rules.extensionsPerHold} times.`,
    unknown_category: 'There is no such category in this hall.',
    unknown_zone: 'There is no such zone in this hall.',
  };
  return texts[refusal.code] ?? refusal.code;
}

export function labels(map: SeatMap, seats: readonly number[]): string[] {
  return seats.map((seat) => map.data.seats.label[seat] ?? '');
}
