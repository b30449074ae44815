import type { AnchoredClock } from '../adapters/anchored-clock.js';

/** A reading of Postgres' clock that took no longer is accepted: the clock is then off by half of that at most. */
const NARROW_MS = 250;
const TRIES_MAX = 5;

/**
 * A clock whose first reading came quickly. One that was frozen between question and answer, or asked a Postgres that was
 * far, would be off by half of that time, and come right by one part in two hundred: its holds would end early or late.
 */
export async function anchorClock(
  make: () => AnchoredClock,
  read: () => Promise<unknown>,
  monotonic: () => number,
): Promise<AnchoredClock> {
  for (let tries = 1; ; tries++) {
    const clock = make();
    const sentAt = monotonic();
    await read();
    if (monotonic() - sentAt <= NARROW_MS || tries === TRIES_MAX) return clock;
  }
}
