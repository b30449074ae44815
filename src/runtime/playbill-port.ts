import type { HouseRules } from '../core/house.js';
import type { SeatMap } from '../core/seat-map.js';

/** What is on and at what terms: read-only for the runtime. */
export interface Playbill {
  /** Undefined: there is no such showtime. Rejects where the store cannot be reached. */
  terms(showtimeId: string): Promise<Terms | undefined>;
  /** Which of these holders log in to an account, and to which. Rejects as `terms` does. Absent: nobody has an account. */
  accountsOf?(holders: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The versions of the terms of these showtimes; those that there are not are left out. Rejects as `terms` does. */
  versions(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface Terms {
  readonly map: SeatMap;
  readonly mapHash: string;
  readonly rules: HouseRules;
  /** Rises with every change of the rules; what has a higher one is newer. */
  readonly version: number;
}
