/** The time left of a hold: how it is written, and when it is said aloud. */

/** Each is said once, when the time left falls to it (WCAG 2.2.1 asks for a warning; a clock read aloud would be noise). */
export const ANNOUNCED_AT_MS: readonly number[] = [300_000, 60_000, 30_000];

/** `m:ss`, rounded up: a clock that still shows 0:01 has not run out. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** The lowest threshold that was passed going from `beforeMs` to `nowMs` left, or undefined. */
export function thresholdPassed(beforeMs: number, nowMs: number): number | undefined {
  return ANNOUNCED_AT_MS.filter((threshold) => beforeMs > threshold && nowMs <= threshold).at(-1);
}

/** Milliseconds until the written time changes, so that a timer wakes once a second and in step with it. */
export function untilNextSecond(remainingMs: number): number {
  return ((remainingMs - 1) % 1000) + 1;
}
