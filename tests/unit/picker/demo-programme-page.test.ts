// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from 'vitest';
import { showProgramme } from '../../../client-sdk/demo/programme-page.js';

document.documentElement.lang = 'en';
afterEach(() => vi.unstubAllGlobals());

const HOUR_MS = 3_600_000;

function showtime(id: string, city: string) {
  const startsAt = new Date(Date.now() + HOUR_MS).toISOString();
  return {
    ...{ id, startsAt, startsAtLocal: startsAt.slice(0, 19), day: startsAt.slice(0, 10), prices: [] },
    movie: { id: 'm', title: `In ${city}` },
    venue: { id: city, name: `${city} Palace`, city, timeZone: 'Etc/UTC', dayCutoffHour: 0 },
    hall: { id: 'h', name: 'H' },
  };
}

/** A server with showtimes in these cities, two pages each; tells what it was asked for. */
function serve(...cities: readonly string[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal('fetch', async (path: string) => {
    asked.push(path);
    const { pathname, searchParams } = new URL(path, 'http://usher');
    const of = cities.filter((city) => city === (searchParams.get('city') ?? city));
    const page = searchParams.get('cursor') === 'a b' ? 'second' : 'first';
    const next = page === 'first' ? { next: 'a b' } : {};
    if (pathname === '/v1/cities') return Response.json({ cities: cities.map((city) => ({ city, venues: 1 })) });
    if (pathname === '/v1/movies') return Response.json({ movies: [] });
    return Response.json({ showtimes: of.map((city) => showtime(`${city}-${page}`, city)), ...next });
  });
  return asked;
}

const films = (main: HTMLElement) => [...main.querySelectorAll('h2')].map(({ textContent }) => textContent);
const times = (main: HTMLElement) => [...main.querySelectorAll('.time')].map((link) => link.getAttribute('href'));

test('of several cities one is shown, with all its pages, and another one can be chosen', async () => {
  const asked = serve('Berlin', 'São Paulo');
  const main = document.createElement('main');
  await showProgramme(main, new AbortController().signal);
  expect(films(main)).toEqual(['In Berlin']);
  expect(times(main)).toEqual(['#/showtimes/Berlin-first', '#/showtimes/Berlin-second']);
  const select = main.querySelector('select')!;
  expect([...select.options].map(({ value }) => value)).toEqual(['Berlin', 'São Paulo']);
  select.value = 'São Paulo';
  select.dispatchEvent(new Event('change'));
  await vi.waitFor(() => expect(films(main)).toEqual(['In São Paulo']));
  expect(main.querySelector('select')?.value).toBe('São Paulo');
  expect(asked).toContain('/v1/showtimes?city=S%C3%A3o%20Paulo&cursor=a%20b');
});

test('of one city everything is shown, and nobody has to choose', async () => {
  const asked = serve('Hamburg');
  const main = document.createElement('main');
  await showProgramme(main, new AbortController().signal);
  expect(films(main)).toEqual(['In Hamburg']);
  expect(main.querySelector('select')).toBeNull();
  expect(asked.filter((path) => path.startsWith('/v1/showtimes'))).toEqual([
    '/v1/showtimes',
    '/v1/showtimes?cursor=a%20b',
  ]);
});

test('a programme that cannot be loaded says so, and can be asked for again', async () => {
  vi.stubGlobal('fetch', async () => new Response('', { status: 503 }));
  const main = document.createElement('main');
  await showProgramme(main, new AbortController().signal);
  expect(main.textContent).toContain('could not be loaded');
  serve('Hamburg');
  main.querySelector('button')?.click();
  await vi.waitFor(() => expect(films(main)).toEqual(['In Hamburg']));
});
