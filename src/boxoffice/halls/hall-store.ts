import type { Pool, PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { ReadyMap } from './plan-work.js';

export interface HallRow {
  readonly id: string;
  readonly name: string;
  readonly venueId: string;
  readonly turnaroundMinutes: number;
  /** Counts every change; the hall's ETag. */
  readonly version: number;
  readonly seatMap: { readonly hash: string; readonly places: number; readonly number: number };
}

export interface HallVersion {
  readonly number: number;
  readonly hash: string;
  readonly places: number;
  readonly createdAt: Date;
}

interface StoredHall {
  readonly id: string;
  readonly name: string;
  readonly venue_id: string;
  readonly turnaround_minutes: number;
  readonly version: string;
  readonly hash: string;
  readonly places: number;
  readonly number: number;
}

const HALL = `SELECT h.id, h.name, h.venue_id, h.turnaround_minutes, h.version, h.seat_map_hash AS hash, m.seats AS places,
       (SELECT max(v.number) FROM boxoffice.hall_versions v WHERE v.hall_id = h.id) AS number
  FROM boxoffice.halls h JOIN boxoffice.seat_maps m ON m.hash = h.seat_map_hash`;

/** In the order of their ids, after `after`. */
export async function listHalls(
  db: Reads,
  filter: { readonly venueId?: string | undefined; readonly after?: string | undefined; readonly limit: number },
): Promise<HallRow[]> {
  const { rows } = await db.query<StoredHall>(
    `${HALL} WHERE ($1::text IS NULL OR h.venue_id = $1) AND ($2::text IS NULL OR h.id > $2) ORDER BY h.id LIMIT $3`,
    [filter.venueId ?? null, filter.after ?? null, filter.limit],
  );
  return rows.map(toHall);
}

export async function findHall(db: Reads, id: string): Promise<HallRow | undefined> {
  const { rows } = await db.query<StoredHall>(`${HALL} WHERE h.id = $1`, [id]);
  return rows[0] && toHall(rows[0]);
}

export async function listVersions(db: Reads, hallId: string): Promise<HallVersion[]> {
  const { rows } = await db.query<{ number: number; hash: string; places: number; created_at: Date }>(
    `SELECT v.number, v.seat_map_hash AS hash, m.seats AS places, v.created_at
       FROM boxoffice.hall_versions v JOIN boxoffice.seat_maps m ON m.hash = v.seat_map_hash
      WHERE v.hall_id = $1 ORDER BY v.number DESC`,
    [hallId],
  );
  return rows.map(({ created_at, ...rest }) => ({ ...rest, createdAt: created_at }));
}

/** `exists`: the id is taken. `no venue`: there is no such venue. */
export async function addHall(
  client: PoolClient,
  hall: { readonly id: string; readonly name: string; readonly venueId: string },
  map: ReadyMap,
): Promise<'added' | 'exists' | 'no venue'> {
  await fileMap(client, map);
  const { rowCount: venues } = await client.query('SELECT FROM boxoffice.venues WHERE id = $1 FOR KEY SHARE', [
    hall.venueId,
  ]);
  if (venues !== 1) return 'no venue';
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.halls (id, venue_id, name, seat_map_hash) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO NOTHING`,
    [hall.id, hall.venueId, hall.name, map.hash],
  );
  return rowCount === 1 ? 'added' : 'exists';
}

/** Makes the map the hall's newest version; the one that it has already makes none. False: there is no such hall. */
export async function addVersion(client: PoolClient, hallId: string, map: ReadyMap): Promise<boolean> {
  await fileMap(client, map);
  const { rowCount } = await client.query('SELECT FROM boxoffice.halls WHERE id = $1 FOR UPDATE', [hallId]);
  if (rowCount !== 1) return false;
  await client.query('UPDATE boxoffice.halls SET seat_map_hash = $2 WHERE id = $1 AND seat_map_hash <> $2', [
    hallId,
    map.hash,
  ]);
  return true;
}

/** Runs `work` in one transaction; it is rolled back where `work` throws, or says so by its result. */
export async function inTransaction<Result>(
  pool: Pool,
  work: (client: PoolClient) => Promise<{ readonly result: Result; readonly commit: boolean }>,
): Promise<Result> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const { result, commit } = await work(client);
    await client.query(commit ? 'COMMIT' : 'ROLLBACK');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure;
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

async function fileMap(client: PoolClient, { hash, places, document }: ReadyMap): Promise<void> {
  await client.query(
    'INSERT INTO boxoffice.seat_maps (hash, seats, document) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING',
    [hash, places, document],
  );
}

function toHall({ id, name, venue_id, turnaround_minutes, version, hash, places, number }: StoredHall): HallRow {
  const seatMap = { hash, places, number };
  return { id, name, venueId: venue_id, turnaroundMinutes: turnaround_minutes, version: Number(version), seatMap };
}
