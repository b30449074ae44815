import { beforeEach, describe, expect, test } from 'vitest';
import { MemoryMembership, MemoryRoll } from '../../../src/adapters/memory/memory-membership.js';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { TwoStoreMembership } from '../../../src/adapters/two-store-membership.js';
import { Cluster } from '../../../src/runtime/cluster/cluster.js';
import { recordingLog } from '../../redis/recording-log.js';

const TIMING = { beatMs: 500, detectionMs: 3_000, leaseMs: 2_000, freezeMs: 9_000 };
const ANSWER_MS_MAX = 1_000;
/** Refused at once. */
const AWAY: Trip = { lost: 'request', brokenAfterMs: 1 };
/** Taken, and never answered. */
const HANGING: Trip = { lost: 'request', brokenAfterMs: ANSWER_MS_MAX };
const WELL: Trip = { thereMs: 1, backMs: 1 };

let time: VirtualTime;
/** What Redis and Postgres have, and how they are for everybody. */
let redis: MemoryRoll;
let postgres: MemoryRoll;
let redisTrip: Trip;
let postgresTrip: Trip;

beforeEach(() => {
  time = new VirtualTime();
  redis = new MemoryRoll();
  postgres = new MemoryRoll();
  redisTrip = WELL;
  postgresTrip = WELL;
});

class Node {
  readonly name: string;
  readonly cluster: Cluster;
  readonly take: () => readonly string[];
  /** This node's own way to Redis, where it differs. */
  ownRedisTrip: Trip | undefined;
  isDead = false;
  postgresCalls = 0;
  /** Every set of candidates that it ever saw. */
  readonly candidatesSeen = new Set<string>();

  constructor(name: string, id = `${name}#1`) {
    this.name = name;
    const { log, take } = recordingLog('warn');
    this.take = take;
    const timers = {
      after: (ms: number, call: () => void) => time.after(ms, () => void (this.isDead || call())),
      soon: (call: () => void) => time.soon(() => void (this.isDead || call())),
    };
    const lost: Trip = { lost: 'request', brokenAfterMs: 10 };
    const monotonic = () => time.now();
    const quick = new MemoryMembership({
      roll: redis,
      timers: time,
      trip: () => (this.isDead ? lost : (this.ownRedisTrip ?? redisTrip)),
    });
    const sure = new MemoryMembership({
      roll: postgres,
      timers: time,
      trip: () => {
        this.postgresCalls++;
        return this.isDead ? lost : postgresTrip;
      },
    });
    const { beatMs, detectionMs } = TIMING;
    this.cluster = new Cluster({
      self: { id, name, weight: 1 },
      timing: TIMING,
      membership: new TwoStoreMembership({ quick, sure, beatMs, detectionMs, timers, monotonic, log }),
      verify: async () => true,
      timers,
      monotonic,
      log,
    });
    this.cluster.onChange(() => this.candidatesSeen.add(this.candidates));
  }

  get candidates(): string {
    return this.cluster
      .members()
      .candidates.map(({ name }) => name)
      .join(' ');
  }
}

async function started(...names: string[]): Promise<Node[]> {
  const nodes = names.map((name) => new Node(name));
  for (const node of nodes) {
    void node.cluster.start();
    await time.advance(137);
  }
  await time.advance(2 * TIMING.beatMs);
  const all = names.join(' ');
  for (const node of nodes) {
    expect(node.candidates).toBe(all);
    node.candidatesSeen.clear();
  }
  return nodes;
}

async function msUntil(holds: () => boolean): Promise<number> {
  const from = time.now();
  while (!holds() && time.now() - from < 60_000) await time.advance(10);
  return time.now() - from;
}

const NAMES = ['a', 'b', 'c'];

