const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** After the first try, after the second, and so on: together a bit more than a day. */
const WAITS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  HOUR,
  2 * HOUR,
  4 * HOUR,
  8 * HOUR,
  9 * HOUR,
];
/** By which waits differ, so that what failed together does not come back together. */
const SPREAD = 0.1;
/** A receiver that asks for a longer wait gets this one. */
const RETRY_AFTER_MS_MAX = HOUR;

export const TRIES_MAX = WAITS_MS.length + 1;

/**
 * After how many milliseconds a message is tried again; undefined: it has been tried often enough.
 * @param tries those that were made, this one included
 * @param random from 0 to 1
 * @param retryAfterMs what the receiver asked for
 */
export function waitAfter(tries: number, random: number, retryAfterMs = 0): number | undefined {
  const waitMs = WAITS_MS[tries - 1];
  if (waitMs === undefined) return undefined;
  const spread = waitMs * (1 + SPREAD * random);
  return Math.round(Math.max(spread, Math.min(retryAfterMs, RETRY_AFTER_MS_MAX)));
}
