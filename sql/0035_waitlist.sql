-- Who waits for seats of a showtime. The owner of the showtime decides who is offered what, and its journal has the holds; this is
-- the record of the line, and of what people were told.

-- One row a showtime that somebody ever waited for. Whoever changes its line locks it.
CREATE TABLE boxoffice.waitlists (
  showtime_id uuid PRIMARY KEY REFERENCES boxoffice.showtimes (id) ON DELETE CASCADE,
  -- The last place in its line that was given out.
  places integer NOT NULL DEFAULT 0 CHECK (places >= 0),
  -- When its line was last compared with what its owner knows.
  checked_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  -- Whether anybody waits or is offered something: only then it has to be compared.
  is_open boolean NOT NULL DEFAULT true
);
CREATE INDEX waitlists_to_check ON boxoffice.waitlists (checked_at) WHERE is_open;

CREATE TABLE boxoffice.waitlist_entries (
  id uuid PRIMARY KEY,
  showtime_id uuid NOT NULL REFERENCES boxoffice.waitlists (showtime_id) ON DELETE CASCADE,
  holder text NOT NULL,
  account_id uuid REFERENCES boxoffice.accounts (id) ON DELETE SET NULL,
  email text NOT NULL,
  -- Of the mails: a language tag of BCP 47.
  locale text NOT NULL,
  -- {seats} or {count, category, zone, together}.
  wish jsonb NOT NULL CHECK (jsonb_typeof(wish) = 'object'),
  -- taken: the offer was booked. declined: its holder released it. lapsed: nobody took it in time. left: before any offer.
  -- closed: sales ended before there was one.
  state text NOT NULL DEFAULT 'waiting'
    CHECK (state IN ('waiting', 'offered', 'taken', 'declined', 'lapsed', 'left', 'closed')),
  -- Of the hold that it is offered, made before any owner can use it.
  hold_id uuid NOT NULL UNIQUE,
  seats text[] NOT NULL DEFAULT '{}',
  -- In the line. Given out under the lock of the showtime's row: whoever reads the line under it knows of every place up to the last.
  place integer NOT NULL CHECK (place > 0),
  joined_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  offered_at timestamptz(3),
  offer_until timestamptz(3),
  ended_at timestamptz(3),
  UNIQUE (showtime_id, place),
  CHECK ((ended_at IS NULL) = (state IN ('waiting', 'offered')))
);
CREATE INDEX waitlist_entries_line ON boxoffice.waitlist_entries (showtime_id, place) WHERE state IN ('waiting', 'offered');
CREATE INDEX waitlist_entries_holder ON boxoffice.waitlist_entries (holder, joined_at, id);
CREATE INDEX waitlist_entries_ended_at ON boxoffice.waitlist_entries (ended_at) WHERE ended_at IS NOT NULL;
