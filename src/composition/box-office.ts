import { CircuitBreaker, guardedReads, isPostgresFailing } from '../adapters/circuit-breaker.js';
import { MemoryCache } from '../adapters/memory/memory-cache.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { localRates, sharedRates } from '../adapters/rate-limits.js';
import { RedisCache } from '../adapters/redis/redis-cache.js';
import { connectByKey } from '../adapters/redis/redis-connection.js';
import { allocationEndpoints } from '../boxoffice/allocations/allocation-endpoints.js';
import { listAllocations } from '../boxoffice/allocations/list-allocations.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { AvailabilityBoard } from '../boxoffice/availability/availability-board.js';
import { KnownAvailability } from '../boxoffice/availability/known-availability.js';
import { ListedAvailability } from '../boxoffice/availability/listed-availability.js';
import { bookingLookupEndpoints } from '../boxoffice/bookings/booking-endpoints.js';
import { findBooking } from '../boxoffice/bookings/find-booking.js';
import type { Cache } from '../boxoffice/cache-port.js';
import { cachedListings, LISTING_LIMITS, type ListingReads } from '../boxoffice/catalogue/cached-listings.js';
import { catalogueEndpoints } from '../boxoffice/catalogue/catalogue-endpoints.js';
import { editedEndpoints } from '../boxoffice/catalogue/edited-kind.js';
import { EDITED_MOVIES } from '../boxoffice/catalogue/edited-movies.js';
import { EDITED_VENUES } from '../boxoffice/catalogue/edited-venues.js';
import { CatalogueGeneration } from '../boxoffice/catalogue/generation.js';
import { listMovies } from '../boxoffice/catalogue/movies.js';
import { seatMapDocument } from '../boxoffice/catalogue/seat-maps.js';
import { showtimeEditEndpoints } from '../boxoffice/catalogue/showtime-editing.js';
import { findShowtime, listShowtimes } from '../boxoffice/catalogue/showtime-list.js';
import { showtimePlaybill } from '../boxoffice/catalogue/showtime-playbill.js';
import { listCities, listVenues } from '../boxoffice/catalogue/venues.js';
import { hallEndpoints } from '../boxoffice/halls/hall-endpoints.js';
import { PlanWorkshop } from '../boxoffice/halls/plan-workshop.js';
import { seatHistoryEndpoints } from '../boxoffice/seat-history/seat-history-endpoints.js';
import { Toggles } from '../boxoffice/toggles.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Rates } from '../http/rates-port.js';
import type { Log } from '../kernel/log.js';
import type { Playbill } from '../runtime/playbill-port.js';
import { HostedDesk } from './house-desk.js';
import { ReloadedHouses } from './reloaded-houses.js';
import type { Store, Undo } from './store.js';
import { openWaitlist, type Waitlists } from './waitlist.js';

const CACHE_SILENCE_MS_MAX = 4_000;
const CACHE_COMMAND_MS_MAX = 1_000;
const CACHE_CIRCUIT = { name: 'cache', timeoutMs: 100, retryAfterMs: 2_000, callsMin: 5 };
const RATES_CIRCUIT = { name: 'rates', timeoutMs: 100, retryAfterMs: 2_000, callsMin: 5 };
const CATALOGUE_CIRCUIT = { name: 'catalogue', timeoutMs: 3_000, retryAfterMs: 5_000, callsMin: 5 };

/** What surrounds the seats, as one node has it. */
export interface BoxOffice {
  readonly endpoints: readonly Endpoint[];
  readonly playbill: Playbill;
  readonly rates: Rates;
  readonly toggles: Toggles;
  readonly generation: CatalogueGeneration;
  readonly board: AvailabilityBoard;
  readonly cache: Cache;
  /** To be bound to the houses when these are there; so is the next. */
  readonly desk: HostedDesk;
  readonly houses: ReloadedHouses;
  readonly waitlists: Waitlists;
}

