/** Fills a chain of cinemas over the HTTP API: adds what is missing, and leaves alone what is there. */
import { randomUUID } from 'node:crypto';
import type { ApiClient, ApiRequest } from '../api/api-client.js';
import { ApiFailure } from '../api/api-failure.js';
import { CHAIN_MOVIES } from './chain-programme.js';
import type { ChainHall, ChainVenue } from './chain-venues.js';
import { fillSeats, type SeatsFilled } from './fill-seats.js';
import { addShowtimes, knownShowtimes, popularEvenings, type ShowtimesTally } from './fill-showtimes.js';
import { inParallel, inTurns } from './in-parallel.js';

export interface Tally {
  added: number;
  kept: number;
}

export interface ChainFilled {
  readonly venues: Tally;
  readonly movies: Tally;
  readonly halls: Tally;
  readonly showtimes: ShowtimesTally;
  readonly nearlySoldOut: SeatsFilled & { readonly showtimes: number };
}

export interface FillContext {
  readonly api: ApiClient;
  readonly progress: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** So many requests are under way at once. */
const WIDTH = 8;
/** A server reads one plan at a time. */
const IMPORTS_WIDTH = 2;
const PROGRESS_HALLS = 15;

/**
 * @param days how long the programme is, from today on.
 * @throws ApiFailure
 */
export async function fillChain(
  venues: readonly ChainVenue[],
  days: number,
  context: FillContext,
): Promise<ChainFilled> {
  const { api, progress } = context;
  await expectRights(api);
  const added = await addVenues(api, venues);
  progress(`Venues: ${told(added)}.`);
  const movies = await addMovies(api);
  progress(`Movies: ${told(movies)}.`);
  const { known, halls, showtimes } = await addProgramme(context, venues, days);
  progress(`Halls: ${told(halls)}. Showtimes: ${told(showtimes)}.`);
  const nearlySoldOut = await sellOut(api, popularEvenings(venues, context.now, known));
  return { venues: added, movies, halls, showtimes, nearlySoldOut };
}

/** Finds out before anything is written: access is checked before a body is looked at, so an empty one is enough. */
async function expectRights(api: ApiClient): Promise<void> {
  for (const path of ['/v1/venues', '/v1/movies', '/v1/showtimes', '/v1/venues/chain/halls']) {
    const noPlan = { file: { type: 'text/plain', bytes: new Uint8Array(0) } };
    const content = path.endsWith('/halls') ? noPlan : { body: {} };
    try {
      await api.ask({ method: 'POST', path, ...content, idempotencyKey: randomUUID() });
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.exitCode !== 2) throw error;
    }
  }
}

async function addVenues(api: ApiClient, venues: readonly ChainVenue[]): Promise<Tally> {
  const known = await idsOf(api, '/v1/venues', 'venues');
  const tally = { added: 0, kept: 0 };
  await inParallel(venues, WIDTH, ({ id, name, city, timeZone, address }) => {
    const body = { id, name, city, timeZone, address };
    return addOnce(api, known, tally, id, { path: '/v1/venues', body });
  });
  return tally;
}

async function addMovies(api: ApiClient): Promise<Tally> {
  const known = await idsOf(api, '/v1/movies', 'movies');
  const tally = { added: 0, kept: 0 };
  await inParallel(CHAIN_MOVIES, WIDTH, (body) => addOnce(api, known, tally, body.id, { path: '/v1/movies', body }));
  return tally;
}

/** Adds the halls and what they show. A hall gets its showtimes while the plans of others are still being read. */
async function addProgramme(context: FillContext, venues: readonly ChainVenue[], days: number) {
  const { api, now, progress } = context;
  const knownHalls = await idsOf(api, '/v1/halls', 'halls');
  const known = await knownShowtimes(api, now, days);
  const halls = { added: 0, kept: 0 };
  const showtimes: ShowtimesTally = { added: 0, kept: 0, refused: 0, refusal: undefined };
  const importing = inTurns(IMPORTS_WIDTH);
  const all = venues.flatMap((venue) => venue.halls.map((hall) => ({ venue, hall })));
  let done = 0;
  await inParallel(all, WIDTH, async ({ venue, hall }) => {
    await importing(() => addOnce(api, knownHalls, halls, hall.id, importOf(hall, venue.id)));
    await addShowtimes(context, venue, hall, days, known, showtimes);
    if (++done % PROGRESS_HALLS === 0) progress(`Halls with their showtimes: ${done} of ${all.length}.`);
  });
  return { known, halls, showtimes };
}

function importOf({ id, name, plan }: ChainHall, venueId: string): Omit<ApiRequest, 'method'> {
  const file = { type: plan.mediaType, bytes: new TextEncoder().encode(plan.text) };
  return { path: `/v1/venues/${venueId}/halls`, query: { id, name, looksAt: 'screen', stage: 'top' }, file };
}

async function sellOut(api: ApiClient, showtimeIds: readonly string[]): Promise<ChainFilled['nearlySoldOut']> {
  const filled: SeatsFilled[] = [];
  await inParallel([...showtimeIds.entries()], WIDTH, async ([i, id]) => {
    filled.push(await fillSeats(api, id, 2 + (i % 6)));
  });
  const total = (of: (one: SeatsFilled) => number) => filled.reduce((sum, one) => sum + of(one), 0);
  return {
    showtimes: showtimeIds.length,
    seats: total(({ seats }) => seats),
    bookings: total(({ bookings }) => bookings),
    blocked: total(({ blocked }) => blocked),
  };
}

/** Adds something unless its id is known. What somebody else adds in the meantime is kept as well. */
async function addOnce(
  api: ApiClient,
  known: ReadonlySet<string>,
  tally: Tally,
  id: string,
  request: Omit<ApiRequest, 'method'>,
): Promise<void> {
  if (known.has(id)) {
    tally.kept++;
    return;
  }
  try {
    await api.ask({ ...request, method: 'POST', idempotencyKey: randomUUID() });
    tally.added++;
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.problem?.code !== 'already_exists') throw error;
    tally.kept++;
  }
}

async function idsOf(api: ApiClient, path: string, list: string): Promise<ReadonlySet<string>> {
  type Page = { readonly next?: string } & Readonly<Record<string, unknown>>;
  const ids = await api.all<Page, string>(path, {}, (page) =>
    (page[list] as readonly { readonly id: string }[]).map(({ id }) => id),
  );
  return new Set(ids);
}

function told({ added, kept }: Tally): string {
  return kept === 0 ? `${added} added` : `${added} added, ${kept} were there`;
}
