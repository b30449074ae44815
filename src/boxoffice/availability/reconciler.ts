import type { Pool } from 'pg';
import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { Cache, SeatCounts } from '../cache-port.js';
import { repeat } from '../repeat.js';
import { COUNTS_TTL_MS } from './availability-board.js';
import { compare, isSameMoment, type RunningHouse, type Sighting, type Verdict } from './compare-counts.js';
import { journalCounts } from './journal-counts.js';
import { RoundRobin } from './round-robin.js';

/** This life of this node, as the journal knows it. */
export interface Writer {
  readonly id: string;
  /** The number of the last batch that was acknowledged. */
  readonly acknowledged: () => number;
  /** Called where the journal lacks some of these: it is to be written again, and nothing loaded from it. */
  readonly behind: () => void;
}

export interface ReconcilerOptions {
  /** The primary: see journalCounts. */
  readonly pool: Pick<Pool, 'query'>;
  readonly writer: Writer;
  readonly cache: Cache;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Showtimes whose actor runs here; those relayed from another node are not among them. */
  readonly running: () => readonly string[];
  /** Undefined where it does not run here any more. */
  readonly look: (showtimeId: string) => RunningHouse | undefined;
  /** Ends the actor, so that it is loaded anew from the journal. Its clients connect again. */
  readonly reload: (showtimeId: string) => void;
  /** False: the cache is neither compared nor repaired; see the toggle `availability`. */
  readonly countsAreOn: () => boolean;
  readonly everyMs?: number;
  /** How long a difference must stand; longer than counts take to get into the cache. */
  readonly recheckMs?: number;
  readonly showtimesPerRound?: number;
}

/** Since the node started. */
export interface ReconcilerTotals {
  readonly rounds: number;
  readonly checked: number;
  /** Looked at while they changed, or were taken over. */
  readonly undecided: number;
  readonly houseDrifted: number;
  readonly cacheDrifted: number;
  readonly reloaded: number;
  readonly rewritten: number;
}

/** Should many houses differ at once, it is more likely that the comparison is wrong than that they are. */
const RELOADS_PER_ROUND_MAX = 3;
/** What differs again so soon after it was loaded anew is not helped by loading it. */
const RELOAD_AGAIN_AFTER_MS = 3_600_000;
const NOTHING_YET: ReconcilerTotals = {
  rounds: 0,
  checked: 0,
  undecided: 0,
  houseDrifted: 0,
  cacheDrifted: 0,
  reloaded: 0,
  rewritten: 0,
};

