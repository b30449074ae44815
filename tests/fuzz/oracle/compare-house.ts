import type pg from 'pg';
import type { SeatsView } from '../../../src/protocol/http.js';
import { fetchTwice } from '../hostile/fetch-twice.js';
import type { Acknowledged } from './acknowledged.js';

/** A hold this near to its end may be there or not: the clocks of the server and of Postgres differ by so much at most. */
const EXPIRY_SLACK_MS = 1_000;

interface Rows {
  readonly holds: readonly { readonly hold_id: string; readonly seat_index: number; readonly expires_at: number }[];
  readonly bookings: readonly { readonly id: string; readonly status: string; readonly seats: readonly number[] }[];
  readonly sold: readonly { readonly seat_index: number; readonly booking_id: string }[];
  readonly blocked: readonly { readonly seat_index: number }[];
  readonly allocated: readonly { readonly seat_index: number; readonly until: number | null }[];
  readonly now: number;
}

/**
 * Holds the rows of one showtime, and the seats as the server tells them over HTTP, against what was acknowledged: what
 * nobody was told may not be there, and what somebody was told must be. Nothing may be under way meanwhile.
 */
export async function compareHouse(
  pool: pg.Pool,
  url: string,
  showtimeId: string,
  labels: readonly string[],
  told: Acknowledged,
): Promise<string[]> {
  const rows = await readRows(pool, showtimeId);
  const name = (seat: number) => labels[seat] ?? `#${seat}`;
  const late = rows.now + EXPIRY_SLACK_MS;
  const live = rows.holds.filter(({ expires_at }) => expires_at > late);
  const toldHolds = [...told.holds].filter(([, hold]) => hold.expiresAt > late);
  const faults = [
    ...differences(
      'hold',
      new Set(live.map(({ hold_id, seat_index }) => `${hold_id} ${name(seat_index)}`)),
      new Set(toldHolds.flatMap(([id, { seats }]) => seats.map((seat) => `${id} ${seat}`))),
    ),
    ...differences(
      'booking',
      new Set(rows.bookings.flatMap(({ id, status, seats }) => seats.map((seat) => `${id} ${status} ${name(seat)}`))),
      new Set(
        [...told.confirmed.values(), ...told.cancelled.values()].flatMap(({ id, status, seats }) =>
          seats.map((seat) => `${id} ${status} ${seat}`),
        ),
      ),
    ),
    ...differences(
      'sold seat',
      new Set(rows.sold.map(({ booking_id, seat_index }) => `${booking_id} ${name(seat_index)}`)),
      new Set([...told.confirmed.values()].flatMap(({ id, seats }) => seats.map((seat) => `${id} ${seat}`))),
    ),
    ...differences('blocked seat', new Set(rows.blocked.map(({ seat_index }) => name(seat_index))), told.blocked),
  ];
  return [...faults, ...(await compareSeats(url, showtimeId, rows))].map((fault) => `${showtimeId}: ${fault}`);
}

/** The house that is told to who asks, against the rows: letters by seat. */
async function compareSeats(url: string, showtimeId: string, rows: Rows): Promise<string[]> {
  const answer = await fetchTwice(`${url}/v1/showtimes/${showtimeId}/seats`);
  if (!answer.ok) return [`its seats were answered with ${answer.status}`];
  const { seats } = (await answer.json()) as SeatsView;
  const letters = new Map<number, string>();
  for (const { seat_index, until } of rows.allocated) {
    letters.set(seat_index, until === null || until > rows.now + EXPIRY_SLACK_MS ? 'x' : '?');
  }
  for (const { seat_index, expires_at } of rows.holds) {
    letters.set(seat_index, expires_at > rows.now + EXPIRY_SLACK_MS ? 'h' : '?');
  }
  for (const { seat_index } of rows.sold) letters.set(seat_index, 'b');
  for (const { seat_index } of rows.blocked) letters.set(seat_index, 'x');
  const wrong: string[] = [];
  for (let seat = 0; seat < seats.length; seat++) {
    const row = letters.get(seat) ?? '.';
    if (row !== '?' && row !== seats[seat]) wrong.push(`seat #${seat} is told as ${seats[seat]} and is ${row}`);
  }
  return wrong.slice(0, 3);
}

function differences(what: string, rows: ReadonlySet<string>, told: ReadonlySet<string>): string[] {
  const unasked = [...rows].filter((row) => !told.has(row));
  const lost = [...told].filter((one) => !rows.has(one));
  return [
    ...(unasked.length > 0 ? [`${unasked.length} of ${what} that nobody was told of, such as ${unasked[0]}`] : []),
    ...(lost.length > 0 ? [`${lost.length} of ${what} acknowledged and not there, such as ${lost[0]}`] : []),
  ];
}

async function readRows(pool: pg.Pool, showtimeId: string): Promise<Rows> {
  const of = [showtimeId];
  const [holds, bookings, sold, blocked, allocated, clock] = await Promise.all([
    pool.query(
      `SELECT hold_id, seat_index, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at
         FROM usher.hold_seats WHERE showtime_id = $1`,
      of,
    ),
    pool.query('SELECT id, status, seats FROM usher.bookings WHERE showtime_id = $1', of),
    pool.query('SELECT seat_index, booking_id FROM usher.booking_seats WHERE showtime_id = $1', of),
    pool.query('SELECT seat_index FROM usher.blocked_seats WHERE showtime_id = $1', of),
    pool.query(
      `SELECT seat_index, (extract(epoch FROM until) * 1000)::float8 AS until
         FROM usher.seat_allocations WHERE showtime_id = $1`,
      of,
    ),
    pool.query('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now'),
  ]);
  return {
    holds: holds.rows,
    bookings: bookings.rows,
    sold: sold.rows,
    blocked: blocked.rows,
    allocated: allocated.rows,
    now: clock.rows[0].now,
  };
}
