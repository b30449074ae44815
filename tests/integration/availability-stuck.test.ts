import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findStuckBookings, purgeHoldsOfThePast } from '../../src/boxoffice/availability/stuck-bookings.js';
import { StuckMonitor } from '../../src/boxoffice/availability/stuck-monitor.js';
import { recordingLog } from '../unit/boxoffice/recording-log.js';
import { HandTimers } from './availability-house.js';
import { createDatabase, type TestDatabase } from './database.js';

let database: TestDatabase;
let pool: pg.Pool;

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 3 });
  await pool.query(`INSERT INTO boxoffice.movies VALUES ('m', 'M', 2000, 90, 'D', '{}', '')`);
  await pool.query(`INSERT INTO boxoffice.venues VALUES ('v', 'V', 'C')`);
  await pool.query(`INSERT INTO boxoffice.seat_maps VALUES (repeat('f', 64), 10, '{}')`);
  await pool.query(`INSERT INTO boxoffice.halls VALUES ('h', 'v', 'H', repeat('f', 64))`);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => pool.query('TRUNCATE usher.hold_seats, usher.bookings, usher.booking_seats'));

async function showtime(startsIn: string): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices)
     VALUES ($1, 'm', 'h', repeat('f', 64), clock_timestamp() + $2::interval, 'EUR', '{}')`,
    [id, startsIn],
  );
  return id;
}
const hold = (id: string, seats: number, endsIn: string) =>
  pool.query(
    `INSERT INTO usher.hold_seats SELECT $1, seat, gen_random_uuid(), 'ann', clock_timestamp() + $3::interval, 0
       FROM generate_series(0, $2::int - 1) AS seat`,
    [id, seats, endsIn],
  );
const book = async (id: string, seats: readonly number[], sold: readonly number[], status = 'confirmed') => {
  const booking = randomUUID();
  await pool.query(
    `INSERT INTO usher.bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                                 payment_method, status, confirmed_at, cancelled_at)
     VALUES ($1::uuid, $2, $1::uuid::text, 'bob', gen_random_uuid(), gen_random_uuid(), $3, 0, 'EUR', 'test', $4::text, now(),
             CASE WHEN $4::text = 'cancelled' THEN now() END)`,
    [booking, id, seats, status],
  );
  for (const seat of sold) await pool.query('INSERT INTO usher.booking_seats VALUES ($1, $2, $3)', [id, seat, booking]);
};
const heldIn = async (id: string): Promise<number> => {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM usher.hold_seats WHERE showtime_id = $1', [id]);
  return rows[0].n;
};

describe('what is found', () => {
  it('are seats held long past the end of their hold, and how many of them in showtimes that run here', async () => {
    const [here, elsewhere] = [randomUUID(), randomUUID()];
    await hold(here, 2, '-11 minutes');
    await hold(elsewhere, 3, '-2 days');
    await hold(randomUUID(), 4, '-9 minutes');
    await hold(randomUUID(), 5, '5 minutes');
    expect(await findStuckBookings(pool, new Set([here]), [])).toMatchObject({ expiredHolds: 5, expiredHoldsHere: 2 });
  });

  it('are bookings and sold seats that lack each other, and none that are as they should be', async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    await book(id, [1, 2], [1, 2]);
    await book(id, [3], [], 'cancelled');
    expect(await findStuckBookings(pool, new Set(), [id])).toMatchObject({
      bookingsWithoutSeats: 0,
      seatsWithoutBooking: 0,
    });
    await book(id, [4, 5, 6], [4]);
    await book(id, [7], []);
    await book(id, [8], [8], 'cancelled');
    await book(id, [9], [9, 10]);
    await pool.query('INSERT INTO usher.booking_seats VALUES ($1, 11, gen_random_uuid())', [id]);
    await book(other, [1], []);
    expect(await findStuckBookings(pool, new Set(), [id])).toMatchObject({
      bookingsWithoutSeats: 2,
      seatsWithoutBooking: 3,
    });
  });
});

describe('the purge', () => {
  it('takes ended holds of showtimes that are over or that nobody knows, and nothing else', async () => {
    const [over, soon, running, unknown] = [
      await showtime('-25 hours'),
      await showtime('2 days'),
      await showtime('-1 hour'),
      randomUUID(),
    ];
    for (const id of [over, soon, running, unknown]) await hold(id, 2, '-11 minutes');
    const alive = await showtime('-25 hours');
    await hold(alive, 2, '-9 minutes');
    expect(await purgeHoldsOfThePast(pool)).toBe(4);
    expect(await Promise.all([over, unknown, soon, running, alive].map(heldIn))).toEqual([0, 0, 2, 2, 2]);
  });

  it('neither waits for a row that somebody writes nor takes it from them', async () => {
    const id = await showtime('-25 hours');
    await hold(id, 2, '-11 minutes');
    const writer = await pool.connect();
    await writer.query('BEGIN');
    await writer.query(
      `UPDATE usher.hold_seats SET expires_at = clock_timestamp() + interval '5 minutes' WHERE showtime_id = $1 AND seat_index = 0`,
      [id],
    );
    // Answered while the other transaction is open.
    expect(await purgeHoldsOfThePast(pool)).toBe(1);
    await writer.query('COMMIT');
    writer.release();
    expect(await purgeHoldsOfThePast(pool)).toBe(0);
    expect(await heldIn(id)).toBe(1);
  });

  it('goes on where one portion is not enough', async () => {
    await hold(randomUUID(), 5_010, '-11 minutes');
    expect([await purgeHoldsOfThePast(pool), await purgeHoldsOfThePast(pool)]).toEqual([5_000, 10]);
  });
});

describe('the monitor', () => {
  const start = (running: readonly string[], away = false) => {
    const [log, timers] = [recordingLog(), new HandTimers()];
    const query = away ? ((() => Promise.reject(new Error('away'))) as unknown as pg.Pool['query']) : undefined;
    const monitor = new StuckMonitor({ pool: query ? { query } : pool, timers, log, running: () => running });
    return { log, timers, monitor };
  };

  it('tells counts in one line, as a warning only where something is wrong', async () => {
    const [here, later] = [randomUUID(), await showtime('2 days')];
    await hold(later, 1, '-11 minutes');
    const { log, timers, monitor } = start([here]);
    await timers.fire();
    expect(monitor.found).toEqual({
      expiredHolds: 1,
      expiredHoldsHere: 0,
      purgedHolds: 0,
      bookingsWithoutSeats: 0,
      seatsWithoutBooking: 0,
    });
    await book(here, [1], []);
    await timers.fire();
    expect(log.lines.map(({ level }) => level)).toEqual(['info', 'warn']);
    expect(log.lines[1]?.fields).toMatchObject({ expiredHolds: 1, bookingsWithoutSeats: 1 });
    await monitor.stop();
    expect(timers.isWaiting).toBe(false);
  });

  it('goes on after a time without Postgres', async () => {
    const { log, timers, monitor } = start([], true);
    await timers.fire();
    await timers.fire();
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'warn']);
    await monitor.stop();
  });
});
