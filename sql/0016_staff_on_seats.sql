-- Staff at the seats: channels, acting for a customer, reseating, and the history of each seat. Decision 0028.

ALTER TABLE usher.hold_seats
  -- By which way it is sold; NULL: the web.
  ADD COLUMN channel text CHECK (channel IN ('walk_in', 'pos', 'partner'));

ALTER TABLE usher.bookings
  ADD COLUMN channel text CHECK (channel IN ('walk_in', 'pos', 'partner')),
  -- The holder whose command it was, where that is not the booking's: staff, for a customer.
  ADD COLUMN asked_by text,
  -- The seats that were booked, and the epoch under which the present ones were given; NULL where it was never reseated.
  ADD COLUMN first_seats integer[],
  ADD COLUMN reseated_epoch bigint,
  ADD CHECK ((first_seats IS NULL) = (reseated_epoch IS NULL));
-- A command id is its sender's own.
ALTER TABLE usher.bookings DROP CONSTRAINT bookings_showtime_id_holder_command_id_key;
CREATE UNIQUE INDEX bookings_command ON usher.bookings (showtime_id, (coalesce(asked_by, holder)), command_id);

ALTER TABLE usher.blocked_seats ADD COLUMN blocked_at timestamptz NOT NULL DEFAULT clock_timestamp();

-- What happened to seats, and who asked for it. One row a flush of a showtime: acts are written by the thousand and hardly any
-- is ever read. `number` is that of the first of them, counted from 1 in each epoch; the claim itself writes 0, for the holds
-- that ended while nobody looked.
CREATE TABLE usher.seat_acts (
  showtime_id uuid NOT NULL,
  epoch bigint NOT NULL,
  number integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- All that the acts name.
  seats integer[] NOT NULL,
  -- A list of acts in JSON, each by position: see spellActs in src/core/seat-act.ts. As text: to have it checked would cost more than to write it.
  acts text NOT NULL,
  PRIMARY KEY (showtime_id, epoch, number)
);
-- As they are, and not compressed: squeezing them would cost more than the flush.
ALTER TABLE usher.seat_acts ALTER COLUMN acts SET STORAGE EXTERNAL;
CREATE INDEX seat_acts_created_at ON usher.seat_acts USING brin (created_at);

-- Take-over: the new epoch of a showtime. The row lock waits for every flush in flight under the old epoch; once this
-- has committed no old owner can add anything, so whoever claimed may read at leisure. To be called as a transaction of
-- its own: a claimer that froze with the row lock in its hands would stop every flush that names the showtime.
--
-- Claims nothing, and says why, in two cases. `behind`: the journal lacks what this very writer acknowledged, up to
-- `after_number`; the number that it has. `wait_ms`: the timeline is new, and a writer that lives may not have found out
-- yet that its acknowledgements are lost; what is claimed now could sell its seats before it writes them again. Nobody is
-- waited for longer than 1.5 s: a node that is dead, or frozen, must not stop the others.
--
-- Epochs are not used again after a promotion, also where claims were lost with the tail: a client would resume at an
-- epoch and seq of another history.
--
-- Holds that ended while nobody looked are dropped here, and the history says so.
CREATE FUNCTION usher.claim_showtime(
  showtime uuid, writer_id uuid, node_name text, after_number bigint,
  OUT claimed bigint, OUT present integer, OUT behind bigint, OUT wait_ms float8
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  began timestamptz;
BEGIN
  present := timeline();
  SELECT coalesce(max(w.batch), 0) INTO behind FROM writers w WHERE w.id = writer_id;
  IF behind < after_number THEN
    RETURN;
  END IF;
  behind := NULL;

  SELECT t.seen_at INTO began FROM timelines t WHERE t.timeline = present;
  IF NOT FOUND THEN
    INSERT INTO timelines (timeline) VALUES (present) ON CONFLICT DO NOTHING;
    began := clock_timestamp();
  END IF;
  IF began > clock_timestamp() - interval '1.5 seconds' AND EXISTS (
    SELECT FROM writers w WHERE w.timeline <> present AND w.seen_at > clock_timestamp() - interval '5 minutes'
  ) THEN
    wait_ms := 100;
    RETURN;
  END IF;

  INSERT INTO showtime_owners AS o (showtime_id, epoch, node, writer, timeline)
  VALUES (showtime, 1 + 1000 * (present - 1), node_name, writer_id, present)
  ON CONFLICT (showtime_id) DO UPDATE
    SET epoch = o.epoch + 1 + 1000 * abs(present - o.timeline), node = excluded.node, claimed_at = clock_timestamp(),
        writer = excluded.writer, timeline = present, opened = true,
        cut_epoch = CASE WHEN o.timeline = present THEN o.cut_epoch ELSE o.epoch END,
        restored_from = CASE WHEN o.timeline = present THEN o.restored_from ELSE 0 END,
        whole_from = CASE WHEN o.timeline = present THEN o.whole_from ELSE 0 END
  RETURNING epoch INTO claimed;
  -- Holds that ended while nobody looked are free from here on, to all.
  WITH ended AS (
    DELETE FROM hold_seats h WHERE h.showtime_id = showtime AND h.expires_at <= clock_timestamp() RETURNING h.*
  ), holds AS (
    SELECT e.hold_id, min(e.holder) AS holder, min(e.channel) AS channel, min(e.expires_at) AS expires_at,
           array_agg(e.seat_index ORDER BY e.seat_index) AS seats
      FROM ended e GROUP BY e.hold_id
  )
  INSERT INTO seat_acts (showtime_id, epoch, number, seats, acts)
  SELECT showtime, claimed, 0, (SELECT array_agg(e.seat_index) FROM ended e),
         json_agg(
           CASE WHEN h.channel IS NULL THEN
             json_build_array('expired', floor(extract(epoch FROM h.expires_at) * 1000), h.seats, h.holder, h.hold_id)
           ELSE
             json_build_array('expired', floor(extract(epoch FROM h.expires_at) * 1000), h.seats, h.holder, h.hold_id,
                              json_build_object('channel', h.channel))
           END ORDER BY h.expires_at, h.hold_id)
    FROM holds h HAVING count(*) > 0;
END $$;

