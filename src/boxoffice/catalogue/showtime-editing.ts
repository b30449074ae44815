/** Showtimes as people edit them. What changes is told to whoever runs the showtime as soon as it is committed. */
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type IfMatch, refuseStale, versionTag } from '../../http/if-match.js';
import { beginShowtimeRefunds } from '../returns/begin-showtime-refunds.js';
import { type Edited, type EditParts, edit, refuse, text } from './edit-parts.js';
import { addShowtimes } from './showtime-adding.js';
import { addedSchema, newShowtimes, recordSchema, recordView, showtimeChange } from './showtime-schemas.js';
import {
  cancelRecord,
  deleteRecord,
  findRecord,
  lockHallOf,
  lockRecord,
  refuseOverlap,
  type ShowtimeRecord,
  updateRecord,
} from './showtime-store.js';
import { categoriesWithout } from './showtimes.js';
import { mergePrices, refuseUnknownCategories } from './ticket-types.js';

type Change = z.output<typeof showtimeChange>;

export function showtimeEditEndpoints(parts: EditParts): readonly Endpoint[] {
  const editing = { tag: 'Catalogue', access: { permission: 'showtimes.edit' }, rate: 'commands' } as const;
  const one = { ...editing, parameters: { showtimeId: z.uuid().toLowerCase() } } as const;
  return [
    endpoint({
      ...editing,
      id: 'addShowtimes',
      method: 'POST',
      path: '/v1/showtimes',
      summary: 'Puts a movie on in a hall: once, or at the same times on many days. All of them are added, or none.',
      parameters: {},
      body: newShowtimes,
      status: 201,
      reply: addedSchema,
      errors: [
        'unknown_movie',
        'unknown_hall',
        'unknown_category',
        'unpriced_category',
        'showtime_past',
        'showtime_overlap',
      ],
      idempotent: 'optional',
      handle: async ({ body, caller, commandId }) => {
        const added = await addShowtimes(parts, body, caller, commandId);
        if (!added.ok) return added;
        await parts.changed();
        return { ok: true, body: added.value };
      },
    }),
    endpoint({
      ...one,
      id: 'getShowtimeSettings',
      method: 'GET',
      path: '/v1/showtimes/{showtimeId}/settings',
      summary: 'What people edit of a showtime.',
      reply: recordSchema,
      errors: ['unknown_showtime'],
      handle: async ({ parameters: { showtimeId } }) => {
        const record = await findRecord(parts.pool, showtimeId);
        return record ? answer(record) : unknown();
      },
    }),
    endpoint({
      ...one,
      id: 'changeShowtime',
      method: 'PATCH',
      path: '/v1/showtimes/{showtimeId}',
      summary: 'Changes what is given of a showtime. Whoever watches it is told at once; holds keep their price.',
      conditional: true,
      body: showtimeChange,
      reply: recordSchema,
      errors: [
        'unknown_showtime',
        'unknown_category',
        'unpriced_category',
        'showtime_past',
        'showtime_overlap',
        'showtime_cancelled',
      ],
      handle: async ({ parameters: { showtimeId }, body, ifMatch, caller }) =>
        await settle(parts, showtimeId, await change(parts, showtimeId, body, ifMatch, caller)),
    }),
    endpoint({
      ...one,
      id: 'cancelShowtime',
      method: 'POST',
      path: '/v1/showtimes/{showtimeId}/cancel',
      summary:
        'Cancels a showtime for good: it leaves the lists, sales close and all holds end at once. Its orders are refunded.',
      conditional: true,
      body: z.strictObject({ reason: text(500).min(1) }),
      reply: recordSchema,
      errors: ['unknown_showtime', 'showtime_cancelled'],
      handle: async ({ parameters: { showtimeId }, body: { reason }, ifMatch, caller }) =>
        await settle(parts, showtimeId, await cancel(parts, showtimeId, reason, ifMatch, caller)),
    }),
    endpoint({
      ...one,
      id: 'deleteShowtime',
      method: 'DELETE',
      path: '/v1/showtimes/{showtimeId}',
      summary: 'Deletes a showtime that nobody has opened yet. Any other can be cancelled.',
      conditional: true,
      status: 204,
      reply: z.undefined(),
      errors: ['unknown_showtime', 'in_use'],
      handle: async ({ parameters: { showtimeId }, ifMatch, caller }) => {
        const done = await remove(parts, showtimeId, ifMatch, caller);
        if (!done.ok) return done;
        await parts.changed();
        return { ok: true, body: undefined };
      },
    }),
  ];
}

