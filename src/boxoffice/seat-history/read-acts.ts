import { readAct, type SeatAct, type SpeltAct } from '../../core/seat-act.js';
import type { Reads } from '../catalogue/reads.js';

/** Where an act stands in the history of its showtime: later ones are greater. */
export interface ActPosition {
  readonly epoch: number;
  readonly number: number;
}

export interface ActAt extends ActPosition {
  readonly act: SeatAct;
}

export interface BlockedSeat {
  readonly seat: number;
  readonly reason: string;
  readonly since: Date;
}

interface ActRow {
  readonly epoch: string;
  readonly number: string;
  readonly act: SpeltAct;
}

/** One row a flush, so the acts in it are numbered from the row's own number on. Rows of other seats are passed over unread. */
const ACTS = `SELECT a.epoch, a.number + x.i - 1 AS number, x.act
  FROM usher.seat_acts a CROSS JOIN LATERAL json_array_elements(a.acts::json) WITH ORDINALITY AS x (act, i)
 WHERE a.showtime_id = $1 AND a.seats @> ARRAY[$2::integer]
   AND (a.epoch, a.number) <= ($3::bigint, $4::bigint) AND (a.epoch, a.number + x.i - 1) < ($3::bigint, $4::bigint)
   AND ((x.act -> 2)::jsonb @> to_jsonb($2::integer) OR (x.act -> 5 -> 'from')::jsonb @> to_jsonb($2::integer))
 ORDER BY a.epoch DESC, a.number DESC, x.i DESC LIMIT $5`;

const LATEST: ActPosition = { epoch: Number.MAX_SAFE_INTEGER, number: Number.MAX_SAFE_INTEGER };

/** At most `limit` acts of a seat before `before`, the newest first. Rejects where Postgres cannot be reached. */
export async function readActs(
  db: Reads,
  showtimeId: string,
  seat: number,
  before: ActPosition | undefined,
  limit: number,
): Promise<readonly ActAt[]> {
  const { epoch, number } = before ?? LATEST;
  const { rows } = await db.query<ActRow>(ACTS, [showtimeId, seat, epoch, number, limit]);
  return rows.map((row) => ({ epoch: Number(row.epoch), number: Number(row.number), act: readAct(row.act) }));
}

/** The blocked seats of a showtime, in the order of the map. Rejects where Postgres cannot be reached. */
export async function readBlocks(db: Reads, showtimeId: string): Promise<readonly BlockedSeat[]> {
  const { rows } = await db.query<BlockedSeat>(
    `SELECT seat_index AS seat, reason, blocked_at AS since FROM usher.blocked_seats
      WHERE showtime_id = $1 ORDER BY seat_index`,
    [showtimeId],
  );
  return rows;
}
