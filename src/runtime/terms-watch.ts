import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { Directory } from './directory.js';
import type { Playbill } from './playbill-port.js';

export interface TermsWatchOptions {
  readonly directory: Directory;
  readonly playbill: Playbill;
  readonly timers: Timers;
  readonly log: Log;
  /** How often the versions of all that runs here are compared with the store. */
  readonly everyMs: number;
  /** Tells the node where the showtime lives, if that is another and can be reached. */
  readonly tellOwner: (showtimeId: string) => void;
}

const COMPARED_AT_ONCE = 2_000;

/**
 * Brings changed terms to the actors of this node. Invariant: an actor sells by no version that is older than the store's
 * for longer than one interval and the time to read; whoever changed the terms through a node has them told at once.
 */
export class TermsWatch {
  readonly #options: TermsWatchOptions;
  /** Versions that an actor could not sell by: told once, and not tried again. */
  readonly #refused = new Map<string, number>();
  #cancel: () => void = () => {};
  #stopped = false;

  constructor(options: TermsWatchOptions) {
    this.#options = options;
    this.#later();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** To be called after a change was committed: resolves when the actor sells by it, or its node was told. */
  async changed(showtimeId: string): Promise<void> {
    if (this.#options.directory.running(showtimeId)) await this.refresh(showtimeId);
    else this.#options.tellOwner(showtimeId);
  }

  /** Reads the terms of one showtime again, if it runs here. */
  async refresh(showtimeId: string): Promise<void> {
    const { directory, playbill, log } = this.#options;
    if (!directory.running(showtimeId)) return;
    try {
      const terms = await playbill.terms(showtimeId);
      if (!terms) return;
      this.#refused.set(showtimeId, terms.version);
      const actor = directory.running(showtimeId);
      // With another seat map it is another house: this owner ends, and its watchers connect again to one that has it.
      const isRebuilt = actor && terms.version > actor.terms.version && terms.mapHash !== actor.terms.mapHash;
      if (isRebuilt) actor.end('lost');
      else actor?.renew(terms);
      this.#refused.delete(showtimeId);
    } catch (error) {
      const message = 'The changed terms of a showtime cannot be used. It is sold by the terms before the change.';
      log.error({ event: 'terms.refused', err: error, showtimeId }, message);
    }
  }

  async #compare(): Promise<void> {
    const actors = this.#options.directory.all();
    for (let first = 0; first < actors.length; first += COMPARED_AT_ONCE) {
      const some = actors.slice(first, first + COMPARED_AT_ONCE);
      const versions = await this.#options.playbill.versions(some.map(({ showtimeId }) => showtimeId));
      for (const { showtimeId, terms } of some) {
        const version = versions.get(showtimeId) ?? 0;
        if (version > terms.version && version !== this.#refused.get(showtimeId)) await this.refresh(showtimeId);
      }
    }
  }

  #later(): void {
    const { timers, log, everyMs } = this.#options;
    this.#cancel = timers.after(everyMs, () => {
      this.#compare()
        .catch((error) => {
          log.warn(
            { event: 'terms.unread', err: error },
            'Changes of prices, rules and sales could not be read from the database.',
          );
        })
        .finally(() => {
          if (!this.#stopped) this.#later();
        });
    });
  }
}
