/** What one house costs as it grows, in this process and without a network: the core, the published view, the frames. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { GrownHouse } from '../../growth/grown-house.js';
import { type HardSearch, hardSearches, timeSearch } from '../../growth/hard-searches.js';
import { serveOrders } from '../serve-orders.js';

/** All in microseconds. */
export interface HouseTimes {
  readonly seats: number;
  /** Of one of the best free seats, and of any: then the larger house is the one that is not in the caches. */
  readonly hold: number;
  readonly holdAnywhere: number;
  readonly refused: number;
  readonly search: number;
  readonly hardest: { readonly micros: number; readonly what: string };
  readonly delta: number;
  readonly snapshot: number;
  readonly open: number;
}

export interface HouseSize {
  readonly seats: number;
  /** Of a house that nobody has bought from, over the seat map that it shares with others. */
  readonly bytes: number;
}

export type GrowthCore = typeof orders;

const HARDEST_KEPT = 5;
const HOUSES_WEIGHED = 200;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

const grown: { readonly house: GrownHouse; readonly hard: readonly HardSearch[] }[] = [];

const orders = {
  /** Makes a house of each size, half sold, and finds the states and wishes that take its search the longest. */
  prepare(sizes: readonly number[]): Promise<void> {
    for (const seats of sizes) {
      const house = new GrownHouse(seats);
      grown.push({ house, hard: hardSearches(house.map).slice(0, HARDEST_KEPT) });
    }
    return Promise.resolve();
  },

  /** One after the other, so that what disturbs the machine for a while disturbs all sizes. */
  measure(): Promise<HouseTimes[]> {
    return Promise.resolve(
      grown.map(({ house, hard }) => {
        const searched = hard.map((search) => ({ micros: timeSearch(search), what: search.what }));
        const hardest = searched.reduce((worst, one) => (one.micros > worst.micros ? one : worst));
        return { seats: house.map.count, hardest, ...house.times() };
      }),
    );
  },

  weigh(): Promise<HouseSize[]> {
    return Promise.resolve(
      grown.map(({ house }) => {
        const before = liveBytes();
        const houses = Array.from({ length: HOUSES_WEIGHED }, () => house.another());
        const bytes = (liveBytes() - before) / HOUSES_WEIGHED;
        // Used after the weighing, or it might be collected before.
        if (houses.some(({ available }) => available !== house.map.count)) throw new Error('A new house is not empty.');
        return { seats: house.map.count, bytes };
      }),
    );
  },
};

function liveBytes(): number {
  collectGarbage();
  // Once more for what the first left to its finalizers.
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

serveOrders(orders);
