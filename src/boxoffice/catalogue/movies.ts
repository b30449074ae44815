import type { Pool } from 'pg';
import type { Reads } from './reads.js';

/** A title as stored. The same members as the HTTP API's view of it. */
export interface Movie {
  /** Lower-case words joined by hyphens; part of URLs. */
  readonly id: string;
  readonly title: string;
  readonly year: number;
  readonly runtimeMinutes: number;
  readonly director: string;
  readonly genres: readonly string[];
  readonly synopsis: string;
}

/** All movies by title. Written by people, so there are few: no pages. */
export async function listMovies(pool: Reads): Promise<Movie[]> {
  const { rows } = await pool.query<Movie>(
    `SELECT id, title, year, runtime_minutes AS "runtimeMinutes", director, genres, synopsis
       FROM boxoffice.movies ORDER BY title, id`,
  );
  return rows;
}

/** @returns false where the id is taken; that movie stays as it is. */
export async function addMovie(pool: Pool, movie: Movie): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO boxoffice.movies (id, title, year, runtime_minutes, director, genres, synopsis)
     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING`,
    [movie.id, movie.title, movie.year, movie.runtimeMinutes, movie.director, movie.genres, movie.synopsis],
  );
  return rowCount === 1;
}
