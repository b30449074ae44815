/**
 * How long the runs of free seats of each block are, kept as bits so that a search passes over a block that cannot seat
 * the party without looking at its seats. Computed when first asked for after a seat of the block changed.
 */
import { AVAILABLE, type House } from '../house.js';
import { isNearTaken } from '../rules/distancing.js';

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
  const { status, rules, map } = house;
  const seats = map.blocks[block] ?? new Int32Array();
  const distancing = rules.distancing > 0;
  let runs = KNOWN;
  let [length, open] = [0, 0];
  for (let place = 0; place <= seats.length; place++) {
    const seat = seats[place];
    if (seat !== undefined && status[seat] === AVAILABLE && !(distancing && isNearTaken(house, seat))) {
      length++;
      open++;
    } else if (length > 0) {
      runs |= 1 << Math.min(length, LENGTH_MAX);
      // Where one more than the party needs is no lone seat, the run is as good as one that is shorter by it.
      if (length <= LENGTH_MAX && toleratesRest(house, seats, place - length, place - 1)) runs |= 1 << (length - 1);
      length = 0;
    }
  }
  house.openInBlock[block] = open;
  return runs;
}

/** Whether a seat that is left over at one end of a run would not count as lone. */
function toleratesRest(house: House, seats: Int32Array, first: number, last: number): boolean {
  const { map, rules } = house;
  if (rules.distancing > 0) return true;
  if (map.isOrdinary[seats[first] ?? 0] !== 1 || map.isOrdinary[seats[last] ?? 0] !== 1) return true;
  return rules.singleGap === 'lenient' && (first === 0 || last === seats.length - 1);
}
