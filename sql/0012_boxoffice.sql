-- The catalogue has a schema of its own: `boxoffice` is what people edit, `usher` is the journal that only functions write.
-- The two can be granted apart. Nothing in the journal refers to the catalogue by foreign key: see 0002_journal.sql.
CREATE SCHEMA boxoffice;

ALTER TABLE usher.movies SET SCHEMA boxoffice;
ALTER TABLE usher.venues SET SCHEMA boxoffice;
ALTER TABLE usher.seat_maps SET SCHEMA boxoffice;
ALTER TABLE usher.halls SET SCHEMA boxoffice;
ALTER TABLE usher.showtimes SET SCHEMA boxoffice;

-- `version` rises with every update of a row. It is the row's ETag: two people who edit the same row cannot overwrite each
-- other's work unseen.
ALTER TABLE boxoffice.movies
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  -- NULL: the title is the original one.
  ADD COLUMN original_title text,
  ADD COLUMN poster_url text,
  -- The age rating as it is printed, such as `FSK 12` or `PG-13`.
  ADD COLUMN rating text,
  -- BCP 47 tags of what is spoken.
  ADD COLUMN languages text[] NOT NULL DEFAULT '{}',
  ADD COLUMN release_date date;

ALTER TABLE boxoffice.venues
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  ADD COLUMN address text NOT NULL DEFAULT '';

ALTER TABLE boxoffice.halls
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  -- Between the end of one showtime and the start of the next: people leave, the hall is cleaned, people come in.
  ADD COLUMN turnaround_minutes integer NOT NULL DEFAULT 20 CHECK (turnaround_minutes BETWEEN 0 AND 1440);

ALTER TABLE boxoffice.showtimes
  ADD COLUMN version bigint NOT NULL DEFAULT 1,
  -- How long the hall is taken, advertisements and intervals included. NULL: as long as the movie runs.
  ADD COLUMN duration_minutes integer CHECK (duration_minutes BETWEEN 1 AND 1440),
  -- NULL: sales end `salesGraceMs` after the start, by the rules of the showtime or of the node.
  ADD COLUMN sales_close_at timestamptz(3),
  -- An array of objects, the ordinary type first: see src/boxoffice/catalogue/ticket-types.ts. Empty: all pay `prices`.
  ADD COLUMN ticket_types jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(ticket_types) = 'array'),
  -- Names of the channels that may sell. Empty: all of them.
  ADD COLUMN channels text[] NOT NULL DEFAULT '{}',
  -- A showtime that somebody has booked is cancelled and stays; NULL: it takes place.
  ADD COLUMN cancelled_at timestamptz(3),
  ADD COLUMN cancel_reason text;

CREATE INDEX halls_venue ON boxoffice.halls (venue_id);
-- For overlaps, which are looked for a hall at a time.
CREATE INDEX showtimes_hall ON boxoffice.showtimes (hall_id, starts_at);

CREATE FUNCTION boxoffice.count_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = boxoffice, pg_temp AS $$
BEGIN
  NEW.version := OLD.version + 1;
  RETURN NEW;
END $$;
CREATE TRIGGER count_version BEFORE UPDATE ON boxoffice.movies
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON boxoffice.venues
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_version();
CREATE TRIGGER count_version BEFORE UPDATE ON boxoffice.halls
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_version();

-- Replaces the function of 0007_terms.sql: its trigger went with the table.
DROP TRIGGER count_terms ON boxoffice.showtimes;
DROP FUNCTION usher.count_terms();
CREATE FUNCTION boxoffice.count_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = boxoffice, pg_temp AS $$
BEGIN
  -- Holds and bookings are amounts in the currency of their showtime.
  IF NEW.currency <> OLD.currency THEN
    RAISE EXCEPTION 'showtime % keeps its currency', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  NEW.version := OLD.version + 1;
  IF (OLD.prices, OLD.ticket_types, OLD.rules, OLD.sales_open, OLD.sales_open_at, OLD.sales_close_at, OLD.starts_at,
      OLD.channels, OLD.cancelled_at)
     IS DISTINCT FROM
     (NEW.prices, NEW.ticket_types, NEW.rules, NEW.sales_open, NEW.sales_open_at, NEW.sales_close_at, NEW.starts_at,
      NEW.channels, NEW.cancelled_at) THEN
    NEW.terms_version := OLD.terms_version + 1;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER count_terms BEFORE UPDATE ON boxoffice.showtimes
  FOR EACH ROW EXECUTE FUNCTION boxoffice.count_terms();
