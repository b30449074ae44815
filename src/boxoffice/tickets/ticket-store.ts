import type { Money } from '../../protocol/money.js';
import type { Reads } from '../catalogue/reads.js';
import type { SeatLabels } from '../catalogue/seat-labels.js';
import { localTime } from '../catalogue/venue-time.js';

export type TicketState = 'valid' | 'cancelled' | 'refunded';

/** A ticket with all that is printed on it, and all that decides who may use it. */
export interface Ticket {
  readonly id: string;
  readonly reference: string;
  readonly generation: number;
  readonly state: TicketState;
  /** Milliseconds since 1970, here and below. */
  readonly issuedAt: number;
  readonly orderId: string;
  readonly orderReference: string;
  readonly bookingReference: string;
  /** Who may use it: the buyer, or whom it was passed on to. */
  readonly owner: {
    readonly holder: string | undefined;
    readonly accountId: string | undefined;
    readonly name: string;
  };
  readonly buyer: { readonly holder: string; readonly accountId: string | undefined };
  readonly locale: string;
  /** Where its owner sits now. */
  readonly seat: string;
  readonly category: string;
  /** The name of what it was sold as; empty: the showtime has no ticket types. */
  readonly ticketType: string;
  readonly price: Money;
  readonly showtime: TicketShowtime;
  readonly admission: { readonly gate: string; readonly at: number } | undefined;
}

export interface TicketShowtime {
  readonly id: string;
  readonly title: string;
  readonly rating: string | undefined;
  readonly venue: string;
  readonly address: string;
  readonly city: string;
  readonly timeZone: string;
  readonly hall: string;
  readonly seatMapHash: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** What the clocks of the venue show when it starts: `2026-01-31T20:00:00`. */
  readonly startsAtLocal: string;
  readonly isCancelled: boolean;
}

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly generation: number;
  readonly state: TicketState;
  readonly issued_at: Date;
  readonly order_id: string;
  readonly order_reference: string;
  readonly booking_reference: string;
  readonly holder: string;
  readonly account_id: string | null;
  readonly buyer_name: string;
  readonly owner_holder: string | null;
  readonly owner_account_id: string | null;
  readonly owner_name: string | null;
  readonly locale: string;
  readonly seat_index: number;
  readonly seat: string;
  readonly category: string;
  readonly ticket_type_name: string | null;
  readonly paid: string;
  readonly currency: string;
  readonly first_seats: readonly number[] | null;
  readonly seats: readonly number[] | null;
  readonly returned: readonly number[] | null;
  readonly showtime_id: string;
  readonly title: string;
  readonly rating: string | null;
  readonly venue: string;
  readonly address: string;
  readonly city: string;
  readonly time_zone: string;
  readonly hall: string;
  readonly starts_at: Date;
  readonly minutes: number;
  readonly is_cancelled: boolean;
  readonly seat_map_hash: string;
  readonly gate: string | null;
  readonly admitted_at: Date | null;
}

/**
 * The seats of a booking that were given back, in the order in which the house frees them; null: none. Of a statement with the
 * ticket as `t`, its line as `l` and its booking in the journal as `b`.
 */
export const RETURNED = `CASE WHEN b.first_seats IS NOT NULL THEN (
         SELECT array_agg(x.seat_index ORDER BY r.number, x.line)
           FROM boxoffice.returns r JOIN boxoffice.order_lines x ON x.order_id = r.order_id AND x.line = ANY (r.lines)
          WHERE r.order_id = t.order_id AND x.booking_number = l.booking_number) END`;

const SELECT = `
SELECT t.id, t.reference, t.generation, t.state, t.issued_at, t.order_id, o.reference AS order_reference,
       ob.booking_reference, o.holder, coalesce(o.account_id, buyer.account_id) AS account_id, o.name AS buyer_name, t.owner_holder,
       coalesce(t.owner_account_id, owner.account_id) AS owner_account_id, t.owner_name,
       o.locale, t.seat_index, l.seat, l.category, l.price + l.fee - l.discount AS paid, o.currency,
       (SELECT y ->> 'name' FROM jsonb_array_elements(s.ticket_types) AS y WHERE y ->> 'id' = t.ticket_type LIMIT 1)
         AS ticket_type_name,
       b.first_seats, b.seats, ${RETURNED} AS returned,
       s.id AS showtime_id, m.title, m.rating, v.name AS venue, v.address, v.city, v.time_zone,
       h.name AS hall, s.starts_at, coalesce(s.duration_minutes, m.runtime_minutes) AS minutes,
       s.cancelled_at IS NOT NULL AS is_cancelled, s.seat_map_hash, a.gate, a.admitted_at
  FROM boxoffice.tickets t
  JOIN boxoffice.orders o ON o.id = t.order_id
  JOIN boxoffice.order_lines l ON l.order_id = t.order_id AND l.line = t.line
  JOIN boxoffice.order_bookings ob ON ob.order_id = l.order_id AND ob.number = l.booking_number
  JOIN boxoffice.showtimes s ON s.id = t.showtime_id
  JOIN boxoffice.movies m ON m.id = s.movie_id
  JOIN boxoffice.halls h ON h.id = s.hall_id
  JOIN boxoffice.venues v ON v.id = h.venue_id
  LEFT JOIN usher.bookings b ON b.id = t.booking_id
  LEFT JOIN boxoffice.account_holders buyer ON buyer.holder = o.holder
  LEFT JOIN boxoffice.account_holders owner ON owner.holder = t.owner_holder
  LEFT JOIN boxoffice.admissions a ON a.ticket_id = t.id`;

