import type { Clock } from '../../kernel/clock.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import {
  type Journal,
  JournalBehind,
  JournalRefusal,
  type Loss,
  type Owner,
  type Restored,
  type Slice,
} from '../journal-port.js';
import type { LossReason } from '../loss.js';
import type { BatchNumbers } from './batch-numbers.js';
import { CommitLog } from './commit-log.js';
import { houseIn, type Remains, type RememberedHouse, remember } from './remembered-house.js';
import { type Claimed, standingOf } from './standing.js';

/** An actor, as whoever recovers its journal sees it. */
export interface Remembering extends Claimed {
  readonly showtimeId: string;
  lost(reason: LossReason): void;
  /** Ends it, and gives what it knew: nothing of it is published any more. */
  surrender(): Remains;
}

/** A write that the journal was about to take. */
export interface InFlight {
  readonly actor: object;
  readonly slice: Slice;
}

/** Since the node started. */
export interface RecoveryTotals {
  /** How often the journal was found behind. */
  readonly timesBehind: number;
  readonly bookingsRestored: number;
  readonly holdsRestored: number;
  readonly seatsLost: number;
}

export interface RecoveryOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly numbers: BatchNumbers;
}

interface Waiting {
  readonly house: RememberedHouse;
  /** The same until the journal has answered; see Journal.restore. */
  number: number | undefined;
}

const OWNERS_AT_ONCE = 2_000;
const RETRY_MS_FIRST = 50;
const RETRY_MS_MAX = 1_000;
/** Losses that are named in the log, of one showtime; all of them are in usher.losses. */
const LOGGED_LOSSES_MAX = 50;

/**
 * Looks whether the journal still has what this node acknowledged, and writes it again where it has not: see decision 0019.
 * Its owner calls `look` and `recover` one at a time, and never while a flush is in flight.
 *
 * Invariant: from the moment in which the journal is known to be behind, no actor whose house it concerns applies a command
 * or is loaded from it, until what is remembered of that house is written again.
 */
export class Recovery {
  readonly committed = new CommitLog();
  readonly #options: RecoveryOptions;
  #running: () => readonly Remembering[] = () => [];
  /** What is to be written again, by showtime. */
  readonly #waiting = new Map<string, Waiting>();
  #isBehind = false;
  /** Claimed on an earlier timeline, and found in the present one. */
  #verified = new WeakSet<Remembering>();
  /** The one that this node confirmed; 0 before the first. */
  #timeline = 0;
  #totals: RecoveryTotals = { timesBehind: 0, bookingsRestored: 0, holdsRestored: 0, seatsLost: 0 };

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /** Whose actors are asked. */
  serve(running: () => readonly Remembering[]): void {
    this.#running = running;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  get totals(): RecoveryTotals {
    return this.#totals;
  }

  /** What the journal has of it must not be read yet. */
  isRestoring(showtimeId: string): boolean {
    return this.#waiting.has(showtimeId);
  }

  /** Asks the journal where it stands. Rejects where it does not answer: then nothing is known. */
  async look(): Promise<void> {
    const { journal, numbers, clock } = this.#options;
    const position = await journal.position();
    this.committed.observe(position, numbers.after, clock.now());
    const { has, timeline, confirmed } = position;
    if (has < numbers.after) {
      await this.recover(has, []);
      return;
    }
    const isNew = timeline !== this.#timeline || confirmed !== timeline;
    if (isNew) this.#verified = new WeakSet();
    const doubted = this.#running().filter((actor) => actor.timeline !== timeline && !this.#verified.has(actor));
    const owners = await this.#owners(doubted);
    const isForgotten = (actor: Remembering) => standingOf(actor, owners.get(actor.showtimeId), true) === 'forgotten';
    if (doubted.some(isForgotten)) {
      await this.recover(numbers.after, []);
      return;
    }
    for (const actor of doubted) this.#verified.add(actor);
    if (isNew) await this.#confirm();
  }

