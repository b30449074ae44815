/** What a command hears where it gets no answer from the house; see Failure. */
import type { Outcome } from './outcome.js';

/** What an overloaded or cut-off node asks its clients to wait. */
const RETRY_AFTER_MS = 1_000;

/** To a command that came between two owners. */
export const MOVING: Outcome = { ok: false, failure: 'moving', retryAfterMs: 100 };
export const UNAVAILABLE: Outcome = { ok: false, failure: 'unavailable', retryAfterMs: RETRY_AFTER_MS };
export const OVERLOADED: Outcome = { ok: false, failure: 'overloaded', retryAfterMs: RETRY_AFTER_MS };
export const REUSED: Outcome = { ok: false, failure: 'command_reused' };
export const UNKNOWN: Outcome = { ok: false, failure: 'outcome_unknown', retryAfterMs: RETRY_AFTER_MS };
