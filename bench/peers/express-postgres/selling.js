/** Holding and booking by row locks: whoever has locked the rows of the seats decides about them. */
import { randomUUID } from 'node:crypto';

const HOLD_TTL_MS = 5 * 60_000;

/** In the order of the index, so that two transactions that want the same seats wait and do not deadlock. */
const lockSeats = {
  name: 'lock-seats',
  text: `
    SELECT booking_id IS NULL AND (held_until IS NULL OR held_until <= now()) AS free
      FROM seats
     WHERE showtime_id = $1 AND seat_index = ANY ($2)
     ORDER BY seat_index
       FOR UPDATE`,
};
const insertHold = {
  name: 'insert-hold',
  text: 'INSERT INTO holds (id, showtime_id, holder, seats, expires_at) VALUES ($1, $2, $3, $4, $5)',
};
const markHeld = {
  name: 'mark-held',
  text: 'UPDATE seats SET hold_id = $3, held_until = $4 WHERE showtime_id = $1 AND seat_index = ANY ($2)',
};
/** One that is in an order is neither given back nor booked without it. */
export const lockHold = {
  name: 'lock-hold',
  text: `
    SELECT showtime_id, holder, seats
      FROM holds
     WHERE id = $1 AND expires_at > now() AND order_id IS NULL
       FOR UPDATE`,
};
const deleteHold = { name: 'delete-hold', text: 'DELETE FROM holds WHERE id = $1' };
const insertBooking = {
  name: 'insert-booking',
  text: 'INSERT INTO bookings (id, showtime_id, holder, seats) VALUES ($1, $2, $3, $4)',
};
const markBooked = {
  name: 'mark-booked',
  text: `
    UPDATE seats SET booking_id = $3, hold_id = NULL, held_until = NULL
     WHERE showtime_id = $1 AND seat_index = ANY ($2)`,
};
/** By the primary key, with what the hold itself says of its seats: needs no index of its own. */
const markFree = {
  name: 'mark-free',
  text: `
    UPDATE seats SET hold_id = NULL, held_until = NULL
     WHERE showtime_id = $1 AND seat_index = ANY ($2) AND hold_id = $3`,
};

/** @returns the hold, or undefined where one of the seats is taken or does not exist. */
export function hold(pool, showtimeId, seats, holder) {
  return inTransaction(pool, async (client) => {
    if (!(await takeSeats(client, showtimeId, seats))) return undefined;
    const holdId = randomUUID();
    const expiresAt = new Date(Date.now() + HOLD_TTL_MS);
    await client.query({ ...insertHold, values: [holdId, showtimeId, holder, seats, expiresAt] });
    await client.query({ ...markHeld, values: [showtimeId, seats, holdId, expiresAt] });
    return { holdId, expiresAt: expiresAt.getTime() };
  });
}

/** @returns whether there was such a hold. */
export function release(pool, showtimeId, holdId) {
  return inTransaction(pool, async (client) => {
    const held = await takeHold(client, showtimeId, holdId);
    if (!held) return undefined;
    await client.query({ ...markFree, values: [showtimeId, held.seats, holdId] });
    return true;
  });
}

/** @returns the id of the booking, or undefined where there is no such hold. */
export function book(pool, showtimeId, holdId) {
  return inTransaction(pool, async (client) => {
    const held = await takeHold(client, showtimeId, holdId);
    return held && (await sell(client, showtimeId, held.seats, held.holder));
  });
}

/** Both at once, for who wants no time to think. @returns the id of the booking, or undefined: a seat is taken. */
export function buy(pool, showtimeId, seats, holder) {
  return inTransaction(pool, async (client) => {
    if (!(await takeSeats(client, showtimeId, seats))) return undefined;
    return await sell(client, showtimeId, seats, holder);
  });
}

async function takeSeats(client, showtimeId, seats) {
  const { rows } = await client.query({ ...lockSeats, values: [showtimeId, seats] });
  return rows.length === seats.length && rows.every(({ free }) => free);
}

async function takeHold(client, showtimeId, holdId) {
  const { rows } = await client.query({ ...lockHold, values: [holdId] });
  const held = rows.find((hold) => hold.showtime_id === showtimeId);
  if (held) await client.query({ ...deleteHold, values: [holdId] });
  return held;
}

async function sell(client, showtimeId, seats, holder) {
  const bookingId = randomUUID();
  await client.query({ ...insertBooking, values: [bookingId, showtimeId, holder, seats] });
  await client.query({ ...markBooked, values: [showtimeId, seats, bookingId] });
  return bookingId;
}

/** Commits what the work answers, and rolls back where it answers undefined: that is a refusal. */
export async function inTransaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const answer = await work(client);
    await client.query(answer === undefined ? 'ROLLBACK' : 'COMMIT');
    client.release();
    return answer;
  } catch (error) {
    // Not given back to the pool: nobody knows what state it is in.
    client.release(error);
    throw error;
  }
}
