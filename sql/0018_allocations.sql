-- Seats that one channel alone sells, until some moment. Decision 0035.

-- Whatever the seat is otherwise: one that is held or booked keeps its allocation, and goes back to it. Ended ones are deleted,
-- by the owner of the showtime, like a hold.
CREATE TABLE usher.seat_allocations (
  showtime_id uuid NOT NULL,
  seat_index integer NOT NULL CHECK (seat_index >= 0),
  channel text NOT NULL CHECK (channel IN ('web', 'walk_in', 'pos', 'partner')),
  -- NULL: until somebody ends it.
  until timestamptz(3),
  reason text NOT NULL,
  allocated_by text NOT NULL,
  allocated_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (showtime_id, seat_index)
);

-- The last batch of the writer that had allocations: what makes the functions below write once.
ALTER TABLE usher.writers ADD COLUMN allocated_batch bigint NOT NULL DEFAULT 0;

-- Until now these were names that nothing went by.
UPDATE boxoffice.showtimes
   SET channels = ARRAY(SELECT c FROM unnest(channels) AS c WHERE c IN ('web', 'walk_in', 'pos', 'partner'))
 WHERE NOT channels <@ ARRAY['web', 'walk_in', 'pos', 'partner'];
ALTER TABLE boxoffice.showtimes ADD CHECK (channels <@ ARRAY['web', 'walk_in', 'pos', 'partner']);

-- Writes the allocations of a batch, in the transaction of usher.commit_batch and after it: `fenced` and `behind` are what that
-- said, and its row locks still hold off a take-over. A batch that comes again writes nothing. So does a first try that lingers:
-- its number is given to no other batch, and later ones come only after it was acknowledged.
--
-- `rows`: { showtime (its ordinal), seats, channel (null: they have none any more), until_ms, reason, allocated_by }.
CREATE FUNCTION usher.write_allocations(
  writer_id uuid, batch_number bigint, showtimes uuid[], fenced integer[], behind bigint, rows json
) RETURNS boolean LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  IF behind IS NOT NULL THEN
    RETURN false;
  END IF;
  UPDATE writers w SET allocated_batch = batch_number WHERE w.id = writer_id AND w.allocated_batch < batch_number;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  DELETE FROM seat_allocations a
   USING json_to_recordset(rows) AS r (showtime integer, seats json, channel text),
         json_array_elements_text(r.seats) AS s (seat)
   WHERE r.channel IS NULL AND r.showtime <> ALL (fenced)
     AND a.showtime_id = showtimes[r.showtime] AND a.seat_index = s.seat::integer;
  INSERT INTO seat_allocations AS a (showtime_id, seat_index, channel, until, reason, allocated_by)
  SELECT showtimes[r.showtime], s.seat::integer, r.channel, to_timestamp(r.until_ms / 1000), r.reason, r.allocated_by
    FROM json_to_recordset(rows)
           AS r (showtime integer, seats json, channel text, until_ms float8, reason text, allocated_by text),
         json_array_elements_text(r.seats) AS s (seat)
   WHERE r.channel IS NOT NULL AND r.showtime <> ALL (fenced)
  ON CONFLICT (showtime_id, seat_index) DO UPDATE
    SET channel = excluded.channel, until = excluded.until, reason = excluded.reason, allocated_by = excluded.allocated_by,
        allocated_at = excluded.allocated_at;
  RETURN true;
END $$;

