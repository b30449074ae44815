import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';

/**
 * Runs a task, and again `everyMs` after it has ended: however long it takes, it never runs twice at a time. The task
 * handles its own failures. Returns the stop, which resolves when a run that was under way has ended.
 */
export function repeat(timers: Timers, everyMs: number, task: () => Promise<void>): () => Promise<void> {
  let isStopped = false;
  let cancel = () => {};
  let running = Promise.resolve();
  const later = () => {
    if (!isStopped) cancel = timers.after(everyMs, run);
  };
  const run = () => {
    running = task().finally(later);
  };
  later();
  return async () => {
    isStopped = true;
    cancel();
    await running;
  };
}

interface FailureLine {
  readonly log: Log;
  readonly event: string;
  readonly message: string;
}

/** Runs a task that may fail in the same way. Each failure is a line in the log, and the next run comes all the same. */
export function repeatLogged(
  timers: Timers,
  everyMs: number,
  { log, event, message }: FailureLine,
  task: () => Promise<void>,
): () => Promise<void> {
  return repeat(timers, everyMs, () => task().catch((err: unknown) => log.warn({ event, err }, message)));
}
