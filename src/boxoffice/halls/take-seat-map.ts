import type { Pool, PoolClient } from 'pg';
import { seatMapData } from '../catalogue/seat-maps.js';
import { compareMaps } from './compare-maps.js';
import { inTransaction } from './hall-store.js';

export type SeatMapTaken =
  | { readonly outcome: 'taken'; readonly from: string; readonly to: string }
  | { readonly outcome: 'same'; readonly to: string }
  | { readonly outcome: 'unknown_showtime' | 'unknown_version' | 'stale' }
  /** Categories of the new map that the showtime has no price for. */
  | { readonly outcome: 'unpriced'; readonly categories: readonly string[] }
  /** Labels of seats that the new map changes and that somebody has, or had. */
  | { readonly outcome: 'in use'; readonly seats: readonly { readonly label: string; readonly why: string }[] };

/** A node that stops within the transaction must not keep the showtime's flushes waiting. */
const IDLE_MS_MAX = 2_000;
const SEATS_TOLD_MAX = 100;

/**
 * Gives a showtime a version of its hall's seat map, where no seat that anybody holds or has bought changes. See
 * usher.take_seat_map for what is compared, and how the owner that runs the showtime is fenced.
 * @param record writes into the same transaction, before anything is locked.
 */
export async function takeSeatMap(
  pool: Pool,
  showtimeId: string,
  number: number,
  record: (client: PoolClient, from: string, to: string) => Promise<void>,
): Promise<SeatMapTaken> {
  const { rows } = await pool.query<{ before: string; next: string | null; prices: Record<string, number> }>(
    `SELECT s.seat_map_hash AS before, v.seat_map_hash AS next, s.prices
       FROM boxoffice.showtimes s
       LEFT JOIN boxoffice.hall_versions v ON v.hall_id = s.hall_id AND v.number = $2
      WHERE s.id = $1`,
    [showtimeId, number],
  );
  const [showtime] = rows;
  if (showtime === undefined) return { outcome: 'unknown_showtime' };
  const { before: from, next: to, prices } = showtime;
  if (to === null) return { outcome: 'unknown_version' };
  if (from === to) return { outcome: 'same', to };
  const [before, next] = [await seatMapData(pool, from), await seatMapData(pool, to)];
  if (before === undefined || next === undefined)
    throw new Error(`The seat maps of showtime ${showtimeId} are missing.`);
  const categories = next.categories.map(({ name }) => name).filter((name) => !Object.hasOwn(prices, name));
  if (categories.length > 0) return { outcome: 'unpriced', categories };
  const { replaced, altered } = compareMaps(before, next);
  return await inTransaction<SeatMapTaken>(pool, async (client) => {
    await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${IDLE_MS_MAX}`);
    await record(client, from, to);
    const answer = await client.query<{ outcome: string; seats: number[] | null; whys: string[] | null }>(
      'SELECT outcome, seats, whys FROM usher.take_seat_map($1, $2, $3, $4, $5)',
      [showtimeId, from, to, replaced, altered],
    );
    const { outcome, seats, whys } = answer.rows[0] ?? {};
    if (outcome === 'taken') return { commit: true, result: { outcome: 'taken', from, to } };
    if (outcome === 'stale') return { commit: false, result: { outcome: 'stale' } };
    const used = (seats ?? []).slice(0, SEATS_TOLD_MAX).map((seat, i) => ({
      label: before.seats.label[seat] ?? `#${seat}`,
      why: whys?.[i] ?? 'in use',
    }));
    return { commit: false, result: { outcome: 'in use', seats: used } };
  });
}
