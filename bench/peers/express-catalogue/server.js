/** The public lists of a cinema as most serve them: a web framework, its compression, a pool of connections. */
import compression from 'compression';
import express from 'express';
import pg from 'pg';
import * as catalogue from './catalogue.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 20 });
pool.on('error', (error) => console.error('an idle connection to Postgres broke:', error.message));

const app = express();
app.disable('x-powered-by');
app.use(compression());

app.get('/readyz', (_request, response) => {
  response.send('ready');
});

app.get('/v1/movies', async (_request, response) => {
  response.json({ movies: await catalogue.listMovies(pool) });
});

app.get('/v1/showtimes', async (request, response) => {
  const { city, date, from, cursor } = request.query;
  response.json(city ? await catalogue.listDay(pool, city, date) : await catalogue.listFrom(pool, from, cursor));
});

app.get('/v1/showtimes/:id', async (request, response) => {
  const showtime = await catalogue.find(pool, request.params.id);
  if (showtime) response.json(showtime);
  else response.status(404).json({ error: 'unknown_showtime' });
});

const server = app.listen(Number(process.env.PORT), process.env.HOST);
// Five seconds by default, which cuts off clients that only pause.
server.keepAliveTimeout = 65_000;

process.once('SIGTERM', () => {
  server.close(() => pool.end());
  server.closeAllConnections();
});
