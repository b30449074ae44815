/** Seats sold in Colyseus: a room a showtime, the house in memory, and one insert a booking. */
import { createServer } from 'node:http';
import { matchMaker, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import express from 'express';
import { Bookings } from '../bookings.js';
import { HouseRoom } from './house-room.js';

const bookings = new Bookings(process.env.DATABASE_URL);
await bookings.createTables();

const app = express();
app.use(express.json());
app.get('/readyz', (_request, response) => {
  response.send('ready');
});
app.post('/showtimes', async (request, response) => {
  const { showtimeId, seats } = request.body;
  await matchMaker.createRoom('house', { showtimeId, seats, bookings });
  response.status(201).json({ showtimeId, seats });
});

const server = new Server({
  greet: false,
  gracefullyShutdown: false,
  transport: new WebSocketTransport({
    server: createServer(app),
    // Twice 3 s is too little for a client among thousands: a server that is late itself would cut them off.
    pingInterval: 25_000,
  }),
});
server.define('house', HouseRoom);
await server.listen(Number(process.env.PORT), process.env.HOST);

process.once('SIGTERM', () => {
  void bookings.close();
  // Thousands of sockets take longer to say goodbye than anybody waits.
  setTimeout(() => process.exit(0), 1_000).unref();
  void server.gracefullyShutdown(true);
});
