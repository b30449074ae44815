import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { Cadence } from './cadence.js';
import { Lease, type Monotonic } from './lease.js';
import { LeaseKeeper, type LeaseKeeperOptions } from './lease-keeper.js';
import { type MembersSeen, MemberView } from './members.js';
import type { Member, Membership, Roll } from './membership-port.js';
import { Placement } from './placement.js';
import { samePins, sameView } from './same-view.js';
import { assertTiming, type ClusterTiming } from './timing.js';

export interface ClusterOptions {
  /** This life of this node. Its id sorts after those of the lives before it. */
  readonly self: Pick<Member, 'id' | 'name' | 'url' | 'link' | 'weight'>;
  readonly timing: ClusterTiming;
  readonly membership: Membership;
  /** See LeaseKeeperOptions; never called twice at a time. */
  readonly verify: LeaseKeeperOptions['verify'];
  readonly timers: Timers;
  readonly monotonic: Monotonic;
  readonly log: Log;
}

export interface ClusterStatus extends MembersSeen {
  /** `unheard`: it never answered yet, and there may be others of whom this node knows nothing. */
  readonly store: 'unheard' | 'answering' | 'silent';
}

/** Beats are up to one apart when they are seen, and one may be late. */
const QUIET_BEATS = 2.5;

/** So many beats after it announced that it drains, every other node has read the roll. */
const BEATS_TO_BE_SEEN = 1.5;

/**
 * What this node knows of the others, and from it where each showtime should live. All of it is advice: the epoch in
 * Postgres says who owns a showtime. While the store of the members is away, the last view stays as it was.
 */
export class Cluster {
  /** Held while this node may tell what its actors know. */
  readonly lease: Lease;
  readonly #options: ClusterOptions;
  readonly #view: MemberView;
  readonly #beats: Cadence;
  readonly #keeper: LeaseKeeper;
  readonly #listeners = new Set<() => void>();
  #self: Member;
  #seen: MembersSeen;
  #placement: Placement<Member>;
  #pins: ReadonlyMap<string, string> = new Map();
  #store: ClusterStatus['store'] = 'unheard';
  #failing = false;
  #beat = 0;
  #isSuperseded = false;
  /** When a beat first told the others that this node drains. */
  #announcedAt: number | undefined;
  #stopping: Promise<void> | undefined;
  #cancelLook = () => {};

