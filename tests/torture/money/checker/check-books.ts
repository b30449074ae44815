import type { Books, Violation } from './books.js';
import { MONEY_RULES } from './money-rules.js';
import { SEAT_RULES } from './seat-rules.js';
import { TELLING_RULES } from './telling-rules.js';

export const RULES = { ...MONEY_RULES, ...SEAT_RULES, ...TELLING_RULES };

/** Everything in the books that breaks a rule. Pure: it asks nobody, and knows nothing of what the run has done. */
export function checkBooks(books: Books): readonly Violation[] {
  return Object.entries(RULES).flatMap(([rule, broken]) => broken(books).map((text) => ({ rule, text })));
}
