import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { refuseStale, versionTag } from '../../http/if-match.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { SeatMapDocuments } from '../catalogue/seat-map-documents.js';
import { seatMapDocument } from '../catalogue/seat-maps.js';
import { type HallParts, hallId, hallView, mapUrls } from './hall-parts.js';
import { hallChangeSchema, hallSchema, hallsSchema, versionsSchema } from './hall-schemas.js';
import {
  changeHall,
  deleteHall,
  findHall,
  type HallRow,
  inTransaction,
  listHalls,
  listVersions,
  lockHall,
} from './hall-store.js';
import { importEndpoints, unknownHall } from './import-endpoints.js';
import { WorkshopFailure } from './plan-workshop.js';
import { takeMapEndpoint } from './take-map-endpoint.js';

const LISTED_MAX = 100;
const reading = { method: 'GET', tag: 'Halls', access: 'public', rate: 'reads' } as const;
/** A picture is a document of its own when it is opened: nothing in it may load or run, whatever a plan smuggled in. */
const PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

export function hallEndpoints(parts: HallParts): readonly Endpoint[] {
  return [
    ...readEndpoints(parts),
    pictureEndpoint(parts),
    ...importEndpoints(parts),
    ...editEndpoints(parts),
    takeMapEndpoint(parts),
  ];
}

function readEndpoints({ pool }: HallParts): readonly Endpoint[] {
  return [
    endpoint({
      ...reading,
      id: 'listHalls',
      path: '/v1/halls',
      summary: `Halls in the order of their ids, at most ${LISTED_MAX} a page.`,
      parameters: {},
      query: { venue: hallId.optional(), cursor: hallId.optional() },
      reply: hallsSchema,
      errors: [],
      handle: async ({ query: { venue, cursor } }) => {
        const rows = await listHalls(pool, { venueId: venue, after: cursor, limit: LISTED_MAX + 1 });
        const halls = rows.slice(0, LISTED_MAX).map(hallView);
        const next = rows.length > LISTED_MAX ? halls.at(-1)?.id : undefined;
        return { ok: true, body: { halls, ...(next === undefined ? {} : { next }) } };
      },
    }),
    endpoint({
      ...reading,
      id: 'getHall',
      path: '/v1/halls/{hallId}',
      summary: 'One hall, with the seat map that its next showtimes get.',
      parameters: { hallId },
      reply: hallSchema,
      errors: ['unknown_hall'],
      handle: async ({ parameters: { hallId: id } }) => {
        const hall = await findHall(pool, id);
        return hall ? { ok: true, body: hallView(hall), etag: versionTag(hall.version) } : unknownHall();
      },
    }),
    endpoint({
      ...reading,
      id: 'listSeatMapVersions',
      path: '/v1/halls/{hallId}/seat-maps',
      summary: 'The seat maps that a hall has had, the newest first.',
      parameters: { hallId },
      reply: versionsSchema,
      errors: ['unknown_hall'],
      handle: async ({ parameters: { hallId: id } }) => {
        const versions = await listVersions(pool, id);
        if (versions.length === 0) return unknownHall();
        const view = versions.map(({ number, hash, places, createdAt }) => {
          return { version: number, ...mapUrls(hash), places, createdAt: createdAt.toISOString() };
        });
        return { ok: true, body: { versions: view } };
      },
    }),
  ];
}

function pictureEndpoint({ pool, workshop }: HallParts): Endpoint {
  const pictures = new SeatMapDocuments(async (hash) => {
    const document = await seatMapDocument(pool, hash);
    return document === undefined ? undefined : await workshop.picture(document);
  });
  return endpoint({
    ...reading,
    id: 'getSeatMapPicture',
    path: '/v1/seat-maps/{hash}/picture',
    summary: 'A seat map as SVG, for people to look at.',
    parameters: { hash: z.string() },
    mediaType: 'image/svg+xml',
    reply: z.string(),
    errors: ['not_found', 'overloaded'],
    handle: async ({ parameters: { hash } }) => {
      try {
        const document = await pictures.get(hash);
        if (!document) return { ok: false, error: wireError('not_found', 'There is no such seat map.') };
        const headers = {
          'content-type': 'image/svg+xml',
          'cache-control': 'public, max-age=86400',
          'content-security-policy': PICTURE_POLICY,
          etag: `"${hash}"`,
        };
        return { ok: true, body: { document, headers } };
      } catch (error) {
        if (!(error instanceof WorkshopFailure)) throw error;
        const message = 'This server is reading plans. Ask again.';
        return { ok: false, error: wireError('overloaded', message, { retryAfterMs: 3_000 }) };
      }
    },
  });
}

function editEndpoints({ pool, audit, changed }: HallParts): readonly Endpoint[] {
  const editing = {
    tag: 'Halls',
    access: { permission: 'halls.edit' },
    rate: 'commands',
    conditional: true,
    parameters: { hallId },
  } as const;
  return [
    endpoint({
      ...editing,
      id: 'changeHall',
      method: 'PATCH',
      path: '/v1/halls/{hallId}',
      summary: 'Renames a hall, or changes how long it needs between two showtimes.',
      body: hallChangeSchema,
      reply: hallSchema,
      errors: ['unknown_hall'],
      handle: async ({ parameters: { hallId: id }, body, caller, ifMatch }) => {
        const hall = await inTransaction<HallRow | WireError | undefined>(pool, async (client) => {
          const before = await lockHall(client, id);
          if (!before) return { commit: false, result: undefined };
          const stale = refuseStale(ifMatch, versionTag(before.version));
          if (stale) return { commit: false, result: stale };
          await changeHall(client, id, body);
          const { name, turnaroundMinutes } = before;
          const act = { caller, action: 'hall.change', subject: `hall:${id}` };
          await audit.write(client, { ...act, before: { name, turnaroundMinutes }, after: body });
          return { commit: true, result: await findHall(client, id) };
        });
        if (!hall) return unknownHall();
        if ('code' in hall) return { ok: false, error: hall };
        changed();
        return { ok: true, body: hallView(hall), etag: versionTag(hall.version) };
      },
    }),
    endpoint({
      ...editing,
      id: 'deleteHall',
      method: 'DELETE',
      path: '/v1/halls/{hallId}',
      summary: 'Deletes a hall that no showtime is in, with the versions of its seat map.',
      status: 204,
      reply: z.undefined(),
      errors: ['unknown_hall', 'in_use'],
      handle: async ({ parameters: { hallId: id }, caller, ifMatch }) => {
        const outcome = await inTransaction<'unknown' | 'used' | 'deleted' | WireError>(pool, async (client) => {
          const before = await lockHall(client, id);
          if (!before) return { commit: false, result: 'unknown' };
          const stale = refuseStale(ifMatch, versionTag(before.version));
          if (stale) return { commit: false, result: stale };
          if (!(await deleteHall(client, id))) return { commit: false, result: 'used' };
          const { name, venueId, seatMap } = before;
          const act = { caller, action: 'hall.delete', subject: `hall:${id}` };
          await audit.write(client, { ...act, before: { name, venueId, seatMap: seatMap.hash } });
          return { commit: true, result: 'deleted' };
        });
        if (outcome === 'unknown') return unknownHall();
        if (outcome === 'used') {
          return { ok: false, error: wireError('in_use', 'Showtimes are in this hall; it cannot be deleted.') };
        }
        if (outcome !== 'deleted') return { ok: false, error: outcome };
        changed();
        return { ok: true, body: undefined };
      },
    }),
  ];
}
