-- What a node remembers of a showtime, written again into a journal that lost its tail (0010). Decision 0019.

-- What one restoration could not bring back.
CREATE FUNCTION usher.losses_of(writer_id uuid, batch_number bigint) RETURNS json
LANGUAGE sql SET search_path = usher, pg_temp AS $$
  SELECT coalesce(json_agg(json_build_object(
           'showtimeId', l.showtime_id, 'subject', l.subject, 'seat', l.seat_index, 'kind', l.kind,
           'reference', l.reference, 'holder', l.holder, 'reason', l.reason)
           ORDER BY l.kind, l.subject, l.seat_index), '[]')
    FROM losses l WHERE l.writer = writer_id AND l.batch = batch_number
$$;
