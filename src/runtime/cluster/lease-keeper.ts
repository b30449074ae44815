import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import { Cadence } from './cadence.js';
import type { Lease, Monotonic } from './lease.js';

export interface LeaseKeeperOptions {
  readonly lease: Lease;
  readonly leaseMs: number;
  /**
   * Asks Postgres about every actor that runs here, and ends those that are not ours. True: all of them were checked.
   * Resolves or rejects in bounded time; a rejection counts as false.
   */
  readonly verify: () => Promise<boolean>;
  /** Beats do not confirm the lease at present. */
  readonly inDoubt: () => boolean;
  readonly timers: Timers;
  readonly monotonic: Monotonic;
  readonly log: Log;
}

/** Looks so often in the time of a lease; every second look may ask Postgres. */
const LOOKS_A_LEASE = 6;
/**
 * So many leases may go by on beats alone. A node that Redis tells nothing of the others may take over what beats confirm
 * here; and a machine that was suspended does not notice: its clock stood as well.
 */
const LEASES_UNVERIFIED_MAX = 1;

/** Has the lease confirmed by Postgres where beats cannot: while they fail, and always after it lapsed. */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions;
  readonly #cadence: Cadence;
  #verifiedAt: number;
  #askedAt = Number.NEGATIVE_INFINITY;
  #lapsed = false;

  constructor(options: LeaseKeeperOptions) {
    const { leaseMs, timers, monotonic } = options;
    this.#options = options;
    this.#cadence = new Cadence(leaseMs / LOOKS_A_LEASE, timers, monotonic, () => this.#look());
    this.#verifiedAt = monotonic();
  }

  start(): void {
    void this.#cadence.atOnce();
  }

  async stop(): Promise<void> {
    await this.#cadence.stop();
  }

  async #look(): Promise<void> {
    const { lease, monotonic, verify, log } = this.#options;
    const now = monotonic();
    this.#tellOfLapse();
    if (!this.#isDue(now)) return;
    this.#askedAt = now;
    try {
      if (await verify()) {
        lease.restore(now);
        this.#verifiedAt = now;
      }
    } catch (error) {
      log.debug(
        { event: 'cluster.ownership_unverified', err: error },
        'The ownership of the showtimes on this node could not be verified.',
      );
    }
    this.#tellOfLapse();
  }

  #isDue(now: number): boolean {
    const { lease, leaseMs, inDoubt } = this.#options;
    // One look and a half: exact halves would hang on how timers round.
    if (now - this.#askedAt < (leaseMs / LOOKS_A_LEASE) * 1.5) return false;
    if (now - this.#verifiedAt >= leaseMs * LEASES_UNVERIFIED_MAX) return true;
    // The age of a lease that lapsed grows on: beats do not confirm it.
    return inDoubt() || lease.ageMs(now) > leaseMs / 2;
  }

  #tellOfLapse(): void {
    const { lease, monotonic, log } = this.#options;
    const lapsed = !lease.held(monotonic());
    if (lapsed === this.#lapsed) return;
    this.#lapsed = lapsed;
    if (lapsed)
      log.warn(
        { event: 'cluster.lease_lapsed' },
        'The lease of this node expired. It sends no replies until Postgres confirms what it owns.',
      );
    else log.info({ event: 'cluster.lease_held' }, 'The node holds its lease again.');
  }
}
