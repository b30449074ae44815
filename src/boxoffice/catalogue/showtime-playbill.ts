import { compileSeatMap } from '../../core/compile-seat-map.js';
import type { HouseRules } from '../../core/house.js';
import type { SeatMap } from '../../core/seat-map.js';
import type { Playbill } from '../../runtime/playbill-port.js';
import type { Reads } from './reads.js';
import { seatMapData } from './seat-maps.js';
import { showtimeTerms, termsVersions } from './showtimes.js';
import { soldTypes } from './ticket-types.js';

/** What a showtime does not set for itself. */
export type DefaultRules = Omit<
  HouseRules,
  'prices' | 'ticketTypes' | 'currency' | 'salesOpen' | 'cancelled' | 'salesOpenAt' | 'salesCloseAt'
> & {
  readonly salesGraceMs: number;
};

async function accountsOf(pool: Reads, holders: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const { rows } = await pool.query<{ holder: string; account: string }>(
    'SELECT holder, account_id AS account FROM boxoffice.account_holders WHERE holder = ANY ($1::text[])',
    [holders],
  );
  return new Map(rows.map(({ holder, account }) => [holder, account]));
}

/**
 * The catalogue, as actors ask it. Showtimes of one hall share one compiled seat map while at least one of them runs:
 * a map of 20,000 seats takes megabytes, and a node may run hundreds of its showtimes.
 */
export function showtimePlaybill(pool: Reads, defaults: DefaultRules): Playbill {
  const maps = new Map<string, WeakRef<SeatMap>>();
  const compiled = async (hash: string): Promise<SeatMap> => {
    const known = maps.get(hash)?.deref();
    if (known) return known;
    const data = await seatMapData(pool, hash);
    if (!data) throw new Error(`There is no seat map ${hash}.`);
    // Two showtimes of one hall may have asked together: the first to come back compiles for both.
    const meanwhile = maps.get(hash)?.deref();
    if (meanwhile) return meanwhile;
    const map = compileSeatMap(data);
    maps.set(hash, new WeakRef(map));
    return map;
  };
  return {
    async terms(showtimeId) {
      const terms = await showtimeTerms(pool, showtimeId);
      if (!terms) return undefined;
      const { seatMapHash, channels, currency, salesOpen, cancelled, salesOpenAt, salesCloseAt, startsAt, version } =
        terms;
      const { salesGraceMs, limits: ownLimits, ...rules } = { ...defaults, ...terms.rules };
      const limits = defaults.limits && { ...defaults.limits, ...ownLimits };
      const map = await compiled(seatMapHash);
      const priceOf = ({ name }: { readonly name: string }): number => {
        const price = terms.prices[name];
        if (price === undefined) throw new Error(`Category ${name} of showtime ${showtimeId} has no price.`);
        return price;
      };
      const { categories } = map.data;
      const prices = categories.map(priceOf);
      const ticketTypes = soldTypes(terms.ticketTypes, categories, prices);
      return {
        map,
        mapHash: seatMapHash,
        version,
        rules: {
          ...rules,
          ...(channels.length > 0 ? { channels } : {}),
          ...(limits ? { limits } : {}),
          prices,
          ...(ticketTypes.length > 0 ? { ticketTypes } : {}),
          currency,
          salesOpen,
          ...(cancelled ? { cancelled } : {}),
          ...(salesOpenAt ? { salesOpenAt: salesOpenAt.getTime() } : {}),
          salesCloseAt: salesCloseAt?.getTime() ?? startsAt.getTime() + salesGraceMs,
        },
      };
    },
    accountsOf: (holders) => accountsOf(pool, holders),
    versions: (showtimeIds) => termsVersions(pool, showtimeIds),
  };
}
