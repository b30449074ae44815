/**
 * How long the runs of free seats of each block are, kept as bits so that a search passes over a block that cannot seat
 * the party without looking at its seats. Computed when first asked for after a seat of the block changed.
 */
import { AVAILABLE, type House } from '../house.js';
import { isNearTaken } from '../rules/distancing.js';
import { NONE } from '../seat-map.js';

/** Bit n says that there is a run of n seats, and the highest bit that there is one of so many or more. */
const LENGTH_MAX = 31;
/** No run has no seats, so the lowest bit is free to say that the others are known. */
const KNOWN = 1;

/** Some run of the block has room for `count` side by side. */
export function hasRoom(runs: number, count: number): boolean {
  return runs >>> Math.min(count, LENGTH_MAX) !== 0;
}

/**
 * Whether `count` seats of the block may leave no lone seat. False is certain: every run with room has one seat too many,
 * which then stays alone on one side.
 */
export function hasCleanRoom(runs: number, count: number): boolean {
  if (count + 2 > LENGTH_MAX) return hasRoom(runs, count);
  return ((runs >>> count) & 1) === 1 || runs >>> (count + 2) !== 0;
}

/**
 * The runs of a block as bits. With distancing a run is of seats far enough from all that is taken, whoever took it, so
 * it says nothing of a party that has seats in the block already.
 */
export function runsIn(house: House, block: number): number {
  const known = house.runsInBlock[block] ?? 0;
  if (known !== 0) return known;
  const runs = measure(house, block);
  house.runsInBlock[block] = runs;
  return runs;
}

function measure(house: House, block: number): number {
  const { map } = house;
  const seats = map.blocks[block] ?? new Int32Array();
  const isRing = map.isRing[block] === 1;
  // A ring is looked at from behind a taken seat, so that no run goes around its end.
  const start = isRing ? 1 + seats.findIndex((seat) => !isOpen(house, seat)) : 0;
  let runs = KNOWN;
  let [length, open] = [0, 0];
  for (let place = start; place <= start + seats.length; place++) {
    const seat = place < start + seats.length ? seats[place % seats.length] : undefined;
    if (seat !== undefined && isOpen(house, seat)) {
      length++;
      open++;
    } else if (length > 0) {
      runs |= 1 << Math.min(length, LENGTH_MAX);
      // Where one more than the party needs is no lone seat, the run is as good as one that is shorter by it.
      const [first, last] = [seats[(place - length) % seats.length], seats[(place - 1) % seats.length]];
      if (length <= LENGTH_MAX && toleratesRest(house, first, last)) runs |= 1 << (length - 1);
      length = 0;
    }
  }
  house.openInBlock[block] = open;
  return runs;
}

function isOpen(house: House, seat: number): boolean {
  return house.status[seat] === AVAILABLE && !(house.rules.distancing > 0 && isNearTaken(house, seat));
}

/** Whether a seat that is left over at one end of a run would not count as lone. */
function toleratesRest({ map, rules }: House, first = NONE, last = NONE): boolean {
  if (rules.distancing > 0) return true;
  // Around an empty table the run has no ends, so any of its seats may be left over.
  if (map.left[first] === last) return true;
  if (map.isOrdinary[first] !== 1 || map.isOrdinary[last] !== 1) return true;
  return rules.singleGap === 'lenient' && (map.left[first] === NONE || map.right[last] === NONE);
}
