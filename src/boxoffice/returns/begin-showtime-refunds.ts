import type { PoolClient } from 'pg';
import { writeOutbox } from '../outbox/write-outbox.js';

/** To be called in the transaction that cancels a showtime: from then on its orders are refunded, whatever dies when. */
export async function beginShowtimeRefunds(client: PoolClient, showtimeId: string): Promise<void> {
  const sql = 'INSERT INTO boxoffice.showtime_refunds (showtime_id) VALUES ($1) ON CONFLICT DO NOTHING';
  await client.query(sql, [showtimeId]);
  await writeOutbox(client, [
    { topic: 'showtime.cancelled', subject: `showtime:${showtimeId}`, payload: { showtimeId } },
  ]);
}
