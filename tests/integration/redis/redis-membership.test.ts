import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { PINS_MAX, RedisMembership } from '../../../src/adapters/redis/redis-membership.js';
import type { Member } from '../../../src/runtime/cluster/membership-port.js';
import { FaultyWay } from '../../redis/faulty-way.js';
import { recordingLog } from '../../redis/recording-log.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';

const why = await whyNoRedis();
const self: Member = { id: 'm-1', name: 'a', weight: 1, draining: false, hot: [], showtimes: 0 };

describe.skipIf(why)(`the membership in Redis${why ? `: ${why}` : ''}`, () => {
  let redis: TestRedis;
  let membership: RedisMembership;
  const { log, take } = recordingLog('warn', 'info');

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.flushAll();
    membership = new RedisMembership({ url: redis.url, log, answerMsMax: 200 });
    await membership.isConnected(5_000);
    take();
  });
  afterEach(() => membership.close());

  test('a beat that arrives late neither lowers the beat nor brings back what was said with it', async () => {
    await membership.beat({ ...self, showtimes: 5 }, 5);
    const roll = await membership.beat({ ...self, showtimes: 4 }, 4);
    expect(roll.members).toEqual([{ member: { ...self, showtimes: 5 }, beat: 5 }]);
  });

  test('two clusters on one Redis do not see each other', async () => {
    const other = new RedisMembership({ url: redis.url, log, prefix: 'matinee' });
    await other.isConnected(5_000);
    await other.beat({ ...self, id: 'm-2' }, 1);
    await other.pin('s', 'b');
    expect(await membership.beat(self, 1)).toEqual({ members: [{ member: self, beat: 1 }], pins: new Map() });
    other.close();
  });

  test('what others wrote there spoils nothing, and is told once until it is gone', async () => {
    const sound = JSON.stringify({ ...self, id: 'm-2', added: 'by a newer version' });
    await redis.admin.hset('{usher}:members', {
      'm-2': sound,
      text: 'no json',
      other: sound,
      misled: JSON.stringify({ ...self, id: 'misled', url: 'javascript:alert(1)' }),
      light: JSON.stringify({ ...self, id: 'light', weight: 0 }),
      beatless: JSON.stringify({ ...self, id: 'beatless' }),
    });
    await redis.admin.hset('{usher}:beats', { 'm-1': 'x', 'm-2': 3, text: 1, other: 1, misled: 1, light: 1 });
    await redis.admin.hset('{usher}:pins', { s: '', t: 'a'.repeat(201), u: 'b' });
    for (const beat of [1, 2]) {
      const roll = await membership.beat(self, beat);
      expect(roll.members).toContainEqual({ member: self, beat });
      expect(roll.members).toContainEqual({ member: { ...self, id: 'm-2' }, beat: 3 });
      expect(roll.members).toHaveLength(2);
      expect(roll.pins).toEqual(new Map([['u', 'b']]));
    }
    expect(take()).toEqual(['The roll in Redis has entries that are not from Usher.']);
  });

  test('there are so many pins and no more, and those that are may be moved', async () => {
    const pins = Array.from({ length: PINS_MAX }, (_, i) => [`s-${i}`, 'a']).flat();
    await redis.admin.hset('{usher}:pins', ...pins);
    await expect(membership.pin('one more', 'a')).rejects.toThrow('unpin some first');
    await membership.pin('s-0', 'b');
    await membership.pin('s-1', undefined);
    await membership.pin('one more', 'a');
    expect((await membership.beat(self, 1)).pins.size).toBe(PINS_MAX);
  });

  test('a thousand members are forgotten in one go', async () => {
    const ids = Array.from({ length: 1_001 }, (_, i) => `dead-${i}`);
    await redis.admin.hset('{usher}:members', ...ids.flatMap((id) => [id, JSON.stringify({ ...self, id })]));
    await redis.admin.hset('{usher}:beats', ...ids.flatMap((id) => [id, 1]));
    await membership.forget(ids);
    expect((await membership.beat(self, 1)).members).toHaveLength(1);
    expect(await redis.admin.hlen('{usher}:beats')).toBe(1);
  });

  test('a Redis that forgot the scripts, and everything else, is told anew', async () => {
    await membership.beat(self, 1);
    await redis.admin.script('FLUSH');
    await redis.flushAll();
    expect((await membership.beat(self, 2)).members).toEqual([{ member: self, beat: 2 }]);
  });

  test('while Redis hangs every method rejects, and when it goes on all is well again', async () => {
    await membership.beat(self, 1);
    redis.pause();
    const calls = [
      membership.beat(self, 2),
      membership.leave('m-2'),
      membership.forget(['m-3']),
      membership.pin('s', 'a'),
      membership.pin('s', undefined),
    ];
    for (const settled of await Promise.allSettled(calls)) expect(settled.status).toBe('rejected');
    redis.resume();
    await vi.waitFor(() => membership.beat(self, 3), 10_000);
  });

  test('while Redis is gone calls are rejected at once, the log says it once, and a new Redis is found', async () => {
    await membership.beat(self, 1);
    await redis.kill();
    const said: string[] = [];
    await vi.waitFor(() => expect(said.push(...take())).toBe(1), 5_000);
    for (let i = 0; i < 20; i++) {
      await expect(membership.beat(self, 2 + i)).rejects.toMatchObject({
        code: 'redis_unavailable',
        retryable: true,
        // At once: neither queued nor timed out.
        message: expect.stringContaining("isn't writeable"),
      });
    }
    expect(await membership.isConnected(300)).toBe(false);
    expect([...said, ...take()]).toEqual(['Redis does not answer.']);
    await redis.restart();
    await vi.waitFor(async () => {
      expect((await membership.beat(self, 50)).members).toEqual([{ member: self, beat: 50 }]);
    }, 10_000);
    expect(take()).toEqual(['Redis answers again.']);
  });

  test('a connection that fell silent is given up, and a new one is made', async () => {
    const way = await FaultyWay.to(redis.port);
    const far = new RedisMembership({ url: way.url, log, answerMsMax: 100 });
    await far.isConnected(5_000);
    await far.beat(self, 1);
    way.fallSilent();
    await expect(far.beat(self, 2)).rejects.toMatchObject({ code: 'redis_unavailable' });
    await vi.waitFor(() => far.beat(self, 3), 10_000);
    far.close();
    await way.stop();
  });
});

