/** Whether what was measured was done: a map without its seats, or one that stands still, is painted fast. */
import { AVAILABLE, HELD } from '../load/house-view.js';
import type { Changed, Standing } from '../load/programs/seat-changes.js';
import type { MapWindow } from './map-window.js';

/** With fewer held seats in view nothing would be shown by their colours. */
const HELD_IN_VIEW_MIN = 10;

/** Every seat has left something on the canvas where it stands. */
export async function checkAllPainted(window: MapWindow, labels: readonly string[]): Promise<void> {
  const colours = await window.colours(labels);
  const bare = labels.filter((_, seat) => ((colours[seat] ?? 0) & 0xff) === 0);
  if (bare.length > 0) throw new Error(`${bare.length} seats are not on the map, among them ${bare[0]}.`);
}

/** The page took every delta that the load's own client took, and has the same house as that. */
export async function checkFollowed(
  window: MapWindow,
  seqBefore: number,
  load: Changed,
  standing: Standing,
): Promise<void> {
  const shown = await window.shown();
  if (load.changes < load.granted || load.deltas === 0) {
    throw new Error(`${load.granted} commands made ${load.changes} changes in ${load.deltas} deltas.`);
  }
  if (shown.epoch !== standing.epoch || shown.seq !== standing.seq || shown.seq - seqBefore !== load.deltas) {
    throw new Error(`The page went from ${seqBefore} to ${shown.seq}, the house by ${load.deltas} to ${standing.seq}.`);
  }
  const wrong = shown.statuses.filter((status, seat) => status !== standing.statuses[seat]).length;
  if (wrong > 0) throw new Error(`The page is wrong about ${wrong} seats.`);
}

/** On the canvas free seats have the colour of their category, and held ones another. */
export async function checkStatusColours(
  window: MapWindow,
  labels: readonly string[],
  categories: readonly number[],
): Promise<void> {
  const { statuses } = await window.shown();
  const colours = await window.colours(labels);
  const free = new Map<number, number>();
  for (const [seat, colour] of colours.entries()) {
    const category = categories[seat] ?? -1;
    if (colour === undefined || statuses[seat] !== AVAILABLE) continue;
    const known = free.get(category) ?? colour;
    if (known !== colour) throw new Error(`The free seat ${labels[seat]} is not in the colour of its category.`);
    free.set(category, colour);
  }
  let held = 0;
  for (const [seat, colour] of colours.entries()) {
    if (colour === undefined || statuses[seat] !== HELD) continue;
    held++;
    if ([...free.values()].includes(colour))
      throw new Error(`The held seat ${labels[seat]} is in the colour of a free one.`);
  }
  if (free.size === 0 || held < HELD_IN_VIEW_MIN) throw new Error(`${held} held seats are in view.`);
}
