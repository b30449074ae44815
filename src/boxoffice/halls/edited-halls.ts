/** Halls as people edit them. They are added by importing a file. */
import type { z } from 'zod';
import type { EditedKind } from '../catalogue/edited-kind.js';
import { type HallView, hallChangeSchema, hallSchema } from './hall-schemas.js';

const HALL = `SELECT h.id, h.name, h.venue_id AS "venueId", h.turnaround_minutes AS "turnaroundMinutes", h.version,
       json_build_object(
         'hash', m.hash, 'url', '/v1/seat-maps/' || m.hash, 'pictureUrl', '/v1/seat-maps/' || m.hash || '/picture', 'places', m.seats,
         'version', (SELECT max(v.number) FROM boxoffice.hall_versions v WHERE v.hall_id = h.id)) AS "seatMap"
  FROM boxoffice.halls h JOIN boxoffice.seat_maps m ON m.hash = h.seat_map_hash WHERE h.id = $1`;

export const EDITED_HALLS: EditedKind<HallView> = {
  noun: 'hall',
  tag: 'Halls',
  permission: 'halls.edit',
  path: '/v1/halls',
  unknown: 'unknown_hall',
  users: 'showtimes',
  schema: hallSchema,
  changed: hallChangeSchema as z.ZodType<Partial<HallView>>,
  sql: {
    find: HALL,
    lock: `${HALL} FOR UPDATE OF h`,
    update: 'UPDATE boxoffice.halls SET name = $2, turnaround_minutes = $3 WHERE id = $1',
    remove: 'DELETE FROM boxoffice.halls WHERE id = $1',
  },
  columns: ({ id, name, turnaroundMinutes }) => [id, name, turnaroundMinutes],
};
