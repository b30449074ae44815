import { beforeEach, describe, expect, it } from 'vitest';
import { ANSWER_MS_MAX, type Node, TIMING, World } from './small-cluster.js';

const LOSS = 'warn The membership store does not answer.';
const RETURN = 'info The membership store answers again.';
const LAPSE = 'warn The lease of this node expired. It sends no replies until Postgres confirms what it owns.';
const HELD_AGAIN = 'info The node holds its lease again.';

let world: World;
let a: Node;
let b: Node;
let c: Node;
let d: Node;

beforeEach(async () => {
  world = new World();
  [a, b, c, d] = (await world.start('a', 'b', 'c', 'd')) as [Node, Node, Node, Node];
});

const held = (node: Node) => node.cluster.lease.held(world.time.now());

describe('while the store of the members is away', () => {
  it('for ten seconds nobody dies, nothing moves, no lease lapses; it is said once, and once when it is back', async () => {
    const before = a.homes;
    const nodes = [a, b, c, d];
    const changes = nodes.map((node) => node.changes);
    world.away = true;
    for (let i = 0; i < 100; i++) {
      await world.time.advance(100);
      for (const node of nodes) expect([node.live, held(node)]).toEqual(['a#1 b#1 c#1 d#1', true]);
    }
    expect(a.cluster.members().store).toBe('silent');
    world.away = false;
    for (let i = 0; i < 100; i++) {
      await world.time.advance(100);
      for (const node of nodes) expect([node.live, held(node)]).toEqual(['a#1 b#1 c#1 d#1', true]);
    }
    for (const node of nodes) expect([node.homes, node.said]).toEqual([before, [LOSS, RETURN]]);
    expect(nodes.map((node) => node.changes)).toEqual(changes);
    expect(a.cluster.members().store).toBe('answering');
  });

  it('Postgres confirms the lease instead, about three times a lease and never twice at a time', async () => {
    let running = 0;
    let most = 0;
    a.verified = async () => {
      most = Math.max(most, ++running);
      await new Promise<void>((resolve) => void world.time.after(50, resolve));
      running--;
      return true;
    };
    world.away = true;
    await world.time.advance(10 * TIMING.leaseMs);
    expect([held(a), most]).toEqual([true, 1]);
    expect(a.asked.length).toBeGreaterThanOrEqual(25);
    expect(a.asked.length).toBeLessThanOrEqual(31);
  });

  it('and Postgres too, the lease lapses after leaseMs; and is held again when Postgres is back, though Redis is not', async () => {
    a.verified = () => Promise.reject(new Error('away'));
    b.verified = async () => false;
    world.away = true;
    await world.time.advance(TIMING.leaseMs - TIMING.beatMs);
    expect([held(a), held(b)]).toEqual([true, true]);
    await world.time.advance(TIMING.beatMs + 1);
    expect([held(a), held(b)]).toEqual([false, false]);
    await world.time.advance(60_000);
    expect([held(a), a.said]).toEqual([false, [LOSS, LAPSE]]);
    a.verified = async () => true;
    await world.time.advance(TIMING.leaseMs / 2);
    expect([held(a), held(b), a.said]).toEqual([true, false, [LOSS, LAPSE, HELD_AGAIN]]);
  });

  it('Postgres is asked in time even where a beat hangs and has not failed yet', async () => {
    a.trip = { thereMs: 0, backMs: 60_000 };
    for (let i = 0; i < 500; i++) {
      await world.time.advance(100);
      expect(held(a)).toBe(true);
    }
    expect([a.cluster.members().store, a.said]).toEqual(['answering', []]);
  });
});

describe('a lease that lapsed', () => {
  const lapse = async () => {
    a.verified = async () => false;
    a.cutOff();
    await world.time.advance(TIMING.leaseMs + TIMING.beatMs);
    expect(held(a)).toBe(false);
  };

  it('is not healed by beats: Postgres must have confirmed what runs', async () => {
    await lapse();
    a.trip = {};
    await world.time.advance(20 * TIMING.beatMs);
    expect([a.cluster.members().store, held(a)]).toEqual(['answering', false]);
    a.verified = async () => true;
    await world.time.advance(TIMING.leaseMs / 2);
    expect(held(a)).toBe(true);
    const asked = a.asked.length;
    await world.time.advance(5 * TIMING.leaseMs);
    // Once a lease, as where all is well.
    expect([held(a), a.asked.length - asked]).toEqual([true, 4]);
  });

  it('is not healed by an answer of Postgres that is older than a lease', async () => {
    await lapse();
    a.trip = {};
    a.verified = async () => {
      await new Promise<void>((resolve) => void world.time.after(TIMING.leaseMs + 1, resolve));
      return true;
    };
    await world.time.advance(10 * TIMING.leaseMs);
    expect(held(a)).toBe(false);
  });
});

