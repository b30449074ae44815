import type { Pool } from 'pg';

export interface Venue {
  readonly id: string;
  readonly name: string;
  readonly city: string;
}

export interface Hall {
  readonly id: string;
  readonly venueId: string;
  readonly name: string;
  /** The plan that showtimes made from now on will sell; earlier ones keep theirs. */
  readonly seatMapHash: string;
}

/** @returns false where the id is taken; that venue stays as it is. */
export async function addVenue(pool: Pool, venue: Venue): Promise<boolean> {
  const { rowCount } = await pool.query(
    'INSERT INTO usher.venues (id, name, city) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
    [venue.id, venue.name, venue.city],
  );
  return rowCount === 1;
}

/**
 * @returns false where the id is taken; that hall stays as it is.
 * @throws the driver's foreign-key error (23503) where the venue or the seat map does not exist.
 */
export async function addHall(pool: Pool, hall: Hall): Promise<boolean> {
  const { rowCount } = await pool.query(
    'INSERT INTO usher.halls (id, venue_id, name, seat_map_hash) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING',
    [hall.id, hall.venueId, hall.name, hall.seatMapHash],
  );
  return rowCount === 1;
}

export async function hallExists(pool: Pool, id: string): Promise<boolean> {
  const { rowCount } = await pool.query('SELECT FROM usher.halls WHERE id = $1', [id]);
  return rowCount === 1;
}
