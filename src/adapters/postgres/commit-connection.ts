import pg from 'pg';
import type { Log } from '../../runtime/ports.js';

export interface CommitConnection {
  /** Runs one query and returns its only row. Rejects where the connection breaks: the outcome is then unknown. */
  query<Row>(query: { name: string; text: string }, values: unknown[]): Promise<Row>;
  close(): Promise<void>;
}

/** A statement that got no answer for so long is asked again on a new connection. */
const ANSWER_MS_MAX = 10_000;
const CONNECT_MS_MAX = 3_000;

/**
 * The one connection that a node commits over, opened when first needed and again after each failure. Not a pool:
 * there is never more than one flush in flight, and its statement stays prepared.
 */
export function commitConnection(databaseUrl: string, log: Log): CommitConnection {
  let client: pg.Client | undefined;

  const open = async (): Promise<pg.Client> => {
    const opening = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'usher-commit',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: ANSWER_MS_MAX,
    });
    opening.on('error', (error) => {
      log.warn({ err: error }, 'the connection that commits was lost');
      if (client === opening) client = undefined;
    });
    await opening.connect();
    // Every acknowledged hold and booking is on disk: decision 0002.
    await opening.query('SET synchronous_commit = on');
    client = opening;
    return opening;
  };

  return {
    async query<Row>(query: { name: string; text: string }, values: unknown[]): Promise<Row> {
      const current = client ?? (await open());
      try {
        const result = await current.query({ ...query, values });
        return result.rows[0] as Row;
      } catch (error) {
        // An answer of Postgres leaves the connection sound; anything else makes it suspect.
        if (!(error instanceof pg.DatabaseError)) {
          if (client === current) client = undefined;
          current.end().catch(() => {});
        }
        throw error;
      }
    },
    async close() {
      await client?.end().catch(() => {});
      client = undefined;
    },
  };
}
