-- What is sold: movies in halls at times. Small, read often, written by people.
CREATE SCHEMA IF NOT EXISTS usher;

CREATE TABLE usher.movies (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,80}$'),
  title text NOT NULL,
  year integer NOT NULL CHECK (year BETWEEN 1880 AND 2200),
  runtime_minutes integer NOT NULL CHECK (runtime_minutes > 0),
  director text NOT NULL,
  genres text[] NOT NULL,
  synopsis text NOT NULL
);

CREATE TABLE usher.venues (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,80}$'),
  name text NOT NULL,
  city text NOT NULL
);

-- Content-addressed: the hash is the SHA-256 of the document, so a row never changes.
CREATE TABLE usher.seat_maps (
  hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
  seats integer NOT NULL CHECK (seats > 0),
  document json NOT NULL
);

CREATE TABLE usher.halls (
  id text PRIMARY KEY CHECK (id ~ '^[a-z0-9-]{1,80}$'),
  venue_id text NOT NULL REFERENCES usher.venues,
  name text NOT NULL,
  seat_map_hash text NOT NULL REFERENCES usher.seat_maps
);

-- The hash is copied from the hall when the showtime is made: a hall that is rebuilt later must not move sold seats.
CREATE TABLE usher.showtimes (
  id uuid PRIMARY KEY,
  movie_id text NOT NULL REFERENCES usher.movies,
  hall_id text NOT NULL REFERENCES usher.halls,
  seat_map_hash text NOT NULL REFERENCES usher.seat_maps,
  starts_at timestamptz NOT NULL,
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  -- Category name to minor units of the currency.
  prices jsonb NOT NULL CHECK (jsonb_typeof(prices) = 'object'),
  -- What differs from the node's default rules; see HouseRules.
  rules jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(rules) = 'object'),
  sales_open boolean NOT NULL DEFAULT true
);
CREATE INDEX showtimes_starts_at ON usher.showtimes (starts_at);
CREATE INDEX showtimes_movie ON usher.showtimes (movie_id, starts_at);
