import { expect, it } from 'vitest';
import { hold, Playhouse } from './playhouse.js';

it('a copy of a refused command that arrives later does nothing, though it could by now', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const [ann, bob] = [house.listener('ann'), house.listener('bob')];
  const anns = hold('ann', [0]);
  house.submit(actor, ann, 1, anns);
  const bobs = hold('bob', [0]);
  const commandId = house.submit(actor, bob, 1, bobs);
  house.submit(actor, ann, 2, { type: 'release', holder: 'ann', holdId: anns.newHoldId });
  await house.time.advance(0);
  house.submit(actor, bob, 2, bobs, commandId);
  await house.time.advance(0);
  expect(bob.outcomes(1)).toMatchObject([{ ok: false, refusal: { code: 'seats_unavailable' } }]);
  expect(bob.outcomes(2)).toEqual(bob.outcomes(1));
  expect(house.spell(actor.statuses)).toBe('............');
});

it('what a rush is refused pushes out nothing that took effect', async () => {
  const house = new Playhouse({ limits: { replaysMax: 1 } });
  const actor = await house.openActor();
  const [ann, bob] = [house.listener('ann'), house.listener('bob')];
  const anns = hold('ann', [0]);
  const commandId = house.submit(actor, ann, 1, anns);
  for (let i = 1; i <= 50; i++) house.submit(actor, bob, i, hold('bob', [0]));
  await house.time.advance(0);
  house.submit(actor, ann, 2, anns, commandId);
  await house.time.advance(0);
  expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
  expect(ann.outcomes(2)).toMatchObject([{ ok: true }]);
});

it('[FENCE-2] a refusal that waits its turn when the owner is overtaken is not told: what it rests on may never have been', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  house.submit(actor, ann, 1, hold('ann', [0]));
  house.submit(actor, ann, 2, hold('ann', [0]));
  expect([ann.outcomes(1), ann.outcomes(2)]).toEqual([[], []]);
  actor.lost('fenced');
  for (const request of [1, 2]) expect(ann.outcomes(request)).toMatchObject([{ failure: 'outcome_unknown' }]);
});
