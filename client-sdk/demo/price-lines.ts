/** The price of an order, a line a category. */

import type { Money } from '../../src/protocol/money.js';
import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';

export interface PriceLine {
  readonly category: string;
  readonly seats: readonly string[];
  /**
   * Undefined where the category has no published price, or another by now than when the seats were held: the hold's own
   * total is right all the same.
   */
  readonly each: Money | undefined;
  readonly total: Money | undefined;
}

/** Lines in the order of the map's categories, seats in the order of the map. Unknown labels are left out. */
export function priceLines(
  hold: { readonly seats: readonly string[]; readonly price: Money },
  map: SeatMapDocument,
  prices: readonly { readonly category: string; readonly price: Money }[],
): PriceLine[] {
  const chosen = new Set(hold.seats);
  const seatsOf = map.categories.map((): string[] => []);
  map.seats.label.forEach((label, seat) => {
    if (chosen.has(label)) seatsOf[map.seats.category[seat] ?? -1]?.push(label);
  });
  const lines = map.categories.flatMap(({ name }, category) => {
    const seats = seatsOf[category] ?? [];
    if (seats.length === 0) return [];
    const each = prices.find((entry) => entry.category === name)?.price;
    const total = each && { amount: each.amount * seats.length, currency: each.currency };
    return [{ category: name, seats, each, total }];
  });
  const sum = lines.reduce((all, { total }) => all + (total?.amount ?? Number.NaN), 0);
  return sum === hold.price.amount ? lines : lines.map((line) => ({ ...line, each: undefined, total: undefined }));
}