/**
 * Compares what the houses of this node, the cache and Postgres say of the same showtimes, and repairs the first two.
 * Postgres is never touched: what was sold is what it says.
 *
 * A difference counts as drift only where it is found twice, some seconds apart, while the house did not change between
 * or during the two and nothing of it waited for the journal: what is merely on its way looks like a difference too.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #turns = new RoundRobin();
  readonly #reloadedAt = new Map<string, number>();
  readonly #stop: () => Promise<void>;
  #totals = NOTHING_YET;
  #endPause = () => {};
  #isStopped = false;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#stop = repeat(options.timers, options.everyMs ?? 60_000, () => this.#tryRound());
  }

  get totals(): ReconcilerTotals {
    return this.#totals;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#endPause();
    await this.#stop();
  }

  async #tryRound(): Promise<void> {
    const { log } = this.#options;
    try {
      await this.#round();
    } catch (error) {
      if (!this.#isStopped)
        log.warn(
          { event: 'counts.not_compared', err: error },
          'The seat counts could not be compared. The node retries later.',
        );
    }
  }

  async #round(): Promise<void> {
    const { writer, running, recheckMs = 3_000, showtimesPerRound = 200 } = this.#options;
    const first = await this.#sight(this.#turns.next(running(), showtimesPerRound));
    if (first.size === 0) return;
    const suspects = [...first].filter(([, sighting]) => isDifference(compare(sighting))).map(([id]) => id);
    let second: ReadonlyMap<string, Sighting> = new Map();
    if (suspects.length > 0) {
      await this.#pause(recheckMs);
      if (this.#isStopped) return;
      second = await this.#sight(suspects);
    }
    const verdicts = new Map([...first].map(([id, sighting]) => [id, settle(sighting, second.get(id))]));
    if ([...verdicts.values()].includes('behind')) {
      writer.behind();
      return;
    }
    await this.#repair(verdicts, second);
  }

  async #sight(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Sighting>> {
    const { pool, writer, cache, look, countsAreOn } = this.#options;
    const before = new Map<string, RunningHouse>();
    for (const id of showtimeIds) {
      const house = look(id);
      if (house) before.set(id, house);
    }
    const ids = [...before.keys()];
    if (ids.length === 0) return new Map();
    const cached = countsAreOn() ? await cache.counts(ids) : undefined;
    const acknowledged = writer.acknowledged();
    const journal = await journalCounts(pool, ids, writer.id);
    return new Map(
      [...before].map(([id, house]) => [
        id,
        {
          acknowledged,
          before: house,
          after: look(id),
          journal: journal.get(id),
          cached: cached ? (cached.get(id) ?? 'none') : 'no answer',
        },
      ]),
    );
  }

  async #repair(verdicts: ReadonlyMap<string, Verdict>, sightings: ReadonlyMap<string, Sighting>): Promise<void> {
    const { cache, log } = this.#options;
    const having = (verdict: Verdict) => [...verdicts].filter(([, each]) => each === verdict).map(([id]) => id);
    const astray = having('house differs');
    const miscounted = having('cache differs');
    const reloaded = astray.filter((id) => this.#mayReload(id)).slice(0, RELOADS_PER_ROUND_MAX);
    for (const id of reloaded) this.#reload(id, sightings.get(id));
    const right = new Map<string, SeatCounts>();
    for (const id of miscounted) {
      const house = sightings.get(id)?.after;
      if (house) right.set(id, house.counts);
    }
    const isWritten = right.size === 0 || (await cache.putCounts(right, COUNTS_TTL_MS, 'always'));
    const round = {
      checked: verdicts.size,
      undecided: having('busy').length + having('moved').length,
      houseDrifted: astray.length,
      cacheDrifted: miscounted.length,
      reloaded: reloaded.length,
      rewritten: isWritten ? right.size : 0,
    };
    this.#add(round);
    const isDrift = astray.length + miscounted.length > 0;
    log[isDrift ? 'warn' : 'info'](
      { event: 'counts.compared', ...round },
      'The seat counts in memory, cache and Postgres were compared.',
    );
  }

  #mayReload(showtimeId: string): boolean {
    const before = this.#reloadedAt.get(showtimeId);
    return before === undefined || this.#options.clock.now() - before >= RELOAD_AGAIN_AFTER_MS;
  }

  #reload(showtimeId: string, sighting: Sighting | undefined): void {
    const { clock, log, reload } = this.#options;
    const now = clock.now();
    for (const [id, at] of this.#reloadedAt) if (now - at >= RELOAD_AGAIN_AFTER_MS) this.#reloadedAt.delete(id);
    this.#reloadedAt.set(showtimeId, now);
    const { journal, after } = sighting ?? {};
    log.error(
      { event: 'counts.house_differs', showtimeId, house: after?.counts, journal },
      'The seats in memory differ from the journal. The node reloads the showtime.',
    );
    reload(showtimeId);
  }

  #add(round: Omit<ReconcilerTotals, 'rounds'>): void {
    const { rounds, checked, undecided, houseDrifted, cacheDrifted, reloaded, rewritten } = this.#totals;
    this.#totals = {
      rounds: rounds + 1,
      checked: checked + round.checked,
      undecided: undecided + round.undecided,
      houseDrifted: houseDrifted + round.houseDrifted,
      cacheDrifted: cacheDrifted + round.cacheDrifted,
      reloaded: reloaded + round.reloaded,
      rewritten: rewritten + round.rewritten,
    };
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.timers.after(ms, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }
}

function isDifference(verdict: Verdict): boolean {
  return verdict === 'house differs' || verdict === 'cache differs';
}

/** What two sightings come to: a difference that did not stand, or a house that moved on meanwhile, was no drift. */
function settle(first: Sighting, second: Sighting | undefined): Verdict {
  const verdict = compare(first);
  if (!isDifference(verdict)) return verdict;
  if (!second) return 'moved';
  const again = compare(second);
  if (!isDifference(again)) return again;
  return again === verdict && isSameMoment(first.before, second.before) ? again : 'busy';
}
