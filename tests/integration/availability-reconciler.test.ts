import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MemoryCache } from '../../src/adapters/memory/memory-cache.js';
import { Reconciler, type ReconcilerOptions } from '../../src/boxoffice/availability/reconciler.js';
import type { Cache } from '../../src/boxoffice/cache-port.js';
import type { Journal } from '../../src/runtime/journal-port.js';
import { type PostgresStore, postgresStore } from '../contract/journals.js';
import { bookedBy, held, holdOf, slice } from '../contract/slices.js';
import { recordingLog } from '../unit/boxoffice/recording-log.js';
import { HandDrivenHouse, HandTimers } from './availability-house.js';

const LONG_MS = 600_000;

const deaf: Cache = {
  get: async () => undefined,
  set: async () => false,
  counts: async () => undefined,
  putCounts: async () => false,
};

let store: PostgresStore;
let journal: Journal;
let batch = 0;
let now: number;
let houses: Map<string, HandDrivenHouse>;
let reloaded: string[];
let log: ReturnType<typeof recordingLog>;
let timers: HandTimers;
let cache: MemoryCache;
let reconciler: Reconciler;

beforeAll(async () => {
  store = await postgresStore();
  journal = (await store.proxied()).journal;
});
afterAll(() => store.close());
beforeEach(() => {
  now = 1_000_000;
  houses = new Map();
  reloaded = [];
  log = recordingLog();
  timers = new HandTimers();
  cache = new MemoryCache({ clock: { now: () => now } });
  open();
});
afterEach(() => reconciler.stop());

function open(more: Partial<ReconcilerOptions> = {}): void {
  reconciler = new Reconciler({
    pool: store.admin,
    writer: { id: randomUUID(), acknowledged: () => 0, behind: () => {} },
    cache,
    clock: { now: () => now },
    timers,
    log,
    running: () => [...houses.keys()],
    look: (id) => houses.get(id)?.look(),
    reload: (id) => void reloaded.push(id),
    countsAreOn: () => true,
    ...more,
  });
}

/** A house with two seats held and one sold, which all three know of. */
async function agreed(): Promise<HandDrivenHouse> {
  const house = new HandDrivenHouse(journal, () => ++batch);
  await house.load();
  const parts = { holds: held(holdOf('ann', [1, 2])), booked: [bookedBy('bob', [3])], blocks: [[4, 'x']] as const };
  await house.write(slice(house.showtimeId, house.epoch, parts));
  house.publish({ held: 2, booked: 1, blocked: 1 });
  houses.set(house.showtimeId, house);
  await publish(house);
  return house;
}
const publish = (house: HandDrivenHouse) =>
  cache.putCounts(new Map([[house.showtimeId, house.counts]]), LONG_MS, 'always');
const cached = async (house: HandDrivenHouse) => (await cache.counts([house.showtimeId])).get(house.showtimeId);
const sellByHand = (house: HandDrivenHouse) =>
  store.admin.query('INSERT INTO usher.booking_seats VALUES ($1, 9, gen_random_uuid())', [house.showtimeId]);

/** One round, with what happens between its two looks where there are two. */
async function round(between: () => unknown = () => {}): Promise<Record<string, unknown> | undefined> {
  const before = log.lines.length;
  const { rounds } = reconciler.totals;
  await timers.fire();
  if (reconciler.totals.rounds === rounds && log.lines.length === before) {
    await between();
    await timers.fire();
  }
  const line = log.lines.slice(before).find(({ fields }) => fields['event'] === 'counts.compared');
  if (!line) return undefined;
  const { event: _, ...counts } = line.fields;
  return counts;
}
const QUIET = { undecided: 0, houseDrifted: 0, cacheDrifted: 0, reloaded: 0, rewritten: 0 };

