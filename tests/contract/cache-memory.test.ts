import { describe, expect, it } from 'vitest';
import { MemoryCache } from '../../src/adapters/memory/memory-cache.js';
import { VirtualTime } from '../../src/adapters/memory/virtual-time.js';
import type { SeatCounts } from '../../src/boxoffice/cache-port.js';
import { cacheSuite } from './cache-suite.js';

cacheSuite('the cache in memory', async () => {
  const time = new VirtualTime(1_000);
  return { cache: new MemoryCache({ clock: time }), pass: (ms) => time.advance(ms), close: async () => {} };
});

describe('the bound of the cache in memory', () => {
  const valuesOf = async (cache: MemoryCache, keys: readonly string[]) =>
    (await Promise.all(keys.map((key) => cache.get(key)))).map(({ value }) => value);

  it('holds for keys and values together; what was used last stays', async () => {
    const cache = new MemoryCache({ clock: new VirtualTime(), charactersMax: 10 });
    await cache.set('a', '1234', 1_000);
    await cache.set('b', '1234', 1_000);
    await cache.get('a');
    await cache.set('c', '1234', 1_000);
    expect(await valuesOf(cache, ['a', 'b', 'c'])).toEqual(['1234', undefined, '1234']);
    await cache.set('a', '1', 1_000);
    await cache.set('d', '1', 1_000);
    expect(await valuesOf(cache, ['a', 'c', 'd'])).toEqual(['1', '1234', '1']);
    await cache.set('e', 'longer than all', 1_000);
    expect(await valuesOf(cache, ['a', 'e'])).toEqual([undefined, undefined]);
  });

  it('holds for counts: those written longest ago go', async () => {
    const cache = new MemoryCache({ clock: new VirtualTime(), showtimesMax: 2 });
    const counts: SeatCounts = { epoch: 1, seq: 1, available: 1, held: 0, booked: 0, blocked: 0, seats: 1 };
    for (const id of ['a', 'b', 'a', 'c']) await cache.putCounts(new Map([[id, counts]]), 1_000, 'unless newer');
    expect([...(await cache.counts(['a', 'b', 'c'])).keys()]).toEqual(['a', 'c']);
  });
});
