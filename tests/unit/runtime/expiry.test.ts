import { describe, expect, it } from 'vitest';
import { book, hold, Playhouse, SHOWTIME, START_MS, story } from './playhouse.js';

const TTL_MS = 60_000;

describe('a hold that nobody used', () => {
  it('[TIME-2] ends exactly when it was said to end, not a millisecond before', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0, 1]));
    await house.time.advance(TTL_MS - 1);
    expect(house.watchedSeats()).toBe('hh..........');
    await house.time.advance(1);
    expect(story(house.seen).slice(-2)).toEqual(['expired 0 1', 'delta 2 0. 1.']);
    expect([actor.own('ann').holds, house.journal.peek(SHOWTIME).holds.size]).toEqual([[], 0]);
  });

  it('[EXPIRY-4] is not announced as ended before the journal has it', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(0);
    house.trips.push({ backMs: 30 });
    await house.time.advance(TTL_MS + 29);
    expect(story(house.seen)).not.toContain('expired 0');
    await house.time.advance(1);
    expect(story(house.seen)).toContain('expired 0');
  });

  it('[TIME-2] frees its seats for a command of that very moment, whose reply comes after', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const bob = house.listener('bob');
    // Before the actor's own timer, which is made later for the same moment.
    house.time.after(TTL_MS, () => house.submit(actor, bob, 1, hold('bob', [0])));
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(TTL_MS - 1);
    house.seen.length = 0;
    await house.time.advance(1);
    expect(story(house.seen).filter((line) => !line.startsWith('own'))).toEqual(['expired 0', 'bob#1 ok']);
    expect(actor.own('bob').holds).toHaveLength(1);
  });

  it('ends once each, many with one timer after another, in the order of their ends', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    for (let i = 0; i < 5; i++) {
      house.submit(actor, house.listener(`p${i}`), i, hold(`p${i}`, [i]));
      await house.time.advance(10);
    }
    await house.time.advance(2 * TTL_MS);
    expect(story(house.seen).filter((line) => line.startsWith('expired'))).toEqual(
      [0, 1, 2, 3, 4].map((seat) => `expired ${seat}`),
    );
    expect(house.time.next).toBeUndefined();
  });

  it('[EXPIRY-5] does not end by the timer of its first end once it was extended', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const asked = hold('ann', [0]);
    house.submit(actor, house.listener('ann'), 1, asked);
    await house.time.advance(40_000);
    house.submit(actor, house.listener('ann'), 2, { type: 'extend', holder: 'ann', holdId: asked.newHoldId });
    await house.time.advance(TTL_MS - 1);
    expect(actor.own('ann').holds).toHaveLength(1);
    await house.time.advance(1);
    expect(actor.own('ann').holds).toHaveLength(0);
  });

  it('ends though timers fire early, and ends at its time though it was loaded from the journal', async () => {
    const house = new Playhouse();
    const first = await house.openActor();
    house.submit(first, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(0);
    first.end('passivated');
    const early = { ...house.time, after: (ms: number, call: () => void) => house.time.after(ms * 0.9, call) };
    const timers = { after: early.after, soon: (call: () => void) => house.time.soon(call) };
    const second = await house.openActor(house.startNode('node-2', () => ({}), timers));
    await house.time.advance(TTL_MS - 1);
    expect(second.own('ann').holds).toHaveLength(1);
    await house.time.advance(1);
    expect([second.own('ann').holds.length, house.time.now()]).toEqual([0, START_MS + TTL_MS]);
  });

  it('[EXPIRY-6] ends after its time where the journal was away, and its holder hears yes and then its end', async () => {
    const house = new Playhouse({ rules: { holdTtlMs: 500 }, limits: { commitWaitMsMax: 3_000 } });
    const actor = await house.openActor();
    house.trips.push({ backMs: 2_000 });
    const asked = hold('ann', [0]);
    house.submit(actor, house.listener('ann'), 1, asked);
    await house.time.advance(2_000);
    expect(story(house.seen).filter((line) => !line.startsWith('own'))).toEqual([
      'ann#1 ok',
      'delta 1 0h',
      'expired 0',
      'delta 2 0.',
    ]);
    house.submit(actor, house.listener('ann'), 2, book('ann', asked.newHoldId));
    await house.time.advance(0);
    expect(story(house.seen)).toContain('ann#2 hold_expired');
  });
});
