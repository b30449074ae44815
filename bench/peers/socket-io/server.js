/** Seats sold over Socket.IO: a room a showtime, the house in memory, and one insert a booking. */
import { createServer } from 'node:http';
import express from 'express';
import { Server } from 'socket.io';
import { Bookings } from '../bookings.js';
import { House } from '../house.js';

const bookings = new Bookings(process.env.DATABASE_URL);
await bookings.createTables();
const houses = new Map();

const app = express();
app.use(express.json());
app.get('/readyz', (_request, response) => {
  response.send('ready');
});
app.post('/showtimes', (request, response) => {
  const { showtimeId, seats } = request.body;
  // One number for all seats of a change, and the change at once: nothing is kept back for a tick.
  const onChange = (changed, status) => io.to(showtimeId).emit('changes', { seats: changed, status });
  houses.set(showtimeId, new House(seats, onChange));
  response.status(201).json({ showtimeId, seats });
});

const server = createServer(app);
const io = new Server(server, {
  // No long polling to begin with: it would cost this peer several requests a client.
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});

io.use((socket, next) => {
  const house = houses.get(socket.handshake.auth.showtimeId);
  socket.data.house = house;
  next(house ? undefined : new Error('unknown_showtime'));
});

io.on('connection', (socket) => {
  const { house } = socket.data;
  const { showtimeId } = socket.handshake.auth;
  socket.join(showtimeId);
  socket.emit('snapshot', [...house.statuses]);

  socket.on('hold', ({ seats }, reply) => {
    const hold = house.hold(seats, socket.id);
    reply(hold ? { ok: true, holdId: hold.id, expiresAt: hold.expiresAt } : { ok: false, error: 'seats_unavailable' });
  });

  socket.on('release', ({ holdId }, reply) => {
    reply(house.release(holdId, socket.id) ? { ok: true } : { ok: false, error: 'unknown_hold' });
  });

  socket.on('book', async ({ holdId }, reply) => {
    try {
      const bookingId = await house.book(holdId, socket.id, (hold) => bookings.insert(showtimeId, hold));
      reply(bookingId ? { ok: true, bookingId } : { ok: false, error: 'unknown_hold' });
    } catch (error) {
      console.error('a booking could not be written:', error);
      reply({ ok: false, error: 'unavailable' });
    }
  });
});

server.listen(Number(process.env.PORT), process.env.HOST);

process.once('SIGTERM', () => {
  io.close();
  server.closeAllConnections();
  void bookings.close();
  // Thousands of sockets take longer to say goodbye than anybody waits.
  setTimeout(() => process.exit(0), 1_000).unref();
});
