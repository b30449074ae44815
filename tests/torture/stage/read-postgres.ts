import type pg from 'pg';
import type {
  Stored,
  StoredBooking,
  StoredHold,
  StoredResult,
  StoredShowtime,
} from '../checker/compare-with-postgres.js';
import type { ShowtimeLine } from '../checker/history.js';

interface ResultRow {
  readonly commandId: string;
  readonly command: string;
  readonly reply: {
    readonly hold?: { readonly id: string; readonly seats: readonly number[] };
    readonly booking?: { readonly id: string; readonly seats: readonly number[] };
    readonly seats?: readonly number[];
  };
}

/** All that Postgres has of these showtimes, as of one moment. */
export async function readStored(pool: pg.Pool, showtimes: readonly ShowtimeLine[]): Promise<Stored> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const { rows } = await client.query<{ now: number }>(
      'SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS now',
    );
    const stored: StoredShowtime[] = [];
    for (const { id } of showtimes) stored.push(await readShowtime(client, id));
    await client.query('COMMIT');
    return { now: rows[0]?.now ?? 0, showtimes: stored };
  } finally {
    client.release();
  }
}

async function readShowtime(client: pg.PoolClient, showtime: string): Promise<StoredShowtime> {
  const holds = await client.query<StoredHold>(
    `SELECT hold_id AS id, array_agg(seat_index ORDER BY seat_index) AS seats,
            extract(epoch FROM min(expires_at))::float8 * 1000 AS "expiresAt"
       FROM usher.hold_seats WHERE showtime_id = $1 GROUP BY hold_id`,
    [showtime],
  );
  const bookings = await client.query<StoredBooking>(
    `SELECT id, command_id AS "commandId", hold_id AS "holdId", seats, status FROM usher.bookings WHERE showtime_id = $1`,
    [showtime],
  );
  const sold = await client.query<{ seat: number; booking: string }>(
    'SELECT seat_index AS seat, booking_id AS booking FROM usher.booking_seats WHERE showtime_id = $1',
    [showtime],
  );
  const results = await client.query<{ result: ResultRow }>(
    'SELECT json_array_elements(results) AS result FROM usher.command_results WHERE showtime_id = $1',
    [showtime],
  );
  return {
    showtime,
    holds: holds.rows,
    bookings: bookings.rows,
    sold: sold.rows.map(({ seat, booking }) => [seat, booking] as const),
    results: results.rows.map(({ result }) => toResult(result)),
  };
}

/** A release speaks of the seats that are free; where something of the hold is left, the hold is not what it is about. */
function toResult({ commandId, command, reply }: ResultRow): StoredResult {
  const { hold, booking, seats } = reply;
  const about = seats ?? booking?.seats ?? hold?.seats;
  return {
    commandId,
    command,
    ...(hold && !seats ? { holdId: hold.id } : {}),
    ...(booking ? { bookingId: booking.id } : {}),
    ...(about ? { seats: about } : {}),
  };
}

export interface StoredLoss {
  readonly showtime: string;
  readonly subject: string;
  readonly kind: string;
  readonly seat: number;
  readonly reason: string;
}

/** What nodes reported as lost; nothing where the schema has no such report. */
export async function readLosses(pool: pg.Pool): Promise<readonly StoredLoss[]> {
  const there = await pool.query<{ there: boolean }>(`SELECT to_regclass('usher.losses') IS NOT NULL AS there`);
  if (!there.rows[0]?.there) return [];
  const { rows } = await pool.query<StoredLoss>(
    'SELECT showtime_id AS showtime, subject, kind, seat_index AS seat, reason FROM usher.losses ORDER BY noted_at',
  );
  return rows;
}
