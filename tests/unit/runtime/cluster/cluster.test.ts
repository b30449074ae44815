import { beforeEach, describe, expect, it } from 'vitest';
import { SHOWTIMES, TIMING, World } from './small-cluster.js';

let world: World;

beforeEach(() => {
  world = new World();
});

describe('nodes of a cluster', () => {
  it('see each other, and agree where every showtime lives', async () => {
    const [a, b, c] = await world.start('a', 'b', 'c');
    expect([a!.live, b!.live, c!.live]).toEqual(Array(3).fill('a#1 b#1 c#1'));
    expect(new Set(a!.homes)).toEqual(new Set(['a', 'b', 'c']));
    expect([b!.homes, c!.homes]).toEqual([a!.homes, a!.homes]);
    const here = SHOWTIMES.filter((id) => b!.cluster.homeOf(id)?.id === b!.id);
    expect(here).toEqual(SHOWTIMES.filter((_, i) => a!.homes[i] === 'b'));
  });

  it('give a joiner its share, and nothing moves between the others', async () => {
    const [a] = await world.start('a', 'b');
    const before = a!.homes;
    await world.start('c');
    for (const [i, home] of a!.homes.entries()) expect([before[i], 'c']).toContain(home);
    expect(a!.homes).toContain('c');
  });

  it('find a dead one within detectionMs and a beat, whatever the rhythm of their own beats, and take over what was its', async () => {
    const [a, b, c] = await world.start('a', 'b', 'c', 'd');
    const before = a!.homes;
    b!.stopped = true;
    const tookMs = await world.until(() => !a!.live.includes('b#1') && !c!.live.includes('b#1'));
    expect(tookMs).toBeGreaterThan(TIMING.detectionMs - TIMING.beatMs);
    expect(tookMs).toBeLessThanOrEqual(TIMING.detectionMs + TIMING.beatMs);
    for (const [i, home] of a!.homes.entries()) if (before[i] !== 'b') expect(home).toBe(before[i]);
    expect(a!.homes).not.toContain('b');
    expect(c!.homes).toEqual(a!.homes);
  });

  it('know one as quiet before it is dead, and wait for what becomes of its showtimes', async () => {
    const [a, b] = await world.start('a', 'b', 'c', 'd');
    const showtimeId = SHOWTIMES.find((id) => a!.cluster.homeOf(id)!.name === 'b')!;
    expect(a!.cluster.isQuiet('b#1')).toBe(false);
    await a!.cluster.settled(showtimeId);
    b!.stopped = true;
    await world.until(() => a!.cluster.isQuiet('b#1'));
    expect(a!.live).toContain('b#1');
    const settled: string[] = [];
    void a!.cluster.settled(showtimeId).then(() => settled.push(a!.cluster.homeOf(showtimeId)!.name));
    await world.time.advance(TIMING.beatMs);
    expect(settled).toEqual([]);
    await world.until(() => settled.length > 0);
    expect(settled[0]).not.toBe('b');
  });

  it('take the dead off the roll in the end', async () => {
    const [, b] = await world.start('a', 'b', 'c', 'd');
    b!.stopped = true;
    await world.time.advance(TIMING.detectionMs * 2 + TIMING.beatMs * 2);
    expect([...world.roll.members.keys()]).toEqual(['a#1', 'c#1', 'd#1']);
  });

  it('replace a node that was killed by its next life at once, and its showtimes come home', async () => {
    const [a, b] = await world.start('a', 'b', 'c');
    const before = a!.homes;
    b!.stopped = true;
    await world.startLife('b', 2);
    await world.time.advance(TIMING.beatMs);
    expect([a!.live, a!.homes]).toEqual(['a#1 b#2 c#1', before]);
  });

  it('follow a pin to a node that is there, and to none that drains or is dead', async () => {
    const [a, b, c] = await world.start('a', 'b', 'c', 'd');
    const showtimeId = SHOWTIMES.find((id) => a!.cluster.homeOf(id)!.name === 'a')!;
    world.roll.pins.set(showtimeId, 'b');
    world.roll.pins.set('elsewhere', 'nobody');
    const hashed = a!.cluster.homeOf('elsewhere')!.name;
    await world.time.advance(TIMING.beatMs);
    expect([a, b, c].map((node) => node!.cluster.homeOf(showtimeId)!.id)).toEqual(['b#1', 'b#1', 'b#1']);
    expect([b!.cluster.homeOf(showtimeId)?.id === b!.id, a!.cluster.homeOf(showtimeId)?.id === a!.id]).toEqual([
      true,
      false,
    ]);
    expect(a!.cluster.homeOf('elsewhere')!.name).toBe(hashed);
    void b!.cluster.drain();
    await world.time.advance(TIMING.beatMs);
    expect([a, b, c].map((node) => node!.cluster.homeOf(showtimeId)!.id)).toEqual(['a#1', 'a#1', 'a#1']);
  });

  it('know what is hot on each other, and how much runs there', async () => {
    const [a, b] = await world.start('a', 'b');
    a!.cluster.setHot(['s']);
    a!.cluster.setShowtimes(7);
    await world.time.advance(2 * TIMING.beatMs);
    const seen = b!.cluster.members().live.find(({ name }) => name === 'a');
    expect(seen).toMatchObject({ hot: ['s'], showtimes: 7 });
  });

  it('say that a second process runs under one name, once, and the newer one is the node', async () => {
    const [a, b] = await world.start('a', 'b');
    const twin = await world.startLife('a', 2);
    await world.time.advance(10 * TIMING.beatMs);
    expect(a!.said).toEqual(['error A newer process runs under the name of this node.']);
    expect(twin.said).toEqual([]);
    expect([a!.candidates, b!.candidates, twin.candidates]).toEqual(Array(3).fill('a#2 b#1'));
    // Its beats are answered, but mean nothing: the other may take over at any time. So Postgres is asked.
    expect(a!.asked.length).toBeGreaterThan(5);
    expect(a!.cluster.lease.held(world.time.now())).toBe(true);
  });

  it('are told of changes, and only of those', async () => {
    const [a, b] = await world.start('a', 'b');
    await world.time.advance(20 * TIMING.beatMs);
    const counted = () => [a!.changes, b!.changes];
    const before = counted();
    b!.cluster.setShowtimes(3);
    await world.time.advance(5 * TIMING.beatMs);
    expect(counted()).toEqual(before);
    const [ofA, ofB] = [a!.changes, b!.changes];
    b!.cluster.setHot(['s']);
    expect(b!.changes).toBe(ofB + 1);
    await world.time.advance(5 * TIMING.beatMs);
    expect(counted()).toEqual([ofA + 1, ofB + 1]);
    world.roll.pins.set('s', 'a');
    await world.time.advance(5 * TIMING.beatMs);
    expect(counted()).toEqual([ofA + 2, ofB + 2]);
    void a!.cluster.drain();
    await world.time.advance(5 * TIMING.beatMs);
    expect(counted()).toEqual([ofA + 3, ofB + 3]);
  });

  it('go on when a listener throws, and tell the others', async () => {
    const [a] = await world.start('a');
    a!.cluster.onChange(() => {
      throw new Error('a bug');
    });
    let told = 0;
    const end = a!.cluster.onChange(() => told++);
    a!.cluster.setHot(['s']);
    end();
    a!.cluster.setHot([]);
    expect([told, a!.said[0]]).toEqual([1, 'error A listener for changes of the cluster threw an error.']);
    await world.start('b');
    expect(a!.live).toBe('a#1 b#1');
  });

  it('refuse times that do not fit together', async () => {
    const starting = world.startLife('a', 1, { timing: { ...TIMING, leaseMs: 9_000 } });
    await expect(starting).rejects.toThrow(/leaseMs/);
  });
});

