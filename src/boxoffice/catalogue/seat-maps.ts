import { createHash } from 'node:crypto';
import type { Pool } from 'pg';
import type { SeatMapData } from '../../core/seat-map.js';
import type { Reads } from './reads.js';

/**
 * Files a seat map under the SHA-256 of its canonical text, which is also the text that is stored and served: whoever
 * hashes the bytes of `GET /v1/seat-maps/{hash}` gets the hash. The same map twice is one row.
 * @returns the hash, 64 lower-case hexadecimal digits.
 */
export async function addSeatMap(pool: Pool, data: SeatMapData): Promise<string> {
  const document = canonicalJson(data);
  const hash = createHash('sha256').update(document).digest('hex');
  await pool.query(
    'INSERT INTO boxoffice.seat_maps (hash, seats, document) VALUES ($1, $2, $3) ON CONFLICT (hash) DO NOTHING',
    [hash, data.seats.label.length, document],
  );
  return hash;
}

/** The document as JSON text, byte for byte as it was hashed; undefined where there is none of this hash. */
export async function seatMapDocument(pool: Reads, hash: string): Promise<string | undefined> {
  const { rows } = await pool.query<{ document: string }>(
    'SELECT document::text AS document FROM boxoffice.seat_maps WHERE hash = $1',
    [hash],
  );
  return rows[0]?.document;
}

/** The seat map as it was filed. Not checked again: only addSeatMap writes there. Undefined where there is none. */
export async function seatMapData(pool: Reads, hash: string): Promise<SeatMapData | undefined> {
  const { rows } = await pool.query<{ document: SeatMapData }>(
    'SELECT document FROM boxoffice.seat_maps WHERE hash = $1',
    [hash],
  );
  return rows[0]?.document;
}

/**
 * JSON with members in the order of their names and no white space, so that equal values have equal text however they
 * were built. Members that are undefined are left out, as JSON.stringify does.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part === null || typeof part !== 'object' || Array.isArray(part)) return part;
    // Code-unit order, not a locale's: the hash must not depend on where it is computed.
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
