import type { Limits, SeatRules } from '../../protocol/server-messages.js';

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

/** Past this many unread bytes a client is not answered any more but sent away: deltas stop long before. */
export const UNANSWERED_BYTES_MAX = 1024 * 1024;
/** Where uWebSockets.js drops frames without a word. Never reached: above the largest frame on top of the bound before. */
export const BACKPRESSURE_BYTES_MAX = 4 * UNANSWERED_BYTES_MAX;

export function limitsView(limits: LiveLimits, rules: Omit<Limits, keyof LiveLimits>): Limits {
  const { messagesPerSecond, frameBytes, heartbeatMs } = limits;
  const { holdTtlMs, seatsPerHold, holdsPerHolder, extensionsPerHold } = rules;
  return { holdTtlMs, seatsPerHold, holdsPerHolder, extensionsPerHold, messagesPerSecond, frameBytes, heartbeatMs };
}

/** The rules on choosing seats, as clients may tell them before a choice. */
export function rulesView({ singleGap, distancing }: SeatRules): SeatRules {
  return { singleGap, distancing };
}
