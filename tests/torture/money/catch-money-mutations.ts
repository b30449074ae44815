import type { Hunt } from '../mutations/catch-mutations.js';
import { moneyFailings } from './money-report.js';
import { type MoneyPlace, tortureMoney } from './money-run.js';

export const MONEY_PATCHES = 'tests/torture/money/mutations';

/** Bugs of orders, payments and what follows from them, and the torture of money. */
export function moneyHunt(others: Pick<MoneyPlace, 'provider' | 'receiver'>): Hunt {
  return {
    patches: MONEY_PATCHES,
    async run({ program, sql }, options, signal) {
      const result = await tortureMoney(options, { ...others, program, sql, say: () => {}, signal });
      return moneyFailings(result, options);
    },
  };
}
