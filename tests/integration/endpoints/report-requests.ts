import type { Cinema, Right } from './cinema.js';

type Requests = Readonly<Record<string, (cinema: Cinema) => Promise<Right>>>;

const JANUARY = '?from=2026-01-01&to=2026-01-31';
const VENUE = '?venue=v';

/** A right request of each report. */
export const reportRequests: Requests = {
  reportRevenue: async () => ({ query: JANUARY }),
  reportRevenueCsv: async () => ({ query: JANUARY }),
  reportTakings: async () => ({ query: JANUARY }),
  reportTakingsCsv: async () => ({ query: JANUARY }),
  reportRefunds: async () => ({ query: JANUARY }),
  reportRefundsCsv: async () => ({ query: JANUARY }),
  reportTrend: async () => ({ query: JANUARY }),
  reportTrendCsv: async () => ({ query: JANUARY }),
  reportTopShowtimes: async () => ({ query: JANUARY }),
  reportTopShowtimesCsv: async () => ({ query: JANUARY }),
  reportOccupancy: async () => ({ query: JANUARY }),
  reportOccupancyCsv: async () => ({ query: JANUARY }),
  reportForecast: async () => ({ query: VENUE }),
  reportForecastCsv: async () => ({ query: VENUE }),
};
