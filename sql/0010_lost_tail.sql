-- The journal can lose its tail: a standby that lagged is promoted, and what the old primary had acknowledged is gone.
-- Nodes that live remember it, notice, and write it again. Decision 0019 tells why it is done this way.

-- Which history of this database we write to: every promotion begins a new one. Decision 0019 says what is done where a
-- service does not tell it. (The timeline in pg_control_checkpoint() is late after a fast promotion.)
CREATE FUNCTION usher.timeline() RETURNS integer LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  RETURN ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::integer;
EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR undefined_function THEN
  RETURN 1;
END $$;

-- When some node first saw a timeline.
CREATE TABLE usher.timelines (
  timeline integer PRIMARY KEY,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO usher.timelines VALUES (usher.timeline(), '-infinity');

ALTER TABLE usher.showtime_owners
  -- The life of the node that claimed. Two lives could come to the same epoch, one of them on a lost tail.
  ADD COLUMN writer uuid,
  -- On which timeline.
  ADD COLUMN timeline integer,
  -- The epoch that the showtime had when that timeline began, or when somebody first wrote it again.
  ADD COLUMN cut_epoch bigint NOT NULL DEFAULT 0,
  -- Somebody has claimed it on that timeline to sell: what differs from the memory of others may be sold anew.
  ADD COLUMN opened boolean NOT NULL DEFAULT true,
  -- The newest of the lost epochs of which anything was written again, and of which a whole house was.
  ADD COLUMN restored_from bigint NOT NULL DEFAULT 0,
  ADD COLUMN whole_from bigint NOT NULL DEFAULT 0;
UPDATE usher.showtime_owners SET timeline = usher.timeline();
ALTER TABLE usher.showtime_owners ALTER COLUMN timeline SET NOT NULL;

-- The timeline on which the writer last found everything that it had acknowledged; 0: it has not looked yet.
ALTER TABLE usher.writers ADD COLUMN timeline integer NOT NULL DEFAULT 0;

-- What was acknowledged, lost with a tail of the journal, and could not be written again: for staff, who have to settle
-- it with the holder. One row a seat; a cancellation whose booking nobody knows has the seat -1.
CREATE TABLE usher.losses (
  showtime_id uuid NOT NULL,
  -- The booking or the hold; of a block the showtime.
  subject uuid NOT NULL,
  seat_index integer NOT NULL,
  kind text NOT NULL CHECK (kind IN ('booking', 'hold', 'block', 'cancellation')),
  reference text,
  holder text,
  reason text NOT NULL,
  node text NOT NULL,
  writer uuid NOT NULL,
  batch bigint NOT NULL,
  noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (showtime_id, subject, seat_index)
);
CREATE INDEX losses_batch ON usher.losses (writer, batch);

-- Moves the row of a writer to the number of its next batch. Returns NULL where it did: the batch is to be written. Else
-- the number that the row has. At or above `batch_number` the batch was taken before; below, and that is below
-- `after_number`, the journal has lost what this writer acknowledged, and nothing may be written.
--
-- The row is locked in every case. A commit that waited for a synchronous standby, and was cancelled, has taken on the
-- primary only; the same batch comes again, and must wait as well. It does, because locking a row is a write. A try that
-- wrote nothing, as ON CONFLICT DO NOTHING would have it, would be answered at once, and the batch acknowledged with no
-- standby having it. A test holds this.
CREATE FUNCTION usher.take_batch_number(writer_id uuid, batch_number bigint, after_number bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usher.writers AS w (id, batch)
  SELECT writer_id, batch_number
   WHERE after_number = 0 OR EXISTS (SELECT FROM usher.writers known WHERE known.id = writer_id)
  ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, seen_at = clock_timestamp()
   WHERE w.batch >= after_number AND w.batch < excluded.batch;
  IF FOUND THEN
    RETURN NULL;
  END IF;
  RETURN coalesce((SELECT w.batch FROM usher.writers w WHERE w.id = writer_id), 0);
END $$;

-- As before (0007_terms.sql says how rows name their showtime, and in which order things are written), and:
--
-- `after_number` is the last number of this writer that was acknowledged. Where the row of the writer is below it, the
-- journal has lost its tail: nothing is written, and `behind` is the number that the row has.
--
-- A showtime is owned under an epoch *by a writer*. A cancellation that finds no confirmed booking raises, like a seat
-- that is sold twice.
DROP FUNCTION usher.commit_batch;
CREATE FUNCTION usher.commit_batch(
  writer_id uuid, batch_number bigint, after_number bigint,
  showtimes uuid[], epochs bigint[],
  held_showtime integer[], held_seat integer[], held_hold uuid[], held_holder text[], held_expires_ms float8[],
  held_extensions integer[], held_amount bigint[],
  freed_showtime integer[], freed_seat integer[],
  cancelled_showtime integer[], cancelled_booking uuid[],
  booked_showtime integer[], booked_id uuid[], booked_reference text[], booked_holder text[], booked_hold uuid[],
  booked_command uuid[], booked_amount bigint[], booked_currency text[], booked_payment text[],
  booked_first integer[], booked_last integer[],
  sold_booking integer[], sold_seat integer[],
  blocked_showtime integer[], blocked_seat integer[], blocked_reason text[],
  unblocked_showtime integer[], unblocked_seat integer[],
  results_showtime integer[], results_first integer[], results_last integer[], results_list json[],
  result_command uuid[],
  OUT fenced integer[], OUT behind bigint, OUT now_ms float8
) LANGUAGE plpgsql
SET search_path = usher, pg_temp
-- Every join is some rows of the batch to rows by key, and must stay so whatever the planner makes of arrays whose length
-- it does not know and of tables that it last looked at when they were empty: with the choice it reads whole tables.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
DECLARE
  owned uuid[];
  number bigint;
  changed bigint;
BEGIN
  number := take_batch_number(writer_id, batch_number, after_number);
  now_ms := extract(epoch FROM clock_timestamp()) * 1000;
  IF number < batch_number THEN
    behind := number;
    fenced := '{}';
    RETURN;
  END IF;
  IF number IS NOT NULL THEN
    -- Taken before. What was fenced then is fenced now; a showtime lost since counts as fenced too, which is safe: its
    -- clients ask the new owner, who has the results.
    SELECT coalesce(array_agg(batch.ordinal), '{}') INTO fenced
      FROM unnest(showtimes, epochs) WITH ORDINALITY AS batch (showtime_id, epoch, ordinal)
     WHERE NOT EXISTS (SELECT FROM showtime_owners o
                        WHERE o.showtime_id = batch.showtime_id AND o.epoch = batch.epoch AND o.writer = writer_id);
    RETURN;
  END IF;

  -- The row locks hold off a take-over until this commit is visible to it; in id order, so that two nodes cannot
  -- lock each other out. A fenced showtime keeps its place in `owned` as NULL, which no later join matches.
  WITH owner AS (
    SELECT o.showtime_id, o.epoch, o.writer FROM showtime_owners o
    WHERE o.showtime_id = ANY (showtimes) ORDER BY o.showtime_id FOR SHARE
  )
  SELECT array_agg(owner.showtime_id ORDER BY batch.ordinal),
         coalesce(array_agg(batch.ordinal) FILTER (WHERE owner.showtime_id IS NULL), '{}')
    INTO owned, fenced
    FROM unnest(showtimes, epochs) WITH ORDINALITY AS batch (showtime_id, epoch, ordinal)
    LEFT JOIN owner ON owner.showtime_id = batch.showtime_id AND owner.epoch = batch.epoch
                   AND owner.writer = writer_id;

  IF cardinality(freed_seat) > 0 THEN
    DELETE FROM hold_seats h USING unnest(freed_showtime, freed_seat) AS r (ordinal, seat)
     WHERE h.showtime_id = owned[r.ordinal] AND h.seat_index = r.seat;
  END IF;

  IF cardinality(unblocked_seat) > 0 THEN
    DELETE FROM blocked_seats b USING unnest(unblocked_showtime, unblocked_seat) AS r (ordinal, seat)
     WHERE b.showtime_id = owned[r.ordinal] AND b.seat_index = r.seat;
  END IF;

  IF cardinality(booked_id) > 0 THEN
    INSERT INTO bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                          payment_method, status, confirmed_at)
    SELECT r.id, owned[r.ordinal], r.reference, r.holder, r.hold, r.command, sold_seat[r.first : r.last], r.amount,
           r.currency, r.payment, 'confirmed', clock_timestamp()
      FROM unnest(booked_showtime, booked_id, booked_reference, booked_holder, booked_hold, booked_command,
                  booked_amount, booked_currency, booked_payment, booked_first, booked_last)
           AS r (ordinal, id, reference, holder, hold, command, amount, currency, payment, first, last)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  IF cardinality(cancelled_booking) > 0 THEN
    UPDATE bookings b SET status = 'cancelled', cancelled_at = clock_timestamp()
      FROM unnest(cancelled_showtime, cancelled_booking) AS r (ordinal, booking)
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal] AND b.status = 'confirmed';
    GET DIAGNOSTICS changed = ROW_COUNT;
    -- Its holder would be told that it is cancelled, and nothing would say that it ever was.
    IF changed < (SELECT count(*) FROM unnest(cancelled_showtime) AS ordinal WHERE owned[ordinal] IS NOT NULL) THEN
      RAISE foreign_key_violation USING MESSAGE = 'a booking that is to be cancelled is not in the journal, or was cancelled';
    END IF;
    DELETE FROM booking_seats s
     USING unnest(cancelled_showtime, cancelled_booking) AS r (ordinal, booking), bookings b
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal]
       AND s.showtime_id = b.showtime_id AND s.seat_index = ANY (b.seats) AND s.booking_id = b.id;
  END IF;

  -- A booking made and cancelled within this flush takes no seat. Any seat that is sold already raises here, by the
  -- primary key.
  IF cardinality(sold_seat) > 0 THEN
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
    SELECT owned[booked_showtime[r.booking]], r.seat, booked_id[r.booking]
      FROM unnest(sold_booking, sold_seat) AS r (booking, seat)
     WHERE owned[booked_showtime[r.booking]] IS NOT NULL AND booked_id[r.booking] <> ALL (cancelled_booking);
  END IF;

  IF cardinality(held_seat) > 0 THEN
    INSERT INTO hold_seats (showtime_id, seat_index, hold_id, holder, expires_at, extensions, amount)
    SELECT owned[r.ordinal], r.seat, r.hold, r.holder, to_timestamp(r.expires_ms / 1000), r.extensions, r.amount
      FROM unnest(held_showtime, held_seat, held_hold, held_holder, held_expires_ms, held_extensions, held_amount)
           AS r (ordinal, seat, hold, holder, expires_ms, extensions, amount)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  IF cardinality(blocked_seat) > 0 THEN
    INSERT INTO blocked_seats (showtime_id, seat_index, reason)
    SELECT owned[r.ordinal], r.seat, r.reason
      FROM unnest(blocked_showtime, blocked_seat, blocked_reason) AS r (ordinal, seat, reason)
     WHERE owned[r.ordinal] IS NOT NULL
    ON CONFLICT (showtime_id, seat_index) DO UPDATE SET reason = excluded.reason;
  END IF;

  IF cardinality(results_list) > 0 THEN
    INSERT INTO command_results (showtime_id, command_ids, results)
    SELECT owned[r.ordinal], result_command[r.first : r.last], r.list
      FROM unnest(results_showtime, results_first, results_last, results_list) AS r (ordinal, first, last, list)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  now_ms := extract(epoch FROM clock_timestamp()) * 1000;
