import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { bookingSchema } from '../../protocol/http.js';
import type { Reads } from '../catalogue/reads.js';
import { SeatLabels } from '../catalogue/seat-labels.js';
import { localTime } from '../catalogue/venue-time.js';
import { ORDER_STATES } from '../orders/order-states.js';

const PAGE = 20;

const ownBookingSchema = z
  .object({
    showtime: z.object({
      id: z.uuid(),
      movie: z.object({ id: z.string(), title: z.string() }),
      venue: z.object({ id: z.string(), name: z.string(), city: z.string() }),
      hall: z.object({ id: z.string(), name: z.string() }),
      startsAt: z.iso.datetime(),
      startsAtLocal: z.string().meta({ description: 'What the clocks of the venue show then.' }),
      isCancelled: z.boolean(),
    }),
    bookedAt: z.iso.datetime(),
    booking: bookingSchema,
    order: z
      .object({ id: z.uuid(), reference: z.string(), state: z.enum(ORDER_STATES) })
      .optional()
      .meta({ description: 'Absent: it was booked without an order, or its order is in the archive.' }),
  })
  .meta({ id: 'OwnBooking' });
type OwnBooking = z.infer<typeof ownBookingSchema>;

interface Row {
  readonly id: string;
  readonly reference: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly seats: readonly number[];
  readonly amount: string;
  readonly currency: string;
  readonly channel: z.infer<typeof bookingSchema>['channel'] | null;
  readonly ticket_types: string[] | null;
  readonly confirmed_at: Date;
  readonly showtime_id: string;
  readonly movie_id: string;
  readonly title: string;
  readonly venue_id: string;
  readonly venue: string;
  readonly city: string;
  readonly time_zone: string;
  readonly hall_id: string;
  readonly hall: string;
  readonly starts_at: Date;
  readonly is_cancelled: boolean;
  readonly hash: string;
  readonly order_id: string | null;
  readonly order_reference: string | null;
  readonly order_state: (typeof ORDER_STATES)[number] | null;
}

/** The bookings of the caller's account, of all holders that it has been. */
export function ownBookingsEndpoint(db: Reads): Endpoint {
  const labels = new SeatLabels(db);
  return endpoint({
    id: 'listOwnBookings',
    method: 'GET',
    path: '/v1/me/bookings',
    summary: "The bookings of the caller's account, the newest first, also those from before it was one.",
    tag: 'Accounts',
    access: 'account',
    rate: 'reads',
    parameters: {},
    query: { cursor: z.string().max(100).optional().meta({ description: '`next` of the page before.' }) },
    reply: z.object({
      bookings: z.array(ownBookingSchema),
      next: z.string().optional().meta({ description: 'The list goes on: ask again with this as `cursor`.' }),
    }),
    errors: [],
    handle: async ({ caller: { accountId }, query: { cursor } }) => {
      const after = cursor === undefined ? undefined : readCursor(cursor);
      if (cursor !== undefined && after === undefined) {
        return { ok: false, error: wireError('invalid_field', 'This is no cursor of ours.', { field: 'cursor' }) };
      }
      const rows = await readPage(db, accountId, after);
      const page = rows.slice(0, PAGE);
      const bookings: OwnBooking[] = [];
      for (const row of page) bookings.push(viewOf(row, await labels.of(row.hash)));
      const last = page.at(-1);
      const goesOn = rows.length > PAGE && last !== undefined;
      return { ok: true, body: { bookings, ...(goesOn ? { next: writeCursor(last.id) } : {}) } };
    },
  });
}

/** Where a booking of an account is, and the holder that it was made by; undefined: the account has no such booking. */
export async function findOwnBooking(
  db: Reads,
  accountId: string,
  bookingId: string,
): Promise<{ readonly showtimeId: string; readonly holder: string } | undefined> {
  const { rows } = await db.query<{ showtimeId: string; holder: string }>(
    `SELECT b.showtime_id AS "showtimeId", b.holder
       FROM usher.bookings b JOIN boxoffice.account_holders a ON a.holder = b.holder
      WHERE b.id = $1 AND a.account_id = $2`,
    [bookingId, accountId],
  );
  return rows[0];
}

async function readPage(db: Reads, accountId: string, after: string | undefined): Promise<Row[]> {
  const { rows } = await db.query<Row>(
    `SELECT b.id, b.reference, b.status, b.seats, b.amount, b.currency, b.channel, b.ticket_types, b.confirmed_at, b.showtime_id,
            s.movie_id, m.title, v.id AS venue_id, v.name AS venue, v.city, v.time_zone, s.hall_id, h.name AS hall,
            s.starts_at, s.cancelled_at IS NOT NULL AS is_cancelled, s.seat_map_hash AS hash,
            o.id AS order_id, o.reference AS order_reference, o.state AS order_state
       FROM boxoffice.account_holders a
       JOIN usher.bookings b ON b.holder = a.holder
       JOIN boxoffice.showtimes s ON s.id = b.showtime_id
       JOIN boxoffice.movies m ON m.id = s.movie_id
       JOIN boxoffice.halls h ON h.id = s.hall_id
       JOIN boxoffice.venues v ON v.id = h.venue_id
       LEFT JOIN boxoffice.orders o ON o.id = b.order_id
      WHERE a.account_id = $1 AND ($2::uuid IS NULL OR b.id < $2)
      ORDER BY b.id DESC
      LIMIT $3`,
    [accountId, after ?? null, PAGE + 1],
  );
  return rows;
}

function viewOf(row: Row, labels: readonly string[]): OwnBooking {
  const { id, status, amount, currency, order_id: orderId, order_reference: reference, order_state: state } = row;
  return {
    showtime: {
      id: row.showtime_id,
      movie: { id: row.movie_id, title: row.title },
      venue: { id: row.venue_id, name: row.venue, city: row.city },
      hall: { id: row.hall_id, name: row.hall },
      startsAt: row.starts_at.toISOString(),
      startsAtLocal: localTime(row.starts_at.getTime(), row.time_zone),
      isCancelled: row.is_cancelled,
    },
    bookedAt: row.confirmed_at.toISOString(),
    booking: {
      id,
      reference: row.reference,
      status,
      seats: row.seats.map((seat) => labels[seat] ?? ''),
      price: { amount: Number(amount), currency },
      ...(row.channel ? { channel: row.channel } : {}),
      ...(row.ticket_types ? { ticketTypes: row.ticket_types } : {}),
    },
    ...(orderId && reference && state ? { order: { id: orderId, reference, state } } : {}),
  };
}

/** Opaque to clients: the id of the last booking of a page. Ids are made in the order of time. */
function writeCursor(id: string): string {
  return Buffer.from(id).toString('base64url');
}

function readCursor(text: string): string | undefined {
  const id = Buffer.from(text, 'base64url').toString('latin1');
  return z.uuid().safeParse(id).success ? id : undefined;
}
