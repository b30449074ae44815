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

-- Gives a showtime another seat map, under the fence. `replaced` are the seats, by index, that are another seat in the new
-- map or none: nothing on record may speak of one. `altered` are those that stay and are of another category or kind now:
-- nobody may hold them, nor may they be sold or blocked.
--
-- The owner row is locked first, so every flush has either been committed, and is seen here, or waits and is fenced, because
-- the epoch rises with the new map. An owner that runs ends, and what loads the showtime next reads the new map.
--
-- `outcome`: 'taken'; 'stale', where the showtime has not the map `from_hash`; 'in use', with the seats and why.
CREATE FUNCTION usher.take_seat_map(
  showtime uuid, from_hash text, to_hash text, replaced integer[], altered integer[],
  OUT outcome text, OUT seats integer[], OUT whys text[]
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  acts integer[] := '{}';
BEGIN
  PERFORM FROM boxoffice.showtimes s WHERE s.id = showtime AND s.seat_map_hash = from_hash FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'stale';
    RETURN;
  END IF;
  PERFORM FROM showtime_owners o WHERE o.showtime_id = showtime FOR UPDATE;

  -- Acts of staff name seats by index for ever. A server of an earlier version has no such table.
  IF to_regclass('usher.seat_acts') IS NOT NULL THEN
    EXECUTE 'SELECT coalesce(array_agg(DISTINCT a.seat), ''{}'')
               FROM (SELECT unnest(seats || coalesce(from_seats, ''{}'')) AS seat FROM usher.seat_acts
                      WHERE showtime_id = $1) AS a'
       INTO acts USING showtime;
  END IF;

  SELECT array_agg(used.seat ORDER BY used.seat), array_agg(used.why ORDER BY used.seat) INTO seats, whys FROM (
    SELECT DISTINCT ON (on_record.seat) on_record.seat, on_record.why FROM (
      SELECT b.seat_index AS seat, 'booked' AS why, 1 AS rank FROM booking_seats b
       WHERE b.showtime_id = showtime AND b.seat_index = ANY (replaced || altered)
      UNION ALL
      SELECT h.seat_index, 'held', 2 FROM hold_seats h
       WHERE h.showtime_id = showtime AND h.seat_index = ANY (replaced || altered)
         AND h.expires_at > clock_timestamp()
      UNION ALL
      SELECT x.seat_index, 'blocked', 3 FROM blocked_seats x
       WHERE x.showtime_id = showtime AND x.seat_index = ANY (replaced || altered)
      UNION ALL
      SELECT past.seat, 'booked before', 4 FROM bookings b CROSS JOIN unnest(b.seats) AS past (seat)
       WHERE b.showtime_id = showtime AND past.seat = ANY (replaced)
      UNION ALL
      SELECT act.seat, 'in the history', 5 FROM unnest(acts) AS act (seat) WHERE act.seat = ANY (replaced)
      UNION ALL
      -- What a command was answered is answered again to a retry, with the labels that these indexes have then.
      SELECT (answered.seat #>> '{}')::integer, 'answered', 6
        FROM command_results c CROSS JOIN jsonb_path_query(c.results::jsonb, '$.**.seats[*]') AS answered (seat)
       WHERE c.showtime_id = showtime AND jsonb_typeof(answered.seat) = 'number'
         AND (answered.seat #>> '{}')::integer = ANY (replaced)
    ) AS on_record ORDER BY on_record.seat, on_record.rank
  ) AS used;
  IF seats IS NOT NULL THEN
    outcome := 'in use';
    RETURN;
  END IF;

  UPDATE showtime_owners o SET epoch = o.epoch + 1, claimed_at = clock_timestamp() WHERE o.showtime_id = showtime;
  UPDATE boxoffice.showtimes s SET seat_map_hash = to_hash WHERE s.id = showtime;
  outcome := 'taken';
END $$;
