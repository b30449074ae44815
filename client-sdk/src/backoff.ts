const BASE_MS = 250;
const CAP_MS = 10_000;

/**
 * Milliseconds to wait before retry number `attempt` (0 is the first): full jitter, uniform in a window that doubles
 * from 250 ms to 10 s. Already the first retry is spread, because when a node dies its clients all leave together.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoffMs(attempt: number, random: () => number): number {
  return random() * Math.min(CAP_MS, BASE_MS * 2 ** attempt);
}
