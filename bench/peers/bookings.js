/** Bookings of the peers that keep the house in memory: one insert each. */
import { randomUUID } from 'node:crypto';
import pg from 'pg';

const TABLES = `
  CREATE TABLE IF NOT EXISTS bookings (
    id uuid PRIMARY KEY,
    showtime_id uuid NOT NULL,
    holder text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS booking_seats (
    showtime_id uuid NOT NULL,
    seat_index integer NOT NULL,
    booking_id uuid NOT NULL REFERENCES bookings,
    PRIMARY KEY (showtime_id, seat_index)
  )`;

/** One round trip and one transaction: the booking and its seats. */
const INSERT = `
  WITH booking AS (
    INSERT INTO bookings (id, showtime_id, holder) VALUES ($1, $2, $3) RETURNING id, showtime_id
  )
  INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
  SELECT showtime_id, seat_index, id FROM booking, unnest($4::integer[]) AS seat_index`;

export class Bookings {
  #pool;

  constructor(databaseUrl) {
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 50 });
    this.#pool.on('error', (error) => console.error('an idle connection to Postgres broke:', error.message));
  }

  async createTables() {
    await this.#pool.query(TABLES);
  }

  /** @returns the id of the booking, once Postgres has it. */
  async insert(showtimeId, { holder, seats }) {
    const id = randomUUID();
    await this.#pool.query({ name: 'insert-booking', text: INSERT, values: [id, showtimeId, holder, seats] });
    return id;
  }

  async close() {
    await this.#pool.end();
  }
}
