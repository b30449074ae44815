import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { Directory } from '../runtime/directory.js';

export interface DrainedParts {
  /** Gives away what it can, until the deadline; of a node that is alone, nothing. */
  readonly leave: (deadline: Promise<unknown>) => Promise<void>;
  readonly gateway: { stopListening(): void; goodbyes(): Promise<void>; close(): void };
  readonly directory: Pick<Directory, 'drain'>;
  readonly timers: Timers;
  readonly log: Log;
}

/** Of the time for a drain; the rest is for what could not be given away. */
const HAND_OVER_SHARE = 0.7;
const GOODBYES_MS = 50;
/** For clients that still read, also where the rest of a drain took all of its time. */
const SLOW_READERS_MS_MIN = 1_000;

/** Gives the showtimes away, finishes what was accepted, says goodbye: in `drainMsMax` and a second, whatever fails. */
export async function drainNode(
  { leave, gateway, directory, timers, log }: DrainedParts,
  drainMsMax: number,
): Promise<void> {
  const passed = (ms: number) => new Promise<false>((resolve) => void timers.after(ms, () => resolve(false)));
  const deadline = passed(drainMsMax);
  // Its clients are sent on while it still answers: what they ask meanwhile is asked again where they arrive.
  await leave(passed(drainMsMax * HAND_OVER_SHARE));
  gateway.stopListening();
  const flushed = await Promise.race([directory.drain().then(() => true), deadline]);
  if (!flushed)
    log.warn(
      { event: 'node.drain_timed_out' },
      'The drain timed out before every command was flushed. Acknowledged commands are safe.',
    );
  // Clients that read slowly are waited for, in what is left of the time and a little of their own at least.
  await Promise.race([gateway.goodbyes(), Promise.all([deadline, passed(SLOW_READERS_MS_MIN)])]);
  // The last frames leave with this turn; what is left after it is cut.
  await passed(GOODBYES_MS);
  gateway.close();
}