describe('a node that leaves', () => {
  it('has nothing from the turn on in which it drains, and the others know within a beat', async () => {
    const [a, b] = await world.start('a', 'b', 'c');
    void b!.cluster.drain();
    expect(b!.homes).not.toContain('b');
    expect([b!.cluster.self.draining, b!.cluster.homeOf(SHOWTIMES[0]!)?.id === b!.id]).toEqual([true, false]);
    await world.time.advance(TIMING.beatMs);
    expect([a!.live, a!.candidates]).toEqual(['a#1 b#1 c#1', 'a#1 c#1']);
    expect(a!.homes).toEqual(b!.homes);
  });

  it('is gone for the others within a beat of leaving, without having to be found dead', async () => {
    const [a, b, c] = await world.start('a', 'b', 'c');
    let stopped = false;
    void b!.cluster.stop().then(() => {
      stopped = true;
    });
    expect(await world.until(() => stopped)).toBeLessThanOrEqual(1.5 * TIMING.beatMs + 10);
    await world.time.advance(TIMING.beatMs);
    expect([a!.live, c!.live]).toEqual(['a#1 c#1', 'a#1 c#1']);
    await world.time.advance(10 * TIMING.beatMs);
    expect([...world.roll.members.keys()]).toEqual(['a#1', 'c#1']);
  });

  it('does not wait where the others know already, or where there are none', async () => {
    const [a, b] = await world.start('a', 'b');
    void b!.cluster.drain();
    await world.time.advance(2 * TIMING.beatMs);
    let stopped = 0;
    void b!.cluster.stop().then(() => stopped++);
    await world.time.advance(0);
    expect(stopped).toBe(1);
    await world.time.advance(2 * TIMING.beatMs);
    void a!.cluster.stop().then(() => stopped++);
    await world.time.advance(0);
    expect([stopped, world.roll.members.size]).toEqual([2, 0]);
  });

  it('does not come back by a beat that was under way', async () => {
    const [a] = await world.start('a');
    a!.trip = { thereMs: 200, backMs: 200 };
    await world.time.advance(TIMING.beatMs);
    let stopped = 0;
    void a!.cluster.stop().then(() => stopped++);
    void a!.cluster.stop().then(() => stopped++);
    await world.time.advance(10 * TIMING.beatMs);
    expect([stopped, world.roll.members.size]).toEqual([2, 0]);
  });

  it('leaves though the store does not answer, and is silent afterwards', async () => {
    const [a, b] = await world.start('a', 'b', 'c');
    world.away = true;
    let stopped = false;
    void b!.cluster.stop().then(() => {
      stopped = true;
    });
    await world.time.advance(2 * TIMING.beatMs);
    expect(stopped).toBe(true);
    world.away = false;
    await world.time.advance(TIMING.detectionMs + 2 * TIMING.beatMs);
    expect(a!.live).toBe('a#1 c#1');
  });
});
