import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash32 } from '../../../../src/runtime/cluster/hash.js';
import { type Candidate, homeOf, Placement, SEEDS } from '../../../../src/runtime/cluster/placement.js';

const node = (name: string, weight = 1): Candidate => ({ name, weight });
const nodes = (count: number) => Array.from({ length: count }, (_, i) => node(`node-${i}`));
/** As alike as ids of showtimes can be: made one after the other, with next to nothing random in them. */
const ids = (count: number) =>
  Array.from({ length: count }, (_, i) => `0199f000-0000-7000-8000-${i.toString(16).padStart(12, '0')}`);

function countByName(candidates: readonly Candidate[], showtimeIds: readonly string[]): Map<string, number> {
  const placement = new Placement(candidates);
  const counts = new Map<string, number>();
  for (const id of showtimeIds) {
    const { name } = placement.homeOf(id)!;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How far counts are from what they should be; about 1 a degree of freedom where all is chance. */
function chiSquare(counts: readonly number[], expected: readonly number[]): number {
  return counts.reduce((sum, count, i) => sum + (count - expected[i]!) ** 2 / expected[i]!, 0);
}

const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 30 });
const weight = fc.double({ min: 0.01, max: 100, noNaN: true });
const candidates = names.chain((list) => fc.tuple(...list.map((name) => weight.map((one) => node(name, one)))));
const someIds = fc.array(fc.uuid(), { minLength: 1, maxLength: 100 });

describe('where a showtime lives', () => {
  it('is nowhere without a candidate that can take anything', () => {
    expect(homeOf('s', [])).toBeUndefined();
    const unable = [0, -1, Number.NaN, Number.POSITIVE_INFINITY].map((one, i) => node(`n${i}`, one));
    expect(homeOf('s', unable)).toBeUndefined();
    expect(homeOf('s', [...unable, node('able')])?.name).toBe('able');
  });

  it('hangs on names, weights and the id, not on the order in which candidates come', () => {
    fc.assert(
      fc.property(candidates, someIds, (list, showtimeIds) => {
        const forwards = new Placement(list);
        const backwards = new Placement([...list].reverse());
        for (const id of showtimeIds) expect(backwards.homeOf(id)).toBe(forwards.homeOf(id));
      }),
    );
  });

  it('moves, where a node joins, to the joiner or not at all', () => {
    fc.assert(
      fc.property(candidates, weight, someIds, (list, joining, showtimeIds) => {
        const joiner = node('a joiner of a name that nobody has', joining);
        const before = new Placement(list);
        const after = new Placement([...list, joiner]);
        for (const id of showtimeIds) expect([before.homeOf(id), joiner]).toContain(after.homeOf(id));
      }),
    );
  });

  it('moves, where a node leaves, only if it lived there', () => {
    fc.assert(
      fc.property(candidates, fc.nat(), someIds, (list, pick, showtimeIds) => {
        const leaver = list[pick % list.length];
        const before = new Placement(list);
        const after = new Placement(list.filter((one) => one !== leaver));
        for (const id of showtimeIds) {
          if (before.homeOf(id) !== leaver) expect(after.homeOf(id)).toBe(before.homeOf(id));
        }
      }),
    );
  });

  it('moves, where a node gains weight, to it or not at all', () => {
    fc.assert(
      fc.property(
        candidates,
        fc.nat(),
        fc.double({ min: 1, max: 10, noNaN: true }),
        someIds,
        (list, pick, factor, some) => {
          const old = list[pick % list.length]!;
          const heavier = node(old.name, old.weight * factor);
          const before = new Placement(list);
          const after = new Placement(list.map((one) => (one === old ? heavier : one)));
          for (const id of some) expect([before.homeOf(id)!.name, old.name]).toContain(after.homeOf(id)!.name);
        },
      ),
    );
  });

  it('comes back with the name, whatever else the node is by then', () => {
    const life = (id: string) => [
      { name: 'a', weight: 1, id },
      { name: 'b', weight: 1, id: 'b' },
    ];
    const [first, second] = [new Placement(life('1')), new Placement(life('2'))];
    for (const id of ids(50)) expect(first.homeOf(id)!.name).toBe(second.homeOf(id)!.name);
  });
});

