/** Seats sold as most sell them: a web framework, a pool of connections, row locks, and clients that ask again. */
import express from 'express';
import pg from 'pg';
import { isSelection } from '../house.js';
import * as orders from './orders.js';
import * as selling from './selling.js';
import * as showtimes from './showtimes.js';
import { TABLES } from './tables.js';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 50 });
pool.on('error', (error) => console.error('an idle connection to Postgres broke:', error.message));
await pool.query(TABLES);

/** Absent: nothing is sold by orders. */
const stripe = process.env.STRIPE_API_BASE && orders.stripeAt(process.env.STRIPE_API_BASE);

const app = express();
app.disable('x-powered-by');
app.use(express.json({ limit: '16kb' }));

app.get('/readyz', (_request, response) => {
  response.send('ready');
});

app.get('/hello', (_request, response) => {
  response.json({ hello: 'world' });
});

app.get('/showtimes', async (_request, response) => {
  response.json({ showtimes: await showtimes.list(pool) });
});

app.post('/showtimes', async (request, response) => {
  const { showtimeId, seats } = request.body;
  await showtimes.add(pool, showtimeId, seats);
  response.status(201).json({ showtimeId, seats });
});

// Express puts an ETag on it and answers 304 to who has seen it: pollers mostly have.
app.get('/showtimes/:id/seats', async (request, response) => {
  response.json(await showtimes.statuses(pool, request.params.id));
});

app.post('/showtimes/:id/hold', withSelection, async (request, response) => {
  const { seats, holder } = request.body;
  const hold = await selling.hold(pool, request.params.id, seats, holder);
  if (hold) response.json(hold);
  else response.status(409).json({ error: 'seats_unavailable' });
});

app.post('/showtimes/:id/release', async (request, response) => {
  const released = await selling.release(pool, request.params.id, request.body.holdId);
  if (released) response.json({});
  else response.status(409).json({ error: 'unknown_hold' });
});

app.post('/showtimes/:id/book', async (request, response) => {
  const bookingId = await selling.book(pool, request.params.id, request.body.holdId);
  if (bookingId) response.json({ bookingId });
  else response.status(409).json({ error: 'unknown_hold' });
});

app.post('/showtimes/:id/buy', withSelection, async (request, response) => {
  const { seats, holder } = request.body;
  const bookingId = await selling.buy(pool, request.params.id, seats, holder);
  if (bookingId) response.json({ bookingId });
  else response.status(409).json({ error: 'seats_unavailable' });
});

app.post('/showtimes/:id/orders', async (request, response) => {
  const { holdId, paymentMethod } = request.body;
  const order = stripe && (await orders.purchase(pool, stripe, holdId, paymentMethod));
  if (order) response.status(201).json(order);
  else response.status(409).json({ error: 'unknown_hold' });
});

function withSelection(request, response, next) {
  const { seats, holder } = request.body ?? {};
  if (isSelection(seats) && typeof holder === 'string') next();
  else response.status(400).json({ error: 'bad_request' });
}

const server = app.listen(Number(process.env.PORT), process.env.HOST);
// Five seconds by default, which cuts off clients that only pause.
server.keepAliveTimeout = 65_000;

process.once('SIGTERM', () => {
  server.close(() => pool.end());
  server.closeAllConnections();
});
