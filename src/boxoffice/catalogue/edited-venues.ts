/** Venues as people edit them. */
import { z } from 'zod';
import { type VenueView, venueSchema } from '../../protocol/http.js';
import { slug, text } from './edit-parts.js';
import type { EditedKind } from './edited-kind.js';
import { isTimeZone } from './venue-time.js';
import { DAY_CUTOFF_HOUR, VENUE_COLUMNS } from './venues.js';

const fields = {
  name: text(200).min(1),
  city: text(120).min(1),
  address: text(500),
  timeZone: z.string().refine(isTimeZone, { error: 'is no IANA time zone of area and city, such as Europe/Berlin' }),
  dayCutoffHour: z.int().min(0).max(12),
};
const { address, dayCutoffHour, ...needed } = fields;

export const EDITED_VENUES: EditedKind<VenueView> = {
  noun: 'venue',
  tag: 'Catalogue',
  permission: 'catalogue.edit',
  path: '/v1/venues',
  unknown: 'unknown_venue',
  users: 'halls',
  schema: venueSchema,
  adding: {
    body: z.strictObject({ id: slug, ...needed, ...z.object({ address, dayCutoffHour }).partial().shape }).transform(
      (given): VenueView => ({
        ...given,
        address: given.address ?? '',
        dayCutoffHour: given.dayCutoffHour ?? DAY_CUTOFF_HOUR,
      }),
    ),
    sql: `INSERT INTO boxoffice.venues (id, name, city, address, time_zone, day_cutoff_hour)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
  },
  changed: z.strictObject(fields).partial() as z.ZodType<Partial<VenueView>>,
  sql: {
    find: `SELECT ${VENUE_COLUMNS}, version FROM boxoffice.venues WHERE id = $1`,
    lock: `SELECT ${VENUE_COLUMNS}, version FROM boxoffice.venues WHERE id = $1 FOR UPDATE`,
    update: `UPDATE boxoffice.venues SET name = $2, city = $3, address = $4, time_zone = $5, day_cutoff_hour = $6 WHERE id = $1`,
    remove: 'DELETE FROM boxoffice.venues WHERE id = $1',
  },
  columns: ({ id, name, city, address, timeZone, dayCutoffHour }) => [id, name, city, address, timeZone, dayCutoffHour],
};