  /** @throws Error where the times do not fit together. */
  constructor(options: ClusterOptions) {
    const { self, timing, timers, monotonic, log } = options;
    assertTiming(timing);
    this.#options = options;
    this.#self = { ...self, draining: false, hot: [], showtimes: 0 };
    this.#view = new MemberView(self, timing);
    this.#seen = this.#view.seen(this.#self);
    this.#placement = new Placement(this.#seen.candidates);
    this.#beats = new Cadence(timing.beatMs, timers, monotonic, () => this.#sendBeat());
    this.lease = new Lease(timing.leaseMs, monotonic());
    this.#keeper = new LeaseKeeper({
      lease: this.lease,
      leaseMs: timing.leaseMs,
      verify: options.verify,
      inDoubt: () => this.#store !== 'answering' || this.#isSuperseded,
      timers,
      monotonic,
      log,
    });
  }

  /** Begins to beat. Resolves when the first beat was answered or failed: from then on the view is as good as it gets. */
  async start(): Promise<void> {
    this.#keeper.start();
    await this.#beats.atOnce();
  }

  get self(): Member {
    return this.#self;
  }

  /** For people to read. */
  members(): ClusterStatus {
    return { ...this.#seen, store: this.#store };
  }

  /** Where a showtime should live: where somebody pinned it, if that node is there and takes it, else where the hash says. */
  homeOf(showtimeId: string): Member | undefined {
    const pin = this.#pins.get(showtimeId);
    const pinned = pin === undefined ? undefined : this.#seen.candidates.find(({ name }) => name === pin);
    return pinned ?? this.#placement.homeOf(showtimeId);
  }

  /** Some beats of this member are missing: it may be dead, and soon found to be. */
  isQuiet(memberId: string): boolean {
    const quietMs = this.#options.timing.beatMs * QUIET_BEATS;
    return this.#store === 'answering' && this.#view.silenceMsOf(memberId) > quietMs;
  }

  /**
   * Resolves when the home of a showtime is no quiet member: at once as a rule, else when it beats again or was found
   * dead, and at the latest after twice the time that this takes.
   */
  async settled(showtimeId: string): Promise<void> {
    const { timers, monotonic, timing } = this.#options;
    const giveUpAt = monotonic() + 2 * timing.detectionMs;
    for (let home = this.homeOf(showtimeId); home && this.isQuiet(home.id); home = this.homeOf(showtimeId)) {
      if (monotonic() > giveUpAt) return;
      await new Promise<void>((resolve) => {
        const go = () => {
          forget();
          cancel();
          resolve();
        };
        const forget = this.onChange(go);
        const cancel = timers.after(timing.beatMs / 2, go);
      });
    }
  }

  /** Called, in the turn of the change, when homes may have moved or hot showtimes changed. Returns the end of it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Showtimes of this node that others should relay; told with the next beat. */
  setHot(showtimeIds: readonly string[]): void {
    this.#become({ hot: showtimeIds });
  }

  /** How many run here; shown and told with the next beat. */
  setShowtimes(showtimes: number): void {
    this.#self = { ...this.#self, showtimes };
  }

  /** From this turn on nothing lives here. Resolves when the others were told, or could not be. */
  async drain(): Promise<void> {
    this.#become({ draining: true });
    if (this.#announcedAt === undefined) await this.#beats.atOnce();
  }

  /**
   * Drains where that was not done, gives the others the time to see it, and leaves: so they need not wait to find this
   * node dead. Never rejects; where the store does not answer, they find out by themselves.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { membership, timers, monotonic, timing, log } = this.#options;
    await this.drain();
    if (this.#announcedAt !== undefined && this.#seen.live.length > 1) {
      const delayMs = this.#announcedAt + timing.beatMs * BEATS_TO_BE_SEEN - monotonic();
      if (delayMs > 0) await new Promise<void>((resolve) => void timers.after(delayMs, resolve));
    }
    this.#cancelLook();
    await this.#keeper.stop();
    // A beat that came after it would register this node once more.
    await this.#beats.stop();
    try {
      await membership.leave(this.#self.id);
    } catch (error) {
      log.warn(
        { event: 'cluster.deregister_failed', err: error },
        'The node could not deregister. The other nodes will notice that it is gone.',
      );
    }
  }

  async #sendBeat(): Promise<void> {
    const { membership, monotonic, log } = this.#options;
    const sentAt = monotonic();
    const self = this.#self;
    let roll: Roll;
    try {
      roll = await membership.beat(self, ++this.#beat);
    } catch (error) {
      if (!this.#failing)
        log.warn({ event: 'cluster.store_silent', err: error }, 'The membership store does not answer.');
      this.#failing = true;
      if (this.#store === 'answering') this.#store = 'silent';
      return;
    }
    if (this.#failing) log.info({ event: 'cluster.store_answers' }, 'The membership store answers again.');
    this.#failing = false;
    this.#store = 'answering';
    if (self.draining) this.#announcedAt ??= monotonic();
    this.#adopt(roll, sentAt, monotonic());
  }

  #adopt(roll: Roll, sentAt: number, now: number): void {
    this.#view.observe(roll, sentAt, now);
    this.#checkNamesake();
    // To the others the newer life is this node: it may take over at any moment, whether our beats arrive or not.
    if (!this.#isSuperseded) this.lease.confirm(sentAt, now);
    const pins = samePins(this.#pins, roll.pins) ? this.#pins : roll.pins;
    this.#look(pins);
    this.#forget();
    this.#lookInTime(now);
  }

  /** A death that is due before the next beat is looked for when it is: whose showtimes these are wait for no beat of ours. */
  #lookInTime(now: number): void {
    const { timers, timing } = this.#options;
    this.#cancelLook();
    const inMs = (this.#view.nextDeathAt ?? Number.POSITIVE_INFINITY) - now;
    if (inMs <= timing.beatMs) this.#cancelLook = timers.after(inMs + 1, () => void this.#beats.atOnce());
  }

  #checkNamesake(): void {
    const { superseded } = this.#view;
    if (superseded && !this.#isSuperseded) {
      this.#options.log.error(
        { event: 'cluster.superseded', name: this.#self.name },
        'A newer process runs under the name of this node.',
      );
    }
    this.#isSuperseded = superseded;
  }

  #become(change: Partial<Pick<Member, 'draining' | 'hot'>>): void {
    this.#self = { ...this.#self, ...change };
    this.#look(this.#pins);
  }

  /** Looks at the view anew, and tells the listeners where it makes a difference. */
  #look(pins: ReadonlyMap<string, string>): void {
    const seen = this.#view.seen(this.#self);
    const changed = pins !== this.#pins || !sameView(seen, this.#seen);
    this.#tellOfFreeze(seen.frozen);
    this.#seen = seen;
    this.#pins = pins;
    if (!changed) return;
    this.#placement = new Placement(seen.candidates);
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#options.log.error(
          { event: 'cluster.listener_failed', err: error },
          'A listener for changes of the cluster threw an error.',
        );
      }
    }
  }

  #tellOfFreeze(frozen: boolean): void {
    if (frozen === this.#seen.frozen) return;
    if (frozen)
      this.#options.log.error(
        { event: 'cluster.frozen' },
        'Most other nodes disappeared at the same time. For a while this node claims none of their showtimes.',
      );
    else
      this.#options.log.info(
        { event: 'cluster.thawed' },
        'The nodes that disappeared are back, or are now considered dead.',
      );
  }

  #forget(): void {
    const ids = this.#view.forgettable;
    if (ids.length === 0) return;
    this.#options.membership.forget(ids).catch((error: unknown) => {
      this.#options.log.debug(
        { event: 'cluster.roll_not_cleaned', err: error },
        'Dead nodes could not be removed from the roll.',
      );
    });
  }
}
