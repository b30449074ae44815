import type { PoolClient } from 'pg';

/** Work that is done again and again, by one node of the cluster at a time. */
export interface ScheduledJob {
  /** Of its row in `boxoffice.schedules`, and in log lines. */
  readonly name: string;
  /** From the end of a run to the next. */
  readonly everyMs: number;
  /**
   * One batch, in the transaction that `client` runs. A crash between two batches loses nothing: what is left to do follows from the
   * rows themselves. It bounds itself in rows.
   */
  batch(client: PoolClient): Promise<{ readonly done: number; readonly isMore: boolean }>;
  /** After a batch that did something was committed. */
  committed?(): void;
}
