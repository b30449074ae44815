/** The public lists: what is found by which filter, page by page, over HTTP. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMovie, MOVIES_LISTED_MAX } from '../../src/boxoffice/catalogue/movies.js';
import { addShowtime } from '../../src/boxoffice/catalogue/showtimes.js';
import { addHall, addVenue } from '../../src/boxoffice/catalogue/venues.js';
import { sign } from './gateway/sign.js';
import { openStage, type Stage } from './gateway/stage.js';

interface Listed {
  readonly movies: readonly { readonly id: string; readonly posterUrl: string | null }[];
  readonly showtimes: readonly { readonly id: string; readonly startsAt: string }[];
  readonly venues: readonly { readonly id: string }[];
  readonly cities: readonly { readonly city: string; readonly venues: number }[];
  readonly next?: string;
  readonly code?: string;
  readonly field?: string;
}

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
  const movie = (id: string, title: string, more: object = {}) =>
    addMovie(stage.pool, { id, title, year: 2001, runtimeMinutes: 1, director: '', synopsis: '', genres: [], ...more });
  await movie('amelie', 'Le Fabuleux Destin d’Amélie Poulain', {
    genres: ['Comédie', 'Romance'],
    languages: ['fr'],
    releaseDate: '2001-04-25',
    posterUrl: 'https://example.test/amelie.jpg',
  });
  await movie('samurai', 'Seven Samurai', {
    originalTitle: '七人の侍',
    director: 'Akira Kurosawa',
    genres: ['Action'],
    languages: ['ja'],
  });
  await movie('spider', 'Spider-Man 2', { genres: ['Action'], languages: ['en', 'de-CH'] });
  await movie('solaris', 'Солярис', { director: 'Андрей ТАРКОВСКИЙ', synopsis: 'A spider is not in it.' });
  await addVenue(stage.pool, { id: 'far', name: 'Far', city: 'Tokyo', timeZone: 'Asia/Tokyo' });
  await addVenue(stage.pool, { id: 'zurich', name: 'Z', city: 'Zürich', timeZone: 'Europe/Zurich' });
  await addVenue(stage.pool, { id: 'zurich-2', name: 'Z2', city: 'ZÜRICH', timeZone: 'Europe/Zurich' });
  await addHall(stage.pool, { id: 'far-one', venueId: 'far', name: 'One', seatMapHash: stage.hash });
  await addHall(stage.pool, { id: 'z-one', venueId: 'zurich', name: 'One', seatMapHash: stage.hash });
  await renew();
});
afterAll(() => stage.close());

/** An edit: what was written past the API is read with it. */
async function renew(): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${stage.port}/v1/venues/v`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${await sign('user:manager', { role: 'manager' })}`,
      'content-type': 'application/json',
      'if-match': '*',
    },
    body: JSON.stringify({ address: 'Somewhere' }),
  });
  expect(answer.status).toBe(200);
}

async function list(path: string): Promise<Listed & { readonly status: number }> {
  const answer = await fetch(`http://127.0.0.1:${stage.port}${path}`);
  return { status: answer.status, ...((await answer.json()) as Listed) };
}
const idsOf = async (query: string) => (await list(`/v1/movies?${query}`)).movies.map(({ id }) => id);

