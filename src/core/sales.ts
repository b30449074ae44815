/** When seats are sold: the switch of the box office, and the two moments that it may have set. */
import type { HouseRules } from './house.js';

type SalesRules = Pick<HouseRules, 'salesOpen' | 'salesOpenAt' | 'salesCloseAt' | 'bookAfterClose'>;

/** Whether seats can be taken at `now`. */
export function areSalesOpen(rules: SalesRules, now: number): boolean {
  const { salesOpen, salesOpenAt, salesCloseAt } = rules;
  return salesOpen && !(salesOpenAt !== undefined && now < salesOpenAt) && !hasEnded(salesCloseAt, now);
}

/** Whether a hold that there is can be booked at `now`: as long as sales are open, and past their end by setting. */
export function canBook(rules: SalesRules, now: number): boolean {
  return areSalesOpen(rules, now) || (rules.salesOpen && rules.bookAfterClose && hasEnded(rules.salesCloseAt, now));
}

/** The first moment after `now` at which time opens or closes sales; undefined where there is none. */
export function nextSalesChange(rules: SalesRules, now: number): number | undefined {
  const ahead = [rules.salesOpenAt, rules.salesCloseAt].filter((at) => at !== undefined && at > now);
  return ahead.length === 0 ? undefined : Math.min(...(ahead as number[]));
}

function hasEnded(salesCloseAt: number | undefined, now: number): boolean {
  return salesCloseAt !== undefined && now >= salesCloseAt;
}