END $$;

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
DROP FUNCTION usher.claim_showtime;
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
  DELETE FROM hold_seats WHERE showtime_id = showtime AND expires_at <= clock_timestamp();
END $$;

-- Where the journal stands, for a writer that looks about once a second whether it is still the one that it wrote to.
-- `batch` is the number that its row has, NULL where there is none; `confirmed` the timeline that it last confirmed;
-- `standbys` how many read along, or have a replication slot; `written` and `replayed` how far the journal goes and how
-- far all of those that read along have it, in bytes, `replayed` NULL where it may not be read (it takes pg_monitor).
--
-- Keeps the row of a writer that lives but writes nothing from being purged, and from counting as dead after a promotion.
CREATE FUNCTION usher.journal_position(
  writer_id uuid,
  OUT batch bigint, OUT present integer, OUT confirmed integer, OUT standbys integer, OUT written float8,
  OUT replayed float8
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  seen timestamptz;
BEGIN
  present := timeline();
  SELECT w.batch, w.timeline, w.seen_at INTO batch, confirmed, seen FROM writers w WHERE w.id = writer_id;
  -- None of these two waits for a standby.
  IF seen < clock_timestamp() - interval '30 seconds' THEN
    PERFORM set_config('synchronous_commit', 'local', true);
    UPDATE writers SET seen_at = clock_timestamp() WHERE id = writer_id;
  END IF;
  IF NOT EXISTS (SELECT FROM timelines t WHERE t.timeline = present) THEN
    PERFORM set_config('synchronous_commit', 'local', true);
    INSERT INTO timelines (timeline) VALUES (present) ON CONFLICT DO NOTHING;
  END IF;
  BEGIN
    SELECT count(*), CASE WHEN count(*) = count(r.replay_lsn) THEN min(r.replay_lsn - '0/0'::pg_lsn)::float8 END
      INTO standbys, replayed FROM pg_stat_replication r;
    standbys := greatest(standbys, (SELECT count(*) FROM pg_replication_slots s WHERE s.slot_type = 'physical'));
    written := (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8;
  EXCEPTION WHEN feature_not_supported OR insufficient_privilege OR undefined_function THEN
    -- A service that does not tell of its replication.
    standbys := NULL;
  END;
END $$;

-- The writer has found all that it acknowledged up to `number`, or has written it again. False where the timeline is
-- another by now, or the row below that number: then it must look again.
CREATE FUNCTION usher.confirm_position(writer_id uuid, number bigint, seen_timeline integer) RETURNS boolean
LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  IF timeline() <> seen_timeline THEN
    RETURN false;
  END IF;
  INSERT INTO writers AS w (id, batch, timeline)
  SELECT writer_id, 0, seen_timeline WHERE number = 0 OR EXISTS (SELECT FROM writers known WHERE known.id = writer_id)
  ON CONFLICT (id) DO UPDATE SET timeline = seen_timeline, seen_at = clock_timestamp() WHERE w.batch >= number;
  RETURN FOUND;
END $$;
