/** What earlier owners recorded, asked for when a command comes again. */
import { describe, expect, it } from 'vitest';
import type { Trip } from '../../../src/adapters/memory/trip.js';
import type { Actor } from '../../../src/runtime/actor.js';
import { hold, type Listener, Playhouse, SHOWTIME } from './playhouse.js';

const SAME_ID = '00000000-0000-4000-8000-00000000bbbb';
const COMMIT_WAIT_MS_MAX = 500;

/** A house whose first owner held seat 0 for ann under SAME_ID, and the second, whose ways to the journal are `trips`. */
async function takenOver(trips: Trip[] = [], gatedMax = 100) {
  const house = new Playhouse({ limits: { gatedMax, commitWaitMsMax: COMMIT_WAIT_MS_MAX } });
  const ann = house.listener('ann');
  const asked = hold('ann', [0]);
  house.submit(await house.openActor(), ann, 1, asked, SAME_ID);
  await house.time.advance(0);
  const ways: Trip[] = [];
  const next = await house.openActor(
    house.startNode('node-2', (call) => (call === 'recall' ? ways.shift() : {}) ?? {}),
  );
  ways.push(...trips);
  const again = (of: Actor, listener: Listener, requestId: number, id = SAME_ID) =>
    house.submit(of, listener, requestId, asked, id);
  return { house, ann, next, again };
}

describe('a command that an earlier owner recorded', () => {
  it('[REPLAY-7] is answered as it was, also where others come before the record was read', async () => {
    const { house, ann, next, again } = await takenOver([{ backMs: 50 }]);
    again(next, ann, 2);
    again(next, ann, 3);
    const bob = house.listener('bob');
    house.submit(next, bob, 1, hold('bob', [1]));
    await house.time.advance(20);
    expect([ann.outcomes(2), bob.outcomes(1).length]).toEqual([[], 1]);
    await house.time.advance(50);
    expect([ann.outcomes(2), ann.outcomes(3)]).toEqual([ann.outcomes(1), ann.outcomes(1)]);
    expect(next.own('ann').holds).toHaveLength(1);
    again(next, ann, 4);
    expect(ann.outcomes(4)).toEqual(ann.outcomes(1));
  });

  it('is nothing to another holder, whose command of the same id is done once', async () => {
    const { house, next } = await takenOver();
    const bob = house.listener('bob');
    for (const requestId of [1, 2]) house.submit(next, bob, requestId, hold('bob', [1]), SAME_ID);
    await house.time.advance(0);
    expect(bob.outcomes(1)).toMatchObject([{ ok: true, hold: { seats: [1] } }]);
    expect(bob.outcomes(2)).toEqual(bob.outcomes(1));
    expect(next.own('bob').holds).toHaveLength(1);
  });

  it('[REPLAY-7] is unknown while the record cannot be read, and known later', async () => {
    const { house, ann, next, again } = await takenOver([{ lost: 'answer', brokenAfterMs: 10 }]);
    again(next, ann, 2);
    await house.time.advance(10);
    expect(ann.outcomes(2)).toMatchObject([{ failure: 'outcome_unknown' }]);
    again(next, ann, 3);
    await house.time.advance(0);
    expect(ann.outcomes(3)).toEqual(ann.outcomes(1));
  });

  it('[REPLAY-7] is unknown after the time that a command may wait, and is not done when the record comes late', async () => {
    const { house, next, again } = await takenOver([{ backMs: 10 * COMMIT_WAIT_MS_MAX }]);
    const bob = house.listener('bob');
    again(next, bob, 1);
    await house.time.advance(COMMIT_WAIT_MS_MAX);
    expect(bob.outcomes(1)).toMatchObject([{ failure: 'outcome_unknown' }]);
    await house.time.advance(20 * COMMIT_WAIT_MS_MAX);
    expect([bob.outcomes(1).length, house.journal.peek(SHOWTIME).holds.size]).toEqual([1, 1]);
  });

  it('is unknown where too many are being asked for', async () => {
    const { house, ann, next, again } = await takenOver([{ backMs: 50 }], 1);
    again(next, ann, 2);
    again(next, ann, 3);
    expect(ann.outcomes(3)).toMatchObject([{ failure: 'outcome_unknown' }]);
    await house.time.advance(50);
    expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
  });

  it('is answered also by an owner that ended meanwhile; what nobody recorded was not done', async () => {
    const { house, ann, next, again } = await takenOver([{ backMs: 50 }, { backMs: 50 }]);
    const bob = house.listener('bob');
    again(next, ann, 2);
    again(next, bob, 1);
    next.end('moved');
    await house.time.advance(50);
    expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
    expect(bob.outcomes(1)).toMatchObject([{ failure: 'moving' }]);
  });
});
