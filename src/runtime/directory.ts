import { Actor } from './actor.js';
import type { ActorContext } from './actor-context.js';
import type { Audience, Feed } from './audience.js';
import type { Host } from './host.js';
import { type Claim, type Journal, JournalBehind, JournalRecovering } from './journal-port.js';
import { withAccounts } from './limited-accounts.js';
import type { Playbill, Terms } from './playbill-port.js';
import { standingOf } from './recovery/standing.js';
import { type Waitlist, withWaiting } from './waitlist-port.js';

export interface DirectoryOptions {
  readonly journal: Journal;
  readonly playbill: Playbill;
  /** Absent: nobody ever waits for seats. */
  readonly waitlist?: Waitlist;
  readonly context: ActorContext;
  /** Makes the place where the watchers of a showtime gather; called once an activation. */
  readonly audienceFor: (showtimeId: string) => Audience;
  /** Makes what other nodes follow; called once an activation, with the epoch of it. */
  readonly feedFor: (showtimeId: string, epoch: number) => Feed;
  /** Has a showtime given up by whoever still runs it, before it is claimed. False: leave it to them. */
  readonly askedFor: (showtimeId: string) => Promise<boolean>;
  /** An actor that nobody watched or asked for this long is dropped from memory. */
  readonly passivateAfterMs: number;
  readonly actorsMax: number;
}

/**
 * `moving`: it is between two owners, as in a hand-over; ask again soon. `unavailable`: a store or another node does not
 * answer, or there is no node that would take it.
 */
export type NotOpened = {
  readonly ok: false;
  readonly reason: 'unknown_showtime' | 'moving' | 'unavailable' | 'overloaded';
};

/** Where clients meet a showtime on this node, or why not. */
export type Opened<Met extends Host = Host> = { readonly ok: true; readonly host: Met } | NotOpened;

const VERIFIED_AT_ONCE = 2_000;
const MOVING: NotOpened = { ok: false, reason: 'moving' };
/** For how long whoever opens a showtime waits, after a standby was promoted, until what it lost is written again. */
const RECOVERY_WAIT_MS_MAX = 3_000;
const RECOVERY_LOOK_MS = 50;

/** The actors of this node, by showtime. Each is loaded once, however many ask for it at the same time. */
export class Directory {
  readonly #options: DirectoryOptions;
  readonly #actors = new Map<string, Actor>();
  readonly #opening = new Map<string, Promise<Opened<Actor>>>();
  readonly #onActivated: ((showtimeId: string) => void)[] = [];
  /** How often all actors were verified. */
  #verifications = 0;
  #draining = false;
  #cancelSweep: (() => void) | undefined;

  constructor(options: DirectoryOptions) {
    this.#options = options;
    options.context.committer.recovery.serve(() => this.all());
    this.#sweepLater();
  }

  /** The actor where it runs already. */
  running(showtimeId: string): Actor | undefined {
    const actor = this.#actors.get(showtimeId);
    return actor?.ended ? undefined : actor;
  }

