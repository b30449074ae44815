-- Commits one flush of a node: the changes of many showtimes, each under its epoch, in one round trip.
--
-- Rows name their showtime by its ordinal (from 1) in `showtimes`. The caller has coalesced by seat: a seat occurs at
-- most once among held and unheld seats, and holds are in their final state. Order inside: seats are freed before
-- they are taken, so a seat may be cancelled and sold again within one flush.
--
-- Exactly once: a writer (one life of one node) numbers its batches. A batch that comes again, because the connection
-- broke around COMMIT, writes nothing if its first try took; and a first try that lingers in a forgotten backend can
-- not overwrite what later batches wrote, because it finds its number passed.
--
-- Returns the ordinals of the showtimes whose epoch is no longer the owner's (nothing of theirs was written), and the
-- clock of Postgres in milliseconds. A broken guard (a seat sold twice) raises and nothing of the batch is written:
-- the caller then commits showtime by showtime to find the one at fault.
CREATE FUNCTION usher.commit_batch(
  writer uuid, batch_number bigint,
  showtimes uuid[], epochs bigint[],
  held_showtime integer[], held_seat integer[], held_hold uuid[], held_holder text[], held_expires_ms float8[],
  held_extensions integer[],
  unheld_showtime integer[], unheld_seat integer[],
  cancelled_showtime integer[], cancelled_booking uuid[],
  booked_showtime integer[], booked_id uuid[], booked_reference text[], booked_holder text[], booked_hold uuid[],
  booked_command uuid[], booked_amount bigint[], booked_currency text[], booked_payment text[], booked_seats text[],
  blocked_showtime integer[], blocked_seat integer[], blocked_reason text[],
  unblocked_showtime integer[], unblocked_seat integer[],
  result_showtime integer[], result_holder text[], result_command uuid[], result_body text[],
  OUT fenced integer[], OUT now_ms float8
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
BEGIN
  INSERT INTO writers AS w (id, batch) VALUES (writer, batch_number)
  ON CONFLICT (id) DO UPDATE SET batch = excluded.batch, seen_at = clock_timestamp() WHERE w.batch < excluded.batch;
  IF NOT FOUND THEN
    -- Taken before. What was fenced then is fenced now; a showtime lost since counts as fenced too, which is safe: its
    -- clients ask the new owner, who has the results.
    SELECT coalesce(array_agg(batch.ordinal), '{}') INTO fenced
      FROM unnest(showtimes, epochs) WITH ORDINALITY AS batch (showtime_id, epoch, ordinal)
     WHERE NOT EXISTS (SELECT FROM showtime_owners o
                        WHERE o.showtime_id = batch.showtime_id AND o.epoch = batch.epoch);
    now_ms := extract(epoch FROM clock_timestamp()) * 1000;
    RETURN;
  END IF;

  -- The row locks hold off a take-over until this commit is visible to it; in id order, so that two nodes cannot
  -- lock each other out. A fenced showtime keeps its place in `owned` as NULL, which no later join matches.
  WITH owner AS (
    SELECT o.showtime_id, o.epoch FROM showtime_owners o
    WHERE o.showtime_id = ANY (showtimes) ORDER BY o.showtime_id FOR SHARE
  )
  SELECT array_agg(owner.showtime_id ORDER BY batch.ordinal),
         coalesce(array_agg(batch.ordinal) FILTER (WHERE owner.showtime_id IS NULL), '{}')
    INTO owned, fenced
    FROM unnest(showtimes, epochs) WITH ORDINALITY AS batch (showtime_id, epoch, ordinal)
    LEFT JOIN owner ON owner.showtime_id = batch.showtime_id AND owner.epoch = batch.epoch;

  IF cardinality(unheld_seat) > 0 THEN
    DELETE FROM hold_seats h USING unnest(unheld_showtime, unheld_seat) AS r (ordinal, seat)
     WHERE h.showtime_id = owned[r.ordinal] AND h.seat_index = r.seat;
  END IF;

  IF cardinality(unblocked_seat) > 0 THEN
    DELETE FROM blocked_seats b USING unnest(unblocked_showtime, unblocked_seat) AS r (ordinal, seat)
     WHERE b.showtime_id = owned[r.ordinal] AND b.seat_index = r.seat;
  END IF;

  IF cardinality(booked_id) > 0 THEN
    INSERT INTO bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                          payment_method, status, confirmed_at)
    SELECT r.id, owned[r.ordinal], r.reference, r.holder, r.hold, r.command, r.seats::integer[], r.amount, r.currency,
           r.payment, 'confirmed', clock_timestamp()
      FROM unnest(booked_showtime, booked_id, booked_reference, booked_holder, booked_hold, booked_command,
                  booked_amount, booked_currency, booked_payment, booked_seats)
           AS r (ordinal, id, reference, holder, hold, command, amount, currency, payment, seats)
     WHERE owned[r.ordinal] IS NOT NULL;
  END IF;

  IF cardinality(cancelled_booking) > 0 THEN
    UPDATE bookings b SET status = 'cancelled', cancelled_at = clock_timestamp()
      FROM unnest(cancelled_showtime, cancelled_booking) AS r (ordinal, booking)
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal] AND b.status = 'confirmed';
    DELETE FROM booking_seats s
     USING unnest(cancelled_showtime, cancelled_booking) AS r (ordinal, booking), bookings b
     WHERE b.id = r.booking AND b.showtime_id = owned[r.ordinal]
       AND s.showtime_id = b.showtime_id AND s.seat_index = ANY (b.seats) AND s.booking_id = b.id;
  END IF;

  -- A booking made and cancelled within this flush takes no seat. Any seat that is sold already raises here, by the
  -- primary key.
  IF cardinality(booked_id) > 0 THEN
    INSERT INTO booking_seats (showtime_id, seat_index, booking_id)
    SELECT owned[r.ordinal], seat, r.id
      FROM unnest(booked_showtime, booked_id, booked_seats) AS r (ordinal, id, seats)
     CROSS JOIN unnest(r.seats::integer[]) AS seat
     WHERE owned[r.ordinal] IS NOT NULL AND r.id <> ALL (cancelled_booking);
  END IF;

  IF cardinality(held_seat) > 0 THEN
    INSERT INTO hold_seats AS h (showtime_id, seat_index, hold_id, holder, expires_at, extensions)
    SELECT owned[r.ordinal], r.seat, r.hold, r.holder, to_timestamp(r.expires_ms / 1000), r.extensions
      FROM unnest(held_showtime, held_seat, held_hold, held_holder, held_expires_ms, held_extensions)
           AS r (ordinal, seat, hold, holder, expires_ms, extensions)
     WHERE owned[r.ordinal] IS NOT NULL
    ON CONFLICT (showtime_id, seat_index) DO UPDATE
      SET hold_id = excluded.hold_id, holder = excluded.holder, expires_at = excluded.expires_at,
          extensions = excluded.extensions;
  END IF;

  IF cardinality(blocked_seat) > 0 THEN
    INSERT INTO blocked_seats (showtime_id, seat_index, reason)
    SELECT owned[r.ordinal], r.seat, r.reason
      FROM unnest(blocked_showtime, blocked_seat, blocked_reason) AS r (ordinal, seat, reason)
     WHERE owned[r.ordinal] IS NOT NULL
    ON CONFLICT (showtime_id, seat_index) DO UPDATE SET reason = excluded.reason;
  END IF;

  IF cardinality(result_command) > 0 THEN
    INSERT INTO command_results (showtime_id, holder, command_id, result)
    SELECT owned[r.ordinal], r.holder, r.command, r.body::json
      FROM unnest(result_showtime, result_holder, result_command, result_body) AS r (ordinal, holder, command, body)
     WHERE owned[r.ordinal] IS NOT NULL
    -- Only a command that everybody had forgotten comes here twice; a replay of it is told of its newest effect.
    ON CONFLICT (showtime_id, holder, command_id) DO UPDATE
      SET result = excluded.result, created_at = excluded.created_at;
  END IF;

  now_ms := extract(epoch FROM clock_timestamp()) * 1000;
END $$;

-- Take-over: the new epoch of a showtime. The row lock waits for every flush in flight under the old epoch; once this
-- has committed no old owner can add anything, so whoever claimed may read at leisure. To be called as a transaction of
-- its own: a claimer that froze with the row lock in its hands would stop every flush that names the showtime.
CREATE FUNCTION usher.claim_showtime(showtime uuid, node_name text) RETURNS bigint
LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
DECLARE
  claimed bigint;
BEGIN
  INSERT INTO showtime_owners AS o (showtime_id, epoch, node) VALUES (showtime, 1, node_name)
  ON CONFLICT (showtime_id) DO UPDATE
    SET epoch = o.epoch + 1, node = excluded.node, claimed_at = clock_timestamp()
  RETURNING epoch INTO claimed;
  -- Holds that ended while nobody looked are free from here on, to all.
  DELETE FROM hold_seats WHERE showtime_id = showtime AND expires_at <= clock_timestamp();
  RETURN claimed;
END $$;
