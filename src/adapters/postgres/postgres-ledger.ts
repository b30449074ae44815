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
import { Claims } from './claims.js';
import { type CommitConnection, commitConnection, isFaultOfData } from './commit-connection.js';
import { batchParameters, COMMIT_QUERY } from './commit-parameters.js';
import type { Primary } from './primary.js';

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
  /** For how long a claim may, before it is given up. */
  readonly claimMsMax?: number;
}

interface CommitRow {
  readonly fenced: readonly number[];
  readonly now_ms: number;
}

/** The journal in Postgres, by the functions of sql/0003_commit.sql and sql/0004_flush.sql. */
export class PostgresLedger implements Ledger {
  readonly #options: PostgresLedgerOptions;
  readonly #connection: CommitConnection;
  readonly #claims: Claims;

  constructor(options: PostgresLedgerOptions) {
    this.#options = options;
    const { pool, nodeName, replayWindowMs, replaysMax } = options;
    const answer = options.claimMsMax === undefined ? {} : { answerMsMax: options.claimMsMax };
    this.#claims = new Claims({ pool, nodeName, replays: { windowMs: replayWindowMs, max: replaysMax }, ...answer });
    this.#connection = commitConnection(options.primary, options.log, options.answerMsMax);
  }

  claim(showtimeId: string): Promise<Claim> {
    return this.#claims.claim(showtimeId);
  }

  /** For how long the oldest claim has been waiting for Postgres, in milliseconds. */
  get claimWaitMs(): number {
    return this.#claims.waitingMs;
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
