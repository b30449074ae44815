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
    expires_at timestamptz NOT NULL,
    order_id uuid
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
  CREATE TABLE IF NOT EXISTS orders (
    id uuid PRIMARY KEY,
    hold_id uuid NOT NULL UNIQUE,
    showtime_id uuid NOT NULL,
    holder text NOT NULL,
    state text NOT NULL,
    total bigint NOT NULL,
    currency text NOT NULL,
    booking_id uuid REFERENCES bookings,
    created_at timestamptz NOT NULL DEFAULT now(),
    fulfilled_at timestamptz
  ) WITH (fillfactor = 70);
  CREATE TABLE IF NOT EXISTS order_lines (
    order_id uuid NOT NULL REFERENCES orders,
    line integer NOT NULL,
    seat_index integer NOT NULL,
    price bigint NOT NULL,
    PRIMARY KEY (order_id, line)
  );
  CREATE TABLE IF NOT EXISTS payments (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    provider text NOT NULL,
    provider_ref text,
    state text NOT NULL,
    amount bigint NOT NULL,
    currency text NOT NULL,
    received bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    settled_at timestamptz
  ) WITH (fillfactor = 70);
  CREATE INDEX IF NOT EXISTS payments_of_order ON payments (order_id);
  CREATE TABLE IF NOT EXISTS tickets (
    id uuid PRIMARY KEY,
    order_id uuid NOT NULL REFERENCES orders,
    line integer NOT NULL,
    booking_id uuid NOT NULL REFERENCES bookings,
    showtime_id uuid NOT NULL,
    seat_index integer NOT NULL,
    issued_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (order_id, line)
  );
  CREATE TABLE IF NOT EXISTS outbox (
    id bigserial PRIMARY KEY,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;
