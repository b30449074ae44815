/** What this design keeps in Postgres, which is everything. */
export const TABLES = `
  CREATE TABLE IF NOT EXISTS movies (id text PRIMARY KEY, title text NOT NULL);
  CREATE TABLE IF NOT EXISTS venues (id text PRIMARY KEY, name text NOT NULL, city text NOT NULL);
  CREATE TABLE IF NOT EXISTS halls (
    id text PRIMARY KEY,
    venue_id text NOT NULL REFERENCES venues,
    name text NOT NULL
  );
  CREATE TABLE IF NOT EXISTS showtimes (
    id uuid PRIMARY KEY,
    movie_id text NOT NULL REFERENCES movies,
    hall_id text NOT NULL REFERENCES halls,
    starts_at timestamptz NOT NULL,
    seat_map_hash text NOT NULL,
    seats integer NOT NULL,
    prices jsonb NOT NULL
  );
  CREATE INDEX IF NOT EXISTS showtimes_by_start ON showtimes (starts_at, id);
  CREATE TABLE IF NOT EXISTS holds (
    id uuid PRIMARY KEY,
    showtime_id uuid NOT NULL,
    holder text NOT NULL,
    seats integer[] NOT NULL,
    expires_at timestamptz NOT NULL
  );
  CREATE TABLE IF NOT EXISTS bookings (
    id uuid PRIMARY KEY,
    showtime_id uuid NOT NULL,
    holder text NOT NULL,
    seats integer[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE TABLE IF NOT EXISTS seats (
    showtime_id uuid NOT NULL,
    seat_index integer NOT NULL,
    hold_id uuid,
    held_until timestamptz,
    booking_id uuid REFERENCES bookings,
    PRIMARY KEY (showtime_id, seat_index)
  ) WITH (fillfactor = 70);
`;
