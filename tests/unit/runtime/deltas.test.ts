import { describe, expect, it } from 'vitest';
import type { PublishedDelta } from '../../../src/runtime/audience.js';
import { hold, Playhouse, story, Watchers } from './playhouse.js';

const deltasOf = (house: Playhouse) => story(house.seen).filter((line) => line.startsWith('delta'));

async function opened(options: ConstructorParameters<typeof Playhouse>[0] = {}, watching = 1) {
  const house = new Playhouse(options);
  const watchers = new Watchers(house.seen);
  watchers.watching = watching;
  const actor = await house.openActor(house.node, watchers);
  let request = 0;
  const holdSeat = (seat: number) => {
    const asked = hold(`p${seat}`, [seat]);
    house.submit(actor, house.listener(`p${seat}`), request++, asked);
    return () =>
      house.submit(actor, house.listener(`p${seat}`), request++, {
        type: 'release',
        holder: `p${seat}`,
        holdId: asked.newHoldId,
      });
  };
  return { house, actor, holdSeat, watchers };
}

describe('deltas', () => {
  it('[STREAM-5] go at once to few', async () => {
    const { house, holdSeat } = await opened({ limits: { immediateWatchersMax: 2 } }, 2);
    for (const seat of [0, 1]) {
      holdSeat(seat);
      await house.time.advance(1);
    }
    expect(deltasOf(house)).toEqual(['delta 1 0h', 'delta 2 1h']);
  });

  it('[STREAM-5] go in ticks to many: the first after a quiet time at once, then one a tick', async () => {
    const { house, holdSeat } = await opened({ limits: { immediateWatchersMax: 2, tickMs: 40 } }, 3);
    for (const seat of [0, 1, 2]) {
      holdSeat(seat);
      await house.time.advance(10);
    }
    expect(deltasOf(house)).toEqual(['delta 1 0h']);
    await house.time.advance(9);
    expect(deltasOf(house)).toHaveLength(1);
    await house.time.advance(1);
    expect(deltasOf(house)).toEqual(['delta 1 0h', 'delta 2 1h 2h']);
    await house.time.advance(1_000);
    holdSeat(3);
    await house.time.advance(0);
    expect(deltasOf(house)).toHaveLength(3);
  });

  it('[STREAM-5] do not make replies wait for the tick', async () => {
    const { house, holdSeat } = await opened({ limits: { immediateWatchersMax: 0, tickMs: 40 } });
    holdSeat(0);
    await house.time.advance(1);
    holdSeat(1);
    await house.time.advance(0);
    expect(story(house.seen)).toContain('p1#1 ok');
    expect(deltasOf(house)).toHaveLength(1);
  });

  it('[STREAM-6] tell nothing of a seat that came back to what it was within a tick, and use no number for it', async () => {
    const { house, actor, holdSeat } = await opened({ limits: { immediateWatchersMax: 0, tickMs: 40 } });
    holdSeat(0);
    await house.time.advance(1);
    const release = holdSeat(1);
    await house.time.advance(1);
    release();
    await house.time.advance(100);
    expect([deltasOf(house), actor.seq]).toEqual([['delta 1 0h'], 1]);
    holdSeat(1);
    await house.time.advance(100);
    expect(deltasOf(house)).toEqual(['delta 1 0h', 'delta 2 1h']);
  });

  it('[STREAM-7] are cut where they would be too long, and every piece is a number of its own', async () => {
    const { house, actor } = await opened({ limits: { changesPerDeltaMax: 4 } });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0, 1, 2, 3, 4, 5, 6, 7, 8]));
    await house.time.advance(0);
    expect(deltasOf(house)).toEqual(['delta 1 0h 1h 2h 3h', 'delta 2 4h 5h 6h 7h', 'delta 3 8h']);
    expect(house.spell(actor.statuses)).toBe('hhhhhhhhh...');
  });

  it('stop with the actor, also those of a tick that was due', async () => {
    const { house, actor, holdSeat } = await opened({ limits: { immediateWatchersMax: 0, tickMs: 40 } });
    holdSeat(0);
    await house.time.advance(1);
    holdSeat(1);
    await house.time.advance(1);
    actor.end('drained');
    await house.time.advance(100);
    expect(story(house.seen).slice(-1)).toEqual(['ended drained']);
    await house.time.advance(200);
    expect(house.time.next).toBeUndefined();
  });
});

describe('resuming', () => {
  it('[STREAM-3] [STREAM-4] gives what was missed, nothing where nothing was, and undefined where a snapshot is needed', async () => {
    const { house, actor, holdSeat } = await opened({ limits: { historyMax: 3 } });
    for (const seat of [0, 1, 2, 3, 4]) {
      holdSeat(seat);
      await house.time.advance(1);
    }
    const numbers = (deltas: readonly PublishedDelta[] | undefined) => deltas?.map(({ seq }) => seq);
    const { epoch } = actor;
    expect(numbers(actor.since(epoch, 5))).toEqual([]);
    expect(numbers(actor.since(epoch, 3))).toEqual([4, 5]);
    expect(numbers(actor.since(epoch, 2))).toEqual([3, 4, 5]);
    expect(numbers(actor.since(epoch, 1))).toBeUndefined();
    expect(numbers(actor.since(epoch, 6))).toBeUndefined();
    expect(numbers(actor.since(epoch - 1, 5))).toBeUndefined();
    expect(numbers(actor.since(epoch, 0))).toBeUndefined();
  });

  it('from the start works as long as all is kept', async () => {
    const { house, actor, holdSeat } = await opened();
    expect(actor.since(actor.epoch, 0)).toEqual([]);
    holdSeat(0);
    await house.time.advance(0);
    expect(actor.since(actor.epoch, 0)).toEqual([{ seq: 1, changes: [[0, 1]] }]);
  });

  it('and then the stream leaves no gap and repeats nothing, whatever the tick had gathered', async () => {
    const { house, actor, holdSeat } = await opened({ limits: { immediateWatchersMax: 0, tickMs: 40 } });
    holdSeat(0);
    await house.time.advance(1);
    holdSeat(1);
    await house.time.advance(1);
    const missed = actor.since(actor.epoch, 0);
    const from = house.seen.length;
    await house.time.advance(100);
    const later = house.seen.slice(from).flatMap((seen) => ('delta' in seen ? [seen.delta] : []));
    expect([...(missed ?? []), ...later].map(({ seq }) => seq)).toEqual([1, 2]);
  });
});
