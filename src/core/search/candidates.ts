import { AVAILABLE } from '../house.js';
import { NONE } from '../seat-map.js';
import { isCandidate, type Search, withSpecial } from './party.js';
import { hasRoom, runsIn } from './runs.js';

/** Where at most one seat in so many is free, gathering and sorting them is cheaper than going through the hall. */
const FEW = 16;

/**
 * The seats that a search may give, nearest the focal point first, found as far as they are asked for. One look at each
 * seat serves both rounds: with those that are kept for people who need them (`special`), and without.
 */
export class Candidates {
  readonly #search: Search;
  readonly #found: number[] = [];
  readonly #foundOrdinary: number[] = [];
  #looked: number | undefined;

  constructor(search: Search) {
    this.#search = withSpecial(search);
  }

  /** The nth of them, from 0; NONE past the last. */
  at(n: number, special: boolean): number {
    return this.#upTo(n, special)[n] ?? NONE;
  }

  all(special: boolean): readonly number[] {
    return this.#upTo(Infinity, special);
  }

  #upTo(n: number, special: boolean): readonly number[] {
    this.#looked ??= this.#gatherFew();
    const search = this.#search;
    const { status, map } = search.house;
    const { seatsByFocal } = map;
    const wanted = special ? this.#found : this.#foundOrdinary;
    let looked = this.#looked;
    for (; looked < seatsByFocal.length && wanted.length <= n; looked++) {
      const seat = seatsByFocal[looked] ?? NONE;
      if (status[seat] === AVAILABLE && isCandidate(search, seat)) this.#enter(seat);
    }
    this.#looked = looked;
    return wanted;
  }

  /** @returns how much of the hall has been looked at: all of it, where few seats are free in blocks that have room. */
  #gatherFew(): number {
    const search = this.#search;
    const { house, ownBlocks } = search;
    const { status } = house;
    const { blocks, focalRank, seatsByFocal } = house.map;
    const alive: number[] = [];
    let free = 0;
    for (let block = 0; block < blocks.length; block++) {
      if ((house.freeInBlock[block] ?? 0) === 0) continue;
      // With distancing all free seats of a block may be too close to somebody.
      const isOwn = ownBlocks.size > 0 && ownBlocks.has(block);
      if (!isOwn && !hasRoom(runsIn(house, block), 1)) continue;
      free += (isOwn ? house.freeInBlock[block] : house.openInBlock[block]) ?? 0;
      if (free * FEW > seatsByFocal.length) return 0;
      alive.push(block);
    }
    const ranks: number[] = [];
    for (const block of alive) {
      const seats = blocks[block] ?? new Int32Array();
      for (let place = 0; place < seats.length; place++) {
        const seat = seats[place] ?? NONE;
        if (status[seat] === AVAILABLE && isCandidate(search, seat)) ranks.push(focalRank[seat] ?? NONE);
      }
    }
    for (const rank of Int32Array.from(ranks).sort()) this.#enter(seatsByFocal[rank] ?? NONE);
    return seatsByFocal.length;
  }

  #enter(seat: number): void {
    this.#found.push(seat);
    if (this.#search.house.map.isKept[seat] !== 1) this.#foundOrdinary.push(seat);
  }
}
