import type { Hold, House } from './house.js';

/** What each of these seats costs now, in minor units of the house's currency. `types` by position; absent: the ordinary prices. */
export function pricesOf(
  house: Pick<House, 'map' | 'rules'>,
  seats: readonly number[],
  types?: readonly string[],
): number[] {
  const { map, rules } = house;
  if (types === undefined) return seats.map((seat) => rules.prices[map.categoryOf[seat] ?? -1] ?? 0);
  return seats.map((seat, i) => {
    const prices = rules.ticketTypes?.find(({ id }) => id === types[i])?.prices ?? rules.prices;
    return prices[map.categoryOf[seat] ?? -1] ?? 0;
  });
}

/** What the hold costs: the sum of what its seats cost when they were taken. */
export function priceOf({ prices }: Pick<Hold, 'prices'>): number {
  let sum = 0;
  for (const price of prices) sum += price;
  return sum;
}
