-- What a node makes of the outbox. Each row of the outbox becomes one step for each handler that listens to its topic. The steps
-- of one handler about one subject form a line, of which the job queue (schema usher_jobs, owned by graphile-worker) only ever
-- has the head: so they are done in their order, also where one of them fails and is tried again.
CREATE TABLE boxoffice.outbox_steps (
  handler text NOT NULL,
  subject text NOT NULL,
  -- The id that the row had in the outbox.
  event_id bigint NOT NULL,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  PRIMARY KEY (handler, subject, event_id)
);

-- Steps that were given up. An operator reads them, and has them tried again (`ctl dead-letters`).
CREATE TABLE boxoffice.dead_letters (
  handler text NOT NULL,
  subject text NOT NULL,
  event_id bigint NOT NULL,
  topic text NOT NULL,
  payload jsonb NOT NULL,
  created_at timestamptz(3) NOT NULL,
  failed_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
  error text NOT NULL,
  PRIMARY KEY (handler, subject, event_id)
);

-- The workers that run. One that stays silent is dead, and what it had locked is unlocked.
CREATE TABLE boxoffice.job_workers (
  -- By which graphile-worker locks jobs.
  id text PRIMARY KEY,
  node text NOT NULL,
  seen_at timestamptz(3) NOT NULL DEFAULT clock_timestamp()
);

-- The job of the head of a line. `tries_max` of 14 lasts a bit longer than a day: the queue waits e, e², … e¹⁰ seconds, and then
-- e¹⁰ each time.
CREATE FUNCTION boxoffice.queue_steps(handlers text[], subjects text[], event_ids bigint[]) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
  tries_max constant integer := 14;
BEGIN
  -- Each call notifies: none without a job.
  IF cardinality(handlers) > 0 THEN
    PERFORM usher_jobs.add_jobs(ARRAY(
      SELECT ROW('step', json_build_object('handler', handler, 'subject', subject, 'eventId', event_id::text),
                 NULL, NULL, tries_max, NULL, NULL, NULL)::usher_jobs.job_spec
        FROM unnest(handlers, subjects, event_ids) AS heads (handler, subject, event_id)));
  END IF;
END
$$;

