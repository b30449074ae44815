import type { Pool } from 'pg';
import { compileSeatMap } from '../../core/compile-seat-map.js';
import type { HouseRules } from '../../core/house.js';
import type { SeatMap } from '../../core/seat-map.js';
import type { Playbill } from '../../runtime/ports.js';
import { type ShowtimeTerms, showtimeTerms } from './showtimes.js';

/** What a showtime does not set for itself. */
export type DefaultRules = Omit<HouseRules, 'prices' | 'currency' | 'salesOpen'>;

/**
 * The catalogue, as actors ask it. Showtimes of one hall share one compiled seat map for as long as any of them runs:
 * a map of 20,000 seats takes megabytes, and a node may run hundreds of its showtimes.
 */
export function showtimePlaybill(pool: Pool, defaults: DefaultRules): Playbill {
  const maps = new Map<string, WeakRef<SeatMap>>();
  const compiled = ({ seatMapHash, data }: ShowtimeTerms): SeatMap => {
    const known = maps.get(seatMapHash)?.deref();
    if (known) return known;
    const map = compileSeatMap(data);
    maps.set(seatMapHash, new WeakRef(map));
    return map;
  };
  return {
    async terms(showtimeId) {
      const terms = await showtimeTerms(pool, showtimeId);
      if (!terms) return undefined;
      const { seatMapHash, data, prices, currency, rules, salesOpen } = terms;
      const priceOf = ({ name }: { readonly name: string }): number => {
        const price = prices[name];
        if (price === undefined) throw new Error(`Category ${name} of showtime ${showtimeId} has no price.`);
        return price;
      };
      return {
        map: compiled(terms),
        mapHash: seatMapHash,
        rules: { ...defaults, ...rules, prices: data.categories.map(priceOf), currency, salesOpen },
      };
    },
  };
}
