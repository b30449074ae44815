import type pg from 'pg';

/** Each seat that Postgres says is taken, and by what: `hold <id>` or `booking <id>`, with its holder. */
export async function committedSeats(pool: pg.Pool, showtimeId: string): Promise<Map<number, string>> {
  const { rows } = await pool.query<{ seat: number; taker: string }>(
    `SELECT seat_index AS seat, 'hold ' || hold_id || ' ' || holder AS taker
       FROM usher.hold_seats WHERE showtime_id = $1
     UNION ALL
     SELECT s.seat_index, 'booking ' || b.id || ' ' || b.holder
       FROM usher.booking_seats s JOIN usher.bookings b ON b.id = s.booking_id WHERE s.showtime_id = $1`,
    [showtimeId],
  );
  const taken = new Map<number, string>();
  for (const { seat, taker } of rows) {
    const other = taken.get(seat);
    if (other !== undefined) throw new Error(`Seat ${seat} is taken twice: ${other} and ${taker}.`);
    taken.set(seat, taker);
  }
  return taken;
}

/** The seats of confirmed bookings, by what the bookings themselves say; one that is sold twice throws. */
export async function bookedSeats(pool: pg.Pool, showtimeId: string): Promise<Map<number, string>> {
  const { rows } = await pool.query<{ id: string; seats: number[] }>(
    "SELECT id, seats FROM usher.bookings WHERE showtime_id = $1 AND status = 'confirmed'",
    [showtimeId],
  );
  const sold = new Map<number, string>();
  for (const { id, seats } of rows) {
    for (const seat of seats) {
      if (sold.has(seat)) throw new Error(`Seat ${seat} is sold twice: ${sold.get(seat)} and ${id}.`);
      sold.set(seat, id);
    }
  }
  return sold;
}
