import type { Pool } from 'pg';
import type { WaitingEntry } from '../../core/waitlist/waiting.js';
import type { Waitlist } from '../../runtime/waitlist-port.js';
import { inTransaction } from '../halls/hall-store.js';
import { lineOf } from './postgres-waitlist-store.js';
import { waitingEntry } from './waiting-entry.js';

const PLACES = 'SELECT places FROM boxoffice.waitlists WHERE showtime_id = $1';

/** The record of who waits, as an owner reads it once it has claimed a showtime. */
export function waitingAtClaim(pool: Pool, offerMs: number, uuid: () => string): Waitlist {
  return {
    async load(showtimeId, epoch, holdIds) {
      // As nearly everywhere: then one read is all that it costs.
      if ((await pool.query(PLACES, [showtimeId])).rowCount === 0) return undefined;
      return await inTransaction(pool, async (client) => {
        // A join waits for this lock, or this waits for the join: so every place up to the last is seen.
        const { rows } = await client.query<{ places: number }>(`${PLACES} FOR UPDATE`, [showtimeId]);
        const { rowCount } = await client.query(
          'SELECT FROM usher.showtime_owners WHERE showtime_id = $1 AND epoch = $2 FOR SHARE',
          [showtimeId, epoch],
        );
        if (rowCount === 0) throw new Error('Another node owns the showtime by now.');
        const entries: WaitingEntry[] = [];
        const renewed: (readonly [id: string, holdId: string])[] = [];
        for (const entry of await lineOf(client, showtimeId)) {
          // The owner before may have offered it under this id, and died before that was on record; holds never share an id.
          const isUsed = entry.state === 'waiting' && !holdIds.has(entry.holdId);
          const holdId = isUsed ? uuid() : entry.holdId;
          if (isUsed) renewed.push([entry.id, holdId]);
          entries.push(waitingEntry({ ...entry, holdId }, offerMs));
        }
        await client.query(
          `UPDATE boxoffice.waitlist_entries e SET hold_id = n.hold_id
             FROM unnest($1::uuid[], $2::uuid[]) AS n (id, hold_id) WHERE e.id = n.id AND e.state = 'waiting'`,
          [renewed.map(([id]) => id), renewed.map(([, holdId]) => holdId)],
        );
        return { result: { entries, lastPlace: rows[0]?.places ?? 0 }, commit: true };
      });
    },
  };
}
