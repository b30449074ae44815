import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cache, SeatCounts } from '../../src/boxoffice/cache-port.js';

/** A cache under test, and the time that passes for it. */
export interface CacheStage {
  readonly cache: Cache;
  /** Lets this many milliseconds pass. */
  pass(ms: number): Promise<void>;
  close(): Promise<void>;
}

const counts = (epoch: number, seq: number, held = 1): SeatCounts => ({
  epoch,
  seq,
  available: 96 - held,
  held,
  booked: 3,
  blocked: 1,
  seats: 100,
});
const LONG_MS = 60_000;

/** What every cache promises, whatever it is made of. */
export function cacheSuite(name: string, open: () => Promise<CacheStage>): void {
  describe(name, () => {
    let stage: CacheStage;
    let cache: Cache;
    beforeAll(async () => {
      stage = await open();
      cache = stage.cache;
    });
    afterAll(async () => await stage?.close());

    const file = (id: string, value: SeatCounts, overwrite: 'unless newer' | 'always' = 'unless newer') =>
      cache.putCounts(new Map([[id, value]]), LONG_MS, overwrite);
    const filed = async (id: string) => (await cache.counts([id]))?.get(id);

    it('gives back what it was given, the newest of each key, and says where it has nothing', async () => {
      const key = randomUUID();
      expect(await cache.get(key)).toEqual({ value: undefined });
      expect(await cache.set(key, 'one', LONG_MS)).toBe(true);
      await cache.set(key, 'tëxt 𝄞\n\0', LONG_MS);
      expect(await cache.get(key)).toEqual({ value: 'tëxt 𝄞\n\0' });
      await cache.set(key, '', LONG_MS);
      expect(await cache.get(key)).toEqual({ value: '' });
    });

    it('forgets a value when its time is over, as of the last writing', async () => {
      const key = randomUUID();
      await cache.set(key, 'x', 40);
      await cache.set(`${key} long`, 'x', 40);
      await cache.set(`${key} long`, 'x', LONG_MS);
      await stage.pass(60);
      expect(await cache.get(key)).toEqual({ value: undefined });
      expect(await cache.get(`${key} long`)).toEqual({ value: 'x' });
    });

    it('tells counts of the showtimes that have any', async () => {
      const [a, b, none] = [randomUUID(), randomUUID(), randomUUID()];
      const given = new Map([
        [a, counts(3, 7)],
        [b, counts(1, 0, 0)],
      ]);
      expect(await cache.putCounts(given, LONG_MS, 'unless newer')).toBe(true);
      expect(await cache.counts([b, none, a])).toEqual(given);
      expect(await cache.counts([])).toEqual(new Map());
    });

    it.each([
      { of: 'a later seq', old: [2, 5], next: [2, 6], wins: true },
      { of: 'a later seq, by number and not by text', old: [2, 9], next: [2, 10], wins: true },
      { of: 'the same moment', old: [2, 5], next: [2, 5], wins: true },
      { of: 'an earlier seq', old: [2, 5], next: [2, 4], wins: false },
      { of: 'a later epoch', old: [2, 5], next: [3, 0], wins: true },
      { of: 'an earlier epoch', old: [10, 0], next: [9, 99], wins: false },
    ] as const)('with counts of $of the newer stay: $wins', async ({ old, next, wins }) => {
      const id = randomUUID();
      await file(id, counts(old[0], old[1], 1));
      await file(id, counts(next[0], next[1], 2));
      expect((await filed(id))?.held).toBe(wins ? 2 : 1);
    });

    it('files whatever it is told to always', async () => {
      const id = randomUUID();
      await file(id, counts(9, 9));
      await file(id, counts(1, 1, 5), 'always');
      expect(await filed(id)).toEqual(counts(1, 1, 5));
    });

    it('forgets counts when their time is over; what was newer is in nobody’s way then', async () => {
      const id = randomUUID();
      await cache.putCounts(new Map([[id, counts(9, 9)]]), 40, 'unless newer');
      await stage.pass(60);
      expect(await filed(id)).toBeUndefined();
      await file(id, counts(1, 1));
      expect(await filed(id)).toEqual(counts(1, 1));
    });

    it('prolongs counts that are filed again as they are', async () => {
      const id = randomUUID();
      await cache.putCounts(new Map([[id, counts(1, 1)]]), 40, 'unless newer');
      await file(id, counts(1, 1));
      await stage.pass(60);
      expect(await filed(id)).toEqual(counts(1, 1));
    });

    it('takes and tells more showtimes than go into one call', async () => {
      const many = new Map(Array.from({ length: 1_201 }, (_, seq) => [randomUUID(), counts(1, seq)]));
      await cache.putCounts(many, LONG_MS, 'unless newer');
      expect(await cache.counts([...many.keys()])).toEqual(many);
    });
  });
}
