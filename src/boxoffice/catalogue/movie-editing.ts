/** Movies as people edit them. */
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type IfMatch, refuseStale, versionTag } from '../../http/if-match.js';
import { type Edited, type EditParts, edit, isReferredTo, refuse, slug, text } from './edit-parts.js';
import type { Reads } from './reads.js';

const fields = {
  title: text(200).min(1),
  originalTitle: text(200).min(1).nullable(),
  year: z.int().min(1880).max(2200),
  runtimeMinutes: z.int().min(1).max(1_440),
  director: text(200),
  genres: z.array(text(60).min(1)).max(20),
  languages: z
    .array(z.string().regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'is no language tag, such as de-CH'))
    .max(50),
  rating: text(40).min(1).nullable(),
  releaseDate: z.iso.date().nullable(),
  posterUrl: z
    .url({ protocol: /^https?$/ })
    .max(2_000)
    .nullable(),
  synopsis: text(5_000),
};
const { title, year, runtimeMinutes, ...rest } = fields;
const newMovie = z.strictObject({ id: slug, title, year, runtimeMinutes, ...z.object(rest).partial().shape });
const movieChange = z.strictObject(fields).partial();
const movieRecord = z.object({ id: z.string(), ...fields }).meta({ id: 'MovieRecord' });
type MovieRecord = z.output<typeof movieRecord>;
type Row = MovieRecord & { readonly version: string };

const MOVIE = `SELECT id, title, original_title AS "originalTitle", year, runtime_minutes AS "runtimeMinutes", director, genres,
  languages, rating, release_date::text AS "releaseDate", poster_url AS "posterUrl", synopsis, version FROM boxoffice.movies`;
const BLANK = {
  originalTitle: null,
  director: '',
  genres: [],
  languages: [],
  rating: null,
  releaseDate: null,
  posterUrl: null,
  synopsis: '',
};

export function movieEditEndpoints(parts: EditParts): readonly Endpoint[] {
  const { pool, changed } = parts;
  const editing = { tag: 'Catalogue', access: { permission: 'catalogue.edit' }, rate: 'commands' } as const;
  const one = { ...editing, path: '/v1/movies/{movieId}', parameters: { movieId: z.string().max(80) } } as const;
  return [
    endpoint({
      ...one,
      access: 'public',
      rate: 'reads',
      id: 'getMovie',
      method: 'GET',
      summary: 'One movie, with all that people edit of it.',
      reply: movieRecord,
      errors: ['unknown_movie'],
      handle: async ({ parameters: { movieId } }) => {
        const row = await findMovie(pool, movieId);
        return row ? answer(row) : unknown();
      },
    }),
    endpoint({
      ...editing,
      id: 'addMovie',
      method: 'POST',
      path: '/v1/movies',
      summary: 'Adds a movie.',
      parameters: {},
      body: newMovie,
      status: 201,
      reply: movieRecord,
      errors: ['already_exists'],
      handle: async ({ body, caller }) => {
        const done = await add(parts, { ...BLANK, ...body } as MovieRecord, caller);
        if (!done.ok) return done;
        await changed();
        return answer(done.value);
      },
    }),
    endpoint({
      ...one,
      id: 'changeMovie',
      method: 'PATCH',
      summary: 'Changes what is given of a movie.',
      conditional: true,
      body: movieChange,
      reply: movieRecord,
      errors: ['unknown_movie'],
      handle: async ({ parameters: { movieId }, body, caller, ifMatch }) => {
        const done = await change(parts, movieId, body as Partial<MovieRecord>, ifMatch, caller);
        if (!done.ok) return done;
        await changed();
        return answer(done.value);
      },
    }),
    endpoint({
      ...one,
      id: 'deleteMovie',
      method: 'DELETE',
      summary: 'Deletes a movie that has no showtimes.',
      conditional: true,
      status: 204,
      reply: z.undefined(),
      errors: ['unknown_movie', 'in_use'],
      handle: async ({ parameters: { movieId }, caller, ifMatch }) => {
        const done = await remove(parts, movieId, ifMatch, caller);
        if (!done.ok) return done;
        await changed();
        return { ok: true, body: undefined };
      },
    }),
  ];
}

async function findMovie(db: Reads, id: string): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`${MOVIE} WHERE id = $1`, [id]);
  return rows[0];
}

async function lockMovie(db: Reads, id: string): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`${MOVIE} WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0];
}

function answer({ version, ...body }: Row) {
  return { ok: true, body, etag: versionTag(version) } as const;
}

function unknown() {
  return refuse('unknown_movie', 'There is no such movie.');
}

function columns(movie: MovieRecord): unknown[] {
  const { originalTitle, director, genres, languages, rating, releaseDate, posterUrl, synopsis } = movie;
  const first = [movie.id, movie.title, originalTitle, movie.year, movie.runtimeMinutes, director, genres];
  return [...first, languages, rating, releaseDate, posterUrl, synopsis];
}

function add({ pool, audit }: EditParts, movie: MovieRecord, caller: Caller) {
  return edit<Row>(pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO boxoffice.movies (id, title, original_title, year, runtime_minutes, director, genres, languages, rating,
                                     release_date, poster_url, synopsis)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`,
      columns(movie),
    );
    if (rowCount !== 1) return refuse('already_exists', 'There is a movie with this id.', 'id');
    await audit.write(client, { caller, action: 'movie.add', subject: `movie:${movie.id}`, after: movie });
    return { ok: true, value: (await findMovie(client, movie.id)) as Row };
  });
}

function change(
  { pool, audit }: EditParts,
  id: string,
  changes: Partial<MovieRecord>,
  ifMatch: IfMatch,
  caller: Caller,
) {
  return edit<Row>(pool, async (client) => {
    const before = await lockMovie(client, id);
    if (!before) return unknown();
    const stale = refuseStale(ifMatch, versionTag(before.version));
    if (stale) return { ok: false, error: stale };
    await client.query(
      `UPDATE boxoffice.movies SET title = $2, original_title = $3, year = $4, runtime_minutes = $5, director = $6, genres = $7,
              languages = $8, rating = $9, release_date = $10, poster_url = $11, synopsis = $12 WHERE id = $1`,
      columns({ ...before, ...changes }),
    );
    await audit.write(client, { caller, action: 'movie.change', subject: `movie:${id}`, before, after: changes });
    return { ok: true, value: (await findMovie(client, id)) as Row };
  });
}

async function remove(
  { pool, audit }: EditParts,
  id: string,
  ifMatch: IfMatch,
  caller: Caller,
): Promise<Edited<undefined>> {
  try {
    return await edit<undefined>(pool, async (client) => {
      const before = await lockMovie(client, id);
      if (!before) return unknown();
      const stale = refuseStale(ifMatch, versionTag(before.version));
      if (stale) return { ok: false, error: stale };
      await client.query('DELETE FROM boxoffice.movies WHERE id = $1', [id]);
      await audit.write(client, { caller, action: 'movie.delete', subject: `movie:${id}`, before });
      return { ok: true, value: undefined };
    });
  } catch (error) {
    if (!isReferredTo(error)) throw error;
    return refuse('in_use', 'The movie has showtimes; it cannot be deleted.');
  }
}
