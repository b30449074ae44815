import { z } from 'zod';
import { type WireError, wireError } from '../../protocol/errors.js';
import { daysIn, type Span } from './calendar.js';
import type { Filter } from './revenue.js';

/** Rows of one answer. */
export const ROWS_MAX = 10_000;
export const DAYS_MAX = 400;

const day = z.iso
  .date({ error: 'is a day, such as 2026-01-31' })
  .refine((text) => text >= '2000-01-01' && text <= '2199-12-31', { error: 'is a day from 2000 to 2199' });
const id = z.string().regex(/^[a-z0-9-]{1,80}$/, { error: 'is an id, such as dune' });

/** The days that a report is about, both counted in, as the venue has them. */
export const SPAN = {
  from: day.meta({ description: 'The first day, as the venue has it.', example: '2026-01-01' }),
  to: day.meta({ description: `The last day, at most ${DAYS_MAX} from the first.`, example: '2026-01-31' }),
} as const;

export const venueId = id.meta({ description: 'Only of this venue.', example: 'roxy' });

export const FILTER = {
  venue: venueId.optional(),
  movie: id.optional().meta({ description: 'Only of this movie.', example: 'dune' }),
  showtime: z.uuid().optional().meta({ description: 'Only of this showtime.' }),
  channel: z
    .enum(['web', 'walk_in', 'pos', 'partner'])
    .optional()
    .meta({ description: 'Only what was sold through it.' }),
} as const;

/** The error of a span that ends before it begins, or has more days than allowed. */
export function spanError(span: Span, daysMax = DAYS_MAX): WireError | undefined {
  const days = daysIn(span);
  if (days < 1) return wireError('invalid_field', '"to" is before "from".', { field: 'to' });
  if (days <= daysMax) return undefined;
  return wireError('invalid_field', `"to" is more than ${daysMax} days from "from".`, { field: 'to' });
}

export function tooManyRows(): WireError {
  const message = `The report has more than ${ROWS_MAX} rows: ask for fewer days, or for less detail.`;
  return wireError('invalid_field', message, { field: 'to' });
}

/** What the files of a filtered report are called besides. */
export function filterName({ venue, movie, showtime, channel }: Filter): string {
  return [venue, movie, showtime, channel]
    .filter((part) => part !== undefined)
    .map((part) => `-${part}`)
    .join('');
}