-- Moves the oldest rows of the outbox, for the topics that the caller knows: those of a newer version wait for a node that has
-- it. A topic whose handler is '' has none, and its rows are dropped. Returns how many were moved; −1: another node moves
-- just now, and perhaps cannot see what the caller wants moved.
CREATE FUNCTION boxoffice.move_outbox(topics text[], handlers text[], rows_max integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  moved integer;
  head_handlers text[];
  head_subjects text[];
  head_events bigint[];
BEGIN
  -- Two that move at once could queue a later row of a subject before an earlier one.
  IF NOT pg_try_advisory_xact_lock(hashtextextended('usher outbox mover', 0)) THEN
    RETURN -1;
  END IF;
  -- Until this has committed no line ends: it would not see the step that is added to it here.
  PERFORM pg_advisory_xact_lock(hashtextextended('usher outbox lines', 0));
  WITH due AS (
    DELETE FROM boxoffice.outbox
     WHERE id = ANY (ARRAY(SELECT id FROM boxoffice.outbox WHERE topic = ANY (topics) ORDER BY id LIMIT rows_max))
     RETURNING id, topic, subject, payload, created_at
  ), steps AS (
    INSERT INTO boxoffice.outbox_steps (handler, subject, event_id, topic, payload, created_at)
    SELECT routes.handler, due.subject, due.id, due.topic, due.payload, due.created_at
      FROM due JOIN unnest(topics, handlers) AS routes (topic, handler) USING (topic)
     WHERE routes.handler <> ''
    RETURNING handler, subject, event_id
  ), heads AS (
    -- outbox_steps is read as it was before the statement: with the earlier steps only.
    SELECT handler, subject, min(event_id) AS event_id
      FROM steps
     WHERE NOT EXISTS (
       SELECT FROM boxoffice.outbox_steps earlier
        WHERE earlier.handler = steps.handler AND earlier.subject = steps.subject)
     GROUP BY handler, subject
  )
  SELECT (SELECT count(*) FROM due), array_agg(handler), array_agg(subject), array_agg(event_id)
    INTO moved, head_handlers, head_subjects, head_events
    FROM (SELECT * FROM heads ORDER BY event_id) AS ordered;
  PERFORM boxoffice.queue_steps(head_handlers, head_subjects, head_events);
  RETURN moved;
END
$$;

-- Ends a step, and queues the next one of its line. With an error, the step becomes a dead letter. False: it had ended already.
CREATE FUNCTION boxoffice.end_step(the_handler text, the_subject text, the_event bigint, the_error text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  ended boxoffice.outbox_steps;
BEGIN
  PERFORM pg_advisory_xact_lock_shared(hashtextextended('usher outbox lines', 0));
  DELETE FROM boxoffice.outbox_steps
   WHERE handler = the_handler AND subject = the_subject AND event_id = the_event
   RETURNING * INTO ended;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF the_error IS NOT NULL THEN
    INSERT INTO boxoffice.dead_letters (handler, subject, event_id, topic, payload, created_at, error)
    VALUES (ended.handler, ended.subject, ended.event_id, ended.topic, ended.payload, ended.created_at, the_error)
    ON CONFLICT (handler, subject, event_id) DO UPDATE SET failed_at = excluded.failed_at, error = excluded.error;
  END IF;
  PERFORM boxoffice.queue_steps(ARRAY[the_handler], ARRAY[the_subject], ARRAY[next.event_id])
     FROM (SELECT event_id FROM boxoffice.outbox_steps WHERE handler = the_handler AND subject = the_subject
            ORDER BY event_id LIMIT 1) AS next;
  RETURN true;
END
$$;

-- Puts a dead letter back into its line. False: there is no such dead letter.
CREATE FUNCTION boxoffice.revive_step(the_handler text, the_subject text, the_event bigint) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  letter boxoffice.dead_letters;
BEGIN
  -- As if it were moved: the line may be ending.
  PERFORM pg_advisory_xact_lock(hashtextextended('usher outbox lines', 0));
  DELETE FROM boxoffice.dead_letters
   WHERE handler = the_handler AND subject = the_subject AND event_id = the_event
   RETURNING * INTO letter;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF NOT EXISTS (SELECT FROM boxoffice.outbox_steps WHERE handler = the_handler AND subject = the_subject) THEN
    PERFORM boxoffice.queue_steps(ARRAY[the_handler], ARRAY[the_subject], ARRAY[the_event]);
  END IF;
  INSERT INTO boxoffice.outbox_steps (handler, subject, event_id, topic, payload, created_at)
  VALUES (letter.handler, letter.subject, letter.event_id, letter.topic, letter.payload, letter.created_at);
  RETURN true;
END
$$;

-- Unlocks the jobs of workers that were silent for longer than a lease, and forgets these. Returns how many workers that were.
-- A worker that comes back has its row written again; what it locked without one, while it was silent, is unlocked too.
CREATE FUNCTION boxoffice.unlock_dead_workers(lease interval) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  dead text[];
BEGIN
  WITH silent AS (
    DELETE FROM boxoffice.job_workers WHERE seen_at < clock_timestamp() - lease RETURNING id
  )
  SELECT array_agg(id) INTO dead FROM (
    SELECT id FROM silent
    UNION
    SELECT locked_by FROM usher_jobs._private_jobs
     WHERE locked_at < clock_timestamp() - lease
       AND NOT EXISTS (SELECT FROM boxoffice.job_workers WHERE id = locked_by)
  ) AS workers;
  IF dead IS NULL THEN
    RETURN 0;
  END IF;
  PERFORM usher_jobs.force_unlock_workers(dead);
  RETURN cardinality(dead);
END
$$;

-- Gives up the steps whose worker died at the last try: no code of ours ran after that. Returns how many.
CREATE FUNCTION boxoffice.bury_abandoned_steps() RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
  job record;
  buried integer := 0;
BEGIN
  FOR job IN
    SELECT id, payload FROM usher_jobs._private_jobs
     WHERE attempts >= max_attempts AND locked_at IS NULL LIMIT 100 FOR UPDATE SKIP LOCKED
  LOOP
    IF boxoffice.end_step(job.payload->>'handler', job.payload->>'subject', (job.payload->>'eventId')::bigint,
                          'Its worker ended at the last try.') THEN
      buried := buried + 1;
    END IF;
    DELETE FROM usher_jobs._private_jobs WHERE id = job.id;
  END LOOP;
  RETURN buried;
END
$$;

-- graphile-worker closes its tables to everybody but their owner, by row level security without a policy. What a role may do here is
-- for its grants to say.
DO $$
DECLARE
  closed text;
BEGIN
  FOR closed IN SELECT relname FROM pg_class WHERE relnamespace = 'usher_jobs'::regnamespace AND relrowsecurity LOOP
    EXECUTE format('CREATE POLICY whoever_is_granted ON usher_jobs.%I USING (true) WITH CHECK (true)', closed);
  END LOOP;
END $$;
