import type { HoldView } from '../../../src/protocol/server-messages.js';

/** What holds cost, as anybody was told last. Ids are unique, so that all clients of a test share one record. */
const told = new Map<string, HoldView['price']>();

/** Takes note of every hold in what a server said. */
export function notePrices(said: { readonly hold?: unknown; readonly holds?: unknown }): void {
  const holds = Array.isArray(said.holds) ? said.holds : [said.hold];
  for (const hold of holds as (HoldView | undefined)[]) if (hold?.id && hold.price) told.set(hold.id, hold.price);
}

/** A `book` without a price gets the one that its buyer was shown: few tests are about money. */
export function withPrice<Fields extends object>(fields: Fields): Fields {
  const { holdId, price } = fields as { readonly holdId?: unknown; readonly price?: unknown };
  if (price !== undefined) return fields;
  return { ...fields, price: told.get(String(holdId)) ?? { amount: 0, currency: 'EUR' } };
}
