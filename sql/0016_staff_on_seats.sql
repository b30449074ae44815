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

-- As before (0007_terms.sql and 0010_lost_tail.sql say how), and:
--
-- `held_channel`, `booked_channel` and `booked_asker` are empty where no row has one, or as long as their tables, with '' where
-- there is none. The seats of the reseated bookings lie one after the other in `reseated_seat`, and those that the acts of a
-- showtime name in `act_seat`. A booking that is reseated and is not there raises, like one that is cancelled.
DROP FUNCTION usher.commit_batch;
CREATE FUNCTION usher.commit_batch(
  writer_id uuid, batch_number bigint, after_number bigint,
  showtimes uuid[], epochs bigint[],
  held_showtime integer[], held_seat integer[], held_hold uuid[], held_holder text[], held_expires_ms float8[],
  held_extensions integer[], held_amount bigint[], held_channel text[],
  freed_showtime integer[], freed_seat integer[],
  cancelled_showtime integer[], cancelled_booking uuid[],
  booked_showtime integer[], booked_id uuid[], booked_reference text[], booked_holder text[], booked_hold uuid[],
  booked_command uuid[], booked_amount bigint[], booked_currency text[], booked_payment text[],
  booked_first integer[], booked_last integer[], booked_channel text[], booked_asker text[],
  sold_booking integer[], sold_seat integer[],
  reseated_showtime integer[], reseated_booking uuid[], reseated_first integer[], reseated_last integer[],
  reseated_seat integer[],
  blocked_showtime integer[], blocked_seat integer[], blocked_reason text[],
  unblocked_showtime integer[], unblocked_seat integer[],
  results_showtime integer[], results_first integer[], results_last integer[], results_list json[],
  result_command uuid[],
  acts_showtime integer[], acts_number integer[], acts_first integer[], acts_last integer[], acts_list text[],
  act_seat integer[],
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
                          payment_method, status, confirmed_at, channel, asked_by)
    SELECT r.id, owned[r.ordinal], r.reference, r.holder, r.hold, r.command, sold_seat[r.first : r.last], r.amount,
           r.currency, r.payment, 'confirmed', clock_timestamp(), nullif(r.channel, ''), nullif(r.asker, '')
      FROM unnest(booked_showtime, booked_id, booked_reference, booked_holder, booked_hold, booked_command,
                  booked_amount, booked_currency, booked_payment, booked_first, booked_last, booked_channel,
                  booked_asker)
           AS r (ordinal, id, reference, holder, hold, command, amount, currency, payment, first, last, channel, asker)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  -- Before anything takes seats, so that one may move to what another leaves; and before cancellations, which may follow.
  IF cardinality(reseated_booking) > 0 THEN
    DELETE FROM booking_seats s
     USING unnest(reseated_showtime, reseated_booking) AS r (ordinal, booking), bookings b
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal]
       AND s.showtime_id = b.showtime_id AND s.seat_index = ANY (b.seats) AND s.booking_id = b.id;
    UPDATE bookings b
       SET first_seats = coalesce(b.first_seats, b.seats), seats = reseated_seat[r.first : r.last],
           reseated_epoch = epochs[r.ordinal]
      FROM unnest(reseated_showtime, reseated_booking, reseated_first, reseated_last) AS r (ordinal, booking, first, last)
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal] AND b.status = 'confirmed';
    GET DIAGNOSTICS changed = ROW_COUNT;
    -- Its holder would be told of seats that nothing says they have.
    IF changed < (SELECT count(*) FROM unnest(reseated_showtime) AS ordinal WHERE owned[ordinal] IS NOT NULL) THEN
      RAISE foreign_key_violation USING MESSAGE = 'a booking that is to be reseated is not in the journal, or was cancelled';
    END IF;
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

  -- A booking made and cancelled within this flush takes no seat, and one that was reseated takes its last. Any seat that is sold already raises here, by the
  -- primary key.
  IF cardinality(sold_seat) > 0 THEN
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
    SELECT owned[booked_showtime[r.booking]], r.seat, booked_id[r.booking]
      FROM unnest(sold_booking, sold_seat) AS r (booking, seat)
     WHERE owned[booked_showtime[r.booking]] IS NOT NULL AND booked_id[r.booking] <> ALL (cancelled_booking)
       AND booked_id[r.booking] <> ALL (reseated_booking);
  END IF;
  IF cardinality(reseated_booking) > 0 THEN
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
    SELECT owned[r.ordinal], seat, r.booking
      FROM unnest(reseated_showtime, reseated_booking, reseated_first, reseated_last) AS r (ordinal, booking, first, last)
     CROSS JOIN unnest(reseated_seat[r.first : r.last]) AS seat
     WHERE owned[r.ordinal] IS NOT NULL AND r.booking <> ALL (cancelled_booking);
  END IF;

  IF cardinality(held_seat) > 0 THEN
    INSERT INTO hold_seats (showtime_id, seat_index, hold_id, holder, expires_at, extensions, amount, channel)
    SELECT owned[r.ordinal], r.seat, r.hold, r.holder, to_timestamp(r.expires_ms / 1000), r.extensions, r.amount,
           nullif(r.channel, '')
      FROM unnest(held_showtime, held_seat, held_hold, held_holder, held_expires_ms, held_extensions, held_amount,
                  held_channel)
           AS r (ordinal, seat, hold, holder, expires_ms, extensions, amount, channel)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  IF cardinality(blocked_seat) > 0 THEN
    INSERT INTO blocked_seats (showtime_id, seat_index, reason)
    SELECT owned[r.ordinal], r.seat, r.reason
      FROM unnest(blocked_showtime, blocked_seat, blocked_reason) AS r (ordinal, seat, reason)
     WHERE owned[r.ordinal] IS NOT NULL
    ON CONFLICT (showtime_id, seat_index) DO UPDATE SET reason = excluded.reason, blocked_at = excluded.blocked_at;
  END IF;

  IF cardinality(results_list) > 0 THEN
    INSERT INTO command_results (showtime_id, command_ids, results)
    SELECT owned[r.ordinal], result_command[r.first : r.last], r.list
      FROM unnest(results_showtime, results_first, results_last, results_list) AS r (ordinal, first, last, list)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  IF cardinality(acts_list) > 0 THEN
    INSERT INTO seat_acts (showtime_id, epoch, number, seats, acts)
    SELECT owned[r.ordinal], epochs[r.ordinal], r.number, act_seat[r.first : r.last], r.list
      FROM unnest(acts_showtime, acts_number, acts_first, acts_last, acts_list) AS r (ordinal, number, first, last, list)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  now_ms := extract(epoch FROM clock_timestamp()) * 1000;
