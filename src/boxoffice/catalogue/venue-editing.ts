/** Venues as people edit them. */
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type IfMatch, refuseStale, versionTag } from '../../http/if-match.js';
import { type Edited, type EditParts, edit, isReferredTo, refuse, slug, text } from './edit-parts.js';
import type { Reads } from './reads.js';
import { isTimeZone } from './venue-time.js';

const fields = {
  name: text(200).min(1),
  city: text(120).min(1),
  address: text(500),
  timeZone: z.string().refine(isTimeZone, { error: 'is no IANA time zone of area and city, such as Europe/Berlin' }),
  dayCutoffHour: z.int().min(0).max(12),
};
const { address, dayCutoffHour, ...needed } = fields;
const newVenue = z.strictObject({
  id: slug,
  ...needed,
  address: address.optional(),
  dayCutoffHour: dayCutoffHour.optional(),
});
const venueChange = z.strictObject(fields).partial();
const venueRecord = z
  .object({
    id: z.string(),
    ...fields,
    timeZone: z.string().meta({ description: 'IANA, area and city.', example: 'Europe/Berlin' }),
  })
  .meta({ id: 'VenueRecord' });
type VenueRecord = z.output<typeof venueRecord>;
type Row = VenueRecord & { readonly version: string };

const VENUE = `SELECT id, name, city, address, time_zone AS "timeZone", day_cutoff_hour AS "dayCutoffHour", version
  FROM boxoffice.venues`;
const BLANK = { address: '', dayCutoffHour: 6 };

export function venueEditEndpoints(parts: EditParts): readonly Endpoint[] {
  const { pool, changed } = parts;
  const editing = { tag: 'Catalogue', access: { permission: 'catalogue.edit' }, rate: 'commands' } as const;
  const one = { ...editing, path: '/v1/venues/{venueId}', parameters: { venueId: z.string().max(80) } } as const;
  return [
    endpoint({
      ...one,
      access: 'public',
      rate: 'reads',
      id: 'getVenue',
      method: 'GET',
      summary: 'One venue.',
      reply: venueRecord,
      errors: ['unknown_venue'],
      handle: async ({ parameters: { venueId } }) => {
        const row = await findVenue(pool, venueId);
        return row ? answer(row) : unknown();
      },
    }),
    endpoint({
      ...editing,
      id: 'addVenue',
      method: 'POST',
      path: '/v1/venues',
      summary: 'Adds a venue.',
      parameters: {},
      body: newVenue,
      status: 201,
      reply: venueRecord,
      errors: ['already_exists'],
      handle: async ({ body, caller }) => {
        const done = await add(parts, { ...BLANK, ...body } as VenueRecord, caller);
        if (!done.ok) return done;
        await changed();
        return answer(done.value);
      },
    }),
    endpoint({
      ...one,
      id: 'changeVenue',
      method: 'PATCH',
      summary: 'Changes what is given of a venue.',
      conditional: true,
      body: venueChange,
      reply: venueRecord,
      errors: ['unknown_venue'],
      handle: async ({ parameters: { venueId }, body, caller, ifMatch }) => {
        const done = await change(parts, venueId, body as Partial<VenueRecord>, ifMatch, caller);
        if (!done.ok) return done;
        await changed();
        return answer(done.value);
      },
    }),
    endpoint({
      ...one,
      id: 'deleteVenue',
      method: 'DELETE',
      summary: 'Deletes a venue that has no halls.',
      conditional: true,
      status: 204,
      reply: z.undefined(),
      errors: ['unknown_venue', 'in_use'],
      handle: async ({ parameters: { venueId }, caller, ifMatch }) => {
        const done = await remove(parts, venueId, ifMatch, caller);
        if (!done.ok) return done;
        await changed();
        return { ok: true, body: undefined };
      },
    }),
  ];
}

async function findVenue(db: Reads, id: string): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`${VENUE} WHERE id = $1`, [id]);
  return rows[0];
}

async function lockVenue(db: Reads, id: string): Promise<Row | undefined> {
  const { rows } = await db.query<Row>(`${VENUE} WHERE id = $1 FOR UPDATE`, [id]);
  return rows[0];
}

function answer({ version, ...body }: Row) {
  return { ok: true, body, etag: versionTag(version) } as const;
}

function unknown() {
  return refuse('unknown_venue', 'There is no such venue.');
}

function columns({ id, name, city, address, timeZone, dayCutoffHour }: VenueRecord): unknown[] {
  return [id, name, city, address, timeZone, dayCutoffHour];
}

function add({ pool, audit }: EditParts, venue: VenueRecord, caller: Caller) {
  return edit<Row>(pool, async (client) => {
    const { rowCount } = await client.query(
      `INSERT INTO boxoffice.venues (id, name, city, address, time_zone, day_cutoff_hour)
       VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO NOTHING`,
      columns(venue),
    );
    if (rowCount !== 1) return refuse('already_exists', 'There is a venue with this id.', 'id');
    await audit.write(client, { caller, action: 'venue.add', subject: `venue:${venue.id}`, after: venue });
    return { ok: true, value: (await findVenue(client, venue.id)) as Row };
  });
}

function change(
  { pool, audit }: EditParts,
  id: string,
  changes: Partial<VenueRecord>,
  ifMatch: IfMatch,
  caller: Caller,
) {
  return edit<Row>(pool, async (client) => {
    const before = await lockVenue(client, id);
    if (!before) return unknown();
    const stale = refuseStale(ifMatch, versionTag(before.version));
    if (stale) return { ok: false, error: stale };
    await client.query(
      `UPDATE boxoffice.venues SET name = $2, city = $3, address = $4, time_zone = $5, day_cutoff_hour = $6 WHERE id = $1`,
      columns({ ...before, ...changes }),
    );
    await audit.write(client, { caller, action: 'venue.change', subject: `venue:${id}`, before, after: changes });
    return { ok: true, value: (await findVenue(client, id)) as Row };
  });
}

async function remove(
  { pool, audit }: EditParts,
  id: string,
  ifMatch: IfMatch,
  caller: Caller,
): Promise<Edited<undefined>> {
  try {
    return await edit<undefined>(pool, async (client) => {
      const before = await lockVenue(client, id);
      if (!before) return unknown();
      const stale = refuseStale(ifMatch, versionTag(before.version));
      if (stale) return { ok: false, error: stale };
      await client.query('DELETE FROM boxoffice.venues WHERE id = $1', [id]);
      await audit.write(client, { caller, action: 'venue.delete', subject: `venue:${id}`, before });
      return { ok: true, value: undefined };
    });
  } catch (error) {
    if (!isReferredTo(error)) throw error;
    return refuse('in_use', 'The venue has halls; it cannot be deleted.');
  }
}