describe('movies', () => {
  it.each([
    ['q=amelie', ['amelie']],
    ['q=AMÉLIE destin', ['amelie']],
    ['q=poul fab', ['amelie']],
    ['q=kurosawa', ['samurai']],
    ['q=七人', ['samurai']],
    ['q=spiderman', []],
    ['q=Spider-Man', ['spider']],
    // A title comes before a synopsis.
    ['q=spider', ['spider', 'solaris']],
    ['q=man 2', ['spider']],
    ['q=солярис', ['solaris']],
    ['q=тарковский', ['solaris']],
    ['q=seven & ! | <-> :* ( \' "', ['samurai']],
    ['genre=action', ['samurai', 'spider']],
    ['genre=comedie', ['amelie']],
    ['genre=act', []],
    ['language=de', ['spider']],
    ['language=DE-ch', ['spider']],
    ['language=d', null],
    ['genre=action&q=samu&language=ja', ['samurai']],
  ])('with %s are %j', async (query, ids) => {
    const asked = query.replaceAll(' ', '%20').replace('&%20', '%26%20');
    if (ids) expect(await idsOf(asked)).toEqual(ids);
    else expect(await list(`/v1/movies?${asked}`)).toMatchObject({ status: 400, code: 'invalid_field' });
  });

  it('show all that is public of them', async () => {
    const { movies } = await list('/v1/movies?q=amelie');
    expect(movies[0]).toMatchObject({
      languages: ['fr'],
      releaseDate: '2001-04-25',
      posterUrl: 'https://example.test/amelie.jpg',
      rating: null,
      originalTitle: null,
    });
  });

  it('come page by page, each once and in the order of the titles, also while text is looked for', async () => {
    await stage.pool.query(
      `INSERT INTO boxoffice.movies (id, title, year, runtime_minutes, director, genres, synopsis)
       SELECT 'many-' || n, CASE WHEN n % 2 = 0 THEN 'Zorro ' || n ELSE 'éclair ' || n END, 2000, 90, 'Manyfold', '{}', 'zorro'
         FROM generate_series(1, $1::int) AS n`,
      [2 * MOVIES_LISTED_MAX + 1],
    );
    await renew();
    const { rows } = await stage.pool.query<{ id: string; title: string }>(
      'SELECT id, title FROM boxoffice.movies ORDER BY boxoffice.fold(title) COLLATE "C", id COLLATE "C"',
    );
    const inOrder = rows.map(({ id }) => id);
    expect(await all('/v1/movies?')).toEqual(inOrder);
    const isZorro = new Map(rows.map(({ id, title }) => [id, title.startsWith('Zorro')]));
    const many = inOrder.filter((id) => id.startsWith('many-'));
    const first = many.filter((id) => isZorro.get(id));
    expect(await all('/v1/movies?q=zorro&')).toEqual([...first, ...many.filter((id) => !isZorro.get(id))]);
    await stage.pool.query("DELETE FROM boxoffice.movies WHERE id LIKE 'many-%'");
    await renew();
  });

  async function all(path: string): Promise<string[]> {
    const ids: string[] = [];
    let cursor = '';
    for (let pages = 0; pages < 9; pages++) {
      const { movies, next } = await list(`${path}cursor=${cursor}`);
      ids.push(...movies.map(({ id }) => id));
      if (next === undefined) break;
      cursor = next;
    }
    return ids;
  }
});

describe('showtimes', () => {
  it('are found by text and genre of the movie, by city, venue and the day of the venue', async () => {
    const ids = ['1', '2', '3'].map((n) => `00000000-0000-4000-8000-00000000000${n}`);
    const terms = { currency: 'EUR', prices: { Front: 1_200, Back: 900 } };
    const [far, soon, other] = ids;
    // In Tokyo this is the evening of the first of June, in Zurich the one before.
    await addShowtime(stage.pool, {
      id: far!,
      movieId: 'samurai',
      hallId: 'far-one',
      startsAt: new Date('2031-06-01T10:00Z'),
      ...terms,
    });
    await addShowtime(stage.pool, {
      id: soon!,
      movieId: 'spider',
      hallId: 'z-one',
      startsAt: new Date('2031-06-01T01:00Z'),
      ...terms,
    });
    await addShowtime(stage.pool, {
      id: other!,
      movieId: 'amelie',
      hallId: 'z-one',
      startsAt: new Date('2031-06-01T18:00Z'),
      ...terms,
    });
    await renew();
    const found = async (query: string) =>
      (await list(`/v1/showtimes?from=2031-01-01T00:00:00Z&${query}`)).showtimes.map(({ id }) => id);
    expect(await found('')).toEqual([soon, far, other]);
    expect(await found('q=kuro')).toEqual([far]);
    expect(await found('genre=ACTION')).toEqual([soon, far]);
    expect(await found('city=zurich')).toEqual([soon, other]);
    expect(await found('city=zurich&genre=action')).toEqual([soon]);
    expect(await found('venue=far')).toEqual([far]);
    expect(await found('venue=nowhere')).toEqual([]);
    expect(await found('movie=amelie')).toEqual([other]);
    expect(await found('date=2031-06-01')).toEqual([far, other]);
    expect(await found('date=2031-05-31')).toEqual([soon]);
    expect(await found('date=2031-06-01&city=Tokyo')).toEqual([far]);
  });
});

