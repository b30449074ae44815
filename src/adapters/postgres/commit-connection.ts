import pg from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Primary } from './primary.js';
import { PrimaryClient } from './primary-client.js';
import { KEEPALIVES } from './primary-pool.js';
import { isUnconfirmedCommit } from './unconfirmed-commit.js';

/** `name` and `text` are for a connection with a backend of its own, `sharedText`, where it differs, for one that shares it. */
export interface CommitQuery {
  readonly name: string;
  readonly text: string;
  readonly sharedText?: string;
}

export interface CommitConnection {
  /**
   * Runs one query, in a transaction of its own, and returns its only row. Rejects where the connection breaks, and where
   * the transaction may not be on the synchronous standby: the outcome is then unknown.
   */
  query<Row>(query: CommitQuery, values: unknown[]): Promise<Row>;
  /** For good: queries are rejected from then on. */
  close(): Promise<void>;
}

/** A statement that got no answer for so long is asked again on a new connection. */
const ANSWER_MS_MAX = 10_000;

/**
 * The one connection that a node commits over, opened when first needed and again after each failure. Not a pool:
 * there is never more than one flush in flight, and its statement stays prepared where the connection has a backend of
 * its own.
 */
export function commitConnection(primary: Primary, log: Log, answerMsMax = ANSWER_MS_MAX): CommitConnection {
  let client: PrimaryClient | undefined;
  let isClosed = false;
  const outage = new CommitOutage(log);
  let warning: string | undefined;

  const open = async (): Promise<PrimaryClient> => {
    const opening = new PrimaryClient(primary, {
      application_name: 'usher-commit',
      query_timeout: answerMsMax,
      settings: sessionSettings(answerMsMax),
      isUrgent: true,
    });
    opening.on('error', (error) => {
      // What is committed next opens another; whether that works is what matters, and is told.
      if (!isClosed)
        log.debug({ event: 'postgres.commit_connection_lost', err: error }, 'The connection for commits was lost.');
      if (client === opening) client = undefined;
    });
    opening.on('notice', (notice) => {
      if (isUnconfirmedCommit(notice)) warning = notice.message;
    });
    await opening.connect();
    if (isClosed) {
      opening.end().catch(() => {});
      throw closed();
    }
    client = opening;
    outage.servedBy(`${opening.host}:${opening.port}`);
    return opening;
  };

  return {
    async query<Row>(query: CommitQuery, values: unknown[]): Promise<Row> {
      if (isClosed) throw closed();
      if (client?.isSuspect) drop(client);
      try {
        const row = await run<Row>(client ?? (await open()), query, values);
        outage.end();
        return row;
      } catch (error) {
        if (!isFaultOfData(error) && !isClosed) outage.seen(error);
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

  async function run<Row>(current: PrimaryClient, query: CommitQuery, values: unknown[]): Promise<Row> {
    warning = undefined;
    try {
      const { name, text, sharedText } = query;
      const answer = current.query(
        current.hasOwnBackend ? { name, text, values } : { text: sharedText ?? text, values },
      );
      const result = await current.unlessPassedBy(answer);
      if (warning !== undefined) throw new NotReplicated(warning);
      return result.rows[0] as Row;
    } catch (error) {
      if (!isFaultOfData(error)) {
        // Nothing else ends in Postgres what nobody waits for any more: neither a setting behind a pooler, nor the end of
        // the connection while a commit waits for a standby. That one has committed: a cancel makes it end as a success
        // with a warning. The same batch comes again, finds its number taken, and waits in its place.
        const goesOn = !(error instanceof pg.DatabaseError || error instanceof NotReplicated);
        drop(current, goesOn ? current.cancel() : undefined);
      }
      throw error;
    }
  }

  /** It is not used any more, and is closed when `cancelled` has resolved. */
  function drop(dropped: PrimaryClient, cancelled: Promise<void> = Promise.resolve()): void {
    if (client === dropped) client = undefined;
    void cancelled.then(() => dropped.end()).catch(() => {});
  }
}

/** Tells when Postgres stops taking commits and when it takes them again: a line each, however often it was tried. */
class CommitOutage {
  readonly #log: Log;
  #since: number | undefined;
  #failures = 0;
  #server: string | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  seen(error: unknown): void {
    this.#failures++;
    if (this.#since !== undefined) return;
    this.#since = performance.now();
    this.#log.warn(
      { event: 'postgres.commits_fail', err: error, server: this.#server },
      'Postgres does not accept commits. The node retries the same batch until it does.',
    );
  }

  end(): void {
    if (this.#since === undefined) return;
    const fields = { failures: this.#failures, ms: Math.round(performance.now() - this.#since), server: this.#server };
    this.#since = undefined;
    this.#failures = 0;
    this.#log.warn({ event: 'postgres.commits_resume', ...fields }, 'Postgres accepts commits again.');
  }

  servedBy(server: string): void {
    if (this.#server !== undefined && this.#server !== server) {
      this.#log.warn(
        { event: 'postgres.primary_moved', from: this.#server, to: server },
        'Commits go to another server now.',
      );
    }
    this.#server = server;
  }
}

/** It is committed on the primary, and may be gone when the standby is promoted: not to be acknowledged. */
class NotReplicated extends Error {
  override readonly name = 'NotReplicated';

  constructor(warning: string) {
    super(`The commit may not be on the synchronous standby: ${warning}`);
  }
}

/**
 * SQLSTATE classes 22 (bad data) and 23 (a constraint): Postgres rolled back, and would so again for the same batch. Any
 * other answer makes the connection suspect. It may lead to a server that takes no writes any more (25006), to a pooler
 * that knows nothing of our statement (26000), to a server that ends (57P01): on such a connection every retry would fail.
 */
export function isFaultOfData(error: unknown): boolean {
  return error instanceof pg.DatabaseError && /^2[23]/.test(error.code ?? '');
}

function closed(): Error {
  return new Error('The connection that commits was closed.');
}

/**
 * Every acknowledged hold and booking is on disk: decision 0002. Postgres gives up a statement that waits for a lock before
 * its caller does, so that the backends of given-up tries do not pile up; the wait for a synchronous standby it does not
 * give up.
 */
function sessionSettings(answerMsMax: number): Readonly<Record<string, string>> {
  return {
    synchronous_commit: 'on',
    statement_timeout: String(Math.ceil(answerMsMax * 0.8)),
    ...KEEPALIVES,
  };
}
