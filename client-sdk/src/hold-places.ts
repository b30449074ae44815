import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import type { ShowtimeClient } from './client.js';
import type { CommandOptions } from './commands.js';
import { clientError, type HoldResult } from './results.js';

/** How often other places of a standing area are tried after somebody was faster. */
const ATTEMPTS = 3;

/**
 * Holds `count` places of a standing area; which ones does not matter to anybody. Best-available knows zones and
 * categories and not areas, so the server chooses where these two name this area and nothing else.
 * @param random uniform in [0, 1): buyers who all took the first free places would race for the same ones.
 */
export async function holdPlaces(
  client: Pick<ShowtimeClient, 'hold' | 'bestAvailable' | 'statusOf'>,
  map: SeatMapDocument,
  area: number,
  count: number,
  options: CommandOptions & { readonly holdId?: string },
  random: () => number,
): Promise<HoldResult> {
  const wanted = map.areas[area];
  const zone = map.zones[wanted?.zone ?? -1]?.name;
  const category = map.categories[wanted?.category ?? -1]?.name;
  if (options.holdId === undefined && zone !== undefined && category !== undefined && isOnlyOneLikeIt(map, area)) {
    return await client.bestAvailable({ count, zone, category }, options);
  }
  for (let attempt = 1; ; attempt++) {
    const places = freePlaces(map, area, count, random(), (seat) => client.statusOf(seat) === 'available');
    if (places.length < count) return { ok: false, error: clientError('none_available', 'Too few places are left.') };
    const result = await client.hold(places, options);
    if (result.ok || result.error.code !== 'seats_unavailable' || attempt === ATTEMPTS) return result;
  }
}

/** A run of free places from a start somewhere in the area, by `share` of it. */
function freePlaces(
  { areas, seats }: SeatMapDocument,
  area: number,
  wanted: number,
  share: number,
  isFree: (seat: number) => boolean,
): string[] {
  const { first = 0, count = 0 } = areas[area] ?? {};
  const start = Math.floor(share * count);
  const places: string[] = [];
  for (let i = 0; i < count && places.length < wanted; i++) {
    const place = first + ((start + i) % count);
    if (isFree(place)) places.push(seats.label[place] ?? '');
  }
  return places;
}

function isOnlyOneLikeIt({ areas, seats, rows }: SeatMapDocument, area: number): boolean {
  const wanted = areas[area];
  const alike = areas.filter((other) => other.zone === wanted?.zone && other.category === wanted.category);
  return (
    alike.length === 1 &&
    !seats.row.some((row, seat) => rows[row]?.zone === wanted?.zone && seats.category[seat] === wanted?.category)
  );
}
