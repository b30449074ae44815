import type pg from 'pg';
import type { Log } from '../../kernel/log.js';
import {
  type Batch,
  type Claim,
  type Journal,
  JournalBehind,
  JournalRefusal,
  type Loss,
  type Owner,
  type Position,
  type Restoration,
  type Restored,
  type Slice,
} from '../../runtime/journal-port.js';
import { Claims } from './claims.js';
import { type CommitConnection, commitConnection, isFaultOfData } from './commit-connection.js';
import { batchParameters, type CommitParameters } from './commit-parameters.js';
import type { Primary } from './primary.js';
import { restorationJson } from './restoration-json.js';

export interface PostgresJournalOptions {
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
  /** As a bigint, which the driver gives as text. */
  readonly behind: string | null;
  readonly now_ms: number;
}

interface PositionRow {
  readonly batch: string | null;
  readonly present: number;
  readonly confirmed: number | null;
  readonly standbys: number | null;
  readonly written: number | null;
  readonly replayed: number | null;
}

interface OwnerIds {
  readonly id: string;
  readonly epoch: string;
  readonly cut_epoch: string;
}

interface RestoreRow {
  readonly behind: string | null;
  readonly outcome: Restored['outcome'];
  readonly present_epoch: string;
  readonly bookings_restored: number;
  readonly holds_restored: number;
  readonly lost: readonly Loss[];
}

const POSITION_QUERY = {
  name: 'journal_position',
  text: 'SELECT batch, present, confirmed, standbys, written, replayed FROM usher.journal_position($1)',
};
const CONFIRM_QUERY = { name: 'confirm_position', text: 'SELECT usher.confirm_position($1, $2, $3) AS confirmed' };
const RESTORE_QUERY = {
  name: 'restore_showtime',
  text: `SELECT r.behind, a.outcome, a.present_epoch, r.bookings_restored, r.holds_restored, r.lost,
                set_config('synchronous_commit', 'on', true)
    FROM usher.restore_showtime($1, $2, $3, $4, $5, $6, $7, $8::json) AS r,
         LATERAL usher.restore_allocations($1, $2, $4, $5, $6, $7, $8::json, r.behind, r.outcome, r.present_epoch) AS a`,
};

/** The journal in Postgres, by its functions; sql/README.md says what each guarantees. */
export class PostgresJournal implements Journal {
  readonly #options: PostgresJournalOptions;
  readonly #connection: CommitConnection;
  readonly #claims: Claims;

  constructor(options: PostgresJournalOptions) {
    this.#options = options;
    const { pool, writerId, nodeName, replayWindowMs, replaysMax } = options;
    const answer = options.claimMsMax === undefined ? {} : { answerMsMax: options.claimMsMax };
    this.#claims = new Claims({
      pool,
      writerId,
      nodeName,
      replays: { windowMs: replayWindowMs, max: replaysMax },
      ...answer,
    });
    this.#connection = commitConnection(options.primary, options.log, options.answerMsMax);
  }

  claim(showtimeId: string, after: number): Promise<Claim> {
    return this.#claims.claim(showtimeId, after);
  }

  get claimsInFlight(): number {
    return this.#claims.inFlight;
  }

  /** For how long the oldest claim has been waiting for Postgres, in milliseconds. */
  get claimWaitMs(): number {
    return this.#claims.waitingMs;
  }

  async commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }> {
    const { query, values } = this.#parameters(batch);
    const sentAt = performance.now();
    const row = await this.#connection.query<CommitRow>(query, values).catch((error: unknown) => {
      throw isFaultOfData(error) ? new JournalRefusal((error as Error).message, { cause: error }) : error;
    });
    this.#options.onServerTime(row.now_ms, sentAt, performance.now());
    if (row.behind !== null) throw new JournalBehind(Number(row.behind));
    return { fenced: row.fenced.flatMap((ordinal) => batch.slices[ordinal - 1] ?? []) };
  }

  #parameters(batch: Batch): CommitParameters {
    try {
      return batchParameters(this.#options.writerId, batch);
    } catch (error) {
      // Nor would it be one the next time.
      throw new JournalRefusal('The batch has a value that Postgres cannot keep.', { cause: error });
    }
  }

  async owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>> {
    const { pool, writerId } = this.#options;
    const { rows } = await pool.query<Omit<Owner, 'epoch' | 'cutEpoch'> & OwnerIds>(
      `SELECT showtime_id AS id, epoch, node, timeline, cut_epoch, writer IS NOT DISTINCT FROM $2::uuid AS "isMine"
         FROM usher.showtime_owners WHERE showtime_id = ANY ($1::uuid[])`,
      [showtimeIds, writerId],
    );
    return new Map(
      rows.map(({ id, epoch, cut_epoch, ...owner }) => [
        id,
        { ...owner, epoch: Number(epoch), cutEpoch: Number(cut_epoch) },
      ]),
    );
  }

  async position(): Promise<Position> {
    const { batch, present, confirmed, standbys, written, replayed } = await this.#connection.query<PositionRow>(
      POSITION_QUERY,
      [this.#options.writerId],
    );
    return {
      has: Number(batch ?? 0),
      timeline: present,
      confirmed: confirmed ?? 0,
      standbys: standbys ?? undefined,
      written: written ?? undefined,
      replayed: replayed ?? undefined,
    };
  }

  async confirm(after: number, timeline: number): Promise<boolean> {
    const values = [this.#options.writerId, after, timeline];
    return (await this.#connection.query<{ readonly confirmed: boolean }>(CONFIRM_QUERY, values)).confirmed;
  }

  async restore(number: number, after: number, restoration: Restoration): Promise<Restored> {
    const { writerId, nodeName } = this.#options;
    const { showtimeId, epoch, isWhole } = restoration;
    const values = [writerId, number, after, nodeName, showtimeId, epoch, isWhole, restorationJson(restoration)];
    const row = await this.#connection.query<RestoreRow>(RESTORE_QUERY, values).catch((error: unknown) => {
      throw isFaultOfData(error) ? new JournalRefusal((error as Error).message, { cause: error }) : error;
    });
    if (row.behind !== null) throw new JournalBehind(Number(row.behind));
    const { outcome, bookings_restored: bookings, holds_restored: holds, lost: losses } = row;
    return { outcome, epoch: Number(row.present_epoch), bookings, holds, losses };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}
