import { wholeNumber } from '../../option-values.js';
import type { ApiCommand } from './api-command.js';
import { listed } from './listed.js';

interface Movie {
  readonly id: string;
  readonly title: string;
  readonly year: number;
  readonly runtimeMinutes: number;
}
interface Movies {
  readonly movies: readonly Movie[];
  readonly next?: string;
}

export const movieCommands: readonly ApiCommand[] = [
  {
    words: 'movie add',
    operands: ['id'],
    about: 'Adds a movie.',
    options: {
      title: { value: '<title>', about: 'as it is shown', required: true },
      year: { value: '<year>', about: 'of its release', required: true },
      minutes: { value: '<n>', about: 'how long it runs', required: true },
      director: { value: '<name>', about: 'who made it' },
      genre: { value: '<genre>', about: 'such as Drama', several: true },
      language: { value: '<tag>', about: 'such as de-CH', several: true },
      rating: { value: '<text>', about: 'such as PG-13' },
      released: { value: '<day>', about: 'such as 2026-01-31' },
      poster: { value: '<url>', about: 'of a picture' },
      synopsis: { value: '<text>', about: 'a sentence or two' },
    },
    run: async ({ api, operand, value, values }) => {
      const optional = {
        ...{ director: value('director'), rating: value('rating'), releaseDate: value('released') },
        ...{ posterUrl: value('poster'), synopsis: value('synopsis') },
      };
      const body = {
        id: operand('id'),
        title: value('title'),
        year: wholeNumber('--year', value('year'), 0, 1880, 2200),
        runtimeMinutes: wholeNumber('--minutes', value('minutes'), 0, 1, 1_440),
        genres: values('genre'),
        languages: values('language'),
        ...Object.fromEntries(Object.entries(optional).filter(([, given]) => given !== undefined)),
      };
      const { body: movie } = await api.ask<Movie>({ method: 'POST', path: '/v1/movies', body });
      return { ok: true, json: movie, lines: [`Added the movie ${movie.id}.`] };
    },
  },
  {
    words: 'movie list',
    about: 'Lists movies by title.',
    run: async ({ api }) => {
      const movies = await api.all<Movies, Movie>('/v1/movies', {}, (page) => page.movies);
      return listed('movies', movies, {
        ...{ ID: ({ id }) => id, TITLE: ({ title }) => title },
        ...{ YEAR: ({ year }) => year, MINUTES: ({ runtimeMinutes }) => runtimeMinutes },
      });
    },
  },
];