describe.each([
  ['is away', AWAY],
  ['hangs', HANGING],
])('while Redis %s for all', (_, trip) => {
  test('nobody loses anybody, the lease is held, and each beat goes on', async () => {
    const nodes = await started(...NAMES);
    redisTrip = trip;
    for (let passed = 0; passed < 70_000; passed += 100) {
      await time.advance(100);
      for (const { cluster } of nodes) expect(cluster.lease.held(time.now())).toBe(true);
    }
    for (const node of nodes) {
      expect([...node.candidatesSeen]).toEqual([]);
      expect(node.cluster.members().store).toBe('answering');
      expect(node.take()).toEqual([
        'Redis does not answer in time. The nodes find each other through Postgres meanwhile.',
      ]);
    }
  });

  test('a node that is killed is found dead in 1.5 times the detection, and one that comes is seen', async () => {
    const [a, b, c] = (await started(...NAMES)) as [Node, Node, Node];
    redisTrip = trip;
    await time.advance(20_000);
    c.isDead = true;
    const ms = await msUntil(() => a.candidates === 'a b' && b.candidates === 'a b');
    expect(ms).toBeGreaterThan(TIMING.detectionMs - TIMING.beatMs);
    expect(ms).toBeLessThanOrEqual(1.25 * TIMING.detectionMs);
    const d = new Node('d');
    void d.cluster.start();
    const joined = await msUntil(() => a.candidates === 'a b d' && b.candidates === 'a b d');
    expect(joined).toBeLessThanOrEqual(2 * ANSWER_MS_MAX);
    // The new one has to find out for itself that c is dead.
    expect(await msUntil(() => d.candidates === 'a b d')).toBeLessThanOrEqual(1.25 * TIMING.detectionMs);
  });

  test('a node that drains and leaves is off the roll at once, and nobody is found dead', async () => {
    const [a, b, c] = (await started(...NAMES)) as [Node, Node, Node];
    redisTrip = trip;
    await time.advance(5_000);
    void c.cluster.drain();
    expect(await msUntil(() => a.candidates === 'a b' && b.candidates === 'a b')).toBeLessThanOrEqual(1_100);
    void c.cluster.stop();
    await time.advance(4_000);
    c.isDead = true;
    await time.advance(10_000);
    expect([...postgres.members.keys()]).toEqual(['a#1', 'b#1']);
    expect([...a.candidatesSeen]).toEqual(['a b']);
  });
});

test('Redis may go in the moment in which a node dies: it is found dead in time all the same', async () => {
  const [a, b, c] = (await started(...NAMES)) as [Node, Node, Node];
  redisTrip = HANGING;
  c.isDead = true;
  const ms = await msUntil(() => a.candidates === 'a b' && b.candidates === 'a b');
  expect(ms).toBeLessThanOrEqual(1.5 * TIMING.detectionMs);
});

test.each([
  ['refuses', AWAY],
  ['does not answer', HANGING],
])('a node that is alone cut off from a Redis that %s sees all and is seen by all', async (_, trip) => {
  const nodes = (await started(...NAMES)) as [Node, Node, Node];
  const [a, b, c] = nodes;
  c.ownRedisTrip = trip;
  await time.advance(70_000);
  for (const node of nodes) expect([...node.candidatesSeen]).toEqual([]);
  // And it is found dead, and finds others dead, like any.
  a.isDead = true;
  expect(await msUntil(() => c.candidates === 'b c' && b.candidates === 'b c')).toBeLessThanOrEqual(
    1.5 * TIMING.detectionMs,
  );
});

