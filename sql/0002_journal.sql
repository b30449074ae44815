-- The write-ahead of the houses. Three things write here: usher.commit_batch, under the owner's epoch;
-- usher.claim_showtime, which raises that epoch and clears holds that have ended; and the purge of old results. None of
-- them writes a row of an unknown showtime, so these tables carry no foreign keys: each would cost a look-up and a row
-- lock a seat on the hot path.

-- The fence. Narrow and sparsely filled, so that bumping an epoch and locking a row stay within one page.
CREATE TABLE usher.showtime_owners (
  showtime_id uuid PRIMARY KEY,
  epoch bigint NOT NULL CHECK (epoch > 0),
  node text NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);

-- One row a held seat. Every flush rewrites some; half-empty pages let most of that happen in place.
CREATE TABLE usher.hold_seats (
  showtime_id uuid NOT NULL,
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  hold_id uuid NOT NULL,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL,
  extensions integer NOT NULL CHECK (extensions >= 0),
  PRIMARY KEY (showtime_id, seat_index)
) WITH (fillfactor = 50);

CREATE TABLE usher.bookings (
  id uuid PRIMARY KEY,
  showtime_id uuid NOT NULL,
  reference text NOT NULL UNIQUE,
  holder text NOT NULL,
  -- The hold that became this booking, and the command that asked for it: a replay of it is answered from here.
  hold_id uuid NOT NULL,
  command_id uuid NOT NULL,
  seats integer[] NOT NULL CHECK (cardinality(seats) > 0),
  amount bigint NOT NULL CHECK (amount >= 0),
  currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  payment_method text NOT NULL,
  status text NOT NULL CHECK (status IN ('confirmed', 'cancelled')),
  confirmed_at timestamptz NOT NULL,
  cancelled_at timestamptz,
  CHECK ((status = 'cancelled') = (cancelled_at IS NOT NULL)),
  UNIQUE (showtime_id, holder, command_id)
);

-- The last guard of the first promise: no seat is sold twice.
CREATE TABLE usher.booking_seats (
  showtime_id uuid NOT NULL,
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  booking_id uuid NOT NULL,
  PRIMARY KEY (showtime_id, seat_index)
);

CREATE TABLE usher.blocked_seats (
  showtime_id uuid NOT NULL,
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  reason text NOT NULL,
  PRIMARY KEY (showtime_id, seat_index)
);

-- What each command that took effect was answered, for replays after a restart. Bookings are their own record.
CREATE TABLE usher.command_results (
  showtime_id uuid NOT NULL,
  holder text NOT NULL,
  command_id uuid NOT NULL,
  result json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (showtime_id, holder, command_id)
);
CREATE INDEX command_results_created_at ON usher.command_results USING brin (created_at);

-- One row a life of a node: the number of the last batch that it committed. See usher.commit_batch.
CREATE TABLE usher.writers (
  id uuid PRIMARY KEY,
  batch bigint NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50);
