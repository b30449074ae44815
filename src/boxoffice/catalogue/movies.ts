import type { Pool } from 'pg';
import { z } from 'zod';
import type { MovieView } from '../../protocol/http.js';
import { ListQuery } from './list-query.js';
import { type Page, pageOf } from './page.js';
import type { Reads } from './reads.js';

/** A movie as it is stored and shown: the members of the HTTP API's view. */
export type Movie = MovieView;
type Optional = 'originalTitle' | 'languages' | 'rating' | 'releaseDate' | 'posterUrl';
export type NewMovie = Omit<Movie, Optional> & Partial<Pick<Movie, Optional>>;

export interface MovieFilter {
  /** Words that titles, the director or the synopsis have, each at least in its beginning. It has a letter or a digit. */
  readonly q?: string | undefined;
  readonly genre?: string | undefined;
  /** A language tag; `de` finds `de-CH` too. */
  readonly language?: string | undefined;
  /** Only those behind this one in the order of the list. */
  readonly after?: MoviePosition | undefined;
}

/** Where a movie stands in the list: 0 where its title was found and else 1, its title as lists compare it, its id. */
export const moviePosition = z.tuple([z.literal([0, 1]), z.string(), z.string()]);
type MoviePosition = z.output<typeof moviePosition>;

/** The most movies on one page of the list. */
export const MOVIES_LISTED_MAX = 200;

export const MOVIE_COLUMNS = `id, title, original_title AS "originalTitle", year, runtime_minutes AS "runtimeMinutes", director,
  genres, languages, rating, release_date::text AS "releaseDate", poster_url AS "posterUrl", synopsis`;

const ALL_MOVIES = `SELECT ${MOVIE_COLUMNS}, title_key AS key, 0 AS rank FROM boxoffice.movies`;
const FOUND_MOVIES = `SELECT ${MOVIE_COLUMNS}, title_key AS key, rank FROM boxoffice.movies
  CROSS JOIN LATERAL (SELECT (NOT search @@ boxoffice.search_query($1, 'A'))::integer AS rank) AS found`;
const BY_TITLE = ['title_key COLLATE "C"', 'id COLLATE "C"'];
const BY_RANK = ['rank', ...BY_TITLE];

/** A page of the movies by title; of those that text is looked for in, the ones with it in a title come first. */
export async function listMovies(pool: Reads, { q, genre, language, after }: MovieFilter = {}): Promise<Page<Movie>> {
  const query = q === undefined ? new ListQuery(ALL_MOVIES) : new ListQuery(FOUND_MOVIES, [q]);
  const order = q === undefined ? BY_TITLE : BY_RANK;
  query
    .where(
      `(unlisted_at IS NULL
        OR EXISTS (SELECT FROM boxoffice.showtimes t WHERE t.movie_id = movies.id AND t.unlisted_at IS NULL))`,
    )
    .whereGiven("search @@ boxoffice.search_query(?, '')", q)
    .whereGiven('genre_keys @> ARRAY[boxoffice.fold(?)]', genre)
    // RFC 4647 section 3.3.1.
    .whereGiven(
      "EXISTS (SELECT FROM unnest(languages) AS tag WHERE lower(tag) || '-' LIKE ?)",
      language && `${language.toLowerCase()}-%`,
    );
  const [rank, ...place] = after ?? [];
  if (after && q === undefined) query.where(`(${BY_TITLE.join(', ')}) > (?, ?)`, ...place);
  else if (after) query.where(`(${BY_RANK.join(', ')}) > (?, ?, ?)`, rank, ...place);
  const { rows } = await pool.query<Movie & { readonly rank: 0 | 1; readonly key: string }>(
    query.page(order, MOVIES_LISTED_MAX),
  );
  return pageOf(
    rows,
    MOVIES_LISTED_MAX,
    ({ rank, key, id }): MoviePosition => [rank, key, id],
    ({ rank: _rank, key: _key, ...movie }) => movie,
  );
}

/** @returns false where the id is taken; that movie stays as it is. */
export async function addMovie(pool: Pool, movie: NewMovie): Promise<boolean> {
  const { rowCount } = await pool.query(INSERT_MOVIE, movieColumns(movie));
  return rowCount === 1;
}

export const INSERT_MOVIE = `
  INSERT INTO boxoffice.movies (id, title, original_title, year, runtime_minutes, director, genres, languages, rating,
                                release_date, poster_url, synopsis)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (id) DO NOTHING`;

/** In the order of `INSERT_MOVIE`. */
export function movieColumns(movie: NewMovie): unknown[] {
  const { originalTitle = null, languages = [], rating = null, releaseDate = null, posterUrl = null } = movie;
  const first = [movie.id, movie.title, originalTitle, movie.year, movie.runtimeMinutes, movie.director, movie.genres];
  return [...first, languages, rating, releaseDate, posterUrl, movie.synopsis];
}
