import type { ClientBase, Pool } from 'pg';
import type { CommandResult, RecordedResults } from '../../runtime/journal-port.js';

export interface ReplayBounds {
  /** How far back outcomes of commands are known, in milliseconds. */
  readonly windowMs: number;
  /** Of how many commands at least, where there are more: the newest. */
  readonly max: number;
}

/** As Postgres writes a UUID, whatever it was given as; then when it was recorded, in microseconds since 1970. */
const ID_LENGTH = 36;
const AT_LENGTH = 16;

/**
 * All of them in one text: tens of thousands of rows would keep this node busy for longer than Postgres. The outcomes
 * themselves are stored apart from their rows, and none of them is read for it.
 */
const NEWEST = `SELECT coalesce(string_agg(command_id::text || at, ''), '') AS newest FROM (
  SELECT command_ids, lpad((extract(epoch FROM created_at) * 1000000)::bigint::text, ${AT_LENGTH}, '0') AS at,
         sum(cardinality(command_ids)) OVER (ORDER BY created_at DESC ROWS UNBOUNDED PRECEDING)
           - cardinality(command_ids) AS newer
    FROM usher.command_results
   WHERE showtime_id = $1 AND created_at > clock_timestamp() - make_interval(secs => $2::float8 / 1000)) flushes
  CROSS JOIN unnest(command_ids) AS command_id
  WHERE newer < $3`;

/** By the index on showtime and time; the time as far off as a double may be. */
const RESULT = `SELECT result FROM usher.command_results, json_array_elements(results) AS result
  WHERE showtime_id = $1 AND command_ids @> ARRAY[$3::uuid]
    AND created_at BETWEEN to_timestamp($4::float8 / 1000000) - interval '1 ms'
                       AND to_timestamp($4::float8 / 1000000) + interval '1 ms'
    AND result ->> 'holder' = $2 AND (result ->> 'commandId')::uuid = $3`;

/** Outcomes on record, as the snapshot of `client` shows them; they are read from `pool` when they are asked for. */
export async function readRecorded(
  client: ClientBase,
  pool: Pool,
  showtimeId: string,
  { windowMs, max }: ReplayBounds,
): Promise<RecordedResults> {
  const { rows } = await client.query<{ newest: string }>(NEWEST, [showtimeId, windowMs, max]);
  const newest = rows[0]?.newest ?? '';
  const places = placesOf(newest);
  return {
    has: (commandId) => places.has(commandId.toLowerCase()),
    async recall(holder, commandId) {
      const place = places.get(commandId.toLowerCase());
      if (place === undefined) return undefined;
      const at = newest.slice(place + ID_LENGTH, place + ID_LENGTH + AT_LENGTH);
      const found = await pool.query<{ result: CommandResult }>(RESULT, [showtimeId, holder, commandId, at]);
      const result = found.rows[0]?.result;
      return result && { ...result, commandId };
    },
  };
}

/** Each command to where it stands in the text. */
function placesOf(newest: string): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (let at = 0; at < newest.length; at += ID_LENGTH + AT_LENGTH) places.set(newest.slice(at, at + ID_LENGTH), at);
  return places;
}
