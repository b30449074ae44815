/** What seats are sold as: adult, child, student. A house whose rules have no ticket types takes the first line of each way. */
import type { House, TicketType } from './house.js';
import { invariant } from './invariant.js';
import type { Refusal, SeatConflict } from './refusal.js';
import { NONE, type SeatMap } from './seat-map.js';
import { labelOf } from './selection.js';

/** What a seat was sold as while the showtime had no ticket types. */
export const NO_TYPE = '';

/**
 * The type of each of these seats that join a hold, or change their type in it: as wished, else the first.
 * `besides`: those of the other seats of the hold. Undefined where the showtime has no types and none was wished.
 */
export function typesFor(
  house: House,
  seats: readonly number[],
  wished: readonly string[] | undefined,
  besides: readonly string[] | undefined,
): readonly string[] | Refusal | undefined {
  const { ticketTypes } = house.rules;
  if (ticketTypes === undefined && wished === undefined) return undefined;
  const types = wished ?? firstFor(ticketTypes, seats.length);
  for (const wish of new Set(types)) {
    const type = ticketTypes?.find(({ id }) => id === wish);
    const reason = type === undefined ? 'unknown_type' : 'type_not_sold';
    const conflicts: SeatConflict[] = [];
    seats.forEach((seat, i) => {
      if (types[i] === wish && !isSoldIn(type, house.map.categoryOf[seat])) {
        conflicts.push({ seat: labelOf(house, seat), reason });
      }
    });
    if (conflicts.length > 0) return { code: 'unknown_ticket_type', ticketType: wish, conflicts };
  }
  return refuseTooMany(ticketTypes, types, besides) ?? types;
}

/** The types of a party whose seats are not found yet. `category`: where it wants to sit, or NONE. */
export function typesOfParty(
  house: House,
  count: number,
  wished: readonly string[] | undefined,
  category: number,
): readonly string[] | Refusal | undefined {
  const { ticketTypes } = house.rules;
  if (ticketTypes === undefined && wished === undefined) return undefined;
  const types = wished ?? firstFor(ticketTypes, count);
  for (const wish of new Set(types)) {
    const type = ticketTypes?.find(({ id }) => id === wish);
    const isSold = type !== undefined && (category === NONE || isSoldIn(type, category));
    if (!isSold) return { code: 'unknown_ticket_type', ticketType: wish, conflicts: [] };
  }
  return refuseTooMany(ticketTypes, types, undefined) ?? types;
}

/**
 * By category index, 1 where all these types are sold: any of the seats can then go to any of the party. Undefined where they
 * are sold everywhere.
 */
export function categoriesFor({ rules, map }: House, types: readonly string[]): Uint8Array | undefined {
  const sold = rules.ticketTypes?.filter(({ id }) => types.includes(id)) ?? [];
  const categories = Uint8Array.from(map.data.categories, (_, category) =>
    sold.every((type) => isSoldIn(type, category)) ? 1 : 0,
  );
  return categories.includes(0) ? categories : undefined;
}

/** @throws InvariantError where nobody could sell by these types. */
export function checkTicketTypes({ data: { categories } }: SeatMap, types: readonly TicketType[]): void {
  invariant(types.length > 0, 'a list of no ticket types');
  invariant(new Set(types.map(({ id }) => id)).size === types.length, 'one id for two ticket types');
  for (const { id, prices, maxPerHold = 1 } of types) {
    invariant(id !== NO_TYPE && maxPerHold >= 1, 'a ticket type that nobody can buy');
    invariant(prices.length >= categories.length, 'a ticket type without a word on a category');
    for (const price of prices) {
      invariant(price === null || (Number.isSafeInteger(price) && price >= 0), 'a price that is no amount');
    }
  }
  invariant(types[0]?.prices.every((price) => price !== null) === true, 'a category that the first ticket type lacks');
}

function firstFor(types: readonly TicketType[] | undefined, count: number): string[] {
  return new Array<string>(count).fill(types?.[0]?.id ?? NO_TYPE);
}

function isSoldIn(type: TicketType | undefined, category: number | undefined): boolean {
  return (type?.prices[category ?? NONE] ?? null) !== null;
}

/** Only types that are asked for now are counted: a limit that was lowered meanwhile leaves a hold as it is. */
function refuseTooMany(
  ticketTypes: readonly TicketType[] | undefined,
  types: readonly string[],
  besides: readonly string[] = [],
): Refusal | undefined {
  for (const { id, maxPerHold } of ticketTypes ?? []) {
    if (maxPerHold === undefined || !types.includes(id)) continue;
    const count = types.filter((type) => type === id).length + besides.filter((type) => type === id).length;
    if (count > maxPerHold) return { code: 'ticket_type_limit', ticketType: id, limit: maxPerHold };
  }
  return undefined;
}
