-- What each seat is sold as, such as an adult's or a child's: decision 0034. The types themselves are in
-- boxoffice.showtimes.ticket_types, which is edited; here is what was held and sold, which stays.

ALTER TABLE usher.hold_seats
  -- The id of the type; NULL where the showtime had no types when the seat was held.
  ADD COLUMN ticket_type text;

ALTER TABLE usher.bookings
  -- By position in `seats`, with '' where a seat has none; NULL where none of them has.
  ADD COLUMN ticket_types text[];

-- Commits one flush of a node: the changes of many showtimes, each under its epoch, in one round trip.
--
-- Rows name their showtime by its ordinal (from 1) in `showtimes`. The caller has coalesced by seat: holds are in their
-- final state, a seat occurs at most once among the held and once among the freed. Every seat whose hold is to go is
-- among the freed, also where another takes its place: what is held is inserted, and a seat that is held already raises,
-- by the primary key. Order inside: seats are freed before they are taken, so a seat may be cancelled and sold again
-- within one flush.
--
-- The seats of the bookings lie one after the other in `sold_seat`: those of a booking from `booked_first` to
-- `booked_last`. `sold_booking` has the ordinal of the booking of each.
--
-- Exactly once: a writer (one life of one node) numbers its batches. A batch that comes again, because the connection
-- broke around COMMIT, writes nothing if its first try took; and a first try that lingers in a forgotten backend can
-- not overwrite what later batches wrote, because it finds its number passed.
--
-- Returns the ordinals of the showtimes whose epoch is no longer the owner's (nothing of theirs was written), and the
-- clock of Postgres in milliseconds. A broken guard (a seat sold twice) raises and nothing of the batch is written:
-- the caller then commits showtime by showtime to find the one at fault.
--
-- `after_number` is the last number of this writer that was acknowledged. Where the row of the writer is below it, the
-- journal has lost its tail: nothing is written, and `behind` is the number that the row has.
--
-- A showtime is owned under an epoch *by a writer*. A cancellation that finds no confirmed booking raises, like a seat
-- that is sold twice.
--
-- `held_channel`, `booked_channel` and `booked_asker` are empty where no row has one, or as long as their tables, with '' where
-- there is none. The seats of the reseated bookings lie one after the other in `reseated_seat`, and those that the acts of a
-- showtime name in `act_seat`. A booking that is reseated and is not there raises, like one that is cancelled.
--
-- `held_type` and `sold_type` are empty where no row has a type, or end with the last that has one, with '' where there is none.
CREATE FUNCTION usher.commit_batch(
  writer_id uuid, batch_number bigint, after_number bigint,
  showtimes uuid[], epochs bigint[],
  held_showtime integer[], held_seat integer[], held_hold uuid[], held_holder text[], held_expires_ms float8[],
  held_extensions integer[], held_amount bigint[], held_channel text[],
  held_type text[],
  freed_showtime integer[], freed_seat integer[],
  cancelled_showtime integer[], cancelled_booking uuid[],
  booked_showtime integer[], booked_id uuid[], booked_reference text[], booked_holder text[], booked_hold uuid[],
  booked_command uuid[], booked_amount bigint[], booked_currency text[], booked_payment text[],
  booked_first integer[], booked_last integer[], booked_channel text[], booked_asker text[],
  sold_booking integer[], sold_seat integer[], sold_type text[],
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
                          payment_method, status, confirmed_at, channel, asked_by, ticket_types)
    SELECT r.id, owned[r.ordinal], r.reference, r.holder, r.hold, r.command, sold_seat[r.first : r.last], r.amount,
           r.currency, r.payment, 'confirmed', clock_timestamp(), nullif(r.channel, ''), nullif(r.asker, ''),
           CASE WHEN '' <> ANY (sold_type[r.first : r.last]) THEN sold_type[r.first : r.last] END
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
    INSERT INTO hold_seats (showtime_id, seat_index, hold_id, holder, expires_at, extensions, amount, channel, ticket_type)
    SELECT owned[r.ordinal], r.seat, r.hold, r.holder, to_timestamp(r.expires_ms / 1000), r.extensions, r.amount,
           nullif(r.channel, ''), nullif(r.ticket_type, '')
      FROM unnest(held_showtime, held_seat, held_hold, held_holder, held_expires_ms, held_extensions, held_amount,
                  held_channel, held_type)
           AS r (ordinal, seat, hold, holder, expires_ms, extensions, amount, channel, ticket_type)
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

