import { beforeEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { LISTING_LIMITS } from '../../../src/boxoffice/catalogue/cached-listings.js';
import { CatalogueGeneration } from '../../../src/boxoffice/catalogue/generation.js';
import { type Kind, ReadThrough, type ReadThroughLimits } from '../../../src/boxoffice/catalogue/read-through.js';
import type { Ids } from '../../../src/kernel/ids.js';
import { recordingLog } from './recording-log.js';
import { ScriptedCache } from './scripted-cache.js';

const KIND: Kind<readonly string[]> = {
  name: 'words',
  rowsIn: (words) => words.length,
  isUsable: (value): value is readonly string[] =>
    Array.isArray(value) && value.every((word) => typeof word === 'string'),
};
const LIMITS: ReadThroughLimits = { ...LISTING_LIMITS, ttlMs: 30_000, rowsMax: 10 };

let time: VirtualTime;
let cache: ScriptedCache;
let made: number;

beforeEach(() => {
  time = new VirtualTime(1_000_000);
  cache = new ScriptedCache(time);
  made = 0;
});

/** One node: its reads, and the store that they are of. */
function node(limits: Partial<ReadThroughLimits> = {}) {
  const ids: Ids = { uuid: () => `token-${++made}`, reference: () => 'R' };
  const generation = new CatalogueGeneration({ cache, ids, timers: time });
  const log = recordingLog();
  const context = { cache, generation, clock: time, timers: time, log, random: () => 0.5 };
  const reads = new ReadThrough({ ...context, limits: { ...LIMITS, ...limits } });
  const loads: string[] = [];
  let answer: (key: string) => Promise<readonly string[]> = async (key) => [key];
  return {
    generation,
    log,
    loads,
    answerWith(next: (key: string) => Promise<readonly string[]>) {
      answer = next;
    },
    read: (key: string, reach: 'shared' | 'own' = 'shared') =>
      reads.read(
        KIND,
        key,
        () => {
          loads.push(key);
          return answer(key);
        },
        reach,
      ),
  };
}
const away = async () => {
  throw new Error('Postgres is away');
};
const never = () => new Promise<never>(() => {});

describe('reading once for many', () => {
  it('loads once however many ask at the same time, and not again before the value is old', async () => {
    const one = node();
    const all = await Promise.all([1, 2, 3].map(() => one.read('a')));
    expect(all).toEqual([['a'], ['a'], ['a']]);
    await time.advance(29_000);
    await one.read('a');
    expect(one.loads).toEqual(['a']);
    await time.advance(2_000);
    await one.read('a');
    expect(one.loads).toEqual(['a', 'a']);
  });

  it('tells a failure to all who asked, and asks anew for the next', async () => {
    const one = node();
    one.answerWith(away);
    const all = await Promise.allSettled([one.read('a'), one.read('a')]);
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    one.answerWith(async () => ['back']);
    expect(await one.read('a')).toEqual(['back']);
    expect(one.loads).toHaveLength(2);
  });

  it('refuses more reads of the store at a time than the bound', async () => {
    const one = node({ flightsMax: 2 });
    one.answerWith(never);
    void one.read('a');
    void one.read('b');
    await expect(one.read('c')).rejects.toThrow('already');
  });

  it('keeps "there is none" for a short while only', async () => {
    const one = node();
    one.answerWith(async () => []);
    await one.read('a');
    await one.read('a');
    expect(one.loads).toHaveLength(1);
    await time.advance(5_001);
    await one.read('a');
    expect(one.loads).toHaveLength(2);
  });
});

describe('what nodes share', () => {
  it('is read by the second node from the cache, and does not live longer for that', async () => {
    const [one, two] = [node(), node()];
    await one.read('a');
    await time.advance(20_000);
    expect(await two.read('a')).toEqual(['a']);
    expect(two.loads).toEqual([]);
    await time.advance(10_001);
    await two.read('a');
    expect(two.loads).toEqual(['a']);
  });

  it('leaves out what readers can make up: absences, and keys that they made up', async () => {
    const one = node();
    await one.read('span', 'own');
    one.answerWith(async () => []);
    await one.read('nothing');
    expect(cache.calls.set).toBe(0);
  });

  it.each(['{', '{"at":"soon","value":["x"]}', '{"at":1e18,"value":[1]}', 'null'])(
    'is read from the store where the cache holds %s',
    async (lie) => {
      const one = node();
      await cache.store.set('listing:none:words:a', lie, 60_000);
      expect(await one.read('a')).toEqual(['a']);
    },
  );

  it('does not become fresh for ever by a time of the future', async () => {
    const one = node();
    await cache.store.set('listing:none:words:a', '{"at":1e18,"value":["x"]}', 60_000);
    expect(await one.read('a')).toEqual(['x']);
    await time.advance(60_001);
    expect(await one.read('a')).toEqual(['a']);
  });
});

describe('a store that fails or is slow', () => {
  it('is stood in for by the old value, up to its age, with one line in the log', async () => {
    const one = node();
    await one.read('a');
    one.answerWith(away);
    for (let at = 31_000; at < 599_000; at += 31_000) {
      await time.advance(31_000);
      expect(await one.read('a')).toEqual(['a']);
    }
    expect(one.log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    await time.advance(31_000);
    await expect(one.read('a')).rejects.toThrow('away');
  });

  it('is not asked again by everybody right after a failure', async () => {
    const one = node();
    await one.read('a');
    one.answerWith(away);
    await time.advance(40_000);
    for (let i = 0; i < 5; i++) await one.read('a');
    expect(one.loads).toHaveLength(2);
    await time.advance(1_001);
    await one.read('a');
    expect(one.loads).toHaveLength(3);
  });

  it('keeps nobody waiting past their patience who can have an old value; its answer counts when it comes', async () => {
    const one = node();
    await one.read('a');
    let land = (_: readonly string[]) => {};
    one.answerWith(() => new Promise((resolve) => (land = resolve)));
    await time.advance(40_000);
    const asked = one.read('a');
    await time.advance(501);
    expect(await asked).toEqual(['a']);
    expect(await one.read('a')).toEqual(['a']);
    land(['new']);
    await time.advance(0);
    expect(await one.read('a')).toEqual(['new']);
    expect(one.loads).toHaveLength(2);
  });

  it('is the only one that matters: a cache that is away costs nothing but reads', async () => {
    cache.isAway = true;
    const one = node();
    expect(await one.read('a')).toEqual(['a']);
    expect(await one.read('a')).toEqual(['a']);
    expect(one.loads).toHaveLength(1);
  });
});

describe('bounds', () => {
  it('hold for rows altogether: the least recently used go', async () => {
    const one = node();
    one.answerWith(async (key) => Array.from({ length: 4 }, () => key));
    await one.read('a');
    await one.read('b');
    await one.read('a');
    await one.read('c');
    cache.isAway = true;
    one.loads.length = 0;
    await one.read('a');
    await one.read('c');
    expect(one.loads).toEqual([]);
    await one.read('b');
    expect(one.loads).toEqual(['b']);
  });

  it('do not let what readers make up push out what others ask for', async () => {
    const one = node();
    for (let i = 0; i < 50; i++) {
      await one.read('a');
      await one.read(`span ${i}`, 'own');
    }
    one.answerWith(async () => []);
    for (let i = 0; i < 50; i++) {
      await one.read('a');
      await one.read(`nothing ${i}`);
    }
    expect(one.loads.filter((key) => key === 'a')).toHaveLength(1);
    one.loads.length = 0;
    await one.read('span 0', 'own');
    expect(one.loads).toEqual(['span 0']);
  });

  it('keep values of two kinds under one key apart', async () => {
    const generation = new CatalogueGeneration({ cache, ids: { uuid: () => 't', reference: () => 'R' }, timers: time });
    const context = { cache, generation, clock: time, timers: time, log: recordingLog(), random: () => 0.5 };
    const reads = new ReadThrough({ ...context, limits: LIMITS });
    expect(await reads.read(KIND, 'a', async () => ['one'], 'own')).toEqual(['one']);
    expect(await reads.read({ ...KIND, name: 'others' }, 'a', async () => ['two'], 'own')).toEqual(['two']);
  });
});

describe('a change of the catalogue', () => {
  it('is seen by whoever made it at once, and by the other nodes within a second', async () => {
    const [one, two] = [node(), node()];
    await one.read('a');
    await two.read('a');
    for (const each of [one, two]) each.answerWith(async () => ['changed']);
    await one.generation.changed();
    expect(await one.read('a')).toEqual(['changed']);
    expect(await two.read('a')).toEqual(['a']);
    await time.advance(1_001);
    expect(await two.read('a')).toEqual(['changed']);
    expect(two.loads, 'the cache has it already').toEqual([]);
  });

  it('is not hidden by a read that began before it', async () => {
    const one = node();
    let landOld = (_: readonly string[]) => {};
    one.answerWith(() => new Promise((resolve) => (landOld = resolve)));
    const before = one.read('a');
    await time.advance(0);
    one.answerWith(async () => ['new']);
    await one.generation.changed();
    expect(await one.read('a')).toEqual(['new']);
    // From here on only this node knows it.
    cache.isAway = true;
    landOld(['old']);
    expect(await before).toEqual(['old']);
    expect(await one.read('a')).toEqual(['new']);
    expect(one.loads).toHaveLength(2);
    // Nor is it what stands in later.
    one.answerWith(away);
    await time.advance(40_000);
    expect(await one.read('a')).toEqual(['new']);
  });

  it('while the cache is away is seen here at once, elsewhere when old values end or the cache is back', async () => {
    const [one, two] = [node(), node()];
    await one.read('a');
    await two.read('a');
    for (const each of [one, two]) each.answerWith(async () => ['changed']);
    cache.isAway = true;
    await one.generation.changed();
    expect(await one.read('a')).toEqual(['changed']);
    await time.advance(3_000);
    expect(await two.read('a')).toEqual(['a']);
    cache.isAway = false;
    await time.advance(2_001);
    expect(await two.read('a')).toEqual(['changed']);
    expect(await one.read('a'), 'never back to what was').toEqual(['changed']);
  });

  it('is not undone by an answer of the cache from before it', async () => {
    const one = node();
    await one.generation.changed();
    const letGo = cache.holdBackNextAnswer();
    await time.advance(1_001);
    await one.generation.changed();
    letGo();
    await time.advance(0);
    expect(one.generation.current).toBe('token-2');
  });

  it('shows as the loss of a token, too: everything is read anew, once', async () => {
    const one = node();
    await one.generation.changed();
    await one.read('a');
    cache.store.set('catalogue:generation', 'another', 60_000);
    await time.advance(1_001);
    await one.read('a');
    expect(one.loads).toEqual(['a', 'a']);
    await one.generation.stop();
    const polls = cache.calls.get;
    await time.advance(10_000);
    expect(cache.calls.get).toBe(polls);
  });
});
