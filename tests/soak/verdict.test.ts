import { describe, expect, it } from 'vitest';
import { growthOf, slopeOf } from './trend.js';
import { type Findings, judge, type Sample } from './verdict.js';

const MINUTE_MS = 60_000;
const MINUTES = 30;

/** Half an hour of a node that is well: what it uses goes up and down, as collectors do, and does not grow. */
function samples(of: (minute: number) => Record<string, number>): Sample[] {
  return Array.from({ length: MINUTES * 12 }, (_, i) => {
    const minute = i / 12;
    const swing = [0, 11, 3, 17, 6, 14][i % 6] ?? 0;
    const gauges = {
      'commands/s': 400,
      'a rss MiB': 200 + swing,
      'a files': 150,
      'p50 ms': 2,
      backlog: 0,
      ...of(minute),
    };
    return { atMs: minute * MINUTE_MS, gauges };
  });
}

/** With the swing of houses that fill and are closed. */
function heaps(of: (minute: number) => number): Sample[] {
  return Array.from({ length: MINUTES * 2 }, (_, i) => {
    const minute = i / 2;
    return { atMs: minute * MINUTE_MS, gauges: { 'a live heap MiB': of(minute) + 3 * (i % 5) } };
  });
}

function failures(changed: Partial<Findings>): string[] {
  const empty = { atMs: 0, gauges: { 'a files': 40, 'held seats': 0 } };
  const well: Findings = {
    samples: samples(() => ({})),
    heaps: heaps(() => 30),
    offeredPerSecond: 400,
    commands: 700_000,
    faults: new Map(),
    unknown: 0,
    drift: [],
    complaints: [],
    empty: { before: empty, after: empty },
  };
  return judge({ ...well, ...changed })
    .filter(({ isFine }) => !isFine)
    .map(({ what }) => what);
}

describe('the trend', () => {
  it('is that of most looks, whatever a few of them say', () => {
    const looks = Array.from({ length: 20 }, (_, i) => [i, i % 5 === 0 ? 1_000 : 3 * i] as const);
    expect(slopeOf(looks)).toBeCloseTo(3, 0);
    expect(growthOf([[0, 7]])).toBe(0);
  });
});

describe('the verdict', () => {
  it('finds nothing where nothing grows', () => {
    expect(failures({})).toEqual([]);
  });

  it('forgives the growth of the warm-up', () => {
    expect(failures({ samples: samples((minute) => ({ 'a rss MiB': 100 + 20 * Math.min(minute, 9.9) })) })).toEqual([]);
  });

  it('finds a leak of a hundred bytes a command in the resident memory, under the swing of the collector', () => {
    const leaked = (minute: number) => (minute * 60 * 400 * 100) / 2 ** 20;
    const leaky = samples((minute) => ({ 'a rss MiB': 200 + ((minute * 12) % 6) * 3 + leaked(minute) }));
    expect(failures({ samples: leaky })).toEqual(['a rss MiB does not grow']);
  });

  it('finds a leak in the live heap that the resident memory hides', () => {
    expect(failures({ heaps: heaps((minute) => 30 + (2 * minute) / 3) })).toEqual(['a live heap MiB does not grow']);
  });

  it.each([
    ['p50 ms', (minute: number) => 2 + minute / 2],
    ['backlog', (minute: number) => minute],
    ['held seats', (minute: number) => 300 + 10 * minute],
    ['outcome rows', (minute: number) => 1_000 + 50 * minute],
    ['redis keys', (minute: number) => 60 + 2 * minute],
  ])('finds that %s grows', (name, of) => {
    expect(failures({ samples: samples((minute) => ({ [name]: of(minute) })) })).toEqual([`${name} does not grow`]);
  });

  it('finds open files that grow, and not those that change sides', () => {
    const both = (a: (minute: number) => number, b: (minute: number) => number) =>
      failures({ samples: samples((minute) => ({ 'a files': a(minute), 'b files': b(minute) })) });
    expect(
      both(
        (minute) => 100 + 2 * minute,
        () => 100,
      ),
    ).toEqual(['files of both does not grow']);
    expect(
      both(
        (minute) => 200 - 3 * minute,
        (minute) => 100 + 3 * minute,
      ),
    ).toEqual([]);
  });

  it('finds outcomes that are not purged, and load that was not answered', () => {
    expect(
      failures({ samples: samples((minute) => ({ 'oldest outcome s': 60 * minute, 'commands/s': 300 })) }),
    ).toEqual(['oldest outcome kept, s', 'what was offered was answered, commands/s']);
  });

  it('finds drift, unknown outcomes, faults and complaints, and what is left when all have gone', () => {
    const found = failures({
      drift: ['a seat'],
      unknown: 1,
      faults: new Map([
        ['a delta was missing', 1],
        ['moving', 800],
      ]),
      complaints: ['{"level":50,"msg":"a house differs"}', '{"level":40,"msg":"the lease lapsed"}'],
      empty: {
        before: { atMs: 0, gauges: { 'a files': 40 } },
        after: { atMs: 0, gauges: { 'a files': 90, 'held seats': 2 } },
      },
    });
    expect(found).toEqual([
      'a files left when all have gone',
      'seats still held when all have gone',
      'drift between memory, Redis and Postgres',
      'faults',
      'errors in the logs',
      'times that people were told to come again',
      'outcomes that stayed unknown',
      'warnings in the logs',
    ]);
  });

  it('judges no trend of a run that is too short for one', () => {
    const short = samples((minute) => ({ 'a rss MiB': 100 + 500 * minute })).slice(0, 24);
    expect(failures({ samples: short })).toEqual([]);
  });
});
