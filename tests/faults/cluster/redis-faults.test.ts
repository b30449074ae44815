import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rounds } from '../../length.js';
import { FaultyWay } from '../../redis/faulty-way.js';
import { type ClusterStage, DETECTION_MS, openClusterStage } from './cluster-stage.js';
import { Crowd } from './crowd.js';
import { msToFirstHold } from './first-hold.js';
import { Watcher } from './watcher.js';

/** Longer than the cluster leaves its showtimes where they are when all of it seems gone: three times the detection. */
const PAUSE_MS = rounds(3 * DETECTION_MS + 1_000, 10_000);

let stage: ClusterStage;
/** The way of node c to Redis, and of no other. */
let way: FaultyWay;
let crowd: Crowd;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b']);
  way = await FaultyWay.to(stage.redis.port);
  await stage.start('c', { REDIS_URL: way.url });
  const urls = [...stage.nodes.values()].map(({ url }) => url);
  crowd = await Crowd.gather(
    stage,
    { showtimes: 6, buyersEach: 15, seatsEach: 400 },
    (buyer) => urls[buyer % urls.length] ?? '',
  );
});

afterAll(async () => {
  crowd?.leave();
  await stage?.close();
  await way?.stop();
});

interface Fault {
  readonly strike: () => void | Promise<void>;
  readonly forMs: number;
  readonly mend: () => void | Promise<void>;
  /** All nodes see it alike, so that nobody overtakes anybody. */
  readonly forAll: boolean;
}

const FAULTS: Readonly<Record<string, Fault>> = {
  FLUSHALL: { strike: () => stage.redis.flushAll(), forMs: 3_000, mend: () => {}, forAll: true },
  'SIGKILL, and a restart that knows nothing': {
    strike: () => stage.redis.kill(),
    forMs: 3_000,
    mend: () => stage.redis.restart(),
    forAll: true,
  },
  [`a pause of ${PAUSE_MS / 1_000} s`]: {
    strike: () => stage.redis.pause(),
    forMs: PAUSE_MS,
    mend: () => stage.redis.resume(),
    forAll: true,
  },
  'one node cut off from it': {
    strike: () => way.cut(),
    forMs: DETECTION_MS + 1_500,
    mend: () => way.mend(),
    forAll: false,
  },
};

describe('Redis in the middle of sales', () => {
  test.each(Object.entries(FAULTS))(
    '%s: no promise is broken, owners sell on, and the cluster is whole again',
    async (name, { strike, forMs, mend, forAll }) => {
      const owners = new Map<string, string>();
      for (const { showtimeId } of crowd.sales) owners.set(showtimeId, await stage.ownerOf(showtimeId));
      crowd.start();
      await sleep(300);
      const struckAt = performance.now();
      await strike();
      // Each owner still sells what it owned before, to who asks it itself: at once, and when its lease would have lapsed if
      // Redis alone could confirm it. (One that is cut off may be overtaken by then.)
      const expectSold = async () => {
        const sold = crowd.sales.map(async ({ showtimeId }) => {
          const url = stage.nodes.get(owners.get(showtimeId) ?? '')?.url ?? '';
          return await Promise.race([msToFirstHold(url, showtimeId), sleep(forMs, 'never')]);
        });
        expect(
          (await Promise.all(sold)).filter((took) => took === 'never'),
          name,
        ).toEqual([]);
      };
      await expectSold();
      if (forAll) {
        await sleep(Math.max(0, struckAt + DETECTION_MS - performance.now()));
        await expectSold();
      }
      await sleep(Math.max(0, struckAt + forMs - performance.now()));
      await mend();
      const mendedAt = performance.now();
      // Whole again: any showtime can be had at any node, without being sent on to its owner.
      const urls = [...stage.nodes.values()].map(({ url }) => url);
      const ways = crowd.sales.flatMap(({ showtimeId }) => urls.map((url) => served(url, showtimeId)));
      await Promise.all(ways);
      const ratio = (performance.now() - mendedAt) / DETECTION_MS;
      process.stdout.write(`${name}: whole again after ${ratio.toFixed(2)} detection times.\n`);
      expect(ratio, name).toBeLessThanOrEqual(2);
      await crowd.pause();
      await crowd.expectUnharmed(name);
    },
    120_000,
  );
});

/** Resolves when the node shows the house, be it its own or relayed. */
async function served(nodeUrl: string, showtimeId: string): Promise<void> {
  for (;;) {
    const watcher = await Watcher.open(nodeUrl, showtimeId).catch(() => undefined);
    if (watcher) {
      watcher.close();
      return;
    }
    await sleep(20);
  }
}