-- Writes again the allocations that a node remembers, in the transaction of usher.restore_showtime and after it: `behind`,
-- `done` and `done_epoch` are what that said. Where it found nothing missing and an allocation was, the showtime is taken over
-- here, so that whoever has it loads it once more. An allocation is nobody's own, and so never among the losses: on a seat that
-- was sold meanwhile it waits until the seat is free again.
CREATE FUNCTION usher.restore_allocations(
  writer_id uuid, batch_number bigint, node_name text, showtime uuid, from_epoch bigint, is_whole boolean, known json,
  behind bigint, done text, done_epoch bigint,
  OUT outcome text, OUT present_epoch bigint
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  present integer := timeline();
  o showtime_owners;
  changed bigint := 0;
  n bigint;
BEGIN
  outcome := done;
  present_epoch := done_epoch;
  IF behind IS NOT NULL OR done = 'overtaken' THEN
    RETURN;
  END IF;
  UPDATE writers w SET allocated_batch = batch_number WHERE w.id = writer_id AND w.allocated_batch < batch_number;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  SELECT * INTO o FROM showtime_owners x WHERE x.showtime_id = showtime;
  IF NOT o.opened AND from_epoch >= o.restored_from AND NOT (known ->> 'additive')::boolean THEN
    DELETE FROM seat_allocations a
     WHERE a.showtime_id = showtime
       AND (is_whole OR a.seat_index IN (
             SELECT s.seat::integer FROM json_to_recordset(known -> 'allocations') AS r (seats json, channel text),
                    json_array_elements_text(r.seats) AS s (seat)))
       AND a.seat_index NOT IN (
             SELECT s.seat::integer FROM json_to_recordset(known -> 'allocations') AS r (seats json, channel text),
                    json_array_elements_text(r.seats) AS s (seat)
              WHERE r.channel IS NOT NULL);
    GET DIAGNOSTICS changed = ROW_COUNT;
  END IF;
  IF o.whole_from <= from_epoch THEN
    INSERT INTO seat_allocations (showtime_id, seat_index, channel, until, reason, allocated_by)
    SELECT showtime, s.seat::integer, r.channel, to_timestamp(r.until_ms / 1000), r.reason, r.allocated_by
      FROM json_to_recordset(known -> 'allocations')
             AS r (seats json, channel text, until_ms float8, reason text, allocated_by text),
           json_array_elements_text(r.seats) AS s (seat)
     WHERE r.channel IS NOT NULL AND (r.until_ms IS NULL OR to_timestamp(r.until_ms / 1000) > clock_timestamp())
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
  END IF;
  IF done = 'restored' OR changed = 0 THEN
    RETURN;
  END IF;
  outcome := 'restored';
  UPDATE showtime_owners x
     SET epoch = greatest(x.epoch, from_epoch) + 1 + 1000 * abs(present - x.timeline), node = node_name,
         claimed_at = clock_timestamp(), writer = writer_id, timeline = present,
         restored_from = greatest(x.restored_from, from_epoch),
         whole_from = CASE WHEN is_whole THEN greatest(x.whole_from, from_epoch) ELSE x.whole_from END
   WHERE x.showtime_id = showtime
  RETURNING x.epoch INTO present_epoch;
END $$;

-- Gives a showtime another seat map, under the fence. `replaced` are the seats, by index, that are another seat in the new
-- map or none: nothing on record may speak of one. `altered` are those that stay and are of another category or kind now:
-- nobody may hold them, nor may they be sold or blocked.
--
-- The owner row is locked first, so every flush has either been committed, and is seen here, or waits and is fenced, because
-- the epoch rises with the new map. An owner that runs ends, and what loads the showtime next reads the new map.
--
-- `outcome`: 'taken'; 'stale', where the showtime has not the map `from_hash`; 'in use', with the seats and why.
--
-- An allocated seat is in use like a blocked one, and so is one that the history names.
CREATE FUNCTION usher.take_seat_map(
  showtime uuid, from_hash text, to_hash text, replaced integer[], altered integer[],
  OUT outcome text, OUT seats integer[], OUT whys text[]
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  PERFORM FROM boxoffice.showtimes s WHERE s.id = showtime AND s.seat_map_hash = from_hash FOR UPDATE;
  IF NOT FOUND THEN
    outcome := 'stale';
    RETURN;
  END IF;
  PERFORM FROM showtime_owners o WHERE o.showtime_id = showtime FOR UPDATE;

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
      SELECT c.seat_index, 'allocated', 3 FROM seat_allocations c
       WHERE c.showtime_id = showtime AND c.seat_index = ANY (replaced || altered)
      UNION ALL
      SELECT past.seat, 'booked before', 4 FROM bookings b CROSS JOIN unnest(b.seats || b.first_seats) AS past (seat)
       WHERE b.showtime_id = showtime AND past.seat = ANY (replaced)
      UNION ALL
      SELECT act.seat, 'in the history', 5 FROM seat_acts a CROSS JOIN unnest(a.seats) AS act (seat)
       WHERE a.showtime_id = showtime AND a.seats && replaced AND act.seat = ANY (replaced)
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
