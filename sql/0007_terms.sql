-- What a showtime is sold by can change while it is sold: decision 0023.

ALTER TABLE usher.showtimes
  -- Counts up with every change of what a showtime is sold by, so that whoever runs it notices.
  ADD COLUMN terms_version bigint NOT NULL DEFAULT 1 CHECK (terms_version > 0),
  -- Before then nothing is sold; NULL: from the start.
  ADD COLUMN sales_open_at timestamptz(3);

CREATE FUNCTION usher.count_terms() RETURNS trigger
LANGUAGE plpgsql SET search_path = usher, pg_temp AS $$
BEGIN
  -- Holds and bookings are amounts in the currency of their showtime.
  IF NEW.currency <> OLD.currency THEN
    RAISE EXCEPTION 'showtime % keeps its currency', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  IF (OLD.prices, OLD.rules, OLD.sales_open, OLD.sales_open_at, OLD.starts_at)
     IS DISTINCT FROM (NEW.prices, NEW.rules, NEW.sales_open, NEW.sales_open_at, NEW.starts_at) THEN
    NEW.terms_version := OLD.terms_version + 1;
  END IF;
  RETURN NEW;
END $$;
-- What is compared stands in the function: a condition of the trigger would forbid later changes of those columns.
CREATE TRIGGER count_terms BEFORE UPDATE ON usher.showtimes FOR EACH ROW EXECUTE FUNCTION usher.count_terms();

-- What the seat cost when it was held, in minor units of the showtime's currency: the price that was promised is the
-- price that is paid. NULL where a node of an earlier version held it: then it costs what its category costs.
ALTER TABLE usher.hold_seats ADD COLUMN amount bigint CHECK (amount >= 0);

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
DROP FUNCTION usher.commit_batch;
CREATE FUNCTION usher.commit_batch(
  writer uuid, batch_number bigint,
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