describe('a round', () => {
  it('counts what it compared, and finds nothing where all three agree', async () => {
    for (let i = 0; i < 3; i++) await agreed();
    expect(await round()).toEqual({ ...QUIET, checked: 3 });
    expect(reconciler.totals).toEqual({ ...QUIET, rounds: 1, checked: 3 });
    expect(log.lines.map(({ level }) => level)).toEqual(['info']);
  });

  it('says nothing where nothing runs', async () => {
    await timers.fire();
    expect(log.lines).toEqual([]);
  });

  it('takes the showtimes in portions, each its turn', async () => {
    await reconciler.stop();
    const looked: string[] = [];
    const look = (id: string) => {
      looked.push(id);
      return houses.get(id)?.look();
    };
    open({ showtimesPerRound: 2, look });
    for (let i = 0; i < 4; i++) await agreed();
    await round();
    await round();
    expect(new Set(looked)).toEqual(new Set(houses.keys()));
  });

  it('that cannot read Postgres is one line, and the next goes on', async () => {
    await reconciler.stop();
    let isAway = true;
    const query = (text: string, values: unknown[]) =>
      isAway ? Promise.reject(new Error('away')) : store.admin.query(text, values);
    open({ pool: { query: query as Pool['query'] } });
    await agreed();
    expect(await round()).toBeUndefined();
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
    isAway = false;
    expect(await round()).toMatchObject({ checked: 1 });
  });
});

describe('a journal that lacks what this node acknowledged', () => {
  it('is no truth: nothing is loaded from it, and it is asked where it stands', async () => {
    await reconciler.stop();
    const house = await agreed();
    const behind: string[] = [];
    const writer = { id: randomUUID(), acknowledged: () => 7, behind: () => void behind.push('behind') };
    open({ writer });
    await sellByHand(house);
    await timers.fire();
    expect(behind).toEqual(['behind']);
    expect(reloaded).toEqual([]);
  });
});

describe('a house that drifted from the journal', () => {
  it('is found, loaded anew, and right after; Postgres is left as it is', async () => {
    const [house] = [await agreed(), await agreed()];
    await sellByHand(house!);
    expect(await round()).toEqual({ ...QUIET, checked: 2, houseDrifted: 1, reloaded: 1 });
    expect(reloaded).toEqual([house!.showtimeId]);
    // What the directory does when the next client asks; the counts of the new epoch go to the cache.
    houses.delete(house!.showtimeId);
    const anew = new HandDrivenHouse(journal, () => ++batch, house!.showtimeId);
    await anew.load();
    anew.publish({ booked: 2 });
    houses.set(anew.showtimeId, anew);
    await publish(anew);
    expect(await round()).toEqual({ ...QUIET, checked: 2 });
    const { rows } = await store.admin.query(
      'SELECT count(*)::int AS n FROM usher.booking_seats WHERE showtime_id = $1',
      [house!.showtimeId],
    );
    expect(rows[0].n).toBe(2);
  });

  it('again and again is loaded once an hour: more would not help, and costs its clients a connection each time', async () => {
    await sellByHand(await agreed());
    const seen = [await round(), await round()].map((each) => [each?.['houseDrifted'], each?.['reloaded']]);
    expect(seen).toEqual([
      [1, 1],
      [1, 0],
    ]);
    now += 3_600_000;
    expect(await round()).toMatchObject({ houseDrifted: 1, reloaded: 1 });
  });

  it('with many others is loaded with few of them at a time', async () => {
    for (let i = 0; i < 5; i++) await sellByHand(await agreed());
    expect(await round()).toMatchObject({ houseDrifted: 5, reloaded: 3 });
    expect(await round()).toMatchObject({ houseDrifted: 5, reloaded: 2 });
    expect(new Set(reloaded)).toEqual(new Set(houses.keys()));
  });
});

