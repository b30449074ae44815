-- A hall is rebuilt, and its seat map has versions. A showtime keeps the map that it was made with until somebody gives it a
-- newer one, and that moves no seat of anybody: decision 0030.

CREATE TABLE boxoffice.hall_versions (
  hall_id text NOT NULL REFERENCES boxoffice.halls ON DELETE CASCADE,
  number integer NOT NULL CHECK (number > 0),
  seat_map_hash text NOT NULL REFERENCES boxoffice.seat_maps,
  created_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (hall_id, number)
);

INSERT INTO boxoffice.hall_versions (hall_id, number, seat_map_hash) SELECT id, 1, seat_map_hash FROM boxoffice.halls;

-- Whoever changes the map of a hall makes a version of it, by hand too. The row of the hall is locked, so numbers have no
-- gaps and none is given twice.
CREATE FUNCTION boxoffice.note_hall_version() RETURNS trigger
LANGUAGE plpgsql SET search_path = boxoffice, pg_temp AS $$
BEGIN
  INSERT INTO hall_versions (hall_id, number, seat_map_hash)
  SELECT NEW.id, coalesce(max(v.number), 0) + 1, NEW.seat_map_hash FROM hall_versions v WHERE v.hall_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER note_first_version AFTER INSERT ON boxoffice.halls
  FOR EACH ROW EXECUTE FUNCTION boxoffice.note_hall_version();
CREATE TRIGGER note_hall_version AFTER UPDATE OF seat_map_hash ON boxoffice.halls
  FOR EACH ROW WHEN (OLD.seat_map_hash <> NEW.seat_map_hash) EXECUTE FUNCTION boxoffice.note_hall_version();

-- The seat map is among what a showtime is sold by: nodes notice a new version of the terms, and load the showtime again.
CREATE OR REPLACE FUNCTION boxoffice.count_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = boxoffice, pg_temp AS $$
BEGIN
  -- Holds and bookings are amounts in the currency of their showtime.
  IF NEW.currency <> OLD.currency THEN
    RAISE EXCEPTION 'showtime % keeps its currency', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  NEW.version := OLD.version + 1;
  IF (OLD.prices, OLD.ticket_types, OLD.rules, OLD.sales_open, OLD.sales_open_at, OLD.sales_close_at, OLD.starts_at,
      OLD.channels, OLD.cancelled_at, OLD.seat_map_hash)
     IS DISTINCT FROM
     (NEW.prices, NEW.ticket_types, NEW.rules, NEW.sales_open, NEW.sales_open_at, NEW.sales_close_at, NEW.starts_at,
      NEW.channels, NEW.cancelled_at, NEW.seat_map_hash) THEN
    NEW.terms_version := OLD.terms_version + 1;
  END IF;
  RETURN NEW;
END $$;
