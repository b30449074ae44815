import { type WireError, wireError } from '../protocol/errors.js';

/** Parts of the service that answer `unavailable` while they are switched off. */
type Refused = 'best_available' | 'new_sessions' | 'http_commands';

/** Parts of the service that may be switched off. */
export type Part = Refused | 'docs';

export type IsOn = (part: Part) => boolean;

const RETRY_AFTER_MS = 5_000;
const OFF: Record<Refused, string> = {
  best_available: 'The search for seats is switched off for a while; choose seats on the map.',
  new_sessions: 'No new guests are let in at the moment.',
  http_commands: 'Commands are taken over WebSocket only at the moment.',
};

export function switchedOff(part: Refused): WireError {
  return wireError('unavailable', OFF[part], { retryAfterMs: RETRY_AFTER_MS });
}
