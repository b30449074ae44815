/** The visible countdown of the hold that ends first, and its spoken warnings. It runs on while disconnected. */
import type { ShowtimeClient } from '../index.js';

/** From here on the clock looks urgent. */
const SOON_MS = 60_000;

/** @param warn called once at each threshold, with the milliseconds left. Returns what stops the clock. */
export function runHoldClock(
  element: HTMLElement,
  client: Pick<ShowtimeClient, 'countdown'>,
  warn?: (thresholdMs: number) => void,
): () => void {
  element.hidden = true;
  return client.countdown((left) => {
    element.hidden = left === undefined;
    if (!left) return;
    element.textContent = formatRemaining(left.remainingMs);
    element.classList.toggle('soon', left.remainingMs <= SOON_MS);
    if (left.warnAtMs !== undefined) warn?.(left.warnAtMs);
  });
}

/** `m:ss`, rounded up: a clock that still shows 0:01 has not run out. */
export function formatRemaining(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
