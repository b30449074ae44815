import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { Batch, Journal, Slice } from './journal-port.js';
import { JournalBehind, JournalRefusal } from './journal-port.js';
import type { LossReason } from './loss.js';
import { rowsOf } from './pending-writes.js';
import { BatchNumbers } from './recovery/batch-numbers.js';
import { Recovery } from './recovery/recovery.js';

/** An actor, as its committer sees it. */
export interface Committing {
  /** Everything that it has to write, and the mark that its journal reaches with it; undefined where it has ended. */
  collect(): { readonly slice: Slice; readonly mark: number } | undefined;
  /** All up to the mark is in the journal for good. */
  durable(mark: number): void;
  /** The journal did not take it and never will: fenced, or refused. Or the actor threw, and is not to be trusted. */
  lost(reason: LossReason): void;
  /** Commands have waited for longer than the bound. */
  late(): void;
}

const SLICES_PER_BATCH_MAX = 512;
const ROWS_PER_BATCH_MAX = 20_000;
const RETRY_MS_FIRST = 50;
const RETRY_MS_MAX = 1_000;
const LATE_CHECK_MS = 250;

interface Taken {
  readonly actor: Committing;
  readonly slice: Slice;
  readonly mark: number;
}

/**
 * Takes the pending changes of all actors of a node and flushes them together, the next flush starting when the last
 * has ended, one at a time: nothing waits when the node is idle, and batches grow by themselves with the load.
 */
export class GroupCommitter {
  /** Whether the journal still has what it took. */
  readonly recovery: Recovery;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #log: Log;
  #dirty = new Set<Committing>();
  #inFlight: readonly Taken[] = [];
  #flushingSince: number | undefined;
  readonly #numbers = new BatchNumbers();
  #idle: (() => void)[] = [];
  #watching = false;
  /** The journal is to be asked where it stands, before the next flush. */
  #isLookDue = false;

