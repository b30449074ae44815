import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { RedisNodeLink, type RedisNodeLinkOptions } from '../../../src/adapters/redis/redis-node-link.js';
import { fenceOf } from '../../contract/node-link-suite.js';
import { FaultyWay } from '../../redis/faulty-way.js';
import { recordingLog } from '../../redis/recording-log.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';

const why = await whyNoRedis();
const WAIT = { timeout: 15_000, interval: 20 };

describe.skipIf(why)(`a node link over a Redis in trouble${why ? `: ${why}` : ''}`, () => {
  let redis: TestRedis;
  const open: { close(): void | Promise<void> }[] = [];
  const { log, take } = recordingLog('warn', 'info', 'error');

  async function link(options: Partial<RedisNodeLinkOptions> = {}): Promise<RedisNodeLink> {
    const made = unconnected(options);
    expect(await made.isConnected(10_000)).toBe(true);
    return made;
  }

  function unconnected(options: Partial<RedisNodeLinkOptions> = {}): RedisNodeLink {
    const made = new RedisNodeLink({ url: redis.url, log, watchEveryMs: 100, confirmMsMax: 500, ...options });
    open.push(made);
    return made;
  }

  /** Numbers that go out one after the other, until stopped; what was lost of them is a gap. */
  function stream(from: RedisNodeLink, topic: string): () => void {
    let number = 0;
    const timer = setInterval(() => from.publish(topic, ++number), 2);
    return () => clearInterval(timer);
  }

  async function follow(by: RedisNodeLink, topic: string): Promise<number[]> {
    const arrived: number[] = [];
    await by.follow(topic, (payload) => void arrived.push(Number(payload)));
    return arrived;
  }

  const rises = (numbers: readonly number[]) => numbers.every((number, i) => i === 0 || number > (numbers[i - 1] ?? 0));

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(() => void take());
  afterEach(async () => {
    redis.resume();
    for (const one of open.splice(0)) await one.close();
  });

  test('connections that are killed come back with all subscriptions, and nothing arrives twice', async () => {
    // Without help of the watch.
    const [sender, receiver] = [await link({ watchEveryMs: 60_000 }), await link({ watchEveryMs: 60_000 })];
    const topics = Array.from({ length: 700 }, (_, i) => `many-${i}`);
    const first = await follow(receiver, 'many-0');
    const rest = await Promise.all(topics.slice(1).map((topic) => follow(receiver, topic)));
    const stop = stream(sender, 'many-0');
    for (let kills = 0; kills < 3; kills++) {
      const before = first.length;
      await vi.waitFor(() => expect(first.length).toBeGreaterThan(before + 20), WAIT);
      for (const type of ['pubsub', 'normal']) await redis.admin.call('CLIENT', 'KILL', 'TYPE', type);
    }
    const before = first.length;
    await vi.waitFor(() => expect(first.length).toBeGreaterThan(before + 20), WAIT);
    stop();
    expect(rises(first)).toBe(true);
    await vi.waitFor(() => {
      for (const topic of topics.slice(1)) sender.publish(topic, 1);
      expect(rest.every((arrived) => arrived.length > 0)).toBe(true);
    }, WAIT);
  });

  test('a Redis that is gone costs messages and no memory, and its successor is found', async () => {
    const [sender, receiver] = [await link(), await link()];
    const arrived = await follow(receiver, 'gone');
    redis.pause();
    for (let i = 0; i < 50; i++) sender.publish('gone', -1);
    await new Promise((resolve) => setImmediate(resolve));
    await redis.kill();
    const said: string[] = [];
    // Of two links, with two connections each.
    await vi.waitFor(() => {
      said.push(...take());
      expect(said.filter((message) => message === 'Redis does not answer.')).toHaveLength(4);
    }, WAIT);
    // What was in flight is given up with its connection.
    await vi.waitFor(() => expect(sender.dropped).toBe(50), WAIT);
    for (let i = 0; i < 100_000; i++) sender.publish('gone', 0);
    expect(sender.dropped).toBe(100_050);
    await expect(receiver.follow('other', () => {})).rejects.toMatchObject({ code: 'redis_unavailable' });
    said.push(...take());
    expect(said.filter((message) => message === 'Messages to other nodes are dropped.')).toHaveLength(1);
    expect(said).toHaveLength(5);
    await redis.restart();
    await vi.waitFor(() => {
      sender.publish('gone', 1);
      expect(arrived).toContain(1);
    }, WAIT);
    await vi.waitFor(() => {
      sender.publish('gone', 2);
      expect(arrived).toContain(2);
    }, WAIT);
    expect(arrived.filter((number) => number < 1)).toEqual([]);
    await vi.waitFor(() => expect(take()).toContain('Messages to other nodes are sent again.'), WAIT);
  });

  test('a node that starts without Redis receives when it is there', async () => {
    await redis.kill();
    const early = unconnected();
    await expect(early.receive('early', () => {})).rejects.toThrow('did not confirm');
    await redis.restart();
    const arrived: unknown[] = [];
    await vi.waitFor(() => early.receive('early', (payload) => void arrived.push(payload)), WAIT);
    await vi.waitFor(() => {
      early.send('early', 'hello');
      expect(arrived).toContain('hello');
    }, WAIT);
  });

  test('a Redis that hangs fills the outbox up to its bound, and what is past it is dropped', async () => {
    const [sender, receiver] = [
      await link({ watchEveryMs: 60_000, outboxFramesMax: 100, outboxBytesMax: 1_000_000 }),
      await link(),
    ];
    const arrived = await follow(receiver, 'hangs');
    const fence = await fenceOf(receiver, sender);
    await fence();
    redis.pause();
    for (let i = 1; i <= 150; i++) sender.publish('hangs', i);
    // The answer to the fence may not have come yet.
    const taken = 150 - sender.dropped;
    expect(taken).toBeOneOf([99, 100]);
    redis.resume();
    await vi.waitFor(() => expect(arrived).toHaveLength(taken), WAIT);
    expect(arrived).toEqual(Array.from({ length: taken }, (_, i) => i + 1));
    // What arrived may not be answered yet; once something is taken again, it is.
    let before = 0;
    await vi.waitFor(() => {
      before = sender.dropped;
      sender.publish('elsewhere', 0);
      expect(sender.dropped).toBe(before);
    }, WAIT);
    await fence();
    for (let i = 0; i < 10; i++) sender.publish('hangs', 'x'.repeat(200_000));
    expect(sender.dropped).toBe(before + 6);
    await vi.waitFor(() => expect(arrived).toHaveLength(taken + 4), WAIT);
    sender.publish('hangs', 'y'.repeat(1_000_001));
    expect(sender.dropped).toBe(before + 7);
  });

  test('a Redis that hung for long is connected to anew when it goes on', async () => {
    const [sender, receiver] = [await link(), await link()];
    const arrived = await follow(receiver, 'hung');
    redis.pause();
    const stop = stream(sender, 'hung');
    await vi.waitFor(
      () => expect(take().filter((message) => message === 'Redis does not answer.')).toHaveLength(1),
      WAIT,
    );
    redis.resume();
    const before = arrived.length;
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(before + 20), WAIT);
    stop();
    expect(rises(arrived)).toBe(true);
  });

  test('a subscriber whose connection fell silent finds out by itself', async () => {
    const way = await FaultyWay.to(redis.port);
    const [sender, receiver] = [await link(), await link({ url: way.url })];
    const arrived = await follow(receiver, 'silent');
    const stop = stream(sender, 'silent');
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(0), WAIT);
    way.fallSilent();
    const before = arrived.length;
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(before + 20), WAIT);
    stop();
    expect(rises(arrived)).toBe(true);
    for (const one of open.splice(0)) one.close();
    await way.stop();
  });

  test('a subscriber that was left behind at another server than its publisher follows it there', async () => {
    const other = await startRedis();
    const way = await FaultyWay.to(redis.port);
    const node = await link({ url: way.url });
    const arrived = await follow(node, 'failover');
    const stop = stream(node, 'failover');
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(0), WAIT);
    take();
    way.lead(other.port);
    await redis.admin.call('CLIENT', 'KILL', 'TYPE', 'normal');
    await vi.waitFor(
      () => expect(take()).toContain('The connection that receives messages from other nodes reconnects.'),
      WAIT,
    );
    const before = arrived.length;
    await vi.waitFor(() => expect(arrived.length).toBeGreaterThan(before + 20), WAIT);
    stop();
    for (const one of open.splice(0)) one.close();
    await way.stop();
    await other.stop();
  });

  test('members of a cluster that are gone are passed over', async () => {
    const gone = [1, 2, 3, 4].map((port) => `127.0.0.1:${port}`);
    const node = await link({ url: `redis-cluster://${gone.join(',')},127.0.0.1:${redis.port}` });
    const arrived: unknown[] = [];
    await vi.waitFor(() => node.follow('passed', (payload) => void arrived.push(payload)), WAIT);
    await vi.waitFor(() => {
      node.publish('passed', 1);
      expect(arrived.length).toBeGreaterThan(0);
    }, WAIT);
  });

  test('a link that is well is left alone', async () => {
    const node = await link({ watchEveryMs: 500 });
    const arrived = await follow(node, 'well');
    const stop = stream(node, 'well');
    await new Promise((resolve) => setTimeout(resolve, 2_200));
    stop();
    expect(arrived.length).toBeGreaterThan(0);
    await (await fenceOf(node, node))();
    expect(arrived).toEqual(Array.from({ length: arrived.length }, (_, i) => i + 1));
    expect(take()).toEqual([]);
  });

  test('what is no message of ours is left out, and told once', async () => {
    const node = await link();
    const arrived = await follow(node, 'garbage');
    for (const garbage of ['hello', '', Buffer.from([0xc1, 1, 2]), Buffer.from([0xdf, 255, 255, 255, 255])]) {
      await redis.admin.publish('usher:on:garbage', garbage);
    }
    node.publish('garbage', 7);
    await vi.waitFor(() => expect(arrived).toEqual([7]), WAIT);
    expect(take()).toEqual(['A message in Redis is not from Usher.']);
  });
});
