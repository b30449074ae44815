/** The bodies of the endpoints that edit showtimes. */
import { z } from 'zod';
import { salePolicySchema } from '../orders/sale-policy.js';
import { slug } from './edit-parts.js';
import type { ShowtimeRecord } from './showtime-store.js';
import { channelsSchema, currencySchema, pricesSchema, rulesSchema } from './showtimes.js';
import { ticketTypesSchema } from './ticket-types.js';

const instant = z.iso
  .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' })
  .transform((value) => new Date(value))
  .meta({ override: { type: 'string', format: 'date-time' } });
const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is a time such as 20:15');
const local = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d$/, 'is a local time such as 2026-01-31T20:15')
  .refine((value) => z.iso.date().safeParse(value.slice(0, 10)).success, 'is no day');
const prices = pricesSchema.meta({
  description: 'Minor units by category of the seat map.',
  example: { Stalls: 1200 },
});
const currency = currencySchema.meta({ override: { type: 'string' }, description: 'ISO 4217.', example: 'EUR' });

const settings = {
  ticketTypes: ticketTypesSchema.meta({
    description: 'Whom seats are sold to, the ordinary type first: it costs `prices`. Empty: all buyers pay `prices`.',
  }),
  rules: rulesSchema,
  salesOpen: z.boolean(),
  salesOpenAt: instant.nullable(),
  salesCloseAt: instant.nullable().meta({ description: 'null: as `rules.salesGraceMs` says.' }),
  durationMinutes: z.int().min(1).max(1_440).nullable().meta({ description: 'null: as long as the movie runs.' }),
  salePolicy: salePolicySchema,
  channels: channelsSchema.meta({ description: 'The channels by which it is sold. Empty: by all of them.' }),
};

export const showtimeChange = z.strictObject({ ...settings, prices, startsAt: instant }).partial();

export const newShowtimes = z
  .strictObject({
    movieId: slug,
    hallId: slug,
    currency,
    prices: prices.optional(),
    ...z.object(settings).partial().shape,
    startsAt: instant.optional(),
    startsAtLocal: local.optional().meta({ description: 'By the clocks of the venue.' }),
    series: z
      .strictObject({ firstDay: z.iso.date(), lastDay: z.iso.date(), times: z.array(clock).min(1).max(48) })
      .optional()
      .meta({ description: 'Each day from the first to the last, at these times of the clocks of the venue.' }),
  })
  .refine((body) => [body.startsAt, body.startsAtLocal, body.series].filter((one) => one !== undefined).length === 1, {
    error: 'needs exactly one of startsAt, startsAtLocal and series',
    path: ['startsAt'],
  });
export type NewShowtimes = z.output<typeof newShowtimes>;

const time = z.iso.datetime();
const storedType = z.object({
  id: z.string(),
  name: z.string(),
  note: z.exactOptional(z.string()),
  maxPerHold: z.exactOptional(z.int()),
  prices: z.record(z.string(), z.int()),
});
export const recordSchema = z
  .object({
    id: z.uuid(),
    movieId: z.string(),
    hallId: z.string(),
    startsAt: time,
    currency: z.string(),
    prices: z.record(z.string(), z.int()),
    ticketTypes: z.array(storedType),
    rules: rulesSchema,
    salesOpen: z.boolean(),
    salesOpenAt: time.nullable(),
    salesCloseAt: time.nullable(),
    durationMinutes: z.int().nullable(),
    channels: z.array(z.string()),
    salePolicy: salePolicySchema,
    cancelledAt: time.nullable(),
    cancelReason: z.string().nullable(),
  })
  .meta({ id: 'ShowtimeSettings' });

export const addedSchema = z.object({
  showtimes: z.array(
    z.object({
      id: z.uuid(),
      startsAt: time,
      startsAtLocal: z.string(),
      adjusted: z.enum(['skipped', 'twice']).optional().meta({
        description:
          'The clocks of the venue change then. `skipped`: they never show the time, so it starts as much later. `twice`: the first is taken.',
      }),
    }),
  ),
});

export function recordView({ version: _version, seatMapHash: _hash, ...record }: ShowtimeRecord) {
  const { startsAt, salesOpenAt, salesCloseAt, cancelledAt, channels, ticketTypes } = record;
  return {
    ...record,
    channels: [...channels],
    ticketTypes: [...ticketTypes],
    startsAt: startsAt.toISOString(),
    salesOpenAt: salesOpenAt?.toISOString() ?? null,
    salesCloseAt: salesCloseAt?.toISOString() ?? null,
    cancelledAt: cancelledAt?.toISOString() ?? null,
  };
}
