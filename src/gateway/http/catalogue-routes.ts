import { z } from 'zod';
import { wireError } from '../../protocol/errors.js';
import type { MovieView, ShowtimeView } from '../../protocol/http.js';
import type { Log } from '../../runtime/ports.js';
import { readShowtimeId } from '../showtime-id.js';
import { sendDocument } from './document.js';
import type { Exchange } from './exchange.js';
import type { Listed, Listings, ShowtimeFilter } from './listings.js';
import type { Router } from './router.js';
import { SeatMapDocuments } from './seat-map-documents.js';

const RETRY_AFTER_MS = 1_000;

/** Movies, showtimes and seat maps: all that can be read without a session. */
export function catalogueRoutes(router: Router, listings: Listings, log: Log): void {
  const documents = new SeatMapDocuments((hash) => listings.seatMapDocument(hash));

  const listing = (path: string, answer: (exchange: Exchange) => Promise<void>) =>
    router.on('GET', path, async (exchange) => {
      await answer(exchange).catch((error) => {
        // One that says when to try again was refused before anything was asked: that was told when it began.
        const { retryAfterMs } = error as { readonly retryAfterMs?: number };
        const fields = { err: error, path: exchange.path };
        if (retryAfterMs === undefined) log.error(fields, 'the catalogue could not be read');
        else log.debug(fields, 'the catalogue was not read');
        const detail = { retryAfterMs: retryAfterMs ?? RETRY_AFTER_MS };
        exchange.problem(wireError('unavailable', 'The programme cannot be read at the moment.', detail));
      });
    });

  const movies = rendered((list: readonly MovieView[]) => ({ movies: list }));
  listing('/v1/movies', async (exchange) => {
    exchange.jsonText(200, movies(await listings.movies()));
  });

  const showtimes = rendered((list: readonly Listed[]) => ({ showtimes: list.map(showtimeView) }));
  listing('/v1/showtimes', async (exchange) => {
    const filter = readFilter(exchange.query);
    if ('fault' in filter) {
      const { field, fault } = filter;
      exchange.problem(wireError('invalid_field', `"${field}" ${fault}.`, { field }));
      return;
    }
    exchange.jsonText(200, showtimes(await listings.showtimes(filter)));
  });

  listing('/v1/showtimes/:showtimeId', async (exchange) => {
    const id = readShowtimeId(exchange.parameters[0]);
    const showtime = id && (await listings.showtime(id));
    if (showtime) exchange.json(200, showtimeView(showtime));
    else exchange.problem(wireError('unknown_showtime', 'There is no such showtime.'));
  });

  listing('/v1/seat-maps/:hash', async (exchange) => {
    const hash = exchange.parameters[0] ?? '';
    const document = await documents.get(hash);
    if (!document) return exchange.problem(wireError('not_found', 'There is no such seat map.'));
    const headers = {
      'content-type': 'application/json',
      'cache-control': 'public, max-age=31536000, immutable',
      etag: `"${hash}"`,
    };
    sendDocument(exchange, headers, document);
  });
}

/** The JSON of a list, made once for as long as the very same list is given. */
function rendered<List extends object>(view: (list: List) => object): (list: List) => Uint8Array {
  const texts = new WeakMap<List, Uint8Array>();
  return (list) => {
    let text = texts.get(list);
    if (!text) {
      text = Buffer.from(JSON.stringify(view(list)));
      texts.set(list, text);
    }
    return text;
  };
}

function showtimeView({ seatMap, ...rest }: Listed): ShowtimeView {
  return {
    ...rest,
    seatMap: { ...seatMap, url: `/v1/seat-maps/${seatMap.hash}` },
    live: { url: `/v1/showtimes/${rest.id}/live` },
  };
}

const time = z.iso.datetime({ offset: true });
/** Text that Postgres can compare with: it takes no NUL. */
const movieId = z
  .string()
  .max(128)
  .regex(/^\P{Cc}*$/u);

/** Empty parameters count as absent: that is how forms leave things out. */
function readFilter(query: URLSearchParams): ShowtimeFilter | { readonly field: string; readonly fault: string } {
  const movie = query.get('movie') ?? '';
  if (!movieId.safeParse(movie).success) return { field: 'movie', fault: 'is no id of a movie' };
  const times: { from?: Date; until?: Date } = {};
  for (const field of ['from', 'until'] as const) {
    const text = query.get(field) ?? '';
    if (text === '') continue;
    if (!time.safeParse(text).success) return { field, fault: 'is an RFC 3339 time, such as 2026-01-31T20:00:00Z' };
    times[field] = new Date(text);
  }
  return { ...times, ...(movie ? { movieId: movie } : {}) };
}
