import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '../../../src/adapters/free-port.js';
import { PostgresMembership } from '../../../src/adapters/postgres/postgres-membership.js';
import { Primary } from '../../../src/adapters/postgres/primary.js';
import { RedisMembership } from '../../../src/adapters/redis/redis-membership.js';
import { RollReader } from '../../../src/ops/roll-reader.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase } from '../database.js';

const why = await whyNoRedis();
const member = { id: 'life-1', name: 'node-1', weight: 1, draining: false, hot: [], showtimes: 3 };

describe.skipIf(why !== undefined)(`reading the roll from outside${why ? ` (${why})` : ''}`, () => {
  let redis: TestRedis;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  test('shows what the members see, and adds nobody', async () => {
    const membership = new RedisMembership({ url: redis.url, log: silentLog, prefix: 'theirs' });
    const reader = new RollReader({ redisUrl: redis.url, clusterName: 'theirs' });
    try {
      expect(await membership.isConnected(5_000)).toBe(true);
      await membership.pin('showtime-1', 'node-1');
      const theirs = await membership.beat(member, 5);
      expect(await reader.read()).toEqual(theirs);
      expect(await reader.read()).toEqual({
        members: [{ member, beat: 5 }],
        pins: new Map([['showtime-1', 'node-1']]),
      });
    } finally {
      reader.close();
      membership.close();
    }
  });

  test('nodes that reach Postgres only are shown too, pins are those of Postgres, and Redis may be away', async () => {
    const database = await createDatabase();
    const pool = new pg.Pool({ connectionString: database.url, max: 1 });
    const inRedis = new RedisMembership({ url: redis.url, log: silentLog, prefix: 'both' });
    const options = { primary: new Primary(database.url), cluster: 'both', silentMsMax: 1, log: silentLog };
    const inPostgres = new PostgresMembership(options);
    const away = `redis://127.0.0.1:${await freePort()}`;
    const readers = [redis.url, away].map((redisUrl) => new RollReader({ redisUrl, clusterName: 'both' }, pool));
    try {
      expect(await inRedis.isConnected(5_000)).toBe(true);
      const cutOff = { ...member, id: 'life-2', name: 'node-2' };
      await inRedis.beat(member, 5);
      await inPostgres.beat(member, 4);
      await inPostgres.beat(cutOff, 7);
      await inPostgres.pin('showtime-1', 'node-2');
      const [both, alone] = await Promise.all(readers.map(async (reader) => await reader.read()));
      expect(both?.members.map(({ member: { id }, beat }) => [id, beat])).toEqual([
        ['life-1', 5],
        ['life-2', 7],
      ]);
      expect(alone?.members.map(({ member: { id }, beat }) => [id, beat])).toEqual([
        ['life-1', 4],
        ['life-2', 7],
      ]);
      expect([both?.pins, alone?.pins]).toEqual([
        new Map([['showtime-1', 'node-2']]),
        new Map([['showtime-1', 'node-2']]),
      ]);
      expect(readers.map(({ redisAnswers }) => redisAnswers)).toEqual([true, false]);
    } finally {
      for (const reader of readers) reader.close();
      inRedis.close();
      await inPostgres.close();
      await pool.end();
      await database.drop();
    }
  });

  test('Redis away is said with its address, and without its password', async () => {
    const port = redis.port;
    await redis.kill();
    const reader = new RollReader({ redisUrl: `redis://:hunter2@127.0.0.1:${port}`, clusterName: 'usher' });
    try {
      await expect(reader.read()).rejects.toThrow(
        new RegExp(`^(?!.*hunter2)Redis does not answer at 127.0.0.1:${port}`),
      );
    } finally {
      reader.close();
    }
  });
});