describe('a cache that drifted from the house', () => {
  it.each([
    { has: 'other numbers of the same moment', change: { available: 17, held: 1 } },
    { has: 'a seq that never was', change: { seq: 1_000 } },
    { has: 'an epoch that never was', change: { epoch: 1_000 } },
    { has: 'an old moment', change: { seq: 0 } },
  ])('and has $has is found and rewritten', async ({ change }) => {
    const house = await agreed();
    await cache.putCounts(new Map([[house.showtimeId, { ...house.counts, ...change }]]), LONG_MS, 'always');
    expect(await round()).toEqual({ ...QUIET, checked: 1, cacheDrifted: 1, rewritten: 1 });
    expect(await cached(house)).toEqual(house.counts);
    expect(reloaded).toEqual([]);
    expect(await round()).toEqual({ ...QUIET, checked: 1 });
  });

  it('and has lost it is found and rewritten', async () => {
    const house = await agreed();
    now += LONG_MS;
    expect(await cached(house)).toBeUndefined();
    expect(await round()).toMatchObject({ cacheDrifted: 1, rewritten: 1 });
    expect(await cached(house)).toEqual(house.counts);
  });

  it('is left alone while it does not answer, or is switched off; the house is compared all the same', async () => {
    const house = await agreed();
    await reconciler.stop();
    const silent: Cache = { ...deaf, counts: async () => undefined };
    open({ cache: silent });
    expect(await round()).toEqual({ ...QUIET, checked: 1 });
    await reconciler.stop();
    open({ cache: { ...deaf, counts: async () => new Map() }, countsAreOn: () => false });
    await sellByHand(house);
    expect(await round()).toEqual({ ...QUIET, checked: 1, houseDrifted: 1, reloaded: 1 });
  });
});
describe('what is on its way is no drift', () => {
  it('when the journal has it and its answer has not come', async () => {
    const house = await agreed();
    house.begin();
    await house.write(slice(house.showtimeId, house.epoch, { holds: held(holdOf('cy', [7, 8])) }));
    expect(await round()).toEqual({ ...QUIET, checked: 1, undecided: 1 });
  });

  it('when the journal has it and the next delta has not left, but does before the second look', async () => {
    const house = await agreed();
    house.begin();
    await house.write(slice(house.showtimeId, house.epoch, { holds: held(holdOf('cy', [7, 8])) }));
    house.settle();
    const seen = await round(async () => {
      house.publish({ held: 4 });
      await publish(house);
    });
    expect(seen).toEqual({ ...QUIET, checked: 1 });
  });

  it('when the house goes on changing between the looks', async () => {
    const house = await agreed();
    await sellByHand(house);
    const seen = await round(() => house.publish({ held: 3 }));
    expect(seen).toEqual({ ...QUIET, checked: 1, undecided: 1 });
  });

  it('when a command comes while Postgres is read for the second time', async () => {
    const house = await agreed();
    await sellByHand(house);
    await reconciler.stop();
    let reads = 0;
    const query = async (text: string, values: unknown[]) => {
      const answer = await store.admin.query(text, values);
      if (++reads === 2) {
        house.begin();
        house.settle();
      }
      return answer;
    };
    open({ pool: { query: query as Pool['query'] } });
    expect(await round()).toEqual({ ...QUIET, checked: 1, undecided: 1 });
  });

  it('when the cache is a second behind', async () => {
    const house = await agreed();
    house.begin();
    await house.write(slice(house.showtimeId, house.epoch, { holds: held(holdOf('cy', [7])) }));
    house.settle();
    house.publish({ held: 3 });
    expect(await round(() => publish(house))).toEqual({ ...QUIET, checked: 1 });
  });

  it('when another node has taken the showtime over: it is not ours to load, which would take it back', async () => {
    const house = await agreed();
    const other = new HandDrivenHouse((await store.proxied()).journal, () => ++batch, house.showtimeId);
    await other.load();
    await other.write(slice(house.showtimeId, other.epoch, { holds: held(holdOf('dee', [11])) }));
    expect(await round()).toEqual({ ...QUIET, checked: 1, undecided: 1 });
    expect(reloaded).toEqual([]);
  });

  it('when the house is gone by the second look', async () => {
    const house = await agreed();
    await sellByHand(house);
    expect(await round(() => houses.delete(house.showtimeId))).toEqual({ ...QUIET, checked: 1, undecided: 1 });
  });
});

it('stops between two looks, and says nothing more', async () => {
  await sellByHand(await agreed());
  await timers.fire();
  await reconciler.stop();
  expect(log.lines).toEqual([]);
  expect(timers.isWaiting).toBe(false);
});