describe('the share of a node', () => {
  it.each([2, 3, 10, 100])('among %i equal ones is what dice would give it, by ids that differ in a digit', (count) => {
    const total = 100_000;
    const counts = [...countByName(nodes(count), ids(total)).values()];
    expect(counts).toHaveLength(count);
    const spread =
      chiSquare(
        counts,
        counts.map(() => total / count),
      ) -
      (count - 1);
    // Four standard deviations of chi-square; more is no dice.
    expect(Math.abs(spread)).toBeLessThan(4 * Math.sqrt(2 * (count - 1)) + 4);
  });

  it('among a thousand is even, and a joiner takes one part in a thousand', () => {
    const showtimeIds = ids(50_000);
    const list = nodes(1_000);
    const counts = [...countByName(list, showtimeIds).values()];
    expect(counts.length).toBe(1_000);
    const spread =
      chiSquare(
        counts,
        counts.map(() => 50),
      ) - 999;
    expect(Math.abs(spread)).toBeLessThan(4 * Math.sqrt(2 * 999));
    const joined = countByName([...list, node('joiner')], showtimeIds).get('joiner')!;
    expect(Math.abs(joined - 50)).toBeLessThan(5 * Math.sqrt(50));
  });

  it('follows its weight, be it a fraction or a multiple', () => {
    const weights = [0.25, 0.5, 1, 1, 2, 3.5, 10];
    const list = weights.map((one, i) => node(`node-${i}`, one));
    const total = 200_000;
    const sum = weights.reduce((a, b) => a + b, 0);
    const counted = countByName(list, ids(total));
    const counts = list.map(({ name }) => counted.get(name)!);
    const spread =
      chiSquare(
        counts,
        weights.map((one) => (total * one) / sum),
      ) -
      (weights.length - 1);
    expect(Math.abs(spread)).toBeLessThan(4 * Math.sqrt(2 * (weights.length - 1)) + 4);
  });

  it('of two nodes tells nothing about a third: what one sets free is spread over all others', () => {
    const list = nodes(10);
    const before = new Placement(list);
    const freed = ids(100_000).filter((id) => before.homeOf(id)!.name === 'node-3');
    const counts = [
      ...countByName(
        list.filter(({ name }) => name !== 'node-3'),
        freed,
      ).values(),
    ];
    expect(counts).toHaveLength(9);
    const spread =
      chiSquare(
        counts,
        counts.map(() => freed.length / 9),
      ) - 8;
    expect(Math.abs(spread)).toBeLessThan(4 * Math.sqrt(2 * 8) + 4);
  });
});

describe('a decision', () => {
  it.each(SEEDS)('is fair to two nodes whose names collide under seed %i of the two', (seed) => {
    const byHash = new Map<number, string>();
    const pair: string[] = [];
    for (let i = 0; pair.length === 0; i++) {
      const name = `node-${i}`;
      const twin = byHash.get(hash32(name, seed));
      if (twin !== undefined) pair.push(twin, name);
      byHash.set(hash32(name, seed), name);
    }
    const counts = [...countByName([...pair.map((name) => node(name)), node('third')], ids(30_000)).values()];
    expect(counts).toHaveLength(3);
    expect(Math.abs(chiSquare(counts, [10_000, 10_000, 10_000]) - 2)).toBeLessThan(12);
  });

  it('ranks three nodes in every order equally often: no draw says anything about another', () => {
    const showtimeIds = ids(12_000);
    for (let i = 0; i < 40; i++) {
      const trio = [0, 1, 2].map((k) => node(`node-${3 * i + k}`));
      const orders = new Map<string, number>();
      const placement = new Placement(trio);
      const duels = trio.map((one) => new Placement(trio.filter((other) => other !== one)));
      for (const id of showtimeIds) {
        const first = placement.homeOf(id)!;
        const order = `${first.name} ${duels[trio.indexOf(first)]!.homeOf(id)!.name}`;
        orders.set(order, (orders.get(order) ?? 0) + 1);
      }
      const spread = chiSquare([...orders.values()], Array(6).fill(showtimeIds.length / 6));
      expect(orders.size).toBe(6);
      // Chance goes beyond 30 once in 60,000 trios.
      expect(spread).toBeLessThan(30);
    }
  });

  it('passes nobody over who should have won: with one heavy node among many light ones, the order of names is no help', () => {
    const total = 50_000;
    for (const heavy of ['a-heavy', 'z-heavy']) {
      const list = [...Array.from({ length: 50 }, (_, i) => node(`node-${i}`, 0.1)), node(heavy, 5)];
      const count = countByName(list, ids(total)).get(heavy)!;
      expect(Math.abs(count - total / 2)).toBeLessThan(4 * Math.sqrt(total / 4));
    }
  });
});

describe('the hash', () => {
  it('gives a hundred thousand like ids as many collisions as chance would, and different ones by seed', () => {
    const texts = ids(100_000);
    const one = new Set(texts.map((text) => hash32(text, 1)));
    const two = new Set(texts.map((text) => hash32(text, 2)));
    // n² / 2^33 is 1.2.
    expect(texts.length - one.size).toBeLessThan(10);
    expect(texts.length - two.size).toBeLessThan(10);
    expect(texts.filter((text) => hash32(text, 1) === hash32(text, 2)).length).toBeLessThan(3);
  });

  it('flips half of its bits with any one bit of the text', () => {
    const texts = ids(500);
    for (let at = 0; at < texts[0]!.length; at++) {
      let flips = 0;
      for (const text of texts) {
        const other = `${text.slice(0, at)}${String.fromCharCode(text.charCodeAt(at) ^ 1)}${text.slice(at + 1)}`;
        let difference = hash32(text, 7) ^ hash32(other, 7);
        for (; difference !== 0; difference &= difference - 1) flips++;
      }
      expect(Math.abs(flips / texts.length - 16)).toBeLessThan(0.7);
    }
  });
});
