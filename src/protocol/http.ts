/**
 * Bodies of the HTTP API. The schemas are the authority: types, the OpenAPI document and the checks of the tests come
 * from them. Errors are application/problem+json.
 */
import { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.js';
import { ERRORS, type ErrorCode, type WireError } from './errors.js';
import type { Money } from './money.js';
import type { BookingView, HoldView, TicketTypeView } from './server-messages.js';

export const moneySchema = z
  .object({
    amount: z.int().meta({ description: 'Minor units, such as cents.' }),
    currency: z.string().meta({ description: 'ISO 4217.', example: 'EUR' }),
  })
  .meta({ id: 'Money' }) satisfies z.ZodType<Money>;

const milliseconds = z.int().meta({ description: "Milliseconds since 1970, UTC, by the server's clock." });
const prices = z.array(z.object({ category: z.string(), price: moneySchema }));
const otherChannel = z
  .enum(['walk_in', 'pos', 'partner'])
  .optional()
  .meta({ description: 'By which way it is sold. Absent: the web.' });
const labels = z.array(z.string()).meta({ description: 'Seat labels.', example: ['K-12', 'K-13'] });

const orderOf = z
  .uuid()
  .optional()
  .meta({ description: 'The order that it is in: it is paid for, booked and cancelled there. Absent: none.' });

const typesOfSeats = z.exactOptional(z.array(z.string())).meta({
  description: 'What each of `seats` is sold as. Only of a showtime with ticket types; an empty text: of none.',
});

export const holdSchema = z
  .object({
    id: z.uuid(),
    seats: labels,
    expiresAt: milliseconds,
    extensionsLeft: z.int(),
    price: moneySchema,
    ticketTypes: typesOfSeats,
    channel: otherChannel,
    orderId: orderOf,
  })
  .meta({ id: 'Hold' }) satisfies z.ZodType<DeepMutable<HoldView>>;

export const bookingSchema = z
  .object({
    id: z.uuid(),
    reference: z.string(),
    status: z.enum(['confirmed', 'cancelled']),
    seats: labels,
    price: moneySchema,
    ticketTypes: typesOfSeats,
    channel: otherChannel,
    orderId: orderOf,
  })
  .meta({ id: 'Booking' }) satisfies z.ZodType<DeepMutable<BookingView>>;

const nextPage = z
  .string()
  .optional()
  .meta({ description: 'The list goes on: ask again with this as `cursor` and the other parameters as they were.' });

export const ticketTypeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    note: z
      .exactOptional(z.string())
      .meta({ description: 'What the buyer has to know.', example: 'with student card' }),
    maxPerHold: z.exactOptional(z.int()),
    prices: prices.meta({ description: 'Dearest first. A category that is missing is not sold as this type.' }),
  })
  .meta({ id: 'TicketType' }) satisfies z.ZodType<DeepMutable<TicketTypeView>>;

export const movieSchema = z
  .object({
    id: z.string().meta({ example: 'seven-samurai' }),
    title: z.string().meta({ example: 'Seven Samurai' }),
    originalTitle: z.string().nullable().meta({ example: '七人の侍' }),
    year: z.int(),
    runtimeMinutes: z.int(),
    director: z.string(),
    genres: z.array(z.string()).meta({ example: ['Action', 'Drama'] }),
    languages: z.array(z.string()).meta({ description: 'BCP 47 tags of what is spoken.', example: ['ja'] }),
    rating: z.string().nullable().meta({ description: 'The age rating as it is printed.', example: 'FSK 12' }),
    releaseDate: z.iso.date().nullable(),
    posterUrl: z.string().nullable(),
    synopsis: z.string(),
  })
  .meta({ id: 'Movie' });
export type MovieView = DeepReadonly<z.infer<typeof movieSchema>>;

export const moviesSchema = z.object({ movies: z.array(movieSchema), next: nextPage });

export const venueSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    city: z.string(),
    address: z.string(),
    timeZone: z.string().meta({ description: 'IANA, area and city.', example: 'Europe/Berlin' }),
    dayCutoffHour: z.int().meta({ description: 'What begins before this hour belongs to the evening before.' }),
  })
  .meta({ id: 'Venue' });
export type VenueView = DeepReadonly<z.infer<typeof venueSchema>>;

export const venuesSchema = z.object({ venues: z.array(venueSchema), next: nextPage });

export const citySchema = z
  .object({ city: z.string().meta({ example: 'Hamburg' }), venues: z.int().meta({ description: 'How many it has.' }) })
  .meta({ id: 'City' });
export type CityView = DeepReadonly<z.infer<typeof citySchema>>;

export const citiesSchema = z.object({ cities: z.array(citySchema), next: nextPage });