  constructor(journal: Journal, clock: Clock, timers: Timers, log: Log) {
    this.#journal = journal;
    this.#clock = clock;
    this.#timers = timers;
    this.#log = log;
    this.recovery = new Recovery({ journal, clock, timers, log, numbers: this.#numbers });
  }

  /** The number of the last batch that the journal acknowledged; see `Batch`. */
  get acknowledged(): number {
    return this.#numbers.after;
  }

  /** Has the journal asked, now and then every so often, whether it still has what it took. Returns the end of it. */
  lookEvery(ms: number): () => void {
    let cancel = () => {};
    const look = () => {
      this.look();
      cancel = this.#timers.after(ms, look);
    };
    look();
    return () => cancel();
  }

  /** Has the journal asked soon, between two flushes. */
  look(): void {
    this.#isLookDue = true;
    this.#start();
  }

  /** The actor has something to write. Cheap: called with every command that took effect. */
  markDirty(actor: Committing): void {
    this.#dirty.add(actor);
    this.#start();
  }

  #start(): void {
    if (this.#flushingSince !== undefined) return;
    this.#flushingSince = this.#clock.now();
    this.#timers.soon(() => void this.#flushAll());
  }

  /** For how long the flush in flight has been going on, in milliseconds; 0 where there is none. */
  get waitingMs(): number {
    return this.#flushingSince === undefined ? 0 : this.#clock.now() - this.#flushingSince;
  }

  /** Resolves when everything that is pending now is in the journal. */
  async idle(): Promise<void> {
    if (this.#flushingSince === undefined) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /**
   * What a flush made durable is told when the next one is on its way, so that the journal works while this node encodes
   * and sends replies. Who lost their showtime hears of it before: nothing more of theirs is taken.
   */
  async #flushAll(): Promise<void> {
    if (!this.#watching) this.#watchForLateness();
    let durable: readonly Taken[] = [];
    while (this.#dirty.size > 0 || durable.length > 0 || this.#isLookDue) {
      this.#flushingSince = this.#clock.now();
      if (this.#isLookDue) {
        for (const { actor, mark } of durable) this.#attempt(actor, () => actor.durable(mark));
        durable = [];
        await this.#look();
        continue;
      }
      this.#inFlight = this.#collectBatch();
      const flushing = this.#inFlight.length > 0 ? this.#flush(this.#inFlight) : [];
      for (const { actor, mark } of durable) this.#attempt(actor, () => actor.durable(mark));
      durable = await flushing;
      this.#inFlight = [];
    }
    this.#flushingSince = undefined;
    const waiting = this.#idle;
    this.#idle = [];
    for (const resolve of waiting) resolve();
  }

  #collectBatch(): Taken[] {
    const batch: Taken[] = [];
    let rows = 0;
    for (const actor of this.#dirty) {
      this.#dirty.delete(actor);
      this.#attempt(actor, () => {
        const taken = actor.collect();
        if (!taken) return;
        batch.push({ actor, ...taken });
        rows += rowsOf(taken.slice);
      });
      if (batch.length === SLICES_PER_BATCH_MAX || rows >= ROWS_PER_BATCH_MAX) break;
    }
    return batch;
  }

  /** Tells those who lost their showtime, and returns the others: what was taken of them is durable. */
  async #flush(taken: readonly Taken[]): Promise<readonly Taken[]> {
    const { after } = this.#numbers;
    const batch: Batch = { number: this.#numbers.next(), after, slices: taken.map(({ slice }) => slice) };
    let fenced: ReadonlySet<Slice>;
    try {
      fenced = new Set((await this.#untilAnswered(batch)).fenced);
    } catch (error) {
      if (!(error instanceof JournalBehind)) return await this.#findFault(taken, error);
      const ended = await this.recovery.recover(error.has, taken);
      const others = taken.filter(({ actor }) => !ended.has(actor));
      return others.length > 0 ? await this.#flush(others) : [];
    }
    this.#numbers.acknowledged(batch.number);
    const written = fenced.size === 0 ? batch.slices : batch.slices.filter((slice) => !fenced.has(slice));
    this.recovery.committed.add(batch.number, after, written, this.#clock.now());
    return taken.filter(({ actor, slice }) => {
      if (fenced.has(slice)) this.#attempt(actor, () => actor.lost('fenced'));
      return !fenced.has(slice);
    });
  }

  /** One of them is at fault; the others must not suffer for it. */
  async #findFault(taken: readonly Taken[], refusal: unknown): Promise<readonly Taken[]> {
    if (taken.length > 1) {
      const durable: Taken[] = [];
      for (const one of taken) durable.push(...(await this.#flush([one])));
      return durable;
    }
    for (const { actor, slice } of taken) {
      const fields = { event: 'journal.write_refused', err: refusal, showtimeId: slice.showtimeId };
      this.#log.error(fields, 'A constraint of the database refused a write. This is a bug in Usher.');
      this.#attempt(actor, () => actor.lost('refused'));
    }
    return [];
  }

  /**
   * Calls an actor. What it throws is its own end and nobody else's: taken for the journal's it would have the whole
   * batch written once more, and left alone it would stop every flush of the node.
   */
  #attempt(actor: Committing, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error(
        { event: 'showtime.actor_failed', err: error },
        'The actor of a showtime threw an error and was stopped.',
      );
      try {
        actor.lost('broken');
      } catch (again) {
        this.#log.error(
          { event: 'showtime.actor_not_stopped', err: again },
          'An actor threw an error while it was stopped.',
        );
      }
    }
  }

  async #look(): Promise<void> {
    this.#isLookDue = false;
    try {
      await this.recovery.look();
    } catch (error) {
      this.#log.debug(
        { event: 'journal.position_unread', err: error },
        'The position of the journal could not be read.',
      );
    }
  }

  /** Rejects with JournalRefusal and JournalBehind only: anything else leaves the outcome unknown, and the same batch is given again. */
  async #untilAnswered(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }> {
    for (let retryMs = RETRY_MS_FIRST; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        const answer = await this.#journal.commit(batch);
        // It may be another server by now: one that has this batch, and lacks claims.
        if (retryMs > RETRY_MS_FIRST) this.#isLookDue = true;
        return answer;
      } catch (error) {
        if (error instanceof JournalRefusal || error instanceof JournalBehind) throw error;
        this.#log.warn(
          { event: 'journal.unanswered', err: error, batch: batch.number, retryMs },
          'The journal did not answer. The node retries the same batch.',
        );
        await new Promise<void>((resolve) => this.#timers.after(retryMs, resolve));
      }
    }
  }

  #watchForLateness(): void {
    this.#watching = true;
    this.#timers.after(LATE_CHECK_MS, () => {
      this.#watching = false;
      if (this.#flushingSince === undefined) return;
      for (const { actor } of this.#inFlight) this.#attempt(actor, () => actor.late());
      for (const actor of this.#dirty) this.#attempt(actor, () => actor.late());
      this.#watchForLateness();
    });
  }
}
