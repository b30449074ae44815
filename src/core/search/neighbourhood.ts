import { buildSeatGrid, type SeatGrid, seatsWithin } from '../geometry/seat-grid.js';
import { NONE } from '../seat-map.js';
import type { Candidates } from './candidates.js';
import { isCandidate, type Search } from './party.js';
import { pickUnits, suffices, type Units, unitsOf } from './pick-units.js';

/** How often the hall's own grid is asked before a grid of candidates only is made: less often the larger the party. */
const ASKED_DIRECTLY = 6_400;
/** Shares of the reach, squared, within which the nearest are looked for before all within reach are put in order. */
const NEARER = [1 / 16, 1 / 4, 1];

/**
 * The candidates around a seat: in its zone, and within a reach of two seats and half a seat a head, which is a party
 * that fills two or three rows.
 */
export class Neighbourhood {
  readonly #search: Search;
  readonly #candidates: Candidates;
  readonly #reach: number;
  #grid: SeatGrid;
  readonly #askedMax: number;
  #asked = 0;
  /** Of all candidates; undefined until they are counted. */
  #units: Units | undefined;
  #inZone = new Int32Array();

  constructor(search: Search, candidates: Candidates) {
    const { map } = search.house;
    this.#search = search;
    this.#candidates = candidates;
    this.#reach = map.pitch * (2 + search.party.count / 2);
    this.#grid = map.grid;
    this.#askedMax = ASKED_DIRECTLY / (4 + search.party.count) ** 2;
  }

  /**
   * `first` and then the candidates nearest to `seat`, pairs whole, until there are `count`; undefined where there are
   * not as many.
   */
  pick(seat: number, count: number, first: readonly number[]): number[] | undefined {
    const { house } = this.#search;
    if (++this.#asked > this.#askedMax && this.#isHopeless(seat, count, first.length)) return undefined;
    const missing = count - first.length;
    const around = this.#around(seat);
    if (around.length < missing) return undefined;
    const all = [...first, ...around];
    const { singles, pairs } = unitsOf(house, all);
    if (!suffices(count, singles, pairs)) return undefined;
    return this.#pickNearest(seat, count, first, around, all);
  }

  #pickNearest(
    seat: number,
    count: number,
    first: readonly number[],
    around: readonly number[],
    all: readonly number[],
  ): number[] | undefined {
    const { x, y } = this.#search.house.map.data.seats;
    const [atX, atY] = [x[seat] ?? 0, y[seat] ?? 0];
    const distance = (other: number) => ((x[other] ?? 0) - atX) ** 2 + ((y[other] ?? 0) - atY) ** 2;
    for (const share of NEARER) {
      const bound = share === 1 ? Infinity : this.#reach ** 2 * share;
      const near = around.filter((other) => distance(other) <= bound);
      near.sort((a, b) => distance(a) - distance(b) || a - b);
      const picked = pickUnits(this.#search.house, [...first, ...near], count, all);
      if (picked !== undefined) return picked;
    }
    return undefined;
  }

  /** In no order. Seats are picked one by one, where a companion could come without its wheelchair space: none is here. */
  #around(seat: number): number[] {
    const { map } = this.#search.house;
    const { x, y } = map.data.seats;
    const zone = map.zoneOf[seat];
    const isThin = this.#units !== undefined;
    return seatsWithin(this.#grid, map.data, x[seat] ?? 0, y[seat] ?? 0, this.#reach).filter(
      (other) =>
        map.zoneOf[other] === zone && map.wheelchairOf[other] === NONE && (isThin || isCandidate(this.#search, other)),
    );
  }

  /** Whether the candidates of the whole hall, or of the seat's zone, are too few. They are counted once. */
  #isHopeless(seat: number, count: number, first: number): boolean {
    const { map } = this.#search.house;
    this.#units ??= this.#thin();
    // Each of the first adds a single seat, or completes a pair.
    if (!suffices(count, this.#units.singles + first, this.#units.pairs + first)) return true;
    return (this.#inZone[map.zoneOf[seat] ?? NONE] ?? 0) < count - first;
  }

  /** A full hall has few candidates and many seats: from here on only the former are looked at. */
  #thin(): Units {
    const { house, special } = this.#search;
    const { map } = house;
    const all = this.#candidates.all(special);
    this.#inZone = new Int32Array(map.data.zones.length);
    for (const seat of all) {
      const zone = map.zoneOf[seat] ?? NONE;
      this.#inZone[zone] = (this.#inZone[zone] ?? 0) + 1;
    }
    // Cells as wide as the reach: a grid that is finer than its seats lie apart is slow to make.
    this.#grid = buildSeatGrid(map.data, Int32Array.from(all), this.#reach / 2);
    return unitsOf(house, all);
  }
}
