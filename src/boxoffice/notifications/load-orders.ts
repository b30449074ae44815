/** What mails tell about orders, as Postgres has it when they are sent. */
import type { Reads } from '../catalogue/reads.js';
import type { LineFacts, OrderFacts, ShowFacts, ShowLines } from './mail-facts.js';

export interface LoadedOrder {
  readonly facts: OrderFacts;
  /** Undefined: nobody can be told. */
  readonly to: string | undefined;
  readonly locale: string;
  readonly state: string;
  readonly expiresAt: number;
}

interface OrderRow {
  readonly reference: string;
  readonly email: string | null;
  readonly name: string;
  readonly locale: string;
  readonly currency: string;
  readonly total: number;
  readonly state: string;
  readonly expiresAt: Date;
}

interface ShowRow {
  readonly showtimeId: string;
  readonly movie: string;
  readonly startsAt: Date;
  readonly timeZone: string;
  readonly venue: string;
  readonly address: string;
  readonly hall: string;
}

interface LineRow extends Omit<LineFacts, 'kind'> {
  readonly showtimeId: string;
  readonly category: string;
  /** Its name, or its id where the showtime has it no more; empty: it was sold as none. */
  readonly ticketType: string;
  readonly bookingReference: string;
}

/** Undefined: there is no such order. `lines` limits it to some of its seats; absent or empty: all of them. */
export async function loadOrder(
  db: Reads,
  orderId: string,
  lines: readonly number[] = [],
): Promise<LoadedOrder | undefined> {
  const { rows } = await db.query<OrderRow>(
    `SELECT o.reference, coalesce(o.email, a.email) AS email, o.name, o.locale, o.currency, o.total::float8 AS total, o.state,
            o.expires_at AS "expiresAt"
       FROM boxoffice.orders o LEFT JOIN boxoffice.accounts a ON a.id = o.account_id WHERE o.id = $1`,
    [orderId],
  );
  const order = rows[0];
  if (!order) return undefined;
  const { rows: lineRows } = await db.query<LineRow>(
    `SELECT l.showtime_id AS "showtimeId", l.seat, l.category,
            coalesce((SELECT y ->> 'name' FROM jsonb_array_elements(s.ticket_types) AS y
                       WHERE y ->> 'id' = l.ticket_type LIMIT 1), l.ticket_type) AS "ticketType", l.price::float8 AS price,
            l.fee::float8 AS fee, l.discount::float8 AS discount, l.tax::float8 AS tax, l.tax_rate AS "taxRate",
            b.booking_reference AS "bookingReference"
       FROM boxoffice.order_lines l
       JOIN boxoffice.order_bookings b ON b.order_id = l.order_id AND b.number = l.booking_number
       LEFT JOIN boxoffice.showtimes s ON s.id = l.showtime_id
      WHERE l.order_id = $1 AND (cardinality($2::int[]) = 0 OR l.line = ANY ($2)) ORDER BY l.line`,
    [orderId, lines],
  );
  const shows: ShowLines[] = [];
  for (const showtimeId of new Set(lineRows.map((line) => line.showtimeId))) {
    const show = await loadShow(db, showtimeId);
    if (show) shows.push(showLines(show, lineRows));
  }
  const { email, name, locale, state } = order;
  return {
    facts: { orderId, reference: order.reference, name, currency: order.currency, total: order.total, shows },
    ...{ to: email ?? undefined, locale, state, expiresAt: order.expiresAt.getTime() },
  };
}

export async function loadShow(db: Reads, showtimeId: string): Promise<ShowFacts | undefined> {
  const { rows } = await db.query<ShowRow>(
    `SELECT s.id AS "showtimeId", m.title AS movie, s.starts_at AS "startsAt", v.time_zone AS "timeZone", v.name AS venue,
            concat_ws(', ', nullif(v.address, ''), nullif(v.city, '')) AS address, h.name AS hall
       FROM boxoffice.showtimes s JOIN boxoffice.movies m ON m.id = s.movie_id
       JOIN boxoffice.halls h ON h.id = s.hall_id JOIN boxoffice.venues v ON v.id = h.venue_id
      WHERE s.id = $1`,
    [showtimeId],
  );
  return rows[0] && { ...rows[0], startsAt: rows[0].startsAt.getTime() };
}

function showLines(show: ShowFacts, rows: readonly LineRow[]): ShowLines {
  const own = rows.filter(({ showtimeId }) => showtimeId === show.showtimeId);
  return {
    show,
    bookingReferences: [...new Set(own.map((line) => line.bookingReference))],
    lines: own.map(({ seat, category, ticketType, price, fee, discount, tax, taxRate }) => ({
      seat,
      kind: ticketType === '' ? category : ticketType,
      ...{ price, fee, discount, tax, taxRate },
    })),
  };
}