describe('when Redis comes back', () => {
  test('a member that died meanwhile is a candidate for nobody, and is taken off the roll', async () => {
    const [a, b, c] = (await started(...NAMES)) as [Node, Node, Node];
    redisTrip = AWAY;
    await time.advance(1_000);
    c.isDead = true;
    await time.advance(30_000);
    // What Postgres keeps of a silent node it does not show; here nobody asks its clock.
    postgres.members.delete('c#1');
    await time.advance(1_000);
    for (const node of [a, b]) node.candidatesSeen.clear();
    const d = new Node('d');
    void d.cluster.start();
    await time.advance(5_000);
    redisTrip = WELL;
    await time.advance(20_000);
    for (const node of [a, b, d]) expect([...node.candidatesSeen].filter((seen) => seen.includes('c'))).toEqual([]);
    expect([...redis.members.keys()]).toEqual(['a#1', 'b#1', 'd#1']);
  });

  test('empty, nothing changes', async () => {
    const nodes = await started(...NAMES);
    redisTrip = AWAY;
    await time.advance(30_000);
    redis.forgetAll();
    redisTrip = WELL;
    await time.advance(30_000);
    for (const node of nodes) expect([...node.candidatesSeen]).toEqual([]);
  });

  test('again and again, the log says it once a minute', async () => {
    const [a] = (await started(...NAMES)) as [Node, Node, Node];
    for (let i = 0; i < 30; i++) {
      redisTrip = AWAY;
      await time.advance(1_000);
      redisTrip = WELL;
      await time.advance(1_000);
    }
    expect(a.take().length).toBeLessThanOrEqual(2);
  });
});

test('a node that starts while Redis is away knows the others with its first beat', async () => {
  await started('a', 'b');
  redisTrip = HANGING;
  await time.advance(20_000);
  const c = new Node('c');
  void c.cluster.start();
  await time.advance(ANSWER_MS_MAX);
  expect([...c.candidatesSeen, c.candidates]).toEqual(['a b c', 'a b c']);
});

test('what an old Redis lists of a cluster that was killed as a whole is believed by nobody', async () => {
  const nodes = await started(...NAMES);
  for (const node of nodes) node.isDead = true;
  await time.advance(60_000);
  // As Postgres would: by its clock they have been silent for long.
  postgres.members.clear();
  const a = new Node('a', 'a#2');
  void a.cluster.start();
  await time.advance(100);
  expect(a.candidates).toBe('a');
});

test('a member of an older version, which Postgres has nothing of, is believed when its beat has risen', async () => {
  const [a] = (await started('a')) as [Node];
  const old = new MemoryMembership({ roll: redis, timers: time });
  const member = { id: 'o#1', name: 'o', weight: 1, draining: false, hot: [], showtimes: 0 };
  for (let beat = 1; beat <= 40; beat++) {
    void old.beat(member, beat);
    await time.advance(TIMING.beatMs);
    if (beat > 3) expect(a.candidates).toBe('a o');
  }
});

test('while Postgres is away Redis has the roll alone, and what it says is believed', async () => {
  const [a, b] = (await started('a', 'b')) as [Node, Node];
  postgresTrip = HANGING;
  await time.advance(20_000);
  expect([...a.candidatesSeen, ...b.candidatesSeen]).toEqual([]);
  const c = new Node('c');
  void c.cluster.start();
  expect(await msUntil(() => a.candidates === 'a b c' && c.candidates === 'a b c')).toBeLessThanOrEqual(1_000);
  b.isDead = true;
  expect(await msUntil(() => a.candidates === 'a c')).toBeLessThanOrEqual(1.25 * TIMING.detectionMs);
});

test('while neither answers nothing changes', async () => {
  const nodes = await started(...NAMES);
  [redisTrip, postgresTrip] = [HANGING, HANGING];
  await time.advance(60_000);
  for (const node of nodes) {
    expect(node.candidates).toBe('a b c');
    expect(node.cluster.members().store).toBe('silent');
  }
  [redisTrip, postgresTrip] = [WELL, WELL];
  await time.advance(60_000);
  for (const node of nodes) expect([...node.candidatesSeen]).toEqual([]);
});

test('while Redis is well Postgres is asked three times a detection', async () => {
  const [a] = (await started(...NAMES)) as [Node, Node, Node];
  a.postgresCalls = 0;
  await time.advance(10 * TIMING.detectionMs);
  expect(a.postgresCalls).toBeLessThanOrEqual(31);
});
