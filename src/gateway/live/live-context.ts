import type { Limits } from '../../protocol/server-messages.js';
import type { Directory } from '../../runtime/directory.js';
import type { Clock, Log } from '../../runtime/ports.js';
import type { CommandIntake } from '../command-intake.js';
import type { Tokens } from '../tokens.js';
import type { Channels } from './channels.js';

/** What every live session needs; one object for all. */
export interface LiveContext {
  readonly directory: Directory;
  readonly channels: Channels;
  readonly tokens: Tokens;
  readonly intake: CommandIntake;
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LiveLimits;
}

export interface LiveLimits {
  /** Told to clients in `welcome`, with what the rules of the showtime add. */
  readonly messagesPerSecond: number;
  readonly frameBytes: number;
  readonly heartbeatMs: number;
  /** From opening to `hello`. */
  readonly helloMsMax: number;
  /** Sockets of this node; past it upgrades are refused. */
  readonly socketsMax: number;
  /** A socket with more unread bytes than this gets no deltas until it has caught up, and then one snapshot. */
  readonly unreadBytesMax: number;
}

/** A hard stop for one socket: never reached by deltas, which stop at `unreadBytesMax`. */
export const BACKPRESSURE_BYTES_MAX = 1024 * 1024;

export function limitsView(limits: LiveLimits, rules: Omit<Limits, keyof LiveLimits>): Limits {
  const { messagesPerSecond, frameBytes, heartbeatMs } = limits;
  const { holdTtlMs, seatsPerHold, holdsPerHolder, extensionsPerHold } = rules;
  return { holdTtlMs, seatsPerHold, holdsPerHolder, extensionsPerHold, messagesPerSecond, frameBytes, heartbeatMs };
}