async function settle(parts: EditParts, id: string, done: Edited<ShowtimeRecord>) {
  if (!done.ok) return done;
  await Promise.all([parts.tellTerms(id), parts.changed()]);
  return answer(done.value);
}

function answer(record: ShowtimeRecord) {
  return { ok: true, body: recordView(record), etag: versionTag(record.version) } as const;
}

function unknown() {
  return refuse('unknown_showtime', 'There is no such showtime.');
}

/** But for prices and types. Absent members stay as they are; the schema gives no member that is undefined a meaning of its own. */
function given({ prices: _prices, ticketTypes: _types, ...change }: Change): Partial<ShowtimeRecord> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
}

function change({ pool, audit, now }: EditParts, id: string, wanted: Change, ifMatch: IfMatch, caller: Caller) {
  return edit<ShowtimeRecord>(pool, async (client) => {
    // The hall first, as whoever adds showtimes does: two edits cannot lock each other out.
    const hallId = (await findRecord(client, id))?.hallId;
    const hall = hallId === undefined ? undefined : await lockHallOf(client, hallId);
    const before = await lockRecord(client, id);
    if (!before || !hall) return unknown();
    const stale = refuseStale(ifMatch, versionTag(before.version));
    if (stale) return { ok: false, error: stale };
    if (before.cancelledAt) return refuse('showtime_cancelled', 'The showtime is cancelled.');
    const merged = mergePrices(wanted, before);
    if (!merged.ok) return merged;
    const after = { ...before, ...given(wanted), ...merged.value };
    const unpriced = await categoriesWithout(client, before.seatMapHash, after.prices);
    if (unpriced.length > 0) return refuse('unpriced_category', `No price for: ${unpriced.join(', ')}.`, 'prices');
    const known = await refuseUnknownCategories(
      client,
      before.seatMapHash,
      wanted.ticketTypes ? after.ticketTypes : [],
    );
    if (!known.ok) return known;
    if (wanted.startsAt || wanted.durationMinutes !== undefined) {
      if (wanted.startsAt && wanted.startsAt.getTime() <= now()) {
        return refuse('showtime_past', 'A showtime cannot start in the past.', 'startsAt');
      }
      const { rows } = await client.query<{ minutes: number }>(
        'SELECT runtime_minutes AS minutes FROM boxoffice.movies WHERE id = $1',
        [before.movieId],
      );
      const minutes = after.durationMinutes ?? rows[0]?.minutes ?? 0;
      const starts = [{ id, startsAt: after.startsAt }];
      const free = await refuseOverlap(client, hall, { hallId: before.hallId, minutes, starts });
      if (!free.ok) return free;
    }
    await updateRecord(client, after);
    await audit.write(client, { caller, action: 'showtime.change', subject: `showtime:${id}`, before, after: wanted });
    return { ok: true, value: (await findRecord(client, id)) as ShowtimeRecord };
  });
}

function cancel({ pool, audit }: EditParts, id: string, reason: string, ifMatch: IfMatch, caller: Caller) {
  return edit<ShowtimeRecord>(pool, async (client) => {
    const before = await lockRecord(client, id);
    if (!before) return unknown();
    const stale = refuseStale(ifMatch, versionTag(before.version));
    if (stale) return { ok: false, error: stale };
    if (before.cancelledAt) return refuse('showtime_cancelled', 'The showtime is cancelled already.');
    await cancelRecord(client, id, reason);
    await beginShowtimeRefunds(client, id);
    await audit.write(client, { caller, action: 'showtime.cancel', subject: `showtime:${id}`, after: { reason } });
    return { ok: true, value: (await findRecord(client, id)) as ShowtimeRecord };
  });
}

function remove({ pool, audit }: EditParts, id: string, ifMatch: IfMatch, caller: Caller) {
  return edit<undefined>(pool, async (client) => {
    const before = await lockRecord(client, id);
    if (!before) return unknown();
    const stale = refuseStale(ifMatch, versionTag(before.version));
    if (stale) return { ok: false, error: stale };
    if (!(await deleteRecord(client, id))) {
      return refuse('in_use', 'Somebody has opened this showtime, so it cannot be deleted. Cancel it instead.');
    }
    await audit.write(client, { caller, action: 'showtime.delete', subject: `showtime:${id}`, before });
    return { ok: true, value: undefined };
  });
}