  all(): readonly Actor[] {
    return [...this.#actors.values()].filter(({ ended }) => !ended);
  }

  /** Whether it is on its way to run here. */
  isOpening(showtimeId: string): boolean {
    return this.#opening.has(showtimeId);
  }

  get size(): number {
    return this.all().length;
  }

  /** Called at each activation, in its turn, before anybody else hears of the actor. */
  onActivated(listener: (showtimeId: string) => void): void {
    this.#onActivated.push(listener);
  }

  async open(showtimeId: string): Promise<Opened<Actor>> {
    const actor = this.running(showtimeId);
    if (actor) {
      actor.usedAt = this.#options.context.clock.now();
      return { ok: true, host: actor };
    }
    if (this.#draining) return MOVING;
    const opening = this.#opening.get(showtimeId);
    if (opening) return await opening;
    if (this.#isFull()) this.#forgetEnded();
    if (this.#isFull()) return { ok: false, reason: 'overloaded' };
    const activation = this.#activate(showtimeId).finally(() => this.#opening.delete(showtimeId));
    this.#opening.set(showtimeId, activation);
    return await activation;
  }

  /**
   * Gives a showtime up without loss: intake stops in this turn, what was accepted is written and answered, `taken` is
   * waited for, and then its watchers are sent to `url`; or it goes on here, where that says false. What is asked
   * meanwhile hears to ask again. Where the journal does not answer in time, or `taken` rejects, the showtime is given up
   * all the same: the fence makes that safe.
   */
  async handOver(
    showtimeId: string,
    url: string | undefined,
    flushMsMax: number,
    taken: () => Promise<boolean>,
  ): Promise<void> {
    const actor = this.running(showtimeId);
    if (!actor) return;
    actor.stopIntake();
    const { timers, log } = this.#options.context;
    let cancel = () => {};
    const late = new Promise<'late'>((resolve) => {
      cancel = timers.after(flushMsMax, () => resolve('late'));
    });
    if ((await Promise.race([actor.flushed(), late])) === 'late') {
      log.warn(
        { event: 'showtime.handed_over_unflushed', showtimeId },
        'A showtime was handed over before its last commands were flushed. Their clients will retry.',
      );
    }
    cancel();
    const isTaken = await taken().catch(() => true);
    if (!isTaken) {
      if (!this.#draining) actor.resumeIntake();
      return;
    }
    actor.end('moved', url);
    if (this.#actors.get(showtimeId) === actor) this.#actors.delete(showtimeId);
  }

  /**
   * Ends every actor whose showtime has another owner by now. Rejects where the journal cannot be asked: then nothing is
   * known, and nothing ended; and where the journal has forgotten claims of this node.
   */
  async verify(): Promise<void> {
    // A claim that is on its way is not looked at, and must not count as verified.
    this.#verifications++;
    const { committer } = this.#options.context;
    let isBehind = false;
    const actors = this.all();
    for (let first = 0; first < actors.length; first += VERIFIED_AT_ONCE) {
      const some = actors.slice(first, first + VERIFIED_AT_ONCE);
      const owners = await this.#options.journal.owners(some.map(({ showtimeId }) => showtimeId));
      for (const actor of some) {
        if (actor.ended) continue;
        const standing = standingOf(actor, owners.get(actor.showtimeId), true);
        if (standing === 'overtaken') actor.lost('taken_over');
        isBehind ||= standing === 'forgotten';
      }
    }
    if (!isBehind) return;
    committer.look();
    throw new Error('The journal has forgotten that this node owns what it runs.');
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

  async #activate(showtimeId: string): Promise<Opened<Actor>> {
    const { playbill, waitlist, context, audienceFor, feedFor, askedFor } = this.#options;
    try {
      const terms = await playbill.terms(showtimeId);
      if (!terms) return { ok: false, reason: 'unknown_showtime' };
      // A showtime that comes too late for this node is left to the next.
      if (this.#draining || !context.confirmed()) return MOVING;
      if (!(await askedFor(showtimeId)) || this.#draining) return MOVING;
      const verified = this.#verifications;
      const claim = await this.#claim(showtimeId);
      if (!claim) return { ok: false, reason: 'unavailable' };
      const isOurs = verified === this.#verifications || (await this.#isStillOurs(showtimeId, claim.epoch));
      if (this.#draining || !isOurs || !context.confirmed()) return MOVING;
      const current = await this.#currentTerms(showtimeId, terms);
      const claimed = current && (await withAccounts(playbill, current, claim.state));
      if (!current || !claimed) return { ok: false, reason: 'unknown_showtime' };
      const state = await withWaiting(waitlist, showtimeId, claim.epoch, claimed);
      if (this.#draining || !context.confirmed()) return MOVING;
      const audience = audienceFor(showtimeId);
      const actor = new Actor(
        showtimeId,
        current,
        { ...claim, state },
        audience,
        feedFor(showtimeId, claim.epoch),
        context,
      );
      this.#actors.set(showtimeId, actor);
      for (const listener of this.#onActivated) listener(showtimeId);
      context.log.debug({ event: 'showtime.activated', showtimeId, epoch: actor.epoch }, 'A showtime was activated.');
      return { ok: true, host: actor };
    } catch (error) {
      context.log.warn(
        { event: 'showtime.not_activated', err: error, showtimeId },
        'A showtime could not be activated.',
      );
      return { ok: false, reason: 'unavailable' };
    }
  }

  /**
   * The terms, read again if they changed before the claim. Whoever gives a showtime another seat map raises its epoch in the
   * same transaction; so an owner that looks after its claim has the map of its epoch, or is fenced.
   */
  async #currentTerms(showtimeId: string, terms: Terms): Promise<Terms | undefined> {
    const { playbill } = this.#options;
    const version = (await playbill.versions([showtimeId])).get(showtimeId);
    return version === undefined || version === terms.version ? terms : await playbill.terms(showtimeId);
  }

  /** Undefined where the journal lacks what was acknowledged, and that is not written again in time. */
  async #claim(showtimeId: string): Promise<Claim | undefined> {
    const { journal, context } = this.#options;
    const { committer, clock, timers } = context;
    const giveUpAt = clock.now() + RECOVERY_WAIT_MS_MAX;
    while (!this.#draining) {
      let waitMs = RECOVERY_LOOK_MS;
      if (!committer.recovery.isRestoring(showtimeId)) {
        try {
          return await journal.claim(showtimeId, committer.acknowledged);
        } catch (error) {
          if (error instanceof JournalBehind) committer.look();
          else if (error instanceof JournalRecovering) waitMs = error.retryAfterMs;
          else throw error;
        }
      }
      if (clock.now() + waitMs > giveUpAt) break;
      await new Promise<void>((resolve) => void timers.after(waitMs, resolve));
    }
    return undefined;
  }

  /** For a claim that a verification passed by: the lease may have lapsed and come back meanwhile. */
  async #isStillOurs(showtimeId: string, epoch: number): Promise<boolean> {
    for (;;) {
      const verified = this.#verifications;
      const owner = (await this.#options.journal.owners([showtimeId])).get(showtimeId);
      if (owner?.epoch !== epoch || !owner.isMine) return false;
      if (verified === this.#verifications) return true;
    }
  }

  #sweepLater(): void {
    const { context, passivateAfterMs } = this.#options;
    this.#cancelSweep = context.timers.after(Math.max(100, passivateAfterMs / 4), () => {
      const usedBefore = context.clock.now() - passivateAfterMs;
      for (const actor of this.#actors.values()) {
        if (actor.isIdle && actor.usedAt <= usedBefore) actor.end('passivated');
      }
      this.#forgetEnded();
      this.#sweepLater();
    });
  }

  #isFull(): boolean {
    return this.#actors.size + this.#opening.size >= this.#options.actorsMax;
  }

  #forgetEnded(): void {
    for (const [showtimeId, actor] of this.#actors) if (actor.ended) this.#actors.delete(showtimeId);
  }
}
