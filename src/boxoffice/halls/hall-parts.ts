import type { Pool } from 'pg';
import { z } from 'zod';
import type { Audit } from '../audit/audit.js';
import type { HallView } from './hall-schemas.js';
import type { HallRow } from './hall-store.js';
import type { PlanWorkshop } from './plan-workshop.js';

/** The houses that run, wherever that is. */
export interface RunningHouses {
  /**
   * Runs a change of what a showtime is made of, and has whoever runs the showtime load it again. Where it runs on this node
   * it takes no commands meanwhile, and what it accepted before is written first. `change` gives false where nothing changed.
   */
  reload(showtimeId: string, change: () => Promise<boolean>): Promise<void>;
}

/** What the endpoints of halls work with. */
export interface HallParts {
  readonly pool: Pool;
  readonly workshop: PlanWorkshop;
  readonly audit: Audit;
  readonly houses: RunningHouses;
  /** To be called after a change was committed: listings are read again. */
  readonly changed: () => Promise<void>;
}

export const hallId = z.string().max(80);

export function hallView({ id, name, venueId, turnaroundMinutes, seatMap }: HallRow): HallView {
  const { hash, places, number } = seatMap;
  return { id, name, venueId, turnaroundMinutes, seatMap: { ...mapUrls(hash), places, version: number } };
}

export function mapUrls(hash: string): { readonly hash: string; readonly url: string; readonly pictureUrl: string } {
  return { hash, url: `/v1/seat-maps/${hash}`, pictureUrl: `/v1/seat-maps/${hash}/picture` };
}