END $$;

-- As before, and holds that ended while nobody looked are told in the history.
CREATE OR REPLACE FUNCTION usher.claim_showtime(
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

-- As before, with channels, reseated bookings and acts.
CREATE OR REPLACE FUNCTION usher.restore_showtime(
  writer_id uuid, batch_number bigint, after_number bigint, node_name text,
  showtime uuid, from_epoch bigint, is_whole boolean, known json,
  OUT behind bigint, OUT outcome text, OUT present_epoch bigint, OUT bookings_restored integer, OUT holds_restored integer,
  OUT lost json,
  OUT now_ms float8
) LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  number bigint := take_batch_number(writer_id, batch_number, after_number);
  present integer := timeline();
  o showtime_owners;
  is_fresh boolean;
  is_truth boolean;
  changed bigint := 0;
  n bigint;
  b record;
  h record;
  r record;
  taken integer[];
  movable uuid[];
  still uuid[];
BEGIN
  now_ms := extract(epoch FROM clock_timestamp()) * 1000;
  bookings_restored := 0;
  holds_restored := 0;
  IF number < batch_number THEN
    behind := number;
    RETURN;
  END IF;
  IF number IS NOT NULL THEN
    outcome := 'restored';
    lost := losses_of(writer_id, batch_number);
    SELECT x.epoch INTO present_epoch FROM showtime_owners x WHERE x.showtime_id = showtime;
    RETURN;
  END IF;

  INSERT INTO showtime_owners (showtime_id, epoch, node, writer, timeline) VALUES (showtime, 1, node_name, writer_id, 1)
  ON CONFLICT DO NOTHING;
  SELECT * INTO o FROM showtime_owners WHERE showtime_id = showtime FOR UPDATE;
  -- Nobody has touched it since the loss.
  is_fresh := o.timeline <> present OR o.epoch <= from_epoch;
  IF is_fresh THEN
    o.cut_epoch := o.epoch;
    o.opened := false;
    o.restored_from := 0;
    o.whole_from := 0;
  END IF;
  present_epoch := o.epoch;
  IF o.cut_epoch > from_epoch THEN
    outcome := 'overtaken';
    lost := '[]';
    RETURN;
  END IF;
  is_truth := NOT o.opened AND from_epoch >= o.restored_from AND NOT (known ->> 'additive')::boolean;
  -- An owner of before whose claim is in the journal, and that was overtaken by a claim that is lost, may have gone on.
  IF is_fresh AND o.writer <> writer_id AND EXISTS (
    SELECT FROM writers w JOIN timelines t ON t.timeline = present WHERE w.id = o.writer AND w.seen_at > t.seen_at
  ) THEN
    is_truth := false;
  END IF;

  IF is_truth THEN
    DELETE FROM hold_seats s
     WHERE s.showtime_id = showtime
       AND (is_whole OR s.seat_index IN (SELECT json_array_elements_text(known -> 'freed')::integer))
       AND NOT EXISTS (SELECT FROM json_to_recordset(known -> 'held') AS k (seat integer, hold uuid, expires_ms float8)
                        WHERE k.seat = s.seat_index AND k.hold = s.hold_id
                          AND to_timestamp(k.expires_ms / 1000) = s.expires_at);
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
    DELETE FROM blocked_seats s
     WHERE s.showtime_id = showtime
       AND (is_whole OR s.seat_index IN (SELECT json_array_elements_text(known -> 'unblocked')::integer))
       AND NOT EXISTS (SELECT FROM json_to_recordset(known -> 'blocked') AS k (seat integer) WHERE k.seat = s.seat_index);
    GET DIAGNOSTICS n = ROW_COUNT;
    changed := changed + n;
  END IF;
  DELETE FROM hold_seats s WHERE s.showtime_id = showtime AND s.expires_at <= clock_timestamp();

  UPDATE bookings x SET status = 'cancelled', cancelled_at = clock_timestamp()
   WHERE x.showtime_id = showtime AND x.status = 'confirmed'
     AND x.id IN (SELECT json_array_elements_text(known -> 'cancelled')::uuid);
  GET DIAGNOSTICS n = ROW_COUNT;
  changed := changed + n;
  DELETE FROM booking_seats s USING bookings x
   WHERE s.showtime_id = showtime AND s.booking_id = x.id AND x.status = 'cancelled'
     AND x.id IN (SELECT json_array_elements_text(known -> 'cancelled')::uuid);

  -- Bookings that were moved to other seats under a later epoch than that of the seats which the journal has. Whoever moves
  -- leaves seats that another may take; so those are left out, again and again, whose seats somebody keeps.
  movable := ARRAY(
    SELECT k.id FROM json_to_recordset(known -> 'reseated') AS k (id uuid, seats json, epoch bigint)
      JOIN bookings x ON x.id = k.id AND x.showtime_id = showtime AND x.status = 'confirmed'
     WHERE coalesce(x.reseated_epoch, 0) <= k.epoch
       AND x.seats <> ARRAY(SELECT s.value::integer FROM json_array_elements_text(k.seats) WITH ORDINALITY AS s (value, i)
                             ORDER BY s.i));
  still := movable;
  LOOP
    movable := ARRAY(
      SELECT k.id FROM json_to_recordset(known -> 'reseated') AS k (id uuid, seats json, epoch bigint)
       WHERE k.id = ANY (movable) AND NOT EXISTS (
         SELECT FROM json_array_elements_text(k.seats) AS s
          WHERE EXISTS (SELECT FROM booking_seats x WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer
                           AND x.booking_id <> ALL (movable))
             OR EXISTS (SELECT FROM blocked_seats x WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer)
             OR EXISTS (SELECT FROM hold_seats x WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer)
             OR EXISTS (SELECT FROM json_to_recordset(known -> 'reseated') AS later (id uuid, seats json, epoch bigint)
                         CROSS JOIN json_array_elements_text(later.seats) AS theirs
                         WHERE later.id = ANY (movable) AND later.epoch > k.epoch AND theirs.value = s.value)));
    EXIT WHEN cardinality(movable) = cardinality(still);
    INSERT INTO losses (showtime_id, subject, seat_index, kind, reference, holder, reason, node, writer, batch)
    SELECT showtime, x.id, s.value::integer, 'booking', x.reference, x.holder,
           'it was moved to this seat, which was taken meanwhile: it has the seats from before', node_name, writer_id,
           batch_number
      FROM json_to_recordset(known -> 'reseated') AS k (id uuid, seats json)
      JOIN bookings x ON x.id = k.id CROSS JOIN json_array_elements_text(k.seats) AS s
     WHERE k.id = ANY (still) AND k.id <> ALL (movable)
    ON CONFLICT DO NOTHING;
    still := movable;
  END LOOP;
  DELETE FROM booking_seats s WHERE s.showtime_id = showtime AND s.booking_id = ANY (movable);
  FOR r IN
    SELECT k.id, k.epoch, ARRAY(SELECT s.value::integer FROM json_array_elements_text(k.seats) WITH ORDINALITY AS s (value, i)
                                 ORDER BY s.i) AS seats
      FROM json_to_recordset(known -> 'reseated') AS k (id uuid, seats json, epoch bigint) WHERE k.id = ANY (movable)
  LOOP
    UPDATE bookings x
       SET first_seats = coalesce(x.first_seats, x.seats), seats = r.seats, reseated_epoch = r.epoch
     WHERE x.id = r.id;
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id) SELECT showtime, seat, r.id FROM unnest(r.seats) AS seat;
    changed := changed + 1;
  END LOOP;

  FOR b IN
    SELECT k.* FROM json_to_recordset(known -> 'bookings')
           AS k (id uuid, reference text, holder text, hold uuid, command uuid, seats json, amount bigint,
                 currency text, payment text, status text, channel text, asked_by text, first_seats json,
                 reseated_epoch bigint)
     WHERE NOT EXISTS (SELECT FROM bookings x WHERE x.id = k.id) ORDER BY k.id
  LOOP
    -- Somebody who remembers more may have said that it was cancelled, without knowing what it was.
    IF EXISTS (SELECT FROM losses l WHERE l.showtime_id = showtime AND l.subject = b.id AND l.kind = 'cancellation') THEN
      b.status := 'cancelled';
      DELETE FROM losses l WHERE l.showtime_id = showtime AND l.subject = b.id AND l.kind = 'cancellation';
    END IF;
    taken := CASE WHEN b.status = 'cancelled' THEN '{}' ELSE ARRAY(
      SELECT s.value::integer FROM json_array_elements_text(b.seats) AS s
       WHERE EXISTS (SELECT FROM booking_seats x WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer)
          OR EXISTS (SELECT FROM blocked_seats x WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer)
          OR EXISTS (SELECT FROM hold_seats x
                      WHERE x.showtime_id = showtime AND x.seat_index = s.value::integer AND x.hold_id <> b.hold)) END;
    IF cardinality(taken) > 0 OR EXISTS (
      SELECT FROM bookings x
       WHERE x.reference = b.reference
          OR (x.showtime_id = showtime AND coalesce(x.asked_by, x.holder) = coalesce(b.asked_by, b.holder)
              AND x.command_id = b.command)
    ) THEN
      INSERT INTO losses (showtime_id, subject, seat_index, kind, reference, holder, reason, node, writer, batch)
      SELECT showtime, b.id, s.value::integer, 'booking', b.reference, b.holder,
             CASE WHEN s.value::integer = ANY (taken) THEN 'this seat was taken meanwhile'
                  WHEN cardinality(taken) > 0 THEN 'another seat of it was taken meanwhile'
                  ELSE 'its command booked again meanwhile' END, node_name, writer_id, batch_number
        FROM json_array_elements_text(b.seats) AS s
       WHERE b.status = 'confirmed'
      ON CONFLICT DO NOTHING;
      CONTINUE;
    END IF;
    INSERT INTO bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                          payment_method, status, confirmed_at, cancelled_at, channel, asked_by, first_seats,
                          reseated_epoch)
    VALUES (b.id, showtime, b.reference, b.holder, b.hold, b.command,
            ARRAY(SELECT s.value::integer FROM json_array_elements_text(b.seats) WITH ORDINALITY AS s (value, i)
                   ORDER BY s.i),
            b.amount, b.currency, b.payment, b.status, clock_timestamp(),
            CASE WHEN b.status = 'cancelled' THEN clock_timestamp() END, b.channel, b.asked_by,
            CASE WHEN b.first_seats IS NOT NULL THEN
              ARRAY(SELECT s.value::integer FROM json_array_elements_text(b.first_seats) WITH ORDINALITY AS s (value, i)
                     ORDER BY s.i) END,
            b.reseated_epoch);
    IF b.status = 'confirmed' THEN
      DELETE FROM hold_seats x WHERE x.showtime_id = showtime AND x.hold_id = b.hold;
      INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
      SELECT showtime, s.value::integer, b.id FROM json_array_elements_text(b.seats) AS s;
    END IF;
    bookings_restored := bookings_restored + 1;
  END LOOP;

  INSERT INTO losses (showtime_id, subject, seat_index, kind, reason, node, writer, batch)
  SELECT showtime, c.value::uuid, -1, 'cancellation', 'nobody who lives knows the booking', node_name, writer_id,
         batch_number
    FROM json_array_elements_text(known -> 'cancelled') AS c
   WHERE NOT EXISTS (SELECT FROM bookings x WHERE x.id = c.value::uuid)
     AND NOT EXISTS (SELECT FROM losses l WHERE l.showtime_id = showtime AND l.subject = c.value::uuid)
  ON CONFLICT DO NOTHING;

  -- A later owner may have released what this one remembers as held.
  IF o.whole_from <= from_epoch THEN
    FOR h IN
      SELECT k.hold, min(k.holder) AS holder, array_agg(k.seat ORDER BY k.seat) AS seats,
             array_agg(k.amount ORDER BY k.seat) AS amounts, min(k.expires_ms) AS expires_ms,
             min(k.extensions) AS extensions, min(k.channel) AS channel
        FROM json_to_recordset(known -> 'held')
             AS k (seat integer, hold uuid, holder text, expires_ms float8, extensions integer, amount bigint,
                  channel text)
       WHERE to_timestamp(k.expires_ms / 1000) > clock_timestamp()
       GROUP BY k.hold ORDER BY k.hold
    LOOP
      CONTINUE WHEN NOT EXISTS (
        SELECT FROM unnest(h.seats) AS seat
         WHERE NOT EXISTS (SELECT FROM hold_seats x
                            WHERE x.showtime_id = showtime AND x.seat_index = seat AND x.hold_id = h.hold
                              AND x.expires_at >= to_timestamp(h.expires_ms / 1000)));
      taken := ARRAY(
        SELECT seat FROM unnest(h.seats) AS seat
         WHERE EXISTS (SELECT FROM booking_seats x WHERE x.showtime_id = showtime AND x.seat_index = seat)
            OR EXISTS (SELECT FROM blocked_seats x WHERE x.showtime_id = showtime AND x.seat_index = seat)
            OR EXISTS (SELECT FROM hold_seats x
                        WHERE x.showtime_id = showtime AND x.seat_index = seat AND x.hold_id <> h.hold));
      IF cardinality(taken) > 0 OR EXISTS (SELECT FROM bookings x WHERE x.showtime_id = showtime AND x.hold_id = h.hold) THEN
        INSERT INTO losses (showtime_id, subject, seat_index, kind, holder, reason, node, writer, batch)
        SELECT showtime, h.hold, seat, 'hold', h.holder,
               CASE WHEN seat = ANY (taken) THEN 'this seat was taken meanwhile'
                    ELSE 'another seat of it was taken meanwhile' END, node_name, writer_id, batch_number
          FROM unnest(h.seats) AS seat
         WHERE cardinality(taken) > 0
        ON CONFLICT DO NOTHING;
        CONTINUE;
      END IF;
      DELETE FROM hold_seats x WHERE x.showtime_id = showtime AND x.hold_id = h.hold;
      INSERT INTO hold_seats (showtime_id, seat_index, hold_id, holder, expires_at, extensions, amount, channel)
      SELECT showtime, k.seat, h.hold, h.holder, to_timestamp(h.expires_ms / 1000), h.extensions, k.amount, h.channel
        FROM unnest(h.seats, h.amounts) AS k (seat, amount);
      holds_restored := holds_restored + 1;
    END LOOP;

    FOR r IN
      SELECT k.* FROM json_to_recordset(known -> 'blocked') AS k (seat integer, reason text)
       WHERE NOT EXISTS (SELECT FROM blocked_seats x WHERE x.showtime_id = showtime AND x.seat_index = k.seat)
       ORDER BY k.seat
    LOOP
      IF EXISTS (SELECT FROM booking_seats x WHERE x.showtime_id = showtime AND x.seat_index = r.seat)
         OR EXISTS (SELECT FROM hold_seats x WHERE x.showtime_id = showtime AND x.seat_index = r.seat) THEN
        INSERT INTO losses (showtime_id, subject, seat_index, kind, reason, node, writer, batch)
        VALUES (showtime, showtime, r.seat, 'block', 'this seat was taken meanwhile', node_name, writer_id, batch_number)
        ON CONFLICT DO NOTHING;
        CONTINUE;
      END IF;
      INSERT INTO blocked_seats (showtime_id, seat_index, reason) VALUES (showtime, r.seat, r.reason);
      changed := changed + 1;
    END LOOP;
  END IF;

  -- What people were told stays so, whoever tells it.
  INSERT INTO command_results (showtime_id, command_ids, results)
  SELECT showtime, ids.list, k.results
    FROM json_array_elements(known -> 'results') AS k (results)
   CROSS JOIN LATERAL (SELECT array_agg((result ->> 'commandId')::uuid) AS list
                         FROM json_array_elements(k.results) AS result) AS ids
   WHERE NOT EXISTS (SELECT FROM command_results c WHERE c.showtime_id = showtime AND c.command_ids = ids.list);

  INSERT INTO seat_acts (showtime_id, epoch, number, seats, acts)
  SELECT showtime, k.epoch, k.number, ARRAY(SELECT s.value::integer FROM json_array_elements_text(k.seats) AS s), k.acts
    FROM json_to_recordset(known -> 'acts') AS k (epoch bigint, number integer, seats json, acts text)
  ON CONFLICT DO NOTHING;

  lost := losses_of(writer_id, batch_number);
  changed := changed + bookings_restored + holds_restored;
  IF changed = 0 AND NOT is_fresh THEN
    outcome := 'nothing missing';
    RETURN;
  END IF;
  outcome := 'restored';
  present_epoch := greatest(o.epoch, from_epoch) + 1 + 1000 * abs(present - o.timeline);
  UPDATE showtime_owners x
     SET epoch = present_epoch, node = node_name,
         claimed_at = clock_timestamp(), writer = writer_id, timeline = present, cut_epoch = o.cut_epoch,
         opened = o.opened, restored_from = greatest(o.restored_from, from_epoch),
         whole_from = CASE WHEN is_whole THEN greatest(o.whole_from, from_epoch) ELSE o.whole_from END
   WHERE x.showtime_id = showtime;
END $$;

-- As before, and the history is in a table.
CREATE OR REPLACE FUNCTION usher.take_seat_map(
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
