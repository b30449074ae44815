/** Events that were given up, as Postgres has them. */
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';

export interface DeadLetter {
  readonly id: string;
  readonly handler: string;
  readonly subject: string;
  /** Of the row of the outbox. */
  readonly eventId: string;
  readonly topic: string;
  readonly payload: unknown;
  readonly createdAt: Date;
  readonly failedAt: Date;
  readonly error: string;
}

/** Where a page ends: the list is in the order of both, the latest first. */
export interface LetterPosition {
  readonly failedAt: string;
  readonly id: string;
}

export interface LetterSearch {
  readonly handler: string | undefined;
  readonly topic: string | undefined;
  readonly before: LetterPosition | undefined;
  readonly limit: number;
}

const LETTER = `SELECT id, handler, subject, event_id::text AS "eventId", topic, payload, created_at AS "createdAt",
       failed_at AS "failedAt", error FROM boxoffice.dead_letters`;

export async function listDeadLetters(
  db: Reads,
  { handler, topic, before, limit }: LetterSearch,
): Promise<readonly DeadLetter[]> {
  const { rows } = await db.query<DeadLetter>(
    `${LETTER}
      WHERE ($1::text IS NULL OR handler = $1) AND ($2::text IS NULL OR topic = $2)
        AND ($3::timestamptz IS NULL OR (failed_at, id) < ($3, $4::uuid))
      ORDER BY failed_at DESC, id DESC LIMIT $5`,
    [handler ?? null, topic ?? null, before?.failedAt ?? null, before?.id ?? null, limit],
  );
  return rows;
}

export async function findDeadLetter(db: Reads, id: string): Promise<DeadLetter | undefined> {
  const { rows } = await db.query<DeadLetter>(`${LETTER} WHERE id = $1`, [id]);
  return rows[0];
}

/** Puts it back into its line, to be tried as often as a new one. False: somebody else has taken it meanwhile. */
export async function reviveDeadLetter(
  client: PoolClient,
  { handler, subject, eventId }: DeadLetter,
): Promise<boolean> {
  const sql = 'SELECT boxoffice.revive_step($1, $2, $3) AS revived';
  const { rows } = await client.query<{ revived: boolean }>(sql, [handler, subject, eventId]);
  return rows[0]?.revived ?? false;
}

/** False: somebody else has taken it meanwhile. */
export async function dropDeadLetter(client: PoolClient, id: string): Promise<boolean> {
  const { rowCount } = await client.query('DELETE FROM boxoffice.dead_letters WHERE id = $1', [id]);
  return rowCount === 1;
}
