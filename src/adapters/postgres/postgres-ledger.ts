import type pg from 'pg';
import {
  type Batch,
  type Claim,
  type Ledger,
  LedgerRefusal,
  type Log,
  type Owner,
  type Slice,
} from '../../runtime/ports.js';
import { type CommitConnection, commitConnection, isFaultOfData } from './commit-connection.js';
import { batchParameters, COMMIT_QUERY } from './commit-parameters.js';
import type { Primary } from './primary.js';
import { readClaim } from './read-claim.js';

export interface PostgresLedgerOptions {
  readonly primary: Primary;
  /** For claims; commits have a connection of their own, so that no claim ever queues before them. */
  readonly pool: pg.Pool;
  readonly log: Log;
  /** A UUID made for this life of this node; see usher.commit_batch. */
  readonly writerId: string;
  readonly nodeName: string;
  /** How far back command outcomes are known after a claim, in milliseconds. */
  readonly replayWindowMs: number;
  /** Of how many commands they are known at least, where there are more: the newest. */
  readonly replaysMax: number;
  /** Told the clock of Postgres with the moments, on our monotonic clock, between which it was read. */
  readonly onServerTime: (serverMs: number, sentAt: number, receivedAt: number) => void;
  /** For how long one commit may go without an answer before it is given again. */
  readonly answerMsMax?: number;
}

interface CommitRow {
  readonly fenced: readonly number[];
  readonly now_ms: number;
}

/** The journal in Postgres, by the functions of sql/0003_commit.sql and sql/0004_flush.sql. */
export class PostgresLedger implements Ledger {
  readonly #options: PostgresLedgerOptions;
  readonly #connection: CommitConnection;

  constructor(options: PostgresLedgerOptions) {
    this.#options = options;
    this.#connection = commitConnection(options.primary, options.log, options.answerMsMax);
  }

  async claim(showtimeId: string): Promise<Claim> {
    const { pool, nodeName, replayWindowMs, replaysMax } = this.#options;
    const client = await pool.connect();
    let broken: Error | undefined;
    // The query in flight hears of it as well; but without a listener of its own a client in use ends the process.
    const onError = (error: Error) => {
      broken = error;
    };
    client.on('error', onError);
    try {
      return await readClaim(client, pool, showtimeId, nodeName, { windowMs: replayWindowMs, max: replaysMax });
    } catch (error) {
      broken = error as Error;
      throw error;
    } finally {
      client.off('error', onError);
      // A connection that failed within a transaction is not given back.
      client.release(broken);
    }
  }

  async commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }> {
    const values = this.#parameters(batch);
    const sentAt = performance.now();
    const row = await this.#connection.query<CommitRow>(COMMIT_QUERY, values).catch((error: unknown) => {
      throw isFaultOfData(error) ? new LedgerRefusal((error as Error).message, { cause: error }) : error;
    });
    this.#options.onServerTime(row.now_ms, sentAt, performance.now());
    return { fenced: row.fenced.flatMap((ordinal) => batch.slices[ordinal - 1] ?? []) };
  }

  #parameters(batch: Batch): unknown[] {
    try {
      return batchParameters(this.#options.writerId, batch);
    } catch (error) {
      // Nor would it be one the next time.
      throw new LedgerRefusal('The batch has a value that Postgres cannot keep.', { cause: error });
    }
  }

  async owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>> {
    const { rows } = await this.#options.pool.query<{ id: string; epoch: string; node: string }>(
      'SELECT showtime_id AS id, epoch, node FROM usher.showtime_owners WHERE showtime_id = ANY ($1::uuid[])',
      [showtimeIds],
    );
    return new Map(rows.map(({ id, epoch, node }) => [id, { epoch: Number(epoch), node }]));
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
