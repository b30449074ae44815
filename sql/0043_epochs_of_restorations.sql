-- The next epoch after a restoration. `from_epoch` may be of a later timeline than the row. The steps of a thousand between the two
-- are in it already. They were taken a second time, so that the epoch belonged to a later timeline, and was used again once
-- that timeline began. Only this line of the function changes; `schema.sql` has the whole of it.
DO $$
DECLARE
  old_line CONSTANT text := 'present_epoch := greatest(o.epoch, from_epoch) + 1 + 1000 * abs(present - o.timeline);';
  new_line CONSTANT text := 'present_epoch := greatest(o.epoch + 1 + 1000 * abs(present - o.timeline), from_epoch + 1);';
  body text;
BEGIN
  SELECT pg_get_functiondef(p.oid) INTO STRICT body
    FROM pg_proc p WHERE p.pronamespace = 'usher'::regnamespace AND p.proname = 'restore_showtime';
  IF position(old_line IN body) = 0 THEN
    RAISE EXCEPTION 'usher.restore_showtime is not the function that this migration changes';
  END IF;
  EXECUTE replace(body, old_line, new_line);
END $$;
