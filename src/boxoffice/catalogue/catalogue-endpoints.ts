import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import {
  type CityView,
  citiesSchema,
  type MovieView,
  moviesSchema,
  type ShowtimeView,
  showtimeSchema,
  showtimesSchema,
  type VenueView,
  venuesSchema,
} from '../../protocol/http.js';
import type { AvailableShowtime, ListedAvailability } from '../availability/listed-availability.js';
import type { ListingReads } from './cached-listings.js';
import { MOVIES_LISTED_MAX, moviePosition } from './movies.js';
import { type Page, pageCursor } from './page.js';
import { RenderedPages, type Shown } from './rendered-pages.js';
import { SeatMapDocuments } from './seat-map-documents.js';
import { SHOWTIMES_LISTED_MAX, type Showtime, showtimePosition } from './showtime-list.js';
import { placePosition, VENUES_LISTED_MAX } from './venues.js';

const RETRY_AFTER_MS = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const time = z.iso
  .datetime({ offset: true, error: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' })
  .transform((text) => new Date(text))
  .meta({ override: { type: 'string', format: 'date-time' } });
const date = z.iso.date({ error: 'is a day, such as 2026-01-31' }).meta({
  override: { type: 'string', format: 'date' },
  description: "A day of the venue's programme; what begins in its small hours belongs to the evening before.",
});
/**
 * Text that Postgres can compare with: it takes no NUL, and no half of a character. No `pattern` in the document, since pages that
 * send requests read `\p{…}` as letters.
 */
const name = (what: string) =>
  z
    .string()
    .max(128)
    .refine((text) => /^[^\p{Cc}\p{Cs}]*$/u.test(text), `is no ${what}`);
const words = name('text')
  .refine((text) => /[\p{L}\p{N}]/u.test(text), 'has no letter and no digit to look for')
  .transform((text) => text.trim().toLowerCase())
  .meta({
    override: { type: 'string', maxLength: 128 },
    description:
      'Words that the title, the original title, the director or the synopsis of the movie has, each at least in its beginning, such as `kurosawa sam`. Case and accents do not matter.',
  });
const genre = name('genre').meta({ description: 'Of this genre. Case and accents do not matter.' });
const city = name('city').meta({ description: 'In this city. Case and accents do not matter.' });
const language = z
  .string()
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is no language tag, such as de-CH')
  .max(35)
  .transform((tag) => tag.toLowerCase())
  .meta({
    override: { type: 'string', maxLength: 35 },
    description: 'Spoken in this language: `de` finds `de-CH` as well.',
  });

export interface CatalogueParts {
  readonly listings: ListingReads;
  readonly availability: Pick<ListedAvailability, 'of' | 'freshUntil'>;
  readonly seatMapDocument: (hash: string) => Promise<string | undefined>;
  readonly now: () => number;
  readonly log: Log;
}

const reading = { method: 'GET', tag: 'Catalogue', access: 'public', rate: 'reads', parameters: {} } as const;

/** Movies, venues, showtimes and seat maps: all that can be read without a session. */
export function catalogueEndpoints(parts: CatalogueParts): readonly Endpoint[] {
  const endpoints = [...movieAndPlaceEndpoints(parts), ...showtimeEndpoints(parts), seatMapEndpoint(parts)];
  return endpoints.map((each) => ({ ...each, handle: guarded(each.handle, parts.log) }));
}

function movieAndPlaceEndpoints({ listings, now }: CatalogueParts): readonly Endpoint[] {
  const lasting = <Item>(list: string) =>
    new RenderedPages(
      ({ items, next }: Page<Item>): Shown => ({ body: { [list]: items, next }, freshUntil: Number.POSITIVE_INFINITY }),
      now,
    );
  const [movies, venues, cities] = [
    lasting<MovieView>('movies'),
    lasting<VenueView>('venues'),
    lasting<CityView>('cities'),
  ];
  return [
    endpoint({
      ...reading,
      id: 'listMovies',
      path: '/v1/movies',
      summary: `Movies by title, at most ${MOVIES_LISTED_MAX} a page. Where \`q\` is given, those come first that have it in a title.`,
      query: {
        q: words.optional(),
        genre: genre.optional(),
        language: language.optional(),
        cursor: pageCursor(moviePosition).optional(),
      },
      reply: moviesSchema,
      errors: ['unavailable'],
      handle: async ({ query: { cursor, ...filter } }) => ({
        ok: true,
        body: await movies.of(await listings.movies({ ...filter, after: cursor })),
      }),
    }),
    endpoint({
      ...reading,
      id: 'listVenues',
      path: '/v1/venues',
      summary: `Venues in the order of their ids, at most ${VENUES_LISTED_MAX} a page.`,
      query: { city: city.optional(), cursor: pageCursor(placePosition).optional() },
      reply: venuesSchema,
      errors: ['unavailable'],
      handle: async ({ query: { city, cursor } }) => ({
        ok: true,
        body: await venues.of(await listings.venues({ city, after: cursor })),
      }),
    }),
    endpoint({
      ...reading,
      id: 'listCities',
      path: '/v1/cities',
      summary: `Cities that have venues, by name, at most ${VENUES_LISTED_MAX} a page.`,
      query: { cursor: pageCursor(placePosition).optional() },
      reply: citiesSchema,
      errors: ['unavailable'],
      handle: async ({ query: { cursor } }) => ({ ok: true, body: await cities.of(await listings.cities(cursor)) }),
    }),
  ];
}

function showtimeEndpoints({ listings, availability, now }: CatalogueParts): readonly Endpoint[] {
  const showtimes = new RenderedPages(async ({ items, next }: Page<Showtime>): Promise<Shown> => {
    const shown = await availability.of(items);
    return { body: { showtimes: shown.map(showtimeView), next }, freshUntil: availability.freshUntil(items) };
  }, now);
  const single = new RenderedPages(async (showtime: Showtime): Promise<Shown> => {
    const [shown = showtime] = await availability.of([showtime]);
    return { body: showtimeView(shown), freshUntil: availability.freshUntil([showtime]) };
  }, now);
  return [
    endpoint({
      ...reading,
      id: 'listShowtimes',
      path: '/v1/showtimes',
      summary: `Showtimes in the order in which they start, at most ${SHOWTIMES_LISTED_MAX} a page; by default those of the venue's today and later.`,
      query: {
        movie: name('id of a movie').optional(),
        q: words.optional(),
        genre: genre.optional(),
        city: city.optional(),
        venue: name('id of a venue').optional(),
        date: date.optional(),
        from: time.optional(),
        until: time.optional(),
        cursor: pageCursor(showtimePosition).optional(),
      },
      reply: showtimesSchema,
      errors: ['unavailable'],
      handle: async ({ query: { movie, venue, date: day, cursor, ...filter } }) => ({
        ok: true,
        body: await showtimes.of(
          await listings.showtimes({ ...filter, movieId: movie, venueId: venue, day, after: cursor }),
        ),
      }),
    }),
    endpoint({
      ...reading,
      id: 'getShowtime',
      path: '/v1/showtimes/{showtimeId}',
      summary: 'One showtime.',
      parameters: { showtimeId: z.string().meta({ override: { type: 'string', format: 'uuid' } }) },
      reply: showtimeSchema,
      errors: ['unknown_showtime', 'unavailable'],
      handle: async ({ parameters: { showtimeId } }) => {
        const showtime = UUID.test(showtimeId) ? await listings.showtime(showtimeId.toLowerCase()) : undefined;
        if (showtime) return { ok: true, body: await single.of(showtime) };
        return { ok: false, error: wireError('unknown_showtime', 'There is no such showtime.') };
      },
    }),
  ];
}

function seatMapEndpoint({ seatMapDocument }: CatalogueParts): Endpoint {
  const seatMaps = new SeatMapDocuments(seatMapDocument);
  return endpoint({
    ...reading,
    id: 'getSeatMap',
    path: '/v1/seat-maps/{hash}',
    summary: 'A seat map. It never changes: cache it for ever by its hash.',
    parameters: { hash: z.string() },
    reply: z.record(z.string(), z.unknown()).meta({ id: 'SeatMap', description: 'See PROTOCOL.md, "The seat map".' }),
    errors: ['not_found', 'unavailable'],
    handle: async ({ parameters: { hash } }) => {
      const document = await seatMaps.get(hash);
      if (!document) return { ok: false, error: wireError('not_found', 'There is no such seat map.') };
      const headers = {
        'content-type': 'application/json',
        'cache-control': 'public, max-age=31536000, immutable',
        etag: `"${hash}"`,
      };
      return { ok: true, body: { document, headers } };
    },
  });
}

/** What cannot be read is `unavailable`, and logged unless it was refused before anything was asked. */
function guarded(handle: Endpoint['handle'], log: Log): Endpoint['handle'] {
  return async (request) => {
    try {
      return await handle(request);
    } catch (error) {
      // One that says when to try again was refused by the cache's own bounds; that was logged when it began.
      const { retryAfterMs } = error as { readonly retryAfterMs?: number };
      const fields = { event: 'catalogue.unreadable', err: error };
      if (retryAfterMs === undefined) log.error(fields, 'The catalogue could not be read.');
      else log.debug(fields, 'The limits of the cache refused a read of the catalogue.');
      const detail = { retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS };
      return { ok: false, error: wireError('unavailable', 'The programme cannot be read at the moment.', detail) };
    }
  };
}

function showtimeView({ seatMap, ...rest }: AvailableShowtime): ShowtimeView {
  return {
    ...rest,
    seatMap: { ...seatMap, url: `/v1/seat-maps/${seatMap.hash}` },
    live: { url: `/v1/showtimes/${rest.id}/live` },
  };
}
