import type { Clock } from '../kernel/clock.js';
import type { Log } from '../kernel/log.js';
import type { Timers } from '../kernel/timers.js';
import type { DeltaLimits } from './delta-ticker.js';
import type { GroupCommitter } from './group-committer.js';
import type { Till } from './till-port.js';

export interface ActorLimits extends DeltaLimits {
  /** Outputs that may wait for the journal; past it commands are refused as `overloaded`. */
  readonly gatedMax: number;
  /** How long a command may wait for the journal before its sender is told `outcome_unknown`. */
  readonly commitWaitMsMax: number;
  /** Deltas kept for clients that come back. */
  readonly historyMax: number;
  /** Command outcomes kept for replays, bookings not counted. */
  readonly replaysMax: number;
}

export interface ActorContext {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly committer: GroupCommitter;
  readonly till: Till;
  readonly limits: ActorLimits;
  /** False while other nodes may have taken over what runs here, and this one would not know. */
  readonly confirmed: () => boolean;
  /** No other node is known, nor could be: whoever takes a showtime from this one was started by mistake. */
  readonly isAlone?: boolean;
}