/** Undefined: there is no such ticket. */
export async function findTicket(db: Reads, labels: SeatLabels, id: string): Promise<Ticket | undefined> {
  const { rows } = await db.query<Row>(`${SELECT} WHERE t.id = $1`, [id]);
  return rows[0] && (await ticketOf(rows[0], labels));
}

/** In the order of the lines. */
export async function ticketsOfOrder(db: Reads, labels: SeatLabels, orderId: string): Promise<Ticket[]> {
  const { rows } = await db.query<Row>(`${SELECT} WHERE t.order_id = $1 ORDER BY t.line`, [orderId]);
  return await Promise.all(rows.map((row) => ticketOf(row, labels)));
}

async function ticketOf(row: Row, labels: SeatLabels): Promise<Ticket> {
  const isPassedOn = row.generation > 1;
  return {
    id: row.id,
    reference: row.reference,
    generation: row.generation,
    state: row.state,
    issuedAt: row.issued_at.getTime(),
    orderId: row.order_id,
    orderReference: row.order_reference,
    bookingReference: row.booking_reference,
    owner: {
      holder: isPassedOn ? (row.owner_holder ?? undefined) : row.holder,
      accountId: (isPassedOn ? row.owner_account_id : row.account_id) ?? undefined,
      name: isPassedOn ? (row.owner_name ?? '') : row.buyer_name,
    },
    buyer: { holder: row.holder, accountId: row.account_id ?? undefined },
    locale: row.locale,
    seat: await seatNow(row, labels),
    category: row.category,
    ticketType: row.ticket_type_name ?? '',
    price: { amount: Number(row.paid), currency: row.currency },
    showtime: showtimeOf(row),
    admission: row.admitted_at ? { gate: row.gate ?? '', at: row.admitted_at.getTime() } : undefined,
  };
}

/**
 * Where the owner of a ticket sits now. A reseat replaces the seats of a booking one by one in the journal, which is the only
 * record of it: the place that the ticket's first seat had in the booking has the present one. So nothing has to follow a
 * reseat, and no crash can leave a ticket behind.
 */
async function seatNow(row: Row, labels: SeatLabels): Promise<string> {
  const now = seatAt(row.seat_index, row.first_seats, row.seats, row.returned);
  return now === row.seat_index ? row.seat : ((await labels.of(row.seat_map_hash))[now] ?? row.seat);
}

/**
 * @param first the seats as they were booked; null: the booking was never reseated, and nothing of it was given back
 * @param returned the seats of it that were given back, in the order in which the house frees them; some may not be free yet
 */
export function seatAt(
  issued: number,
  first: readonly number[] | null,
  now: readonly number[] | null,
  returned: readonly number[] | null = null,
): number {
  if (!first || !now) return issued;
  const freed = (returned ?? []).slice(0, first.length - now.length);
  const place = first.filter((seat) => !freed.includes(seat)).indexOf(issued);
  return place < 0 ? issued : (now[place] ?? issued);
}

function showtimeOf(row: Row): TicketShowtime {
  const startsAt = row.starts_at.getTime();
  return {
    id: row.showtime_id,
    title: row.title,
    rating: row.rating ?? undefined,
    venue: row.venue,
    address: row.address,
    city: row.city,
    timeZone: row.time_zone,
    hall: row.hall,
    seatMapHash: row.seat_map_hash,
    startsAt,
    endsAt: startsAt + row.minutes * 60_000,
    startsAtLocal: localTime(startsAt, row.time_zone),
    isCancelled: row.is_cancelled,
  };
}
