-- One flush costs what its rows cost, and less than before: decision 0013 has what was measured.

-- What the commands of one flush of one showtime were answered, for replays after a restart; bookings are their own
-- record. One row a flush: they are written by the thousand and hardly any is ever read.
CREATE TABLE usher.flush_results (
  showtime_id uuid NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  command_ids uuid[] NOT NULL,
  -- A list of { holder, commandId, command, reply }.
  results json NOT NULL
);
INSERT INTO usher.flush_results (showtime_id, created_at, command_ids, results)
SELECT showtime_id, created_at, array_agg(command_id),
       json_agg(json_build_object('holder', holder, 'commandId', command_id, 'command', result -> 'command',
                                  'reply', result -> 'reply'))
  FROM usher.command_results GROUP BY showtime_id, created_at;
DROP TABLE usher.command_results;
ALTER TABLE usher.flush_results RENAME TO command_results;
-- As they are, and not compressed: squeezing them would cost more than the flush.
ALTER TABLE usher.command_results ALTER COLUMN results SET STORAGE EXTERNAL;
CREATE INDEX command_results_showtime ON usher.command_results (showtime_id, created_at);
CREATE INDEX command_results_created_at ON usher.command_results USING brin (created_at);

