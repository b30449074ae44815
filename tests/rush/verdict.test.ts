import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { judge, type ViolationKind } from '../../bench/rush/verdict.js';
import type { ClaimedBooking, ClaimedHold } from '../../bench/rush/witness.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';

const LABELS = ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6'];
const HOLDER = 'guest:me';

let database: TestDatabase;
let pool: pg.Pool;
let showtimeId: string;
/** What a client was told: seats 0 and 1 booked, seat 3 held. */
let booking: ClaimedBooking;
let hold: ClaimedHold;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function book(
  seats: readonly number[],
  more: { id?: string; reference?: string; rows?: readonly number[] } = {},
) {
  const { id = randomUUID(), reference = randomUUID().slice(0, 10), rows = seats } = more;
  await pool.query(
    `INSERT INTO usher.bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                                 payment_method, status, confirmed_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 'EUR', 'test', 'confirmed', now())`,
    [id, showtimeId, reference, HOLDER, randomUUID(), randomUUID(), seats],
  );
  await pool.query('INSERT INTO usher.booking_seats SELECT $1, seat, $2 FROM unnest($3::integer[]) AS seat', [
    showtimeId,
    id,
    rows,
  ]);
  return { bookingId: id, reference, holder: HOLDER, seats: seats.map((seat) => LABELS[seat]!) };
}

async function holdSeats(seats: readonly number[], expiresInMs = 60_000): Promise<ClaimedHold> {
  const holdId = randomUUID();
  const expiresAt = Date.now() + expiresInMs;
  await pool.query(
    `INSERT INTO usher.hold_seats
     SELECT $1, seat, $2, $3, to_timestamp($4::float8 / 1000), 0 FROM unnest($5::integer[]) AS seat`,
    [showtimeId, holdId, HOLDER, expiresAt, seats],
  );
  return { holdId, holder: HOLDER, seats: seats.map((seat) => LABELS[seat]!), expiresAt };
}

async function kinds(
  holds: readonly ClaimedHold[] = [hold],
  bookings: readonly ClaimedBooking[] = [booking],
  deniedHolds: readonly string[] = [],
  answeredHolders: readonly string[] = [],
) {
  const verdict = await judge(pool, showtimeId, LABELS, { holds, bookings, deniedHolds, answeredHolders });
  // Sorted: rows come in no order of their own.
  return verdict.violations.map((violation): ViolationKind => violation.kind).sort();
}

beforeEach(async () => {
  showtimeId = randomUUID();
  booking = await book([0, 1]);
  hold = await holdSeats([3]);
});

describe('the verdict', () => {
  it('is clean where Postgres has what the clients were told, and spells the truth of each seat', async () => {
    await pool.query("INSERT INTO usher.blocked_seats VALUES ($1, 5, 'broken')", [showtimeId]);
    const verdict = await judge(pool, showtimeId, LABELS, {
      holds: [hold],
      bookings: [booking],
      deniedHolds: [],
      answeredHolders: [HOLDER],
    });
    expect(verdict).toEqual({
      violations: [],
      truth: Uint8Array.of(2, 2, 0, 1, 0, 3),
      confirmedBookings: 1,
      soldSeats: 2,
      bookingsChecked: 1,
      holdsChecked: 1,
    });
  });

  it('finds a seat in two confirmed bookings', async () => {
    await book([1, 2], { rows: [2] });
    // The second has no row for the seat, because the first does: the primary key held, the bookings do not agree.
    expect(await kinds()).toEqual(['booked_seat_without_row', 'sold_twice']);
  });

  it('finds a booking whose seat row is missing', async () => {
    await pool.query('DELETE FROM usher.booking_seats WHERE showtime_id = $1 AND seat_index = 1', [showtimeId]);
    expect(await kinds()).toEqual(['booked_seat_without_row']);
  });

  it('finds a seat row that belongs to no confirmed booking', async () => {
    await pool.query('INSERT INTO usher.booking_seats VALUES ($1, 4, $2)', [showtimeId, randomUUID()]);
    expect(await kinds()).toEqual(['seat_row_without_booking']);
  });

  it('finds a seat that is held and booked at once', async () => {
    await holdSeats([0]);
    expect(await kinds()).toEqual(['held_and_booked']);
  });

  it('finds an acknowledged booking that is gone, cancelled, or not as it was told', async () => {
    expect(await kinds([], [{ ...booking, bookingId: randomUUID() }])).toEqual(['booking_lost']);
    expect(await kinds([], [{ ...booking, seats: ['A-1'] }])).toEqual(['booking_lost']);
    expect(await kinds([], [{ ...booking, holder: 'guest:other' }])).toEqual(['booking_lost']);
    expect(await kinds([], [{ ...booking, reference: 'ANOTHER' }])).toEqual(['booking_lost']);
    await pool.query("UPDATE usher.bookings SET status = 'cancelled', cancelled_at = now() WHERE id = $1", [
      booking.bookingId,
    ]);
    await pool.query('DELETE FROM usher.booking_seats WHERE showtime_id = $1', [showtimeId]);
    expect(await kinds()).toEqual(['booking_lost']);
  });

  it('finds an acknowledged hold that is gone, smaller, or somebody else’s', async () => {
    expect(await kinds([{ ...hold, holdId: randomUUID() }])).toEqual(['hold_lost']);
    expect(await kinds([{ ...hold, seats: ['A-4', 'A-5'] }])).toEqual(['hold_lost']);
    expect(await kinds([{ ...hold, holder: 'guest:other' }])).toEqual(['hold_lost']);
  });

  it('expects nothing of a hold whose time is over', async () => {
    expect(await kinds([{ ...hold, holdId: randomUUID(), expiresAt: Date.now() - 1 }])).toEqual([]);
  });

  it('finds a reference and a seat that were told to two people', async () => {
    const second = await book([2]);
    const told = [booking, { ...second, reference: booking.reference, seats: ['A-1'] }];
    expect(await kinds([], told)).toEqual(['booking_lost', 'reference_told_twice', 'seat_promised_twice']);
  });

  it('finds a booking whose client was told that there is none', async () => {
    const { rows } = await pool.query('SELECT hold_id FROM usher.bookings WHERE id = $1', [booking.bookingId]);
    expect(await kinds([], [], [randomUUID()])).toEqual([]);
    expect(await kinds([], [], [rows[0].hold_id])).toEqual(['booked_though_refused']);
  });

  it('finds a live hold of which its holder was never told, where every command was answered', async () => {
    expect(await kinds([], [booking], [], [])).toEqual([]);
    expect(await kinds([], [booking], [], [HOLDER])).toEqual(['hold_nobody_knows']);
    expect(await kinds([hold], [booking], [], [HOLDER])).toEqual([]);
    await holdSeats([4], -1);
    expect(await kinds([hold], [booking], [], [HOLDER])).toEqual([]);
  });

  it('looks at one showtime only', async () => {
    const other = showtimeId;
    showtimeId = randomUUID();
    await book([0], { rows: [] });
    showtimeId = other;
    expect(await kinds()).toEqual([]);
  });
});
