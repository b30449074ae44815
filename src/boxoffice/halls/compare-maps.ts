import type { SeatMapData } from '../../core/seat-map.js';

/** How the seats of a map are in a newer one, by their indexes in the older. */
export interface MapChanges {
  /** Another seat has the index, or none. */
  readonly replaced: readonly number[];
  /** The same seat, and its category or its kind is another. */
  readonly altered: readonly number[];
}

export function compareMaps(before: SeatMapData, next: SeatMapData): MapChanges {
  const replaced: number[] = [];
  const altered: number[] = [];
  const [kindBefore, kindNext] = [kindsOf(before), kindsOf(next)];
  for (const [index, label] of before.seats.label.entries()) {
    if (next.seats.label[index] !== label) replaced.push(index);
    else if (categoryOf(before, index) !== categoryOf(next, index) || kindBefore(index) !== kindNext(index)) {
      altered.push(index);
    }
  }
  return { replaced, altered };
}

function categoryOf({ seats, categories }: SeatMapData, seat: number): string | undefined {
  return categories[seats.category[seat] ?? -1]?.name;
}

/** What a seat is besides a seat, and with which others it is sold: the rules of a house follow from it. */
function kindsOf(map: SeatMapData): (seat: number) => string {
  const kinds = new Map<number, string>();
  const label = (seat: number) => map.seats.label[seat] ?? '';
  for (const seat of map.wheelchair) kinds.set(seat, 'wheelchair');
  for (const [companion, space] of map.companions) kinds.set(companion, `companion of ${label(space)}`);
  for (const [left, right] of map.pairs) {
    kinds.set(left, `pair with ${label(right)}`);
    kinds.set(right, `pair with ${label(left)}`);
  }
  for (const table of map.tables ?? []) {
    const members = table.map(label).sort().join(' ');
    for (const seat of table) kinds.set(seat, `table ${members}`);
  }
  for (const { name, first, count } of map.areas) {
    for (let seat = first; seat < first + count; seat++) kinds.set(seat, `standing in ${name}`);
  }
  return (seat) => kinds.get(seat) ?? '';
}
