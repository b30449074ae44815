import type { Timers } from '../kernel/timers.js';

/** setTimeout holds at most 2^31 - 1 ms, and fires at once for more. */
const DELAY_MS_MAX = 2_147_483_647;

export const nodeTimers: Timers = {
  after(delayMs, call) {
    const timer = setTimeout(call, Math.min(Math.max(0, delayMs), DELAY_MS_MAX));
    return () => clearTimeout(timer);
  },
  // The check phase comes right after the poll phase in which sockets are read.
  soon: (call) => void setImmediate(call),
};
