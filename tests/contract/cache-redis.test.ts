import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { CircuitBreaker } from '../../src/adapters/circuit-breaker.js';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { RedisCache } from '../../src/adapters/redis/redis-cache.js';
import { connectByKey } from '../../src/adapters/redis/redis-connection.js';
import type { SeatCounts } from '../../src/boxoffice/cache-port.js';
import { cachedListings, LISTING_LIMITS } from '../../src/boxoffice/catalogue/cached-listings.js';
import { CatalogueGeneration } from '../../src/boxoffice/catalogue/generation.js';
import type { Movie } from '../../src/boxoffice/catalogue/movies.js';
import { startRedis } from '../redis/redis.js';
import { silentLog } from '../silent-log.js';
import { cacheSuite } from './cache-suite.js';

const COUNTS: SeatCounts = { epoch: 1, seq: 1, available: 5, held: 1, booked: 2, blocked: 0, seats: 8 };

let server: Awaited<ReturnType<typeof startRedis>>;
let admin: Redis;
const closing: (() => void)[] = [];

/** The cache of one more node. */
function openCache({ timeoutMs = 2_000, retryAfterMs = 100 } = {}): RedisCache {
  // Far longer than any test: what bounds a call is the circuit.
  const redis = connectByKey({ url: server.url, name: 'test-cache', log: silentLog, silenceMsMax: 600_000 });
  const circuit = new CircuitBreaker({ name: 'redis', log: silentLog, timeoutMs, retryAfterMs, callsMin: 2 });
  closing.push(() => {
    circuit.stop();
    redis.disconnect();
  });
  return new RedisCache({ prefix: 'test', redis, circuit, log: silentLog });
}

async function openReadyCache(...options: Parameters<typeof openCache>): Promise<RedisCache> {
  const cache = openCache(...options);
  await vi.waitFor(async () => expect(await cache.get('any')).toBeDefined(), { timeout: 10_000 });
  return cache;
}

beforeAll(async () => {
  server = await startRedis();
  admin = new Redis(server.url);
});
afterEach(() => {
  for (const close of closing.splice(0)) close();
});
afterAll(async () => {
  admin?.disconnect();
  await server?.stop();
});

cacheSuite('the cache in Redis', async () => {
  const cache = await openReadyCache();
  const close = closing.splice(0);
  return {
    cache,
    pass: async (ms) => void (await sleep(ms)),
    close: async () => {
      for (const each of close) each();
    },
  };
});

describe('a Redis that lies', () => {
  it.each(['rubbish', '1 1', '1 1 5 1 2 0 9', '-1 1 5 1 2 0 8'])(
    'with counts %s is taken to have none',
    async (text) => {
      const cache = await openReadyCache();
      const id = randomUUID();
      await admin.set(`{test:availability}:${id}`, text);
      expect(await cache.counts([id])).toEqual(new Map());
    },
  );

  it('with another type under the key of counts is corrected, and the other showtimes with it', async () => {
    const cache = await openReadyCache();
    const [lie, other] = [randomUUID(), randomUUID()];
    await admin.lpush(`{test:availability}:${lie}`, 'x');
    expect(await cache.counts([lie])).toEqual(new Map());
    const both = new Map([lie, other].map((id) => [id, COUNTS]));
    expect(await cache.putCounts(both, 60_000, 'unless newer')).toBe(true);
    expect(await cache.counts([lie, other])).toEqual(both);
  });

  it('with another type under a key gives no answer, and no error', async () => {
    const cache = await openReadyCache();
    const key = randomUUID();
    await admin.lpush(`test:${key}`, 'x');
    expect(await cache.get(key)).toBeUndefined();
  });
});

describe('a Redis that stops answering', () => {
  it('is no answer to every call, in bounded time, and answers again when it is back', async () => {
    const cache = await openReadyCache({ timeoutMs: 100 });
    await server.pause();
    try {
      expect(await cache.get('any')).toBeUndefined();
      expect(await cache.set('any', 'x', 1_000)).toBe(false);
      expect(await cache.counts([randomUUID()])).toBeUndefined();
      expect(await cache.putCounts(new Map([[randomUUID(), COUNTS]]), 1_000, 'always')).toBe(false);
    } finally {
      await server.resume();
    }
    await vi.waitFor(async () => expect(await cache.get('any')).toBeDefined(), { timeout: 10_000 });
  });

  it('keeps no listing from being read', async () => {
    const cache = await openReadyCache({ timeoutMs: 100 });
    const ids = { uuid: randomUUID, reference: () => 'R' };
    const generation = new CatalogueGeneration({ cache, ids, timers: nodeTimers });
    const movie: Movie = {
      ...{ id: 'm', title: 'M', originalTitle: null, year: 2000, runtimeMinutes: 1, director: 'D', genres: [] },
      ...{ languages: [], rating: null, releaseDate: null, posterUrl: null, synopsis: '' },
    };
    const listings = cachedListings(
      {
        movies: async () => ({ items: [movie] }),
        showtimes: async () => ({ items: [] }),
        showtime: async () => undefined,
        venues: async () => ({ items: [] }),
        cities: async () => ({ items: [] }),
      },
      {
        cache,
        generation,
        clock: { now: Date.now },
        timers: nodeTimers,
        log: silentLog,
        random: Math.random,
        limits: LISTING_LIMITS,
      },
    );
    await server.pause();
    try {
      // Answered while Redis still stands still: nothing but this wakes it.
      expect(await listings.movies({})).toEqual({ items: [movie] });
      expect(await listings.showtimes({})).toEqual({ items: [] });
      expect(await listings.showtime(randomUUID())).toBeUndefined();
    } finally {
      await server.resume();
      await generation.stop();
    }
  });

  it('because it is gone comes back empty, and takes what it is given', async () => {
    const cache = await openReadyCache();
    const id = randomUUID();
    await cache.putCounts(new Map([[id, COUNTS]]), 60_000, 'unless newer');
    await server.kill();
    expect(await cache.get('any')).toBeUndefined();
    expect(await cache.counts([id])).toBeUndefined();
    await server.restart();
    await vi.waitFor(async () => expect(await cache.counts([id])).toEqual(new Map()), { timeout: 20_000 });
    expect(await cache.putCounts(new Map([[id, COUNTS]]), 60_000, 'unless newer')).toBe(true);
  });
});
