import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { editedEndpoints } from '../catalogue/edited-kind.js';
import { SeatMapDocuments } from '../catalogue/seat-map-documents.js';
import { seatMapDocument } from '../catalogue/seat-maps.js';
import { EDITED_HALLS } from './edited-halls.js';
import { type HallParts, hallId, hallView, mapUrls } from './hall-parts.js';
import { hallsSchema, versionsSchema } from './hall-schemas.js';
import { listHalls, listVersions } from './hall-store.js';
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
    ...editedEndpoints(EDITED_HALLS, parts),
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