describe('a beat that is answered', () => {
  it('confirms the lease from when it was sent', async () => {
    a.verified = async () => false;
    a.trip = { thereMs: 0, backMs: 900 };
    await world.time.advance(3 * TIMING.beatMs);
    a.cutOff();
    const beat = world.roll.members.get('a#1')!.beat;
    await world.until(() => !held(a));
    // The last that reached the store; a's own beats are a beat apart, from the start.
    const sentAt = (beat - 1) * TIMING.beatMs;
    expect(world.time.now() - sentAt).toBeGreaterThan(TIMING.leaseMs);
    expect(world.time.now() - sentAt).toBeLessThanOrEqual(TIMING.leaseMs + 20);
  });

  it('confirms nothing where a newer process runs under the name: that one may take over at any moment', async () => {
    a.verified = async () => false;
    await world.startLife('a', 2);
    await world.time.advance(TIMING.leaseMs + 2 * TIMING.beatMs);
    expect([a.cluster.members().store, held(a)]).toEqual(['answering', false]);
  });
});

describe('a node that alone is cut off', () => {
  it('lets its lease lapse before the others take its showtimes, where Postgres does not confirm it either', async () => {
    a.verified = async () => false;
    a.cutOff();
    let lapsedAt = 0;
    let takenAt = 0;
    await world.until(() => {
      if (!held(a)) lapsedAt ||= world.time.now();
      if (!b.homes.includes('a')) takenAt ||= world.time.now();
      return lapsedAt > 0 && takenAt > 0;
    });
    expect(takenAt - lapsedAt).toBeGreaterThan(0);
    expect(takenAt - lapsedAt).toBeGreaterThanOrEqual(TIMING.detectionMs - TIMING.leaseMs - 10);
  });

  it('gives nobody up meanwhile, and has them all when it is back', async () => {
    a.cutOff();
    await world.time.advance(60_000);
    expect(a.live).toBe('a#1 b#1 c#1 d#1');
    a.trip = {};
    await world.time.advance(TIMING.beatMs + ANSWER_MS_MAX);
    expect([a.live, b.live]).toEqual(Array(2).fill('a#1 b#1 c#1 d#1'));
  });
});

describe('a node that was stopped and goes on (SIGSTOP, SIGCONT)', () => {
  it('gives nobody up, and holds no lease until Postgres has confirmed what runs on it', async () => {
    let answer: (sound: boolean) => void = () => {};
    a.stopped = true;
    await world.time.advance(30_000);
    expect(b.live).toBe('b#1 c#1 d#1');
    a.verified = () =>
      new Promise((resolve) => {
        answer = resolve;
      });
    expect(held(a)).toBe(false);
    await world.resume(a);
    for (let i = 0; i < 30; i++) {
      await world.time.advance(100);
      expect([a.live, held(a)]).toEqual(['a#1 b#1 c#1 d#1', false]);
    }
    expect(b.live).toBe('a#1 b#1 c#1 d#1');
    answer(true);
    a.verified = async () => true;
    await world.time.advance(TIMING.leaseMs / 2);
    expect(held(a)).toBe(true);
  });

  it('in the middle of a beat, takes the answer that waited for it for no news', async () => {
    a.trip = { thereMs: 0, backMs: 100 };
    await world.time.advance(TIMING.beatMs);
    a.trip = { thereMs: 400, backMs: 400 };
    await world.time.advance(TIMING.beatMs);
    a.stopped = true;
    await world.time.advance(30_000);
    await world.resume(a);
    expect(a.live).toBe('a#1 b#1 c#1 d#1');
    await world.time.advance(10_000);
    expect(a.live).toBe('a#1 b#1 c#1 d#1');
  });
});

describe('a store that lies', () => {
  it('and forgets everything moves nothing', async () => {
    const before = b.homes;
    world.roll.forgetAll();
    for (let i = 0; i < 200; i++) {
      await world.time.advance(100);
      for (const node of [a, b, c, d]) expect(node.homes).toEqual(before);
    }
    expect(world.roll.members.size).toBe(4);
  });

  it('and shows only this node has nothing taken from the others for freezeMs; it is said', async () => {
    const before = a.homes;
    for (const node of [b, c, d]) node.cutOff();
    await world.time.advance(TIMING.detectionMs + TIMING.freezeMs - TIMING.beatMs);
    expect([a.live, a.homes, a.cluster.members().frozen]).toEqual(['a#1', before, true]);
    expect(a.said).toEqual([
      'error Most other nodes disappeared at the same time. For a while this node claims none of their showtimes.',
    ]);
    const { changes } = a;
    await world.time.advance(3 * TIMING.beatMs);
    expect([a.candidates, a.cluster.members().frozen]).toEqual(['a#1', false]);
    expect(a.changes).toBe(changes + 1);
  });
});

describe('a node that starts while the store is away', () => {
  it('knows of itself alone, and says that it has heard of nobody', async () => {
    world.away = true;
    const late = await world.startLife('late', 1);
    await world.time.advance(ANSWER_MS_MAX + 5 * TIMING.beatMs);
    expect([late.live, late.cluster.members().store, held(late)]).toEqual(['late#1', 'unheard', true]);
    world.away = false;
    await world.time.advance(2 * TIMING.beatMs);
    expect([late.live, late.said]).toEqual(['a#1 b#1 c#1 d#1 late#1', [LOSS, RETURN]]);
  });
});

describe('while all is well', () => {
  it('Postgres is asked about once a lease: beats do not tell of takers who do not see them', async () => {
    await world.time.advance(35 * TIMING.leaseMs);
    expect(a.asked.length).toBeGreaterThan(25);
    expect(a.asked.length).toBeLessThanOrEqual(35);
  });
});
