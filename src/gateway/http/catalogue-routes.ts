import { wireError } from '../../protocol/errors.js';
import type { ShowtimeView } from '../../protocol/http.js';
import { readShowtimeId } from '../showtime-id.js';
import type { Exchange } from './exchange.js';
import type { Listed, Listings, ShowtimeFilter } from './listings.js';
import type { Router } from './router.js';
import { SeatMapDocuments } from './seat-map-documents.js';

/** Movies, showtimes and seat maps: all that can be read without a session. */
export function catalogueRoutes(router: Router, listings: Listings): void {
  const documents = new SeatMapDocuments((hash) => listings.seatMapDocument(hash));

  router.on('GET', '/v1/movies', async (exchange) => {
    exchange.json(200, { movies: await listings.movies() });
  });

  router.on('GET', '/v1/showtimes', async (exchange) => {
    const filter = readFilter(exchange.query);
    if ('field' in filter) {
      const { field } = filter;
      exchange.problem(
        wireError('invalid_field', `"${field}" is an RFC 3339 time, such as 2026-01-31T20:00:00Z.`, { field }),
      );
      return;
    }
    const showtimes = await listings.showtimes(filter);
    exchange.json(200, { showtimes: showtimes.map(showtimeView) });
  });

  router.on('GET', '/v1/showtimes/:showtimeId', async (exchange) => {
    const id = readShowtimeId(exchange.parameters[0]);
    const showtime = id && (await listings.showtime(id));
    if (showtime) exchange.json(200, showtimeView(showtime));
    else exchange.problem(wireError('unknown_showtime', 'There is no such showtime.'));
  });

  router.on('GET', '/v1/seat-maps/:hash', async (exchange) => {
    const hash = exchange.parameters[0] ?? '';
    const document = await documents.get(hash);
    if (document) sendDocument(exchange, hash, document);
    else exchange.problem(wireError('not_found', 'There is no such seat map.'));
  });
}

function sendDocument(exchange: Exchange, hash: string, document: { plain: Buffer; gzip: Buffer }): void {
  const headers = {
    'content-type': 'application/json',
    'cache-control': 'public, max-age=31536000, immutable',
    etag: `"${hash}"`,
    vary: 'Accept-Encoding',
  };
  if (exchange.header('if-none-match') === headers.etag) exchange.send(304, headers);
  else if (/\bgzip\b/.test(exchange.header('accept-encoding'))) {
    exchange.send(200, { ...headers, 'content-encoding': 'gzip' }, document.gzip);
  } else exchange.send(200, headers, document.plain);
}

function showtimeView({ seatMap, ...rest }: Listed): ShowtimeView {
  return {
    ...rest,
    seatMap: { ...seatMap, url: `/v1/seat-maps/${seatMap.hash}` },
    live: { url: `/v1/showtimes/${rest.id}/live` },
  };
}

function readFilter(query: URLSearchParams): ShowtimeFilter | { readonly field: string } {
  const movieId = query.get('movie');
  const times: { from?: Date; until?: Date } = {};
  for (const field of ['from', 'until'] as const) {
    const text = query.get(field);
    if (text === null) continue;
    const time = new Date(text);
    if (!/^\d{4}-\d\d-\d\dT/.test(text) || Number.isNaN(time.getTime())) return { field };
    times[field] = time;
  }
  return { ...times, ...(movieId ? { movieId } : {}) };
}
