import type { SeatMapData, StandingArea } from '../../core/seat-map.js';

/**
 * The new map of a hall with its seats in another order: a seat that the map before had, by its label, keeps its index
 * where it can. The journal names seats by index, so a showtime can take the new map where the seats that are in use keep
 * theirs. Indexes stay dense: where the hall has fewer seats than before, its last ones move into the gaps.
 */
export function keepIndexes(before: SeatMapData, next: SeatMapData): SeatMapData {
  const count = next.seats.label.length;
  const places = new Array<number>(count).fill(-1);
  /** The seat of `next` that each index will have. */
  const taken = new Array<number>(count).fill(-1);
  const put = (seat: number, index: number) => {
    places[seat] = index;
    taken[index] = seat;
  };
  const areas = placeAreas(before, next, put, taken);
  const indexBefore = new Map(before.seats.label.map((label, index) => [label, index]));
  const others: number[] = [];
  for (const [seat, label] of next.seats.label.entries()) {
    if (places[seat] !== -1) continue;
    const index = indexBefore.get(label);
    if (index !== undefined && index < count && taken[index] === -1) put(seat, index);
    else others.push(seat);
  }
  let free = 0;
  for (const seat of others) {
    while (taken[free] !== -1) free++;
    put(seat, free);
  }
  return reordered(next, taken, places, areas);
}

/** Places of one area follow each other. An area that is as it was stays where it was; others go as far back as there is room. */
function placeAreas(
  before: SeatMapData,
  next: SeatMapData,
  put: (seat: number, index: number) => void,
  taken: readonly number[],
): number[] {
  const firsts = next.areas.map(() => -1);
  const fill = (area: StandingArea, i: number, first: number) => {
    firsts[i] = first;
    for (let n = 0; n < area.count; n++) put(area.first + n, first + n);
  };
  const isFree = (first: number, count: number) =>
    first >= 0 && first + count <= taken.length && taken.slice(first, first + count).every((seat) => seat === -1);
  for (const [i, area] of next.areas.entries()) {
    const same = before.areas.find(({ name }) => name === area.name);
    if (same && isFree(same.first, area.count)) fill(area, i, same.first);
  }
  for (const [i, area] of next.areas.entries()) {
    if (firsts[i] !== -1) continue;
    let first = taken.length - area.count;
    while (first > 0 && !isFree(first, area.count)) first--;
    if (isFree(first, area.count)) fill(area, i, first);
    // Only areas are left, and they are in the way of each other: the order of the file serves.
    else return placeInOrder(next, put);
  }
  return firsts;
}

function placeInOrder(next: SeatMapData, put: (seat: number, index: number) => void): number[] {
  for (const area of next.areas) for (let n = 0; n < area.count; n++) put(area.first + n, area.first + n);
  return next.areas.map(({ first }) => first);
}

function reordered(
  map: SeatMapData,
  taken: readonly number[],
  places: readonly number[],
  firsts: readonly number[],
): SeatMapData {
  const { seats } = map;
  const moved = <Value>(column: readonly Value[]) => taken.map((seat) => column[seat] as Value);
  const at = (seat: number) => places[seat] ?? 0;
  return {
    ...map,
    seats: {
      label: moved(seats.label),
      x: moved(seats.x),
      y: moved(seats.y),
      category: moved(seats.category),
      row: moved(seats.row),
    },
    wheelchair: map.wheelchair.map(at).sort((a, b) => a - b),
    companions: map.companions.map(([companion, space]) => [at(companion), at(space)] as const),
    pairs: map.pairs.map(([left, right]) => [at(left), at(right)] as const),
    ...(map.tables ? { tables: map.tables.map((table) => table.map(at)) } : {}),
    areas: map.areas.map((area, i) => ({ ...area, first: firsts[i] ?? area.first })),
  };
}
