/**
 * The verdict is Postgres': what the clients were told is held against the rows of the journal, not against what the
 * server says of itself. It knows nothing of how the server works, only what its promises mean in tables.
 */
import type { Pool } from 'pg';
import { AVAILABLE, BLOCKED, BOOKED, HELD } from '../load/house-view.js';
import type { ClaimedBooking, ClaimedHold, Claims } from './witness.js';

export type ViolationKind =
  | 'sold_twice'
  | 'booked_seat_without_row'
  | 'seat_row_without_booking'
  | 'held_and_booked'
  | 'booking_lost'
  | 'hold_lost'
  | 'reference_told_twice'
  | 'seat_promised_twice'
  | 'booked_though_refused'
  | 'hold_nobody_knows';

export interface Violation {
  readonly kind: ViolationKind;
  readonly detail: string;
}

export interface Verdict {
  readonly violations: readonly Violation[];
  /** Status code by seat index, as the tables have it. */
  readonly truth: Uint8Array;
  readonly confirmedBookings: number;
  readonly soldSeats: number;
  /** How many acknowledged bookings and holds were looked up. */
  readonly bookingsChecked: number;
  readonly holdsChecked: number;
}

interface BookingRow {
  readonly id: string;
  readonly reference: string;
  readonly holder: string;
  readonly hold_id: string;
  readonly seats: readonly number[];
}

interface HoldRow {
  readonly hold_id: string;
  readonly holder: string;
  readonly seat_index: number;
  /** Milliseconds since 1970. */
  readonly expires_at: number;
}

interface Journal {
  readonly bookings: readonly BookingRow[];
  readonly sold: ReadonlyMap<number, string>;
  readonly held: readonly HoldRow[];
  readonly blocked: readonly number[];
  /** Milliseconds since 1970, of the database. */
  readonly now: number;
}

/** A hold this close to its end may be gone: the server's clock may be that much ahead of Postgres'. */
const EXPIRY_SLACK_MS = 500;

/**
 * Reads one showtime in one snapshot of the database and lists everything that contradicts the promises or the claims.
 * @param labels seat labels by index.
 */
export async function judge(
  pool: Pool,
  showtimeId: string,
  labels: readonly string[],
  claims: Claims,
): Promise<Verdict> {
  const journal = await readJournal(pool, showtimeId);
  const name = (seat: number) => labels[seat] ?? `#${seat}`;
  const holds = claims.holds.filter((hold) => hold.expiresAt > journal.now + EXPIRY_SLACK_MS);
  return {
    violations: [
      ...sales(journal, name),
      ...bookingClaims(journal, claims.bookings, name),
      ...denials(journal, claims.deniedHolds),
      ...unknownHolds(journal, claims, name),
      ...holdClaims(journal, holds, name),
    ],
    truth: truthOf(journal, labels.length),
    confirmedBookings: journal.bookings.length,
    soldSeats: journal.sold.size,
    bookingsChecked: claims.bookings.length,
    holdsChecked: holds.length,
  };
}

async function readJournal(pool: Pool, showtimeId: string): Promise<Journal> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const bookings = await client.query<BookingRow>(
      `SELECT id, reference, holder, hold_id, seats FROM usher.bookings WHERE showtime_id = $1 AND status = 'confirmed'`,
      [showtimeId],
    );
    const sold = await client.query<{ seat_index: number; booking_id: string }>(
      'SELECT seat_index, booking_id FROM usher.booking_seats WHERE showtime_id = $1',
      [showtimeId],
    );
    const held = await client.query<HoldRow>(
      `SELECT hold_id, holder, seat_index, (extract(epoch FROM expires_at) * 1000)::float8 AS expires_at
         FROM usher.hold_seats WHERE showtime_id = $1`,
      [showtimeId],
    );
    const blocked = await client.query<{ seat_index: number }>(
      'SELECT seat_index FROM usher.blocked_seats WHERE showtime_id = $1',
      [showtimeId],
    );
    const clock = await client.query<{ now: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now',
    );
    await client.query('COMMIT');
    return {
      bookings: bookings.rows,
      sold: new Map(sold.rows.map((row) => [row.seat_index, row.booking_id])),
      held: held.rows,
      blocked: blocked.rows.map((row) => row.seat_index),
      now: clock.rows[0]?.now ?? 0,
    };
  } finally {
    client.release();
  }
}

