import { z } from 'zod';
import { type Document, etagOf, makeDocument } from '../../http/document.js';
import { type Endpoint, endpoint, type Rendered } from '../../http/endpoint.js';
import type { Log } from '../../kernel/log.js';
import { wireError } from '../../protocol/errors.js';
import {
  type MovieView,
  moviesSchema,
  type ShowtimeView,
  showtimeSchema,
  showtimesSchema,
} from '../../protocol/http.js';
import type { AvailableListings, AvailableShowtime } from '../availability/listed-availability.js';
import { SeatMapDocuments } from './seat-map-documents.js';
import { readCursor, writeCursor } from './showtime-cursor.js';
import { SHOWTIMES_LISTED_MAX, type ShowtimeFilter } from './showtimes.js';

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
/** Text that Postgres can compare with: it takes no NUL. */
const movieId = z
  .string()
  .max(128)
  .regex(/^\P{Cc}*$/u, 'is no id of a movie');
const cursor = z
  .string()
  .transform((text, context) => {
    const position = readCursor(text);
    if (position) return position;
    context.addIssue('is not the `next` of an earlier answer');
    return z.NEVER;
  })
  .meta({ override: { type: 'string' }, description: 'The `next` of the page before.' });

/** Movies, showtimes and seat maps: all that can be read without a session. */
export function catalogueEndpoints(listings: AvailableListings, log: Log): readonly Endpoint[] {
  const seatMaps = new SeatMapDocuments((hash) => listings.seatMapDocument(hash));
  const movies = rendering((list: readonly MovieView[]) => ({ movies: list }));
  const showtimes = rendering((list: readonly AvailableShowtime[]) => {
    const page = list.slice(0, SHOWTIMES_LISTED_MAX);
    const last = list.length > page.length ? page.at(-1) : undefined;
    return { showtimes: page.map(showtimeView), ...(last ? { next: writeCursor(last) } : {}) };
  });
  const reading = { method: 'GET', tag: 'Catalogue', access: 'public', rate: 'reads' } as const;
  const endpoints = [
    endpoint({
      ...reading,
      id: 'listMovies',
      path: '/v1/movies',
      summary: 'All movies, by title.',
      parameters: {},
      reply: moviesSchema,
      errors: ['unavailable'],
      handle: async () => ({ ok: true, body: await movies(await listings.movies()) }),
    }),
    endpoint({
      ...reading,
      id: 'listShowtimes',
      path: '/v1/showtimes',
      summary: `Showtimes in the order in which they start, at most ${SHOWTIMES_LISTED_MAX} a page; by default those of the venue's today and later.`,
      parameters: {},
      query: {
        movie: movieId.optional(),
        date: date.optional(),
        from: time.optional(),
        until: time.optional(),
        cursor: cursor.optional(),
      },
      reply: showtimesSchema,
      errors: ['unavailable'],
      handle: async ({ query: { movie, date: day, from, until, cursor: after } }) => {
        const filter: ShowtimeFilter = {
          ...(movie === undefined ? {} : { movieId: movie }),
          ...(day === undefined ? {} : { day }),
          ...(from ? { from } : {}),
          ...(until ? { until } : {}),
          ...(after ? { after } : {}),
        };
        return { ok: true, body: await showtimes(await listings.showtimes(filter)) };
      },
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
        if (showtime) return { ok: true, body: showtimeView(showtime) };
        return { ok: false, error: wireError('unknown_showtime', 'There is no such showtime.') };
      },
    }),
    endpoint({
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
    }),
  ];
  return endpoints.map((each) => ({ ...each, handle: guarded(each.handle, log) }));
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

/** The JSON of a list, rendered and compressed once for as long as the very same list is given. */
function rendering<List extends object>(view: (list: List) => object): (list: List) => Promise<Rendered> {
  const made = new WeakMap<List, Promise<Rendered>>();
  const render = async (list: List): Promise<Rendered> => {
    const plain = Buffer.from(JSON.stringify(view(list)));
    const document: Document = await makeDocument(plain, 'quick');
    // Asked for again each time, and answered by 304 while nothing changed.
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache', etag: etagOf(plain) };
    return { document, headers };
  };
  return (list) => {
    const known = made.get(list);
    if (known) return known;
    const rendered = render(list);
    made.set(list, rendered);
    return rendered;
  };
}

function showtimeView({ seatMap, ...rest }: AvailableShowtime): ShowtimeView {
  return {
    ...rest,
    seatMap: { ...seatMap, url: `/v1/seat-maps/${seatMap.hash}` },
    live: { url: `/v1/showtimes/${rest.id}/live` },
  };
}
