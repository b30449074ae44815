/**
 * Whom the seats of a showtime are sold to, such as adults and students, and at which prices. The first type is the ordinary
 * one: it costs the `prices` of the showtime, and these are kept in one place only. See 0012_boxoffice.sql for the column.
 */
import { z } from 'zod';
import type { TicketType as SoldType } from '../../core/house.js';
import { type Edited, refuse, text } from './edit-parts.js';
import type { Reads } from './reads.js';

/** Minor units by category name. */
export type Prices = Readonly<Record<string, number>>;

/** As it is stored and given: the first type has no prices of its own, unless somebody says what they are all the same. */
export interface GivenType {
  readonly id: string;
  readonly name: string;
  readonly note?: string;
  readonly maxPerHold?: number;
  /** A category that is missing is not sold as this type. */
  readonly prices?: Prices;
}

export interface TicketType extends GivenType {
  readonly prices: Prices;
}

/** More would not fit a screen. */
const TYPES_MAX = 20;
const SEATS_MAX = 100;

const givenType = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'has 1 to 40 of a-z, 0-9 and hyphens'),
  name: text(60).min(1),
  note: z
    .exactOptional(text(200).min(1))
    .meta({ description: 'What the buyer has to know.', example: 'with student card' }),
  maxPerHold: z
    .exactOptional(z.int().min(1).max(SEATS_MAX))
    .meta({ description: 'The most seats of this type in one hold.' }),
  prices: z.exactOptional(z.record(z.string(), z.int().nonnegative())).meta({
    description:
      'Minor units by category. A category that is missing is not sold as this type. The first type costs `prices`.',
    example: { Stalls: 800 },
  }),
});

/** @throws ZodError where somebody wrote types by hand that nobody could sell. */
export const ticketTypesSchema = z
  .array(givenType)
  .max(TYPES_MAX)
  .check(({ value, issues }) => {
    const complain = (message: string, path: (string | number)[]) =>
      issues.push({ code: 'custom', message, input: value, path });
    value.forEach(({ id, prices }, i) => {
      if (value.findIndex((other) => other.id === id) < i) complain('is the id of another type', [i, 'id']);
      if (i > 0 && Object.keys(prices ?? {}).length === 0) complain('needs a price at least', [i, 'prices']);
    });
  });

/** The types with all their prices, as people read them. */
export function pricedTypes(types: readonly GivenType[], prices: Prices): TicketType[] {
  return types.map((type, i) => ({ ...type, prices: i === 0 ? prices : (type.prices ?? {}) }));
}

/** The types as they are stored. */
export function typesToStore(types: readonly TicketType[]): GivenType[] {
  return types.map(({ prices, ...type }, i) => (i === 0 ? type : { ...type, prices }));
}

/** The types as a house sells them. `prices` are the showtime's, by category index. */
export function soldTypes(
  types: readonly GivenType[],
  categories: readonly { readonly name: string }[],
  prices: readonly number[],
): SoldType[] {
  return types.map(({ prices: own = {}, ...type }, i) => ({
    ...type,
    prices: i === 0 ? prices : categories.map(({ name }) => own[name] ?? null),
  }));
}

/**
 * What somebody wants the prices and types of a showtime to be, made whole from what they are. Refused where the ordinary type
 * is given two prices, or none.
 */
export function mergePrices(
  wanted: { readonly prices?: Prices | undefined; readonly ticketTypes?: readonly GivenType[] | undefined },
  before: { readonly prices?: Prices; readonly ticketTypes: readonly GivenType[] },
): Edited<{ readonly prices: Prices; readonly ticketTypes: TicketType[] }> {
  const ordinary = wanted.ticketTypes?.[0]?.prices;
  const prices = wanted.prices ?? ordinary ?? before.prices;
  if (!prices) return refuse('invalid_field', 'There are no prices.', 'prices');
  if (ordinary && !areSame(ordinary, prices)) {
    const message = 'The first ticket type is the ordinary one. Its prices differ from `prices`.';
    return refuse('invalid_field', message, 'ticketTypes[0].prices');
  }
  return { ok: true, value: { prices, ticketTypes: pricedTypes(wanted.ticketTypes ?? before.ticketTypes, prices) } };
}

/** The refusal where a type has a price for a category that the seat map lacks: most likely it was mistyped. */
export async function refuseUnknownCategories(
  db: Reads,
  seatMapHash: string,
  types: readonly TicketType[],
): Promise<Edited<undefined>> {
  if (types.length === 0) return { ok: true, value: undefined };
  const { rows } = await db.query<{ name: string }>(
    `SELECT category ->> 'name' AS name
       FROM boxoffice.seat_maps CROSS JOIN json_array_elements(document -> 'categories') AS category WHERE hash = $1`,
    [seatMapHash],
  );
  const known = new Set(rows.map(({ name }) => name));
  for (const [i, { prices }] of types.entries()) {
    const strange = Object.keys(prices).filter((name) => !known.has(name));
    const message = `The seat map has no such category: ${strange.join(', ')}.`;
    if (i > 0 && strange.length > 0) return refuse('unknown_category', message, `ticketTypes[${i}].prices`);
  }
  return { ok: true, value: undefined };
}

function areSame(one: Prices, other: Prices): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
