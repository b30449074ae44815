import pg from 'pg';
import type { Log } from '../../runtime/ports.js';

export interface CommitConnection {
  /** Runs one query and returns its only row. Rejects where the connection breaks: the outcome is then unknown. */
  query<Row>(query: { name: string; text: string }, values: unknown[]): Promise<Row>;
  /** For good: queries are rejected from then on. */
  close(): Promise<void>;
}

/** A statement that got no answer for so long is asked again on a new connection. */
const ANSWER_MS_MAX = 10_000;
const CONNECT_MS_MAX = 3_000;

/**
 * The one connection that a node commits over, opened when first needed and again after each failure. Not a pool:
 * there is never more than one flush in flight, and its statement stays prepared.
 */
export function commitConnection(databaseUrl: string, log: Log, answerMsMax = ANSWER_MS_MAX): CommitConnection {
  let client: pg.Client | undefined;
  let isClosed = false;

  const open = async (): Promise<pg.Client> => {
    const opening = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'usher-commit',
      keepAlive: true,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      query_timeout: answerMsMax,
    });
    opening.on('error', (error) => {
      if (!isClosed) log.warn({ err: error }, 'the connection that commits was lost');
      if (client === opening) client = undefined;
    });
    try {
      await opening.connect();
      await opening.query(sessionSettings(answerMsMax));
      if (isClosed) throw closed();
    } catch (error) {
      opening.end().catch(() => {});
      throw error;
    }
    client = opening;
    return opening;
  };

  return {
    async query<Row>(query: { name: string; text: string }, values: unknown[]): Promise<Row> {
      if (isClosed) throw closed();
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
      isClosed = true;
      const last = client;
      client = undefined;
      await last?.end().catch(() => {});
    },
  };
}

function closed(): Error {
  return new Error('The connection that commits was closed.');
}

/**
 * Every acknowledged hold and booking is on disk: decision 0002. Postgres gives a statement up before its caller does,
 * so that the backends of given-up tries do not pile up behind a lock; and it notices within half a minute when the
 * machine of a node is gone, so that what was sent by halves does not keep its locks for hours.
 */
function sessionSettings(answerMsMax: number): string {
  return [
    'SET synchronous_commit = on',
    `SET statement_timeout = ${Math.ceil(answerMsMax * 0.8)}`,
    'SET tcp_keepalives_idle = 10',
    'SET tcp_keepalives_interval = 5',
    'SET tcp_keepalives_count = 4',
  ].join('; ');
}
