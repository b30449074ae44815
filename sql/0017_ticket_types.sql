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
