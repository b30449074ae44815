import type { HouseRules } from '../house.js';

/** Nobody has to answer faster, unless offers are shorter by setting. */
const OFFER_MS_MIN = 2 * 60_000;

/** When an offer that is made at `now` ends: after its time, but at most a quarter of what is left until sales end. */
export function offerUntil({ salesCloseAt }: Pick<HouseRules, 'salesCloseAt'>, now: number, offerMs: number): number {
  if (salesCloseAt === undefined) return now + offerMs;
  const quarter = Math.floor((salesCloseAt - now) / 4);
  return now + Math.min(offerMs, Math.max(OFFER_MS_MIN, quarter));
}
