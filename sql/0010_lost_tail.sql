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