export function openBoxOffice(config: Config, store: Store, planWorker: string, log: Log, undo: Undo): BoxOffice {
  const { pool, clock, ids } = store;
  const timers = nodeTimers;
  const { cache, rates } = config.cluster ? sharedParts(config, config.cluster, log, undo) : loneParts(config, clock);
  const circuit = new CircuitBreaker({ ...CATALOGUE_CIRCUIT, log, isFailure: isPostgresFailing });
  undo.push(() => circuit.stop());
  const db = guardedReads(pool, circuit);
  const toggles = new Toggles({ off: config.togglesOff, cache, timers, log });
  undo.push(() => toggles.stop());
  const generation = new CatalogueGeneration({ cache, ids, timers });
  undo.push(() => generation.stop());
  const areCountsOn = () => toggles.isOn('availability');
  const board = new AvailabilityBoard({ cache, timers, isOn: areCountsOn });
  undo.push(() => board.stop());
  const reads: ListingReads = {
    movies: (filter) => listMovies(db, filter),
    showtimes: (filter) => listShowtimes(db, filter, clock.now()),
    showtime: (id) => findShowtime(db, id),
    venues: (filter) => listVenues(db, filter),
    cities: (after) => listCities(db, after),
  };
  const now = () => clock.now();
  const context = { cache, generation, clock, timers, log, random: Math.random, limits: LISTING_LIMITS };
  const listed = {
    listings: cachedListings(reads, context),
    availability: new ListedAvailability(new KnownAvailability({ cache, clock }), areCountsOn, now),
    seatMapDocument: (hash: string) => seatMapDocument(db, hash),
    now,
    log,
  };
  const playbill = showtimePlaybill(db, config.rules);
  const houses = new ReloadedHouses();
  const desk = new HostedDesk({ clock, timers });
  const waitlists = openWaitlist(config, store, desk, log, undo);
  const edits = {
    pool,
    audit: postgresAudit,
    now,
    uuid: () => ids.uuid(),
    changed: () => generation.changed(),
    tellTerms: (showtimeId: string) => houses.tellTerms(showtimeId),
  };
  const endpoints = [
    ...catalogueEndpoints(listed),
    ...editedEndpoints(EDITED_MOVIES, edits),
    ...editedEndpoints(EDITED_VENUES, edits),
    ...showtimeEditEndpoints(edits),
    ...seatHistoryEndpoints({ db, playbill, log }),
    ...bookingLookupEndpoints((reference) => findBooking(db, playbill, reference), log),
    ...allocationEndpoints((showtimeId) => listAllocations(db, playbill, showtimeId), log),
    ...waitlists.endpoints,
    ...hallEndpoints({ ...edits, workshop: new PlanWorkshop(planWorker), houses }),
  ];
  return { endpoints, playbill, rates, toggles, generation, board, cache, houses, desk, waitlists };
}

function loneParts(config: Config, clock: Store['clock']): { cache: Cache; rates: Rates } {
  return { cache: new MemoryCache({ clock }), rates: localRates(config.rates) };
}

/** One connection for what may fail at any time without anybody noticing: cached values, and counts of rates. */
function sharedParts(
  config: Config,
  { redisUrl: url, name: prefix }: NonNullable<Config['cluster']>,
  log: Log,
  undo: Undo,
): { cache: Cache; rates: Rates } {
  const redis = connectByKey({
    url,
    name: `${prefix}-cache`,
    log,
    silenceMsMax: CACHE_SILENCE_MS_MAX,
    commandMsMax: CACHE_COMMAND_MS_MAX,
  });
  undo.push(() => redis.disconnect());
  const circuit = new CircuitBreaker({ ...CACHE_CIRCUIT, log });
  undo.push(() => circuit.stop());
  const ratesCircuit = new CircuitBreaker({ ...RATES_CIRCUIT, log });
  undo.push(() => ratesCircuit.stop());
  return {
    cache: new RedisCache({ redis, prefix, circuit, log }),
    rates: sharedRates({ redis, prefix, perSecond: config.rates, circuit: ratesCircuit }),
  };
}
