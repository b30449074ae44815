import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { retryableWhileAway } from '../boxoffice/accounts/while-away.js';
import type { HouseDesk } from '../boxoffice/house-desk-port.js';
import { PostgresWaitlistStore } from '../boxoffice/waitlist/postgres-waitlist-store.js';
import { waitingAtClaim } from '../boxoffice/waitlist/waiting-at-claim.js';
import { WaitlistDesk } from '../boxoffice/waitlist/waitlist-desk.js';
import { waitlistEndpoints } from '../boxoffice/waitlist/waitlist-endpoints.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Feed } from '../runtime/audience.js';
import type { Waitlist } from '../runtime/waitlist-port.js';
import { OfferWatch } from './offer-watch.js';
import type { Store, Undo } from './store.js';

/** The waitlist, as one node serves it. */
export interface Waitlists {
  readonly endpoints: readonly Endpoint[];
  /** For the owner of a showtime. */
  readonly waitlist: Waitlist;
  /** A feed that has offers filed and told as soon as the journal has them. */
  readonly watched: (feed: Feed, showtimeId: string) => Feed;
}

export function openWaitlist(config: Config, { pool, ids }: Store, house: HouseDesk, log: Log, undo: Undo): Waitlists {
  const { checkMs, ...limits } = config.waitlist;
  const store = new PostgresWaitlistStore(pool);
  const uuid = () => ids.uuid();
  const desk = new WaitlistDesk({ store, house, timers: nodeTimers, log, uuid, limits, checkMs });
  undo.push(() => desk.stop());
  const endpoints = waitlistEndpoints({ desk, store, db: pool, uuid });
  const watch = new OfferWatch((showtimeId) => desk.nudge(showtimeId));
  return {
    endpoints: retryableWhileAway(endpoints, isPostgresFailing, log, 'waitlist'),
    waitlist: waitingAtClaim(pool, limits.offerMs, uuid),
    watched: (feed, showtimeId) => watch.watched(feed, showtimeId),
  };
}
