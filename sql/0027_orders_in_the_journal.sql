-- Orders in the journal: which order a hold is in and a booking belongs to, and bookings that are cancelled in part. Decision 0037.

ALTER TABLE usher.hold_seats
  -- The order of the box office that the hold is in: nobody but that order changes it. NULL: none.
  ADD COLUMN order_id uuid;

ALTER TABLE usher.bookings
  ADD COLUMN order_id uuid,
  -- What was booked, where the booking has been cancelled in part since; its first seats are in first_seats.
  ADD COLUMN first_amount bigint CHECK (first_amount >= 0),
  ADD COLUMN first_ticket_types text[];

-- The last batch of the writer that had orders: what makes write_orders write once.
ALTER TABLE usher.writers ADD COLUMN ordered_batch bigint NOT NULL DEFAULT 0;

-- Writes what orders add to the rows of a batch, in the transaction of usher.commit_batch and after it: `fenced` and `behind` are
-- what that said, and its row locks still hold off a take-over. A batch that comes again writes nothing, nor does a first try
-- that lingers: see write_allocations. Batches without orders do not call it.
--
-- `held_order` has the orders of the seats that the batch holds in one, and `booked_order` those of the bookings that it makes for
-- one. `parts`: { showtime (its ordinal), booking, amount, ticket_types } of bookings that keep a part of their seats. commit_batch
-- gave them those seats, as it reseats.
CREATE FUNCTION usher.write_orders(
  writer_id uuid, batch_number bigint, showtimes uuid[], fenced integer[], behind bigint,
  held_showtime integer[], held_seat integer[], held_order uuid[],
  booked_showtime integer[], booked_booking uuid[], booked_order uuid[],
  parts json
) RETURNS boolean LANGUAGE plpgsql
SET search_path = usher, pg_temp
-- As commit_batch: some rows of the batch to rows by key, whatever the planner makes of arrays of unknown length.
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET jit = off
AS $$
BEGIN
  IF behind IS NOT NULL THEN
    RETURN false;
  END IF;
  UPDATE writers w SET ordered_batch = batch_number WHERE w.id = writer_id AND w.ordered_batch < batch_number;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF cardinality(held_seat) > 0 THEN
    UPDATE hold_seats h SET order_id = r.order_id
      FROM unnest(held_showtime, held_seat, held_order) AS r (ordinal, seat, order_id)
     WHERE r.ordinal <> ALL (fenced) AND h.showtime_id = showtimes[r.ordinal] AND h.seat_index = r.seat;
  END IF;
  IF cardinality(booked_booking) > 0 THEN
    UPDATE bookings b SET order_id = r.order_id
      FROM unnest(booked_showtime, booked_booking, booked_order) AS r (ordinal, booking, order_id)
     WHERE r.ordinal <> ALL (fenced) AND b.id = r.booking;
  END IF;
  IF json_array_length(parts) > 0 THEN
    UPDATE bookings b
       SET first_amount = coalesce(b.first_amount, b.amount), amount = r.amount,
           first_ticket_types = coalesce(b.first_ticket_types, b.ticket_types),
           ticket_types = CASE WHEN r.ticket_types IS NOT NULL THEN
             ARRAY(SELECT t.value FROM json_array_elements_text(r.ticket_types) WITH ORDINALITY AS t (value, i) ORDER BY t.i) END
      FROM json_to_recordset(parts) AS r (showtime integer, booking uuid, amount bigint, ticket_types json)
     WHERE r.showtime <> ALL (fenced) AND b.id = r.booking AND b.showtime_id = showtimes[r.showtime];
  END IF;
  RETURN true;
END $$;

-- As before, and what is held and booked for orders comes back with its order, a part of a booking with its price.
--
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
                                 ORDER BY s.i) AS seats,
           k.first_amount IS NOT NULL AS is_part, k.amount,
           CASE WHEN k.ticket_types IS NOT NULL THEN
             ARRAY(SELECT t.value FROM json_array_elements_text(k.ticket_types) WITH ORDINALITY AS t (value, i)
                    ORDER BY t.i) END AS types
      FROM json_to_recordset(known -> 'reseated')
             AS k (id uuid, seats json, epoch bigint, amount bigint, first_amount bigint, ticket_types json)
     WHERE k.id = ANY (movable)
  LOOP
    UPDATE bookings x
       SET first_seats = coalesce(x.first_seats, x.seats), seats = r.seats, reseated_epoch = r.epoch
     WHERE x.id = r.id;
    UPDATE bookings x
       SET first_amount = coalesce(x.first_amount, x.amount), amount = r.amount,
           first_ticket_types = coalesce(x.first_ticket_types, x.ticket_types), ticket_types = r.types
     WHERE x.id = r.id AND r.is_part;
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id) SELECT showtime, seat, r.id FROM unnest(r.seats) AS seat;
    changed := changed + 1;
  END LOOP;

  FOR b IN
    SELECT k.* FROM json_to_recordset(known -> 'bookings')
           AS k (id uuid, reference text, holder text, hold uuid, command uuid, seats json, amount bigint,
                 currency text, payment text, status text, channel text, asked_by text, first_seats json,
                 reseated_epoch bigint, ticket_types json, order_id uuid, first_amount bigint,
                 first_ticket_types json)
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
                          reseated_epoch, ticket_types, order_id, first_amount, first_ticket_types)
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
                     ORDER BY t.i) END,
            b.order_id, b.first_amount,
            CASE WHEN b.first_ticket_types IS NOT NULL THEN
              ARRAY(SELECT t.value FROM json_array_elements_text(b.first_ticket_types) WITH ORDINALITY AS t (value, i)
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
             min(k.extensions) AS extensions, min(k.channel) AS channel, min(k.order_id)::uuid AS order_id
        FROM json_to_recordset(known -> 'held')
             AS k (seat integer, hold uuid, holder text, expires_ms float8, extensions integer, amount bigint,
                  channel text, ticket_type text, order_id text)
       WHERE to_timestamp(k.expires_ms / 1000) > clock_timestamp()
       GROUP BY k.hold ORDER BY k.hold
    LOOP
      CONTINUE WHEN NOT EXISTS (
        SELECT FROM unnest(h.seats, h.amounts, h.types) AS k (seat, amount, ticket_type)
         WHERE NOT EXISTS (SELECT FROM hold_seats x
                            WHERE x.showtime_id = showtime AND x.seat_index = k.seat AND x.hold_id = h.hold
                              AND x.expires_at >= to_timestamp(h.expires_ms / 1000)
                              -- A seat that was sold as another type costs something else, and one may have gone into an
                              -- order or left it; others may have changed that since.
                              AND (x.expires_at > to_timestamp(h.expires_ms / 1000)
                                   OR CASE WHEN is_truth THEN
                                        (x.amount, coalesce(x.ticket_type, ''), x.order_id)
                                          IS NOT DISTINCT FROM (k.amount, coalesce(k.ticket_type, ''), h.order_id)
                                      ELSE x.order_id IS NOT NULL OR h.order_id IS NULL END)));
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
                              ticket_type, order_id)
      SELECT showtime, k.seat, h.hold, h.holder, to_timestamp(h.expires_ms / 1000), h.extensions, k.amount, h.channel,
             nullif(k.ticket_type, ''), h.order_id
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
