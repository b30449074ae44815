import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { freePort } from '../../../src/adapters/free-port.js';
import { RedisMembership } from '../../../src/adapters/redis/redis-membership.js';
import { RedisNodeLink } from '../../../src/adapters/redis/redis-node-link.js';
import type { Member } from '../../../src/runtime/cluster/membership-port.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';

const why = await whyNoRedis();
/** Of the system, and of no package. */
const PROGRAM = 'redis-server';
const WAIT = { timeout: 30_000, interval: 50 };
const self: Member = { id: 'm-1', name: 'a', weight: 1, draining: false, hot: [], showtimes: 0 };

describe.skipIf(why)(`Redis of several servers${why ? `: ${why}` : ''}`, () => {
  const closing: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  async function server(...args: readonly string[]): Promise<TestRedis> {
    const redis = await startRedis(...args);
    closing.push(() => redis.stop());
    return redis;
  }

  /** One sentinel alone decides that the master is down, half a second after it fell silent. */
  async function sentinelOf(master: TestRedis): Promise<number> {
    const port = await freePort();
    const directory = await mkdtemp(join(tmpdir(), 'usher-sentinel-'));
    const settings = [
      `port ${port}`,
      'bind 127.0.0.1',
      `dir ${directory}`,
      `sentinel monitor seats 127.0.0.1 ${master.port} 1`,
      'sentinel down-after-milliseconds seats 500',
      'sentinel failover-timeout seats 2000',
    ];
    await writeFile(join(directory, 'sentinel.conf'), settings.join('\n'));
    const child = spawn(PROGRAM, [join(directory, 'sentinel.conf'), '--sentinel'], { stdio: 'ignore' });
    closing.push(async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
      await rm(directory, { recursive: true, force: true });
    });
    return port;
  }

  function node(url: string): { link: RedisNodeLink; membership: RedisMembership } {
    const link = new RedisNodeLink({ url, log: silentLog, watchEveryMs: 200 });
    const membership = new RedisMembership({ url, log: silentLog });
    closing.push(
      () => link.close(),
      () => membership.close(),
    );
    return { link, membership };
  }

  /** What the one publishes, again and again, arrives at the other. */
  async function reaches(sender: RedisNodeLink, receiver: RedisNodeLink, topic: string): Promise<void> {
    let arrived = 0;
    await vi.waitFor(() => receiver.follow(topic, () => void arrived++), WAIT);
    await vi.waitFor(() => {
      sender.publish(topic, 1);
      expect(arrived).toBeGreaterThan(0);
    }, WAIT);
  }

  test('the master is found by its sentinel, and so is the next one after a failover', {
    timeout: 90_000,
  }, async () => {
    const master = await server();
    const replica = await server('--replicaof', `127.0.0.1 ${master.port}`, '--repl-diskless-sync-delay', '0');
    await vi.waitFor(async () => expect(await replica.admin.info('replication')).toContain('link_status:up'), WAIT);
    const port = await sentinelOf(master);
    const { link, membership } = node(`redis-sentinel://127.0.0.1:${port}/seats`);
    await vi.waitFor(() => membership.beat(self, 1), WAIT);
    expect(await master.admin.hget('{usher}:beats', self.id)).toBe('1');
    await reaches(link, link, 'before');
    // A sentinel asks the master for its replicas every ten seconds.
    await vi.waitFor(async () => expect(await replicasKnown(port)).toBe(1), WAIT);
    await master.kill();
    await vi.waitFor(() => membership.beat(self, 2), WAIT);
    expect(await replica.admin.hget('{usher}:beats', self.id)).toBe('2');
    await reaches(link, link, 'after');
  });

  test('in a cluster one member keeps the roll, and what is published at any arrives at all', async () => {
    const members: TestRedis[] = [];
    for (const [first, last] of [
      [0, 5_460],
      [5_461, 10_922],
      [10_923, 16_383],
    ] as const) {
      const bus = await freePort();
      const member = await server('--cluster-enabled', 'yes', '--cluster-port', String(bus));
      await member.admin.call('CLUSTER', 'ADDSLOTSRANGE', first, last);
      await members[0]?.admin.call('CLUSTER', 'MEET', '127.0.0.1', member.port, bus);
      members.push(member);
    }
    for (const { admin } of members) {
      await vi.waitFor(
        async () => expect(await admin.call('CLUSTER', 'INFO')).toMatch(/state:ok.*known_nodes:3/s),
        WAIT,
      );
    }
    const [first, second, third] = members.map(({ port }) => `127.0.0.1:${port}`);
    const a = node(`redis-cluster://${first}`);
    const b = node(`redis-cluster://${second},${third}`);
    await vi.waitFor(() => a.membership.beat(self, 1), WAIT);
    await a.membership.pin('s', 'a');
    await vi.waitFor(() => b.membership.beat({ ...self, id: 'm-2' }, 1), WAIT);
    const roll = await b.membership.beat({ ...self, id: 'm-2' }, 2);
    expect(roll.members.map(({ beat }) => beat).toSorted()).toEqual([1, 2]);
    expect(roll.pins).toEqual(new Map([['s', 'a']]));
    await a.membership.forget(['m-2']);
    expect((await a.membership.beat(self, 2)).members).toHaveLength(1);
    await reaches(a.link, b.link, 'there');
    await reaches(b.link, a.link, 'back');
    // Both connections of b move on to the other member that its URL names.
    const lost = members[1];
    await lost?.kill();
    await reaches(a.link, b.link, 'there still');
    await reaches(b.link, a.link, 'back still');
  });
});

async function replicasKnown(port: number): Promise<number> {
  const sentinel = new Redis(port, { retryStrategy: null });
  try {
    const [known] = (await sentinel.call('SENTINEL', 'REPLICAS', 'seats')) as unknown[][];
    return known ? 1 : 0;
  } finally {
    sentinel.disconnect();
  }
}
