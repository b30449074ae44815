/** Reads the catalogue. A failure is a value that a page can show, with a way to try again where that can help. */
import type { CityView, MovieView, Problem, ShowtimeView } from '../../src/protocol/http.js';

export type Loaded<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure };

export interface Failure {
  readonly text: string;
  readonly retryable: boolean;
}

const TIMEOUT_MS = 10_000;
/** More than a page of a browser can show. */
const PAGES_MAX = 20;

/** Cities that have venues, by name. */
export function loadCities(): Promise<Loaded<readonly string[]>> {
  return getAll('/v1/cities', (page: { readonly cities: readonly CityView[] }) => page.cities.map(({ city }) => city));
}

/** @param city whose showtimes are loaded; undefined: those of all cities. */
export async function loadProgramme(
  city: string | undefined,
): Promise<Loaded<{ readonly movies: readonly MovieView[]; readonly showtimes: readonly ShowtimeView[] }>> {
  const showtimesPath = city === undefined ? '/v1/showtimes' : `/v1/showtimes?city=${encodeURIComponent(city)}`;
  const [movies, showtimes] = await Promise.all([
    getAll('/v1/movies', (page: { readonly movies: readonly MovieView[] }) => page.movies),
    getAll(showtimesPath, (page: { readonly showtimes: readonly ShowtimeView[] }) => page.showtimes),
  ]);
  if (!movies.ok) return movies;
  if (!showtimes.ok) return showtimes;
  return { ok: true, value: { movies: movies.value, showtimes: showtimes.value } };
}

/** A whole list, page after page. */
async function getAll<Page, Item>(
  path: string,
  itemsOf: (page: Page) => readonly Item[],
): Promise<Loaded<readonly Item[]>> {
  const items: Item[] = [];
  let cursor = '';
  for (let pages = 0; pages < PAGES_MAX; pages++) {
    const joined = path.includes('?') ? '&' : '?';
    const page = await getJson<Page & { readonly next?: string }>(
      cursor === '' ? path : `${path}${joined}cursor=${encodeURIComponent(cursor)}`,
    );
    if (!page.ok) return page;
    items.push(...itemsOf(page.value));
    if (page.value.next === undefined) break;
    cursor = page.value.next;
  }
  return { ok: true, value: items };
}

export function loadShowtime(id: string): Promise<Loaded<ShowtimeView>> {
  return getJson(`/v1/showtimes/${encodeURIComponent(id)}`);
}

async function getJson<Value>(path: string): Promise<Loaded<Value>> {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (response.ok) return { ok: true, value: await response.json() };
    const problem: Partial<Problem> = await response.json().catch(() => ({}));
    const text = problem.detail ?? `The server answered with an error (${response.status}).`;
    return { ok: false, failure: { text, retryable: response.status >= 500 || response.status === 429 } };
  } catch {
    return { ok: false, failure: { text: 'The server could not be reached.', retryable: true } };
  }
}
