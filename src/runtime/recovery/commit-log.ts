import type { Position, Restoration, Slice } from '../journal-port.js';
import { rowsOf } from '../pending-writes.js';

/** What one batch wrote: the slices of a flush, or one restoration. */
export interface LoggedBatch {
  readonly number: number;
  readonly after: number;
  readonly at: number;
  readonly rows: number;
  readonly slices: readonly Slice[];
  readonly restoration?: Restoration;
}

export interface Lost {
  readonly batches: readonly LoggedBatch[];
  /** False: batches were lost that are not kept any more, and that no earlier cut gave out either. */
  readonly isComplete: boolean;
}

/** Kept so long at least, where there is a standby: for one that is promoted though it was not connected just now. */
const KEPT_MS = 60_000;
/** Kept at most, however far a standby lags: some tens of megabytes. */
const ROWS_MAX = 100_000;
/** Of positions that wait for a standby to reach them: looked at once a second. */
const SAMPLES_MAX = 600;
/** A standby that was not seen for so long has been taken away. */
const STANDBY_KEPT_MS = 600_000;

/**
 * The batches that a standby which is promoted may not have: kept by reference, as they were written anyway, until every
 * standby is known to have them and some time has passed, or until there are too many. Where Postgres has no standby,
 * nothing is kept.
 */
export class CommitLog {
  #batches: LoggedBatch[] = [];
  #rows = 0;
  /** Whether a promotion can lose anything. Assumed until Postgres was asked. */
  #hasStandby = true;
  #standbysMax = 0;
  #standbysMaxAt = 0;
  /** How far the journal went, and the last batch that was in it then; the oldest first. */
  #samples: { readonly written: number; readonly number: number }[] = [];
  /** Every standby has the batches up to here, or nobody knows. */
  #confirmed = 0;
  /**
   * An earlier cut gave out the batches after `from` up to `to`: what they held waits to be written again, or stands in
   * the restorations that came after them.
   */
  #givenOut = { from: 0, to: 0 };

  get size(): number {
    return this.#batches.length;
  }

  /** `now` in milliseconds of the node's clock, as everywhere here. */
  add(number: number, after: number, slices: readonly Slice[], now: number, restoration?: Restoration): void {
    if (!this.#hasStandby) return;
    const rows = 1 + slices.reduce((sum, slice) => sum + rowsOf(slice), 0) + (restoration ? weightOf(restoration) : 0);
    this.#batches.push({ number, after, at: now, rows, slices, ...(restoration ? { restoration } : {}) });
    this.#rows += rows;
    this.#forget(now);
  }

  /** `number`: the last batch that was acknowledged before the position was asked for. */
  observe({ standbys, written, replayed }: Position, number: number, now: number): void {
    this.#hasStandby = this.#hasStandbyAt(standbys, now);
    if (!this.#hasStandby) {
      this.#batches = [];
      this.#rows = 0;
      this.#samples = [];
      return;
    }
    if (written === undefined || replayed === undefined) {
      // Nobody says how far they are: then time and number of rows decide.
      if (standbys !== 0) this.#confirmed = number;
    } else {
      if (this.#samples.length < SAMPLES_MAX) this.#samples.push({ written, number });
      if ((standbys ?? 0) >= this.#standbysMax) this.#confirm(replayed);
    }
    this.#forget(now);
  }

  /** Takes out the batches that came after `has`. `acknowledged`: up to which there were some. */
  cut(has: number, acknowledged: number): Lost {
    const first = this.#batches.findIndex(({ number }) => number > has);
    const batches = first < 0 ? [] : this.#batches.splice(first);
    for (const { rows } of batches) this.#rows -= rows;
    this.#confirmed = Math.min(this.#confirmed, has);
    this.#samples = this.#samples.filter(({ number }) => number <= has);
    const [oldest] = batches;
    const keptFrom = oldest?.after ?? acknowledged;
    const isComplete = acknowledged <= has || this.#isGivenOut(has, keptFrom);
    const from = isComplete ? has : keptFrom;
    if (acknowledged > from) this.#giveOut(from, acknowledged);
    return { batches, isComplete };
  }

  /** Whether nothing is missing after `from` up to `to`. */
  #isGivenOut(from: number, to: number): boolean {
    return to <= from || (this.#givenOut.from <= from && to <= this.#givenOut.to);
  }

  #giveOut(from: number, to: number): void {
    const earlier = this.#givenOut;
    const isApart = from > earlier.to;
    this.#givenOut = isApart ? { from, to } : { from: Math.min(from, earlier.from), to: Math.max(to, earlier.to) };
  }

  /** With what was seen of late: a standby whose connection broke may still be promoted. */
  #hasStandbyAt(standbys: number | undefined, now: number): boolean {
    if (standbys === undefined) return true;
    if (standbys >= this.#standbysMax || now - this.#standbysMaxAt > STANDBY_KEPT_MS) {
      this.#standbysMax = standbys;
      this.#standbysMaxAt = now;
    }
    return this.#standbysMax > 0;
  }

  #confirm(replayed: number): void {
    for (let [sample] = this.#samples; sample && sample.written <= replayed; [sample] = this.#samples) {
      this.#confirmed = sample.number;
      this.#samples.shift();
    }
  }

  #forget(now: number): void {
    let gone = 0;
    for (const { number, at, rows } of this.#batches) {
      const isOld = now - at > KEPT_MS && number <= this.#confirmed;
      if (!isOld && this.#rows <= ROWS_MAX) break;
      this.#rows -= rows;
      gone++;
    }
    if (gone > 0) this.#batches.splice(0, gone);
  }
}

function weightOf({ bookings, holds, blocks }: Restoration): number {
  return bookings.size + holds.size + blocks.size;
}
