import type { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { editOnce } from '../repeated-requests.js';
import { type Edited, type EditParts, refuse } from './edit-parts.js';
import type { addedSchema, NewShowtimes } from './showtime-schemas.js';
import { SERIES_MAX, type SeriesStart, startAt, startsOf } from './showtime-series.js';
import { insertRecords, lockHallOf, refuseOverlap } from './showtime-store.js';
import { categoriesWithout } from './showtimes.js';
import { mergePrices, refuseUnknownCategories } from './ticket-types.js';
import { localTime } from './venue-time.js';

type Added = z.output<typeof addedSchema>;

/** Adds one showtime or a series of them in one transaction: where any of them is refused, none is added. */
export function addShowtimes(
  parts: EditParts,
  wanted: NewShowtimes,
  caller: Caller,
  key: string,
): Promise<Edited<Added>> {
  const { pool, audit, now, uuid } = parts;
  return editOnce<Added>(pool, { caller, key, asked: { add: 'showtimes', wanted } }, async (client) => {
    const { movieId, hallId, currency, durationMinutes = null } = wanted;
    const hall = await lockHallOf(client, hallId);
    if (!hall) return refuse('unknown_hall', 'There is no such hall.', 'hallId');
    const { rows } = await client.query<{ minutes: number }>(
      'SELECT runtime_minutes AS minutes FROM boxoffice.movies WHERE id = $1 FOR KEY SHARE',
      [movieId],
    );
    if (!rows[0]) return refuse('unknown_movie', 'There is no such movie.', 'movieId');
    const merged = mergePrices(wanted, { ticketTypes: [] });
    if (!merged.ok) return merged;
    const { prices, ticketTypes } = merged.value;
    const unpriced = await categoriesWithout(client, hall.hash, prices);
    if (unpriced.length > 0) return refuse('unpriced_category', `No price for: ${unpriced.join(', ')}.`, 'prices');
    const known = await refuseUnknownCategories(client, hall.hash, ticketTypes);
    if (!known.ok) return known;
    const starts = startsWanted(wanted, hall.timeZone);
    if (starts.length === 0) return refuse('invalid_field', 'The last day is before the first.', 'series.lastDay');
    if (starts.length > SERIES_MAX) {
      return refuse('invalid_field', `A series has at most ${SERIES_MAX} showtimes.`, 'series.lastDay');
    }
    const past = starts.find(({ startsAt }) => startsAt <= now());
    if (past) return refuse('showtime_past', `${past.local} is in the past.`, 'startsAt');
    const added = starts.map((start) => ({ ...start, id: uuid(), startsAt: new Date(start.startsAt) }));
    const record = {
      ...{ movieId, hallId, currency, prices, ticketTypes, durationMinutes, seatMapHash: hall.hash },
      rules: wanted.rules ?? {},
      salesOpen: wanted.salesOpen ?? true,
      salesOpenAt: wanted.salesOpenAt ?? null,
      salesCloseAt: wanted.salesCloseAt ?? null,
      channels: wanted.channels ?? [],
      salePolicy: wanted.salePolicy ?? {},
    };
    await insertRecords(client, record, added);
    const minutes = durationMinutes ?? rows[0].minutes;
    const free = await refuseOverlap(client, hall, { hallId, minutes, starts: added });
    if (!free.ok) return free;
    const showtimes = added.map(({ id, startsAt, adjusted }): Added['showtimes'][number] => {
      const told = {
        id,
        startsAt: startsAt.toISOString(),
        startsAtLocal: localTime(startsAt.getTime(), hall.timeZone),
      };
      return adjusted ? { ...told, adjusted } : told;
    });
    await audit.write(client, {
      caller,
      action: 'showtime.add',
      subject: `hall:${hallId}`,
      after: { movieId, showtimes },
    });
    return { ok: true, value: { showtimes } };
  });
}

function startsWanted({ startsAt, startsAtLocal, series }: NewShowtimes, timeZone: string): SeriesStart[] {
  if (series) return startsOf(series, timeZone);
  if (startsAtLocal !== undefined) return [startAt(startsAtLocal, timeZone)];
  return startsAt ? [{ local: localTime(startsAt.getTime(), timeZone), startsAt: startsAt.getTime() }] : [];
}
