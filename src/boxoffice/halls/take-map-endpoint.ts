import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { HallParts } from './hall-parts.js';
import { takeMapSchema, takenSchema } from './hall-schemas.js';
import { type SeatMapTaken, takeSeatMap } from './take-seat-map.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A showtime gets another version of its hall's seat map, also while it is sold. */
export function takeMapEndpoint({ pool, audit, houses, changed }: HallParts): Endpoint {
  return endpoint({
    id: 'takeSeatMap',
    method: 'POST',
    path: '/v1/showtimes/{showtimeId}/seat-map',
    summary: 'Gives a showtime another version of the seat map of its hall, where no seat changes that somebody has.',
    tag: 'Halls',
    access: { permission: 'showtimes.edit' },
    rate: 'commands',
    parameters: { showtimeId: z.string().meta({ override: { type: 'string', format: 'uuid' } }) },
    body: takeMapSchema,
    reply: takenSchema,
    errors: ['unknown_showtime', 'not_found', 'seats_in_use', 'in_use', 'unpriced_category'],
    handle: async ({ parameters: { showtimeId: given }, body: { version }, caller }) => {
      if (!UUID.test(given)) return refusal({ outcome: 'unknown_showtime' });
      const showtimeId = given.toLowerCase();
      let taken: SeatMapTaken = { outcome: 'stale' };
      await houses.reload(showtimeId, async () => {
        taken = await takeSeatMap(pool, showtimeId, version, async (client, from, to) => {
          const act = { caller, action: 'showtime.seat_map', subject: `showtime:${showtimeId}` };
          await audit.write(client, { ...act, before: { seatMap: from }, after: { seatMap: to, version } });
        });
        return taken.outcome === 'taken';
      });
      const result = taken as SeatMapTaken;
      if (result.outcome !== 'taken' && result.outcome !== 'same') return refusal(result);
      await changed();
      return { ok: true, body: { showtimeId, seatMap: { hash: result.to, url: `/v1/seat-maps/${result.to}` } } };
    },
  });
}

function refusal(taken: Exclude<SeatMapTaken, { readonly outcome: 'taken' | 'same' }>): {
  readonly ok: false;
  readonly error: WireError;
} {
  switch (taken.outcome) {
    case 'unknown_showtime':
      return { ok: false, error: wireError('unknown_showtime', 'There is no such showtime.') };
    case 'unknown_version': {
      const message = 'The hall has no such version of its seat map.';
      return { ok: false, error: wireError('not_found', message, { field: 'version' }) };
    }
    case 'stale': {
      const message = 'Somebody has just given the showtime another seat map. Look at it, and try again.';
      return { ok: false, error: wireError('in_use', message) };
    }
    case 'unpriced': {
      const names = taken.categories.map((name) => JSON.stringify(name)).join(', ');
      const message = `The showtime has no price for the categories of this seat map: ${names}.`;
      return { ok: false, error: wireError('unpriced_category', message, { field: 'prices' }) };
    }
    case 'in use': {
      const shown = taken.seats.slice(0, 5).map(({ label, why }) => `${label} (${why})`);
      const message = `These seats change and are in use: ${shown.join(', ')}${taken.seats.length > 5 ? ' …' : ''}.`;
      return { ok: false, error: wireError('seats_in_use', message, { seats: taken.seats.map(({ label }) => label) }) };
    }
  }
}
