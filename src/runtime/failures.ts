/** Outcomes that are not the house's; see Failure. */
import type { Outcome } from './outcome.js';

/** Of a write of nothing, once it is durable. */
export const NOTHING: Outcome = { ok: true, type: 'seats', seats: [] };

/** What an overloaded or cut-off node asks its clients to wait. */
const RETRY_AFTER_MS = 1_000;

/** What a client that came between two owners is asked to wait. */
export const MOVING_RETRY_AFTER_MS = 100;
export const MOVING: Outcome = { ok: false, failure: 'moving', retryAfterMs: MOVING_RETRY_AFTER_MS };
export const UNAVAILABLE: Outcome = { ok: false, failure: 'unavailable', retryAfterMs: RETRY_AFTER_MS };
export const OVERLOADED: Outcome = { ok: false, failure: 'overloaded', retryAfterMs: RETRY_AFTER_MS };
export const REUSED: Outcome = { ok: false, failure: 'command_reused' };
export const UNKNOWN: Outcome = { ok: false, failure: 'outcome_unknown', retryAfterMs: RETRY_AFTER_MS };
