import { type WireError, wireError } from '../protocol/errors.js';

/** Parts of the service that may be switched off under load. */
export type Part = 'best_available' | 'new_sessions' | 'http_commands';

export type IsOn = (part: Part) => boolean;

const RETRY_AFTER_MS = 5_000;
const OFF: Record<Part, string> = {
  best_available: 'The search for seats is switched off for a while; choose seats on the map.',
  new_sessions: 'No new guests are let in at the moment.',
  http_commands: 'Commands are taken over WebSocket only at the moment.',
};

export function switchedOff(part: Part): WireError {
  return wireError('unavailable', OFF[part], { retryAfterMs: RETRY_AFTER_MS });
}
