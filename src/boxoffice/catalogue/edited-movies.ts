/** Movies as people edit them. */
import { z } from 'zod';
import { type MovieView, movieSchema } from '../../protocol/http.js';
import { slug, text } from './edit-parts.js';
import type { EditedKind } from './edited-kind.js';
import { INSERT_MOVIE, MOVIE_COLUMNS, movieColumns } from './movies.js';

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
const { title, year, runtimeMinutes, ...optional } = fields;
const BLANK = {
  ...{ originalTitle: null, director: '', genres: [], languages: [] },
  ...{ rating: null, releaseDate: null, posterUrl: null, synopsis: '' },
};

export const EDITED_MOVIES: EditedKind<MovieView> = {
  noun: 'movie',
  tag: 'Catalogue',
  permission: 'catalogue.edit',
  path: '/v1/movies',
  unknown: 'unknown_movie',
  users: 'showtimes',
  schema: movieSchema,
  adding: {
    body: z
      .strictObject({ id: slug, title, year, runtimeMinutes, ...z.object(optional).partial().shape })
      .transform((given) => ({ ...BLANK, ...given }) as MovieView),
    sql: INSERT_MOVIE,
  },
  changed: z.strictObject(fields).partial() as z.ZodType<Partial<MovieView>>,
  sql: {
    find: `SELECT ${MOVIE_COLUMNS}, version FROM boxoffice.movies WHERE id = $1`,
    lock: `SELECT ${MOVIE_COLUMNS}, version FROM boxoffice.movies WHERE id = $1 FOR UPDATE`,
    update: `UPDATE boxoffice.movies SET title = $2, original_title = $3, year = $4, runtime_minutes = $5, director = $6, genres = $7,
                    languages = $8, rating = $9, release_date = $10, poster_url = $11, synopsis = $12 WHERE id = $1`,
    remove: 'DELETE FROM boxoffice.movies WHERE id = $1',
  },
  columns: movieColumns,
};