-- Writes again what a node remembers of one showtime and the journal has lost, in one transaction, and takes the showtime
-- over, so that whoever claimed it meanwhile loads it once more. Exactly once, by the number of the batch.
--
-- The journal lost a tail and nothing from the middle. So whoever owned the showtime under `from_epoch` knows, or wrote,
-- all that the journal has of it, unless the journal knows a later epoch from before the loss: then nothing of theirs is
-- lost ("overtaken"). Several nodes may remember one showtime. The newest epoch counts: holds and blocks of a whole house
-- of a later epoch are not changed by earlier ones; only bookings that it did not know are added. Where nobody has claimed
-- the showtime since to sell it, seats come to stand as they are remembered. Where somebody has, only what is missing is
-- added, on seats that are free. So is what was written again once, and is lost once more.
--
-- `known` is { additive, bookings, cancelled, held, freed, blocked, unblocked, results }: see restoration-json.ts.
-- `is_whole`: it is the whole house, so that seats that it does not name were free.
CREATE FUNCTION usher.restore_showtime(
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
                 reseated_epoch bigint, ticket_types json)
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
                          reseated_epoch, ticket_types)
    VALUES (b.id, showtime, b.reference, b.holder, b.hold, b.command,
            ARRAY(SELECT s.value::integer FROM json_array_elements_text(b.seats) WITH ORDINALITY AS s (value, i)
                   ORDER BY s.i),
            b.amount, b.currency, b.payment, b.status, clock_timestamp(),
            CASE WHEN b.status = 'cancelled' THEN clock_timestamp() END, b.channel, b.asked_by,
            CASE WHEN b.first_seats IS NOT NULL THEN
              ARRAY(SELECT s.value::integer FROM json_array_elements_text(b.first_seats) WITH ORDINALITY AS s (value, i)
                     ORDER BY s.i) END,
            b.reseated_epoch,
            CASE WHEN b.ticket_types IS NOT NULL THEN
              ARRAY(SELECT t.value FROM json_array_elements_text(b.ticket_types) WITH ORDINALITY AS t (value, i)
                     ORDER BY t.i) END);
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
             array_agg(k.amount ORDER BY k.seat) AS amounts, array_agg(k.ticket_type ORDER BY k.seat) AS types, min(k.expires_ms) AS expires_ms,
             min(k.extensions) AS extensions, min(k.channel) AS channel
        FROM json_to_recordset(known -> 'held')
             AS k (seat integer, hold uuid, holder text, expires_ms float8, extensions integer, amount bigint,
                  channel text, ticket_type text)
       WHERE to_timestamp(k.expires_ms / 1000) > clock_timestamp()
       GROUP BY k.hold ORDER BY k.hold
    LOOP
      CONTINUE WHEN NOT EXISTS (
        SELECT FROM unnest(h.seats, h.amounts, h.types) AS k (seat, amount, ticket_type)
         WHERE NOT EXISTS (SELECT FROM hold_seats x
                            WHERE x.showtime_id = showtime AND x.seat_index = k.seat AND x.hold_id = h.hold
                              AND x.expires_at >= to_timestamp(h.expires_ms / 1000)
                              -- A seat that was sold as another type costs something else; others may have changed it since.
                              AND (NOT is_truth OR x.expires_at > to_timestamp(h.expires_ms / 1000)
                                   OR (x.amount, coalesce(x.ticket_type, '')) IS NOT DISTINCT FROM (k.amount, coalesce(k.ticket_type, '')))));
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
      INSERT INTO hold_seats (showtime_id, seat_index, hold_id, holder, expires_at, extensions, amount, channel,
                              ticket_type)
      SELECT showtime, k.seat, h.hold, h.holder, to_timestamp(h.expires_ms / 1000), h.extensions, k.amount, h.channel,
             nullif(k.ticket_type, '')
        FROM unnest(h.seats, h.amounts, h.types) AS k (seat, amount, ticket_type);
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
