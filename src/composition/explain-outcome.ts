import type { Outcome } from '../boxoffice/house-desk-port.js';
import type { HouseRules } from '../core/house.js';
import { outcomeError } from '../gateway/views.js';
import { type WireError, wireError } from '../protocol/errors.js';

const UNKNOWN_SHOWTIME = wireError('unknown_showtime', 'There is no such showtime.');

/** What a house answered to the box office, in the words of the wire. */
export function explainOutcome(outcome: Extract<Outcome, { ok: false }>, rules: HouseRules): WireError {
  if ('refusal' in outcome) return outcomeError(outcome, rules);
  const { failure } = outcome;
  return failure === 'unknown_showtime' ? UNKNOWN_SHOWTIME : outcomeError({ ...outcome, failure }, rules);
}