  /**
   * The journal has the batches of this node up to `has` only, or has forgotten claims. Resolves when all that is remembered
   * is written again, however long that takes. Returns the actors that have ended for it.
   */
  async recover(has: number, inFlight: readonly InFlight[]): Promise<ReadonlySet<object>> {
    const { timers, log, numbers } = this.#options;
    this.#isBehind = true;
    this.#totals = { ...this.#totals, timesBehind: this.#totals.timesBehind + 1 };
    log.error(
      { event: 'journal.behind', has, acknowledged: numbers.after },
      'Postgres lost commits that it had acknowledged, as happens when a lagging standby is promoted. The node stops selling the showtimes concerned and writes again what it remembers.',
    );
    const ended = new Set<object>();
    let isCut = false;
    for (let retryMs = RETRY_MS_FIRST; ; retryMs = Math.min(retryMs * 2, RETRY_MS_MAX)) {
      try {
        if (!isCut) {
          await this.#cut(has, inFlight, ended);
          isCut = true;
        }
        await this.#restoreAll();
        if (await this.#confirm()) break;
        const position = await this.#options.journal.position();
        if (position.has < numbers.after) throw new JournalBehind(position.has);
      } catch (error) {
        if (error instanceof JournalBehind) {
          has = error.has;
          isCut = false;
        } else {
          log.warn(
            { err: error, event: 'journal.restore_failed', retryMs },
            'The journal could not be restored yet. The node retries.',
          );
        }
        await new Promise<void>((resolve) => void timers.after(retryMs, resolve));
      }
    }
    this.#isBehind = false;
    log.info(
      { event: 'journal.restored', ...this.#totals },
      'The journal again has everything that this node remembers.',
    );
    return ended;
  }

  /** Puts together what is lost, and ends the actors that it concerns. Nothing has happened where it rejects. */
  async #cut(has: number, inFlight: readonly InFlight[], ended: Set<object>): Promise<void> {
    const { numbers, log } = this.#options;
    const owners = await this.#owners(this.#running());
    // An actor that came meanwhile is taken for forgotten, which harms nobody.
    const running = this.#running();
    const isIntact = numbers.after <= has;
    const lost = this.committed.cut(has, numbers.after);
    if (!lost.isComplete) {
      log.error(
        { event: 'journal.lost', has, kept: lost.batches.length },
        'Postgres lost commits that this node no longer remembers. Only showtimes that run here can be restored completely.',
      );
    }
    numbers.behind(Math.min(has, numbers.after));
    const houses = remember(lost.batches);
    // Written again in this very recovery, and given a number that the journal did not take: they get another.
    for (const [showtimeId, waiting] of this.#waiting) {
      waiting.number = undefined;
      const again = houses.get(showtimeId);
      if (!again) continue;
      waiting.house.addRestoration(again.finish());
      houses.delete(showtimeId);
    }
    for (const actor of running) {
      const { showtimeId } = actor;
      const standing = standingOf(actor, owners.get(showtimeId), isIntact);
      if (standing === 'overtaken') {
        actor.lost('taken_over');
        ended.add(actor);
      } else if (standing === 'forgotten' || houses.has(showtimeId) || !lost.isComplete) {
        const untold = inFlight.flatMap((one) => (one.actor === actor ? [one.slice] : []));
        houseIn(houses, showtimeId).addRemains(actor.surrender(), untold);
        ended.add(actor);
      }
    }
    for (const [showtimeId, house] of houses) this.#waiting.set(showtimeId, { house, number: undefined });
  }

  async #restoreAll(): Promise<void> {
    const { journal, numbers, clock, log } = this.#options;
    for (const [showtimeId, waiting] of this.#waiting) {
      const restoration = waiting.house.finish();
      const { after } = numbers;
      waiting.number ??= numbers.next();
      const { number } = waiting;
      let epoch: number;
      try {
        const restored = await journal.restore(number, after, restoration);
        epoch = restored.epoch;
        this.#tell(showtimeId, restored);
      } catch (error) {
        if (!(error instanceof JournalRefusal)) throw error;
        log.error(
          { err: error, event: 'journal.restore_refused', showtimeId, bookings: [...restoration.bookings.keys()] },
          'The journal refused what this node remembers of a showtime. Nothing of it was restored.',
        );
        this.#waiting.delete(showtimeId);
        continue;
      }
      numbers.acknowledged(number);
      this.committed.add(number, after, [], clock.now(), { ...restoration, epoch });
      this.#waiting.delete(showtimeId);
    }
  }

  #tell(showtimeId: string, { outcome, bookings, holds, losses }: Restored): void {
    const { log } = this.#options;
    const { bookingsRestored, holdsRestored, seatsLost, timesBehind } = this.#totals;
    this.#totals = {
      timesBehind,
      bookingsRestored: bookingsRestored + bookings,
      holdsRestored: holdsRestored + holds,
      seatsLost: seatsLost + losses.length,
    };
    log.warn(
      { event: 'journal.showtime_restored', showtimeId, outcome, bookings, holds, lost: losses.length },
      'A showtime was compared with what this node remembers, and what was missing was written again.',
    );
    for (const loss of losses.slice(0, LOGGED_LOSSES_MAX)) this.#tellLoss(loss);
  }

  #tellLoss(loss: Loss): void {
    this.#options.log.error(
      { event: 'journal.seat_lost', ...loss },
      'A seat that was promised to somebody could not be restored. The table usher.losses lists all such seats.',
    );
  }

  async #confirm(): Promise<boolean> {
    const { journal, numbers } = this.#options;
    const { timeline } = await journal.position();
    if (!(await journal.confirm(numbers.after, timeline))) return false;
    this.#timeline = timeline;
    return true;
  }

  async #owners(running: readonly Remembering[]): Promise<ReadonlyMap<string, Owner>> {
    const owners = new Map<string, Owner>();
    const ids = running.map(({ showtimeId }) => showtimeId);
    for (let first = 0; first < ids.length; first += OWNERS_AT_ONCE) {
      const some = await this.#options.journal.owners(ids.slice(first, first + OWNERS_AT_ONCE));
      for (const [showtimeId, owner] of some) owners.set(showtimeId, owner);
    }
    return owners;
  }
}
