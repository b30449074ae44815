import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(36_500);

/** The settings of scheduled work, as `config.ts` spreads them into its own. */
export const scheduleSettings = {
  /** So many hours before a showtime its buyers are reminded. */
  REMINDER_HOURS: z.coerce.number().int().min(1).max(336).default(24),
  /** So long before an unpaid order ends its buyer is told. */
  HOLD_ENDING_MS: z.coerce.number().int().min(10_000).max(3_600_000).default(120_000),
  /** So long after a showtime it is cleaned up. */
  PAST_SHOWTIME_DAYS: days.default(30),
  /** So long after an order and its showtimes it is moved to the archive. */
  ARCHIVE_DAYS: days.default(400),
  /** So long after an order and its showtimes names and addresses are erased from it. */
  PERSONAL_DATA_DAYS: days.default(365),
};