describe('venues and cities', () => {
  it('are listed, a city once however it is written', async () => {
    expect((await list('/v1/venues')).venues.map(({ id }) => id)).toEqual(['far', 'v', 'zurich', 'zurich-2']);
    expect((await list('/v1/venues?city=z%C3%BCrich')).venues.map(({ id }) => id)).toEqual(['zurich', 'zurich-2']);
    const { cities } = await list('/v1/cities');
    expect(cities.map(({ city, venues }) => [city.toLowerCase(), venues])).toContainEqual(['zürich', 2]);
    expect(cities.map(({ city }) => city)).toContain('Tokyo');
  });
});

describe('every list', () => {
  it.each([
    ['/v1/movies?gener=Drama', 'gener'],
    ['/v1/movies?q=%20-%20', 'q'],
    ['/v1/movies?q=%00', 'q'],
    [`/v1/movies?q=${'x'.repeat(200)}`, 'q'],
    ['/v1/movies?language=%25', 'language'],
    ['/v1/movies?cursor=x', 'cursor'],
    // The cursor of another list.
    [`/v1/movies?cursor=${Buffer.from('"far"').toString('base64url')}`, 'cursor'],
    ['/v1/showtimes?venu=far', 'venu'],
    ['/v1/showtimes?date=tomorrow', 'date'],
    ['/v1/showtimes?date=2031-02-30', 'date'],
    [`/v1/showtimes?cursor=${Buffer.from('[1,"x"]').toString('base64url')}`, 'cursor'],
    ['/v1/venues?town=Tokyo', 'town'],
    ['/v1/venues?city=%01', 'city'],
    ['/v1/cities?city=Tokyo', 'city'],
    ['/v1/cities?cursor=5', 'cursor'],
  ])('refuses %s, and names the parameter', async (path, field) => {
    expect(await list(path)).toMatchObject({ status: 400, code: 'invalid_field', field });
  });

  it.each(['/v1/movies', '/v1/venues', '/v1/cities', '/v1/showtimes?q=m', '/v1/showtimes/{id}'])(
    '%s is compressed as its client takes it, and not sent again to who has it',
    async (path) => {
      const at = `http://127.0.0.1:${stage.port}${path.replace('{id}', stage.showtimeId)}`;
      const asked = async (coding: string) => {
        const answer = await fetch(at, { headers: { 'accept-encoding': coding } });
        return { coding: answer.headers.get('content-encoding'), text: await answer.text(), headers: answer.headers };
      };
      const plain = await asked('identity');
      expect(plain.coding).toBeNull();
      for (const [coding, given] of [
        ['br', 'br'],
        ['gzip', 'gzip'],
        ['gzip;q=0.5, br;q=0.4', 'gzip'],
        ['br;q=0', null],
      ] as const) {
        expect(await asked(coding)).toMatchObject({ coding: given, text: plain.text });
      }
      expect(plain.headers.get('cache-control')).toBe('no-cache');
      const etag = plain.headers.get('etag') ?? '';
      expect((await fetch(at, { headers: { 'if-none-match': etag } })).status).toBe(304);
    },
  );
});