/** Every seat of every confirmed booking is sold once, and both tables of the sale agree. */
function sales({ bookings, sold, held }: Journal, name: (seat: number) => string): Violation[] {
  const violations: Violation[] = [];
  const soldTo = new Map<number, BookingRow>();
  for (const booking of bookings) {
    for (const seat of booking.seats) {
      const first = soldTo.get(seat);
      if (first) {
        const detail = `${name(seat)} is in the confirmed bookings ${first.reference} and ${booking.reference}.`;
        violations.push({ kind: 'sold_twice', detail });
      } else {
        soldTo.set(seat, booking);
      }
      if (sold.get(seat) !== booking.id) {
        const detail = `${name(seat)} of booking ${booking.reference} has no row of its own in booking_seats.`;
        violations.push({ kind: 'booked_seat_without_row', detail });
      }
    }
  }
  for (const [seat, bookingId] of sold) {
    if (soldTo.has(seat)) continue;
    const detail = `${name(seat)} is in booking_seats for ${bookingId}, which is no confirmed booking of it.`;
    violations.push({ kind: 'seat_row_without_booking', detail });
  }
  for (const { seat_index: seat } of held) {
    if (sold.has(seat)) violations.push({ kind: 'held_and_booked', detail: `${name(seat)} is both held and booked.` });
  }
  return violations;
}

/** Nobody cancels in a rush, so every booking that a client was told of stands, as told. */
function bookingClaims(
  { bookings }: Journal,
  claims: readonly ClaimedBooking[],
  name: (seat: number) => string,
): Violation[] {
  const violations: Violation[] = [];
  const rows = new Map(bookings.map((booking) => [booking.id, booking]));
  const byReference = new Map<string, string>();
  const bySeat = new Map<string, string>();
  for (const claim of claims) {
    const row = rows.get(claim.bookingId);
    const seats = row?.seats.map(name);
    const asTold = row?.reference === claim.reference && row.holder === claim.holder && sameSet(seats, claim.seats);
    if (!asTold) {
      const found = row ? `it has ${seats?.join(', ')} as ${row.reference} for ${row.holder}` : 'it has none';
      const detail = `A client has booking ${claim.reference} of ${claim.seats.join(', ')}; Postgres: ${found}.`;
      violations.push({ kind: 'booking_lost', detail });
    }
    if (byReference.has(claim.reference)) {
      violations.push({ kind: 'reference_told_twice', detail: `Two bookings were told as ${claim.reference}.` });
    }
    byReference.set(claim.reference, claim.bookingId);
    for (const seat of claim.seats) {
      if (bySeat.has(seat)) {
        const detail = `${seat} was told to be in ${bySeat.get(seat)} and in ${claim.reference}.`;
        violations.push({ kind: 'seat_promised_twice', detail });
      }
      bySeat.set(seat, claim.reference);
    }
  }
  return violations;
}

/** A booking whose client was told no: a command that was sent again did not get its first outcome. */
function denials({ bookings }: Journal, deniedHolds: readonly string[]): Violation[] {
  const denied = new Set(deniedHolds);
  return bookings
    .filter((booking) => denied.has(booking.hold_id))
    .map(({ reference, hold_id: holdId }): Violation => {
      const detail = `Hold ${holdId} could not be booked, its client was told; Postgres has it booked as ${reference}.`;
      return { kind: 'booked_though_refused', detail };
    });
}

/** Claims are of holds that no command was ending, so only their time could have ended them. */
function holdClaims({ held }: Journal, claims: readonly ClaimedHold[], name: (seat: number) => string): Violation[] {
  const rows = new Map<string, { holder: string; seats: string[] }>();
  for (const { hold_id: id, holder, seat_index: seat } of held) {
    const row = rows.get(id) ?? { holder, seats: [] };
    row.seats.push(name(seat));
    rows.set(id, row);
  }
  const violations: Violation[] = [];
  for (const claim of claims) {
    const row = rows.get(claim.holdId);
    if (row?.holder === claim.holder && sameSet(row.seats, claim.seats)) continue;
    const found = row ? `it has ${row.seats.join(', ')} for ${row.holder}` : 'it has none';
    const detail = `A client has hold ${claim.holdId} of ${claim.seats.join(', ')}; Postgres: ${found}.`;
    violations.push({ kind: 'hold_lost', detail });
  }
  return violations;
}

/** A live hold of somebody who was told of none such: a command that took effect twice, or a release that did not. */
function unknownHolds({ held, now }: Journal, claims: Claims, name: (seat: number) => string): Violation[] {
  const answered = new Set(claims.answeredHolders);
  const known = new Set(claims.holds.map((hold) => hold.holdId));
  return held
    .filter((row) => answered.has(row.holder) && !known.has(row.hold_id) && row.expires_at > now)
    .map(({ hold_id: holdId, holder, seat_index: seat }): Violation => {
      const detail = `${name(seat)} is in hold ${holdId} of ${holder}, who was told of no such hold.`;
      return { kind: 'hold_nobody_knows', detail };
    });
}

function truthOf({ sold, held, blocked }: Journal, count: number): Uint8Array {
  const truth = new Uint8Array(count).fill(AVAILABLE);
  for (const { seat_index: seat } of held) truth[seat] = HELD;
  for (const seat of blocked) truth[seat] = BLOCKED;
  for (const seat of sold.keys()) truth[seat] = BOOKED;
  return truth;
}

function sameSet(found: readonly string[] | undefined, told: readonly string[]): boolean {
  return found !== undefined && found.length === told.length && told.every((seat) => found.includes(seat));
}
