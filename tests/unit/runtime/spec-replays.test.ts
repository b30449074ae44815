/** What the id of a command stands for, and what not. */
import { expect, it } from 'vitest';
import { hold, Playhouse } from './playhouse.js';

const SAME_ID = '00000000-0000-4000-8000-00000000cccc';

it('[REPLAY-5] a command that comes again with other seats gets the first outcome, and takes none of them', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
  await house.time.advance(0);
  house.submit(actor, ann, 2, hold('ann', [1, 2]), SAME_ID);
  await house.time.advance(0);
  expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
  expect(house.watchedSeats()).toBe('h...........');
});

it('[REPLAY-6] a command that was refused is refused again by its owner, and decided anew by the next', async () => {
  const house = new Playhouse();
  const first = await house.openActor();
  const [ann, bob] = [house.listener('ann'), house.listener('bob')];
  const asked = hold('ann', [0]);
  house.submit(first, ann, 1, asked);
  await house.time.advance(0);
  house.submit(first, bob, 1, hold('bob', [0]), SAME_ID);
  house.submit(first, ann, 2, { type: 'release', holder: 'ann', holdId: asked.newHoldId });
  await house.time.advance(0);
  house.submit(first, bob, 2, hold('bob', [0]), SAME_ID);
  expect(bob.outcomes(1)).toMatchObject([{ refusal: { code: 'seats_unavailable' } }]);
  expect(bob.outcomes(2)).toEqual(bob.outcomes(1));
  const next = await house.openActor(house.startNode('node-2', () => ({})));
  house.submit(next, bob, 3, hold('bob', [0]), SAME_ID);
  await house.time.advance(0);
  expect(bob.outcomes(3)).toMatchObject([{ ok: true, hold: { seats: [0] } }]);
});

it('[REPLAY-6] a command that was turned away before the house was asked is decided anew', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  const asked = hold('ann', [0]);
  house.confirmed = false;
  house.submit(actor, ann, 1, asked, SAME_ID);
  house.confirmed = true;
  house.submit(actor, ann, 2, asked, SAME_ID);
  await house.time.advance(0);
  expect(ann.outcomes(1)).toMatchObject([{ failure: 'moving' }]);
  expect(ann.outcomes(2)).toMatchObject([{ ok: true }]);
});
