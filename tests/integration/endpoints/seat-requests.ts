import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const SEATS = ['R2-3', 'R2-4'];

/** A right request of each endpoint that reads or sells seats. */
export const seatRequests: Requests = {
  createGuestSession: async () => ({}),
  getSeats: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  getOwn: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  getConnect: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  holdSeats: async (cinema) => ({ path: { showtimeId: await cinema.showtime() }, body: { seats: SEATS } }),
  holdBestAvailable: async (cinema) => ({ path: { showtimeId: await cinema.showtime() }, body: { count: 2 } }),
  extendHold: async (cinema) => {
    const { showtimeId, session, hold } = await cinema.held();
    return { path: { showtimeId, holdId: hold.id }, session };
  },
  retypeHold: async (cinema) => {
    const { showtimeId, session, hold } = await cinema.held();
    const ticketTypes = [
      { id: 'adult', name: 'Adult' },
      { id: 'child', name: 'Child', prices: { Front: 600, Back: 500 } },
    ];
    const by = await cinema.sessionFor('showtimes.edit');
    await cinema.send('PATCH', `/v1/showtimes/${showtimeId}`, by ?? '', { body: { ticketTypes }, ifMatch: '*' });
    return {
      path: { showtimeId, holdId: hold.id },
      session,
      body: { seats: ['R1-1', 'R1-2'], ticketTypes: ['adult', 'child'] },
    };
  },
  releaseHold: async (cinema) => {
    const { showtimeId, session, hold } = await cinema.held();
    return { path: { showtimeId, holdId: hold.id }, session };
  },
  bookHold: async (cinema) => {
    const { showtimeId, session, hold } = await cinema.held();
    const body = { holdId: hold.id, payment: { method: 'test' }, price: hold.price };
    return { path: { showtimeId }, session, body };
  },
  cancelBooking: async (cinema) => {
    const { showtimeId, session, booking } = await cinema.booked();
    return { path: { showtimeId, bookingId: booking.id }, session };
  },
  findBooking: async (cinema) => {
    const { session, booking } = await cinema.booked();
    return { path: { reference: booking.reference }, session };
  },
  blockSeats: async (cinema) => ({
    path: { showtimeId: await cinema.showtime() },
    body: { seats: SEATS, reason: 'wet' },
  }),
  listBlocks: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  getSeatHistory: async (cinema) => {
    const { showtimeId } = await cinema.held();
    return { path: { showtimeId, label: 'R1-1' } };
  },
  takeAwayHolds: async (cinema) => {
    const { showtimeId, hold } = await cinema.held();
    return { path: { showtimeId }, body: { holdId: hold.id, reason: 'a camera' } };
  },
  reseatBooking: async (cinema) => {
    const { showtimeId, booking } = await cinema.booked();
    return { path: { showtimeId, bookingId: booking.id }, body: { seats: SEATS, reason: 'a broken seat' } };
  },
  unblockSeats: async (cinema) => {
    const showtimeId = await cinema.showtime();
    await cinema.post(`/v1/showtimes/${showtimeId}/blocks`, { seats: SEATS });
    return { path: { showtimeId }, body: { seats: SEATS } };
  },
  listAllocations: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  allocateSeats: async (cinema) => ({
    path: { showtimeId: await cinema.showtime() },
    body: { seats: SEATS, channel: 'partner', until: Date.now() + 3_600_000 },
  }),
  deallocateSeats: async (cinema) => {
    const showtimeId = await cinema.showtime();
    await cinema.post(`/v1/showtimes/${showtimeId}/allocations`, { seats: SEATS, channel: 'partner' });
    return { path: { showtimeId }, body: { seats: SEATS } };
  },
};
