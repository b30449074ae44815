import { describe, expect, it } from 'vitest';
import type { Log } from '../../../src/kernel/log.js';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { Directory, type DirectoryOptions } from '../../../src/runtime/directory.js';
import { silentLog } from '../../silent-log.js';
import { hold, Playhouse, type PlayhouseOptions, SHOWTIME, story, Watchers } from './playhouse.js';

const OTHER = '00000000-0000-7000-8000-000000000002';
const PASSIVATE_MS = 10_000;

function setUp(options: Partial<DirectoryOptions> = {}, playhouse: PlayhouseOptions = {}) {
  const house = new Playhouse(playhouse);
  const watchers = new Watchers(house.seen);
  watchers.watching = 0;
  const directory = new Directory({
    journal: house.node.journal,
    playbill: {
      terms: async (id) => (id === SHOWTIME || id === OTHER ? house.terms : undefined),
      versions: async () => new Map(),
    },
    context: house.node.context,
    audienceFor: () => watchers,
    feedFor: () => NO_FEED,
    askedFor: async () => true,
    passivateAfterMs: PASSIVATE_MS,
    actorsMax: 10,
    ...options,
  });
  const open = async (id = SHOWTIME) => {
    const opening = directory.open(id);
    await house.time.advance(0);
    const opened = await opening;
    if (!opened.ok) throw new Error(opened.reason);
    return opened.host;
  };
  return { house, directory, open, watchers };
}

