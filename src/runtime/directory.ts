import { Actor, type ActorContext } from './actor.js';
import type { Audience } from './audience.js';
import type { Ledger, Playbill } from './ports.js';

export interface DirectoryOptions {
  readonly ledger: Ledger;
  readonly playbill: Playbill;
  readonly context: ActorContext;
  /** Makes the place where the watchers of a showtime gather; called once an activation. */
  readonly audienceFor: (showtimeId: string) => Audience;
  /** An actor that nobody watched or asked for this long is dropped from memory. */
  readonly passivateAfterMs: number;
  readonly actorsMax: number;
}

/** Where a showtime is: running here, or why not. */
export type Opened =
  | { readonly ok: true; readonly actor: Actor }
  | { readonly ok: false; readonly reason: 'unknown_showtime' | 'unavailable' | 'overloaded' };

/** The actors of this node, by showtime. Each is loaded once, however many ask for it at the same time. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #actors = new Map<string, Actor>();
  readonly #opening = new Map<string, Promise<Opened>>();
  #draining = false;
  #cancelSweep: (() => void) | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    this.#sweepLater();
  }

  /** The actor where it runs already. */
  running(showtimeId: string): Actor | undefined {
    const actor = this.#actors.get(showtimeId);
    return actor?.ended ? undefined : actor;
  }

  get size(): number {
    return this.#actors.size;
  }

  async open(showtimeId: string): Promise<Opened> {
    const actor = this.running(showtimeId);
    if (actor) {
      actor.usedAt = this.#options.context.clock.now();
      return { ok: true, actor };
    }
    if (this.#draining) return { ok: false, reason: 'unavailable' };
    const opening = this.#opening.get(showtimeId);
    if (opening) return await opening;
    if (this.#actors.size + this.#opening.size >= this.#options.actorsMax) return { ok: false, reason: 'overloaded' };
    const activation = this.#activate(showtimeId).finally(() => this.#opening.delete(showtimeId));
    this.#opening.set(showtimeId, activation);
    return await activation;
  }

  /** Stops intake everywhere, in this turn, and waits until the journal has all that was accepted. */
  async drain(): Promise<void> {
    this.#draining = true;
    this.#cancelSweep?.();
    for (const actor of this.#actors.values()) actor.stopIntake();
    await this.#options.context.committer.idle();
    for (const actor of this.#actors.values()) actor.end('drained');
    this.#actors.clear();
  }

  async #activate(showtimeId: string): Promise<Opened> {
    const { playbill, ledger, context, audienceFor } = this.#options;
    try {
      const terms = await playbill.terms(showtimeId);
      if (!terms) return { ok: false, reason: 'unknown_showtime' };
      // A showtime that comes too late for this node is left to the next.
      if (this.#draining) return { ok: false, reason: 'unavailable' };
      const claim = await ledger.claim(showtimeId);
      if (this.#draining) return { ok: false, reason: 'unavailable' };
      const actor = new Actor(showtimeId, terms, claim, audienceFor(showtimeId), context);
      this.#actors.set(showtimeId, actor);
      context.log.debug({ showtimeId, epoch: actor.epoch }, 'showtime activated');
      return { ok: true, actor };
    } catch (error) {
      context.log.warn({ err: error, showtimeId }, 'a showtime could not be activated');
      return { ok: false, reason: 'unavailable' };
    }
  }

  #sweepLater(): void {
    const { context, passivateAfterMs } = this.#options;
    this.#cancelSweep = context.timers.after(Math.max(100, passivateAfterMs / 4), () => {
      const usedBefore = context.clock.now() - passivateAfterMs;
      for (const [showtimeId, actor] of this.#actors) {
        if (actor.isIdle && actor.usedAt <= usedBefore) actor.end('passivated');
        if (actor.ended) this.#actors.delete(showtimeId);
      }
      this.#sweepLater();
    });
  }
}