const returnTerms = z.object({
  untilMinutesBefore: z.int(),
  feePercent: z.int().optional(),
  feeAmount: z.int().optional(),
});

export const showtimeSchema = z
  .object({
    id: z.uuid(),
    movie: z.object({ id: z.string(), title: z.string() }),
    venue: z.object({
      id: z.string(),
      name: z.string(),
      city: z.string(),
      timeZone: z.string().meta({ description: 'IANA, area and city.', example: 'Europe/Berlin' }),
      dayCutoffHour: z.int().meta({ description: 'What begins before this hour belongs to the evening before.' }),
    }),
    hall: z.object({ id: z.string(), name: z.string() }),
    startsAt: z.iso.datetime().meta({ description: 'RFC 3339, UTC.' }),
    startsAtLocal: z.string().meta({
      description: 'What the clocks of the venue show then. Print this, and do not resolve the zone again.',
      example: '2026-01-31T21:00:00',
    }),
    day: z.iso.date().meta({ description: "The day of the venue's programme that it belongs to." }),
    seatMap: z.object({ hash: z.string(), url: z.string(), seats: z.int() }),
    prices: prices.meta({ description: 'Dearest first.' }),
    salePolicy: z
      .object({
        feePerTicket: z.int().optional(),
        feePercent: z.int().optional(),
        taxRate: z.int().optional(),
        cancel: returnTerms.optional(),
        exchange: returnTerms.optional(),
      })
      .optional()
      .meta({
        description:
          'Of one showtime: what it charges besides its prices (minor units a ticket; hundredths of a percent), the tax that they have in them, and until when seats can be returned, or exchanged for others, at what fee.',
      }),
    ticketTypes: z
      .array(ticketTypeSchema)
      .optional()
      .meta({ description: 'Only where one showtime is read, and has ticket types. The first one is the default.' }),
    live: z.object({ url: z.string() }),
    availability: z
      .object({ available: z.int(), seats: z.int() })
      .optional()
      .meta({ description: 'How full it was a moment ago, where that is known: a hint, and no promise.' }),
  })
  .meta({ id: 'Showtime' });
export type ShowtimeView = DeepReadonly<z.infer<typeof showtimeSchema>>;

export const showtimesSchema = z.object({ showtimes: z.array(showtimeSchema), next: nextPage });

export const seatsSchema = z.object({
  epoch: z.int(),
  seq: z.int(),
  seats: z
    .string()
    .meta({ description: 'A letter a seat, by index: `.` available, `h` held, `b` booked, `x` blocked.' }),
  counts: z.object({ available: z.int(), held: z.int(), booked: z.int(), blocked: z.int() }),
});
export type SeatsView = DeepReadonly<z.infer<typeof seatsSchema>>;

export const sessionSchema = z.object({ session: z.string(), holder: z.string(), expiresAt: milliseconds });
export type SessionView = DeepReadonly<z.infer<typeof sessionSchema>>;

export const ownSchema = z.object({ holds: z.array(holdSchema), bookings: z.array(bookingSchema) });

export const connectSchema = z.object({
  live: z.object({
    url: z.string().meta({ description: 'A whole URL of the node that has the showtime, or a path on this server.' }),
  }),
});

/** A booking found by its reference, with the showtime that it is for. */
export const foundBookingSchema = z.object({ showtimeId: z.uuid(), booking: bookingSchema });
export type FoundBookingView = DeepReadonly<z.infer<typeof foundBookingSchema>>;

/** RFC 9457. `type` is stable: `/problems/{code}`; the other members are the wire error's. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
    retryable: z.boolean(),
    outcome: z.enum(['not-applied', 'unknown']),
    retryAfterMs: z.int().optional(),
    field: z.string().optional(),
    conflicts: z
      .array(z.object({ seat: z.string(), reason: z.string(), beside: z.array(z.string()).optional() }))
      .optional(),
    price: moneySchema.optional(),
    seats: labels.optional(),
    limit: z.int().optional(),
    scope: z.enum(['account', 'holder', 'address']).optional(),
    of: z.enum(['seats', 'holds', 'bookings']).optional(),
    ticketType: z.string().optional(),
    faults: z
      .array(
        z.object({
          code: z.string(),
          count: z.int(),
          examples: z.array(z.object({ at: z.string(), message: z.string() })),
        }),
      )
      .optional()
      .meta({ description: 'What is wrong with a file, by kind, with the first places of each.' }),
  })
  .meta({ id: 'Problem' });

export interface Problem extends Omit<WireError, 'message'> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
}

type DeepMutable<Value> = Value extends readonly (infer Item)[]
  ? DeepMutable<Item>[]
  : Value extends object
    ? { -readonly [Name in keyof Value]: DeepMutable<Value[Name]> }
    : Value;