describe('opening a showtime', () => {
  it('loads it once, however many ask at once', async () => {
    const { house, directory } = setUp();
    const opening = [1, 2, 3].map(() => directory.open(SHOWTIME));
    await house.time.advance(0);
    const opened = await Promise.all(opening);
    expect(new Set(opened.map((one) => one.ok && one.host)).size).toBe(1);
    expect(house.journal.peek(SHOWTIME).epoch).toBe(1);
  });

  it('[MAP-2] sells by the terms that there are after the claim, where they changed before it', async () => {
    const asked: string[] = [];
    const { house, open } = setUp({
      playbill: {
        // Given another seat map, under a higher epoch, between the two readings.
        terms: async () => {
          asked.push('terms');
          return asked.length === 1 ? house.terms : { ...house.terms, mapHash: 'rebuilt', version: 2 };
        },
        versions: async () => {
          asked.push('versions');
          return new Map([[SHOWTIME, 2]]);
        },
      },
    });
    const actor = await open();
    expect(asked).toEqual(['terms', 'versions', 'terms']);
    expect(actor.terms).toMatchObject({ mapHash: 'rebuilt', version: 2 });
  });

  it('says why not: unknown, too many, or the journal is away; and works when it is back', async () => {
    const { house, directory, open } = setUp({ actorsMax: 1 });
    expect(await directory.open('nowhere')).toEqual({ ok: false, reason: 'unknown_showtime' });
    house.trips.push({ lost: 'request' });
    const failing = directory.open(SHOWTIME);
    await house.time.advance(0);
    expect(await failing).toEqual({ ok: false, reason: 'unavailable' });
    await open();
    expect(await directory.open(OTHER)).toEqual({ ok: false, reason: 'overloaded' });
    expect(directory.running(OTHER)).toBeUndefined();
  });

  it('of a showtime that was lost takes it over again, with all that was acknowledged', async () => {
    const { house, directory, open } = setUp();
    const first = await open();
    house.submit(first, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(0);
    house.journal.claim(SHOWTIME, 1, 'other');
    house.submit(first, house.listener('bob'), 1, hold('bob', [1]));
    await house.time.advance(0);
    expect([first.ended, directory.running(SHOWTIME)]).toEqual(['lost', undefined]);
    const second = await open();
    expect([second.epoch, house.spell(second.statuses)]).toEqual([3, 'h...........']);
  });
});

describe('an invariant broken in the core', () => {
  it('[GATE-9] ends the actor, which is then loaded anew from what is true', async () => {
    const errors: string[] = [];
    const log: Log = { ...silentLog, error: (_, message) => void errors.push(message) };
    const { house, open } = setUp({}, { log });
    const first = await open();
    const asked = hold('ann', [0]);
    house.submit(first, house.listener('ann'), 1, asked);
    await house.time.advance(0);
    house.submit(first, house.listener('bob'), 1, hold('bob', [1], asked.newHoldId));
    expect(story(house.seen).slice(-2)).toEqual(['ended lost', 'bob#1 internal']);
    expect(errors).toHaveLength(1);
    const second = await open();
    expect(house.spell(second.statuses)).toBe('h...........');
  });

  it('by an expiry that came just before a command answers the command, and applies it to nothing', async () => {
    const { house, open } = setUp({ passivateAfterMs: 1_000_000 });
    const actor = await open();
    const bob = house.listener('bob');
    // Before the actor's own timer, which is made later for the same moment.
    house.time.after(60_000, () => house.submit(actor, bob, 1, hold('bob', [1])));
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(59_999);
    // A map that gives no answer stands for any bug: expiry looks at it, and so would the command.
    let asked = 0;
    Object.defineProperty(house.terms.map, 'blockOf', {
      get: () => {
        asked++;
        throw new Error('a bug');
      },
    });
    await house.time.advance(1);
    expect([asked, actor.ended, bob.waiting]).toEqual([1, 'lost', 0]);
    expect(bob.outcomes(1)).toMatchObject([{ failure: 'moving' }]);
  });
});

describe('passivation', () => {
  it('drops what nobody uses, and it comes back as it was', async () => {
    const { house, directory, open } = setUp();
    const first = await open();
    const asked = hold('ann', [0]);
    const commandId = house.submit(first, house.listener('ann'), 1, asked);
    await house.time.advance(PASSIVATE_MS * 2);
    expect([first.ended, directory.size]).toEqual(['passivated', 0]);
    const second = await open();
    expect(house.spell(second.statuses)).toBe('h...........');
    expect(second.own('ann').holds).toEqual(first.own('ann').holds);
    const ann = house.listener('ann');
    house.submit(second, ann, 2, asked, commandId);
    await house.time.advance(0);
    expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
    await house.time.advance(60_000);
    expect(house.spell((await open()).statuses)).toBe('............');
  });

  it('spares what is watched, what was just asked for, and what waits for the journal', async () => {
    const { house, open, watchers } = setUp();
    const actor = await open();
    watchers.watching = 1;
    await house.time.advance(PASSIVATE_MS * 2);
    expect(actor.ended).toBeUndefined();
    watchers.watching = 0;
    await open();
    await house.time.advance(PASSIVATE_MS / 2);
    expect(actor.ended).toBeUndefined();
    house.trips.push({ backMs: PASSIVATE_MS * 3 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(PASSIVATE_MS * 2);
    expect(actor.ended).toBeUndefined();
    await house.time.advance(PASSIVATE_MS * 3);
    expect(actor.ended).toBe('passivated');
  });
});

describe('handing over', () => {
  it('ends once, however often it is asked for, and the next life is untouched', async () => {
    const { house, directory, open } = setUp();
    const actor = await open();
    house.trips.push({ thereMs: 50 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    let release = () => {};
    const slow = new Promise<boolean>((resolve) => {
      release = () => resolve(true);
    });
    const first = directory.handOver(SHOWTIME, undefined, 1_000, () => slow);
    const second = directory.handOver(SHOWTIME, undefined, 1_000, async () => true);
    await house.time.advance(60);
    await second;
    expect([actor.ended, directory.size]).toEqual(['moved', 0]);
    const next = await open();
    release();
    await first;
    expect([next.ended, directory.running(SHOWTIME), story(house.seen).filter((line) => /ended/.test(line))]).toEqual([
      undefined,
      next,
      ['ended moved'],
    ]);
  });

  it('gives the showtime up also where nobody can say whether it was taken, and goes on where it was not', async () => {
    const { house, directory, open } = setUp();
    const first = await open();
    const refused = directory.handOver(SHOWTIME, undefined, 1_000, async () => false);
    house.submit(first, house.listener('ann'), 1, hold('ann', [0]));
    await refused;
    house.submit(first, house.listener('ann'), 2, hold('ann', [0]));
    await house.time.advance(0);
    const broken = directory.handOver(SHOWTIME, undefined, 1_000, () => Promise.reject(new Error('lost')));
    await broken;
    expect(story(house.seen)).toEqual(['ann#1 moving', 'ann#2 ok', 'own ann elsewhere', 'delta 1 0h', 'ended moved']);
    await directory.handOver(SHOWTIME, undefined, 1_000, async () => true);
  });

  it('a hold that ends meanwhile is told of by the next owner, and not twice', async () => {
    const { house, directory, open } = setUp({ passivateAfterMs: 1_000_000 });
    const first = await open();
    house.submit(first, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(59_990);
    const slow = new Promise<boolean>((resolve) => void house.time.after(100, () => resolve(true)));
    house.trips.push({ thereMs: 1_000 });
    const moving = directory.handOver(SHOWTIME, undefined, 1_000, () => slow);
    await house.time.advance(100);
    await moving;
    const second = await open();
    await house.time.advance(5_000);
    expect(house.spell(second.statuses)).toBe('............');
    expect(story(house.seen).filter((line) => /expired|refused|lost/.test(line))).toEqual([]);
  });
});

describe('verifying', () => {
  it('ends what another node took over, and nothing else; and nothing where the journal does not answer', async () => {
    const { house, directory, open } = setUp();
    const [mine, taken] = [await open(), await open(OTHER)];
    house.journal.claim(OTHER, 1, 'other');
    house.trips.push({ lost: 'request' });
    const failing = directory.verify();
    const failed = expect(failing).rejects.toThrow();
    await house.time.advance(0);
    await failed;
    expect([mine.ended, taken.ended]).toEqual([undefined, undefined]);
    const verifying = directory.verify();
    await house.time.advance(0);
    await verifying;
    expect([mine.ended, taken.ended, directory.size]).toEqual([undefined, 'lost', 1]);
  });

  it.each([
    ['is ours still', undefined, 1],
    ['was overtaken meanwhile', 'other', 3],
  ])('passes by a claim that is on its way: it is looked at by itself, and %s', async (_, taker, epoch) => {
    const { house, directory, open } = setUp();
    house.trips.push({ backMs: 100 });
    const opening = directory.open(SHOWTIME);
    await house.time.advance(50);
    const verifying = directory.verify();
    if (taker) house.journal.claim(SHOWTIME, 1, taker);
    await house.time.advance(100);
    await verifying;
    expect((await opening).ok).toBe(taker === undefined);
    expect((await open()).epoch).toBe(epoch);
  });
});

describe('a node that may have lost what it runs', () => {
  it('loads nothing until it is sure again', async () => {
    const { house, directory, open } = setUp();
    house.confirmed = false;
    expect(await directory.open(SHOWTIME)).toEqual({ ok: false, reason: 'moving' });
    house.confirmed = true;
    house.trips.push({ backMs: 100 });
    const opening = directory.open(SHOWTIME);
    await house.time.advance(50);
    house.confirmed = false;
    await house.time.advance(50);
    expect(await opening).toEqual({ ok: false, reason: 'moving' });
    house.confirmed = true;
    expect((await open()).epoch).toBe(2);
  });

  it('[MOVE-5] does not claim what another keeps', async () => {
    const { house, directory } = setUp({ askedFor: async () => false });
    expect(await directory.open(SHOWTIME)).toEqual({ ok: false, reason: 'moving' });
    expect(house.journal.peek(SHOWTIME).epoch).toBe(0);
  });
});

describe('room for showtimes', () => {
  it('is not taken by those that ended', async () => {
    const { directory, open } = setUp({ actorsMax: 1 });
    (await open()).end('lost');
    await open(OTHER);
    expect(directory.size).toBe(1);
  });
});

describe('draining', () => {
  it('takes no more commands, waits for what it took, and says goodbye', async () => {
    const { house, directory, open } = setUp();
    const actor = await open();
    house.trips.push({ backMs: 100 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    let drained = false;
    const draining = directory.drain().then(() => {
      drained = true;
    });
    house.submit(actor, house.listener('bob'), 1, hold('bob', [1]));
    await house.time.advance(99);
    expect([drained, story(house.seen)]).toEqual([false, ['bob#1 moving']]);
    await house.time.advance(1);
    await draining;
    expect(story(house.seen)).toEqual(['bob#1 moving', 'ann#1 ok', 'own ann elsewhere', 'delta 1 0h', 'ended drained']);
    expect(await directory.open(SHOWTIME)).toEqual({ ok: false, reason: 'moving' });
  });

  it('does not wait for a showtime that is still being loaded, which then does not start', async () => {
    const { house, directory, open } = setUp();
    const actor = await open();
    house.trips.push({ backMs: 60_000 });
    const opening = directory.open(OTHER);
    await house.time.advance(10);
    const draining = directory.drain();
    const ann = house.listener('ann');
    house.submit(actor, ann, 1, hold('ann', [0]));
    expect(ann.outcomes(1)).toMatchObject([{ failure: 'moving' }]);
    await house.time.advance(10);
    await draining;
    expect(actor.ended).toBe('drained');
    await house.time.advance(60_000);
    expect(await opening).toEqual({ ok: false, reason: 'moving' });
    expect(directory.size).toBe(0);
  });

  it('leaves no timer behind', async () => {
    const { house, directory, open } = setUp();
    await open();
    const draining = directory.drain();
    await house.time.advance(0);
    await draining;
    expect(house.time.next).toBeUndefined();
  });
});
