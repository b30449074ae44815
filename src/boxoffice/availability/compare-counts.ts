import type { SeatCounts } from '../cache-port.js';
import { sameCounts, sameSeats } from './count-seats.js';
import type { JournalCounts } from './journal-counts.js';

/** A house of this node at one moment. */
export interface RunningHouse {
  /** Of the published view. */
  readonly counts: SeatCounts;
  /**
   * Counts up with every change that the house ever applied; undefined while one of them waits for the journal. Where it
   * is the same before and after the journal was read, that reading missed nothing of ours and was ahead of nothing.
   */
  readonly settledMark: number | undefined;
}

export interface Sighting {
  /** The last batch of this node that was acknowledged before the journal was read. */
  readonly acknowledged: number;
  readonly before: RunningHouse;
  readonly after: RunningHouse | undefined;
  readonly journal: JournalCounts | undefined;
  /** `no answer`: the cache was not heard, so nothing can be said of it. */
  readonly cached: SeatCounts | 'none' | 'no answer';
}

/**
 * - `behind`: the journal lacks what this node acknowledged, so that it is not the truth. Then nothing may be loaded from it.
 * - `agreed`: all three say the same.
 * - `moved`: another node owns the showtime by now; what this one has is old, and not its business.
 * - `busy`: it changed while it was looked at, so a difference would mean nothing.
 * - `house differs`: from the journal, which is the truth. What the cache has is not looked at: it follows the house.
 * - `cache differs`: from the house, which agrees with the journal.
 */
export type Verdict = 'behind' | 'agreed' | 'moved' | 'busy' | 'house differs' | 'cache differs';

export function compare({ acknowledged, before, after, journal, cached }: Sighting): Verdict {
  if (journal && journal.has < acknowledged) return 'behind';
  if (!after || !journal || journal.epoch !== before.counts.epoch) return 'moved';
  if (before.settledMark === undefined || !isSameMoment(before, after)) return 'busy';
  if (!sameSeats(after.counts, journal)) return 'house differs';
  if (cached === 'no answer') return 'agreed';
  return cached !== 'none' && sameCounts(cached, after.counts) ? 'agreed' : 'cache differs';
}

export function isSameMoment(a: RunningHouse, b: RunningHouse): boolean {
  return a.settledMark === b.settledMark && a.counts.epoch === b.counts.epoch && a.counts.seq === b.counts.seq;
}
