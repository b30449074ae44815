/** Milliseconds from an arbitrary start that never go back and do not stop while the process is stopped. */
export type Monotonic = () => number;

/**
 * For how long this node may believe that its showtimes are still its own. Sales need no such belief: Postgres refuses
 * every write under an old epoch. But a node that was frozen, or cut off, could go on showing a house that another has
 * taken over since. So it counts for itself: while its beats arrive, the others that see them do not take its showtimes; they give it
 * up `detectionMs` after the last that they saw, which is later than `leaseMs` after it was sent. What is told while the
 * lease is held is therefore at most as old as the lease. Confirmations count from when they were *sent*: the answer may
 * have waited for us.
 *
 * A lease that lapsed once is not healed by the next beat: in between others may have taken over.
 */
export class Lease {
  readonly #leaseMs: number;
  #confirmedAt: number;
  #lapsed = false;

  /** Held from `now` on: a node that starts has told nothing yet, and claims what it runs afterwards. */
  constructor(leaseMs: number, now: number) {
    this.#leaseMs = leaseMs;
    this.#confirmedAt = now;
  }

  /** The lease of a node that is alone: nobody could take over. */
  static always(): Lease {
    return new Lease(Number.POSITIVE_INFINITY, 0);
  }

  /** Whether anything may be told at this moment. False until `restore` once it was false. */
  held(now: number): boolean {
    if (this.ageMs(now) > this.#leaseMs) this.#lapsed = true;
    return !this.#lapsed;
  }

  /** For how long nobody has confirmed it. */
  ageMs(now: number): number {
    return now - this.#confirmedAt;
  }

  /** A beat sent at `sentAt` was answered by `now`. It prolongs a lease that is held; one that has lapsed stays so. */
  confirm(sentAt: number, now: number): void {
    if (this.held(now)) this.#confirmedAt = Math.max(this.#confirmedAt, sentAt);
  }

  /**
   * Postgres was asked at `sentAt` about every actor that ran then, and those that are not ours have ended. Prolongs the
   * lease, and brings a lapsed one back, but never from an answer that is itself older than a lease.
   */
  restore(sentAt: number): void {
    this.#confirmedAt = Math.max(this.#confirmedAt, sentAt);
    this.#lapsed = false;
  }
}