describe.skipIf(why)('a Redis that may evict any key', () => {
  test.each([
    ['allkeys-lru', 1],
    ['volatile-lru', 0],
    ['noeviction', 0],
  ])('under %s is warned of at the start, and when the roll vanishes', async (policy, warnings) => {
    const redis = await startRedis('--maxmemory', '100mb', '--maxmemory-policy', policy);
    const said: object[] = [];
    const log = { debug() {}, info() {}, warn: (fields: object) => void said.push(fields), error() {} };
    const membership = new RedisMembership({ url: redis.url, log });
    expect(await membership.isConnected(5_000)).toBe(true);
    const beatOf = (id: string, beat: number) =>
      membership.beat({ id, name: id, weight: 1, draining: false, hot: [], showtimes: 0 }, beat);
    const expectWarnings = (times: number) =>
      vi.waitFor(() => {
        expect(said).toEqual(Array.from({ length: times }, () => ({ event: 'redis.eviction_policy', policy })));
      }, 5_000);
    await beatOf('a', 1);
    await expectWarnings(warnings);
    for (const id of ['b', 'c']) await beatOf(id, 1);
    await redis.flushAll();
    await beatOf('a', 2);
    await expectWarnings(2 * warnings);
    membership.close();
    await redis.stop();
  });
});

describe.skipIf(why)('a Redis with a password', () => {
  test('lets in who knows it; else the log says so, without the password that was tried', async () => {
    const redis = await startRedis('--requirepass', 'right-secret');
    const at = (password: string) => redis.url.replace('//', `//:${password}@`);
    const said: object[] = [];
    const log = { debug() {}, info() {}, warn: (fields: object) => void said.push(fields), error() {} };
    const knows = new RedisMembership({ url: at('right-secret'), log });
    expect(await knows.isConnected(5_000)).toBe(true);
    await knows.beat(self, 1);
    expect(said).toEqual([]);
    const guesses = new RedisMembership({ url: at('wrong-secret'), log });
    await vi.waitFor(() => expect(said).toHaveLength(1), 5_000);
    const refusal = await guesses.beat(self, 1).catch((error: unknown) => error);
    expect(JSON.stringify([said, refusal, `${refusal}`])).toMatch(/WRONGPASS/);
    expect(JSON.stringify([said, refusal, `${refusal}`])).not.toContain('secret');
    knows.close();
    guesses.close();
    await redis.stop();
  });
});
