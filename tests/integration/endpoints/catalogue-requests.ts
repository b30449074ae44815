import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const PLAN = { body: 'A: 6 | 6\nB: 6 | 6', type: 'text/plain' };

/** A right request of each endpoint of the catalogue, the halls and the operation of the node. */
export const catalogueRequests: Requests = {
  getHealth: async () => ({}),
  getReadiness: async () => ({}),
  getOpenApiDocument: async () => ({}),
  listSigningKeys: async () => ({}),
  listMovies: async () => ({}),
  getMovie: async () => ({ path: { movieId: 'm' } }),
  addMovie: async (cinema) => ({ body: { id: cinema.newId(), title: 'Metropolis', year: 1927, runtimeMinutes: 150 } }),
  changeMovie: async (cinema) => ({ path: { movieId: await cinema.movie() }, body: { title: 'Another title' } }),
  deleteMovie: async (cinema) => ({ path: { movieId: await cinema.movie() } }),
  listVenues: async () => ({}),
  listCities: async () => ({}),
  getVenue: async () => ({ path: { venueId: 'v' } }),
  addVenue: async (cinema) => ({
    body: { id: cinema.newId(), name: 'Babylon', city: 'Berlin', timeZone: 'Europe/Berlin' },
  }),
  changeVenue: async (cinema) => ({ path: { venueId: await cinema.venue() }, body: { name: 'Another name' } }),
  deleteVenue: async (cinema) => ({ path: { venueId: await cinema.venue() } }),
  listHalls: async () => ({}),
  getHall: async () => ({ path: { hallId: 'h' } }),
  listSeatMapVersions: async (cinema) => ({ path: { hallId: await cinema.hall() } }),
  getSeatMap: async ({ stage }) => ({ path: { hash: stage.hash } }),
  getSeatMapPicture: async ({ stage }) => ({ path: { hash: stage.hash } }),
  importHall: async (cinema) => ({ path: { venueId: 'v' }, query: `?name=${cinema.newId()}`, ...PLAN }),
  importSeatMap: async (cinema) => ({ path: { hallId: await cinema.hall() }, ...PLAN, body: 'A: 7 | 7' }),
  changeHall: async (cinema) => ({ path: { hallId: await cinema.hall() }, body: { name: 'Another name' } }),
  deleteHall: async (cinema) => ({ path: { hallId: await cinema.hall() } }),
  listShowtimes: async () => ({}),
  getShowtime: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  getShowtimeSettings: async ({ stage }) => ({ path: { showtimeId: stage.showtimeId } }),
  addShowtimes: async (cinema) => {
    const { hallId, prices } = await cinema.pricedHall();
    // The clocks of the venue change in the middle of it.
    const series = { firstDay: '2035-03-24', lastDay: '2035-03-26', times: ['14:00', '20:00'] };
    return { body: { movieId: 'm', hallId, currency: 'EUR', prices, series } };
  },
  changeShowtime: async (cinema) => ({ path: { showtimeId: await cinema.showtime() }, body: { salesOpen: false } }),
  deleteShowtime: async (cinema) => ({ path: { showtimeId: await cinema.showtime() } }),
  cancelShowtime: async (cinema) => ({ path: { showtimeId: await cinema.showtime() }, body: { reason: 'No power' } }),
  takeSeatMap: async (cinema) => {
    const { hallId, prices } = await cinema.pricedHall();
    return { path: { showtimeId: await cinema.showtime(hallId, prices) }, body: { version: 1 } };
  },
};
