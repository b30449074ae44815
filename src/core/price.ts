import type { House } from './house.js';

/** The sum of the seats' category prices, in minor units of the house's currency. */
export function priceOf(house: Pick<House, 'map' | 'rules'>, seats: readonly number[]): number {
  let sum = 0;
  for (const seat of seats) sum += house.rules.prices[house.map.categoryOf[seat] ?? -1] ?? 0;
  return sum;
}
