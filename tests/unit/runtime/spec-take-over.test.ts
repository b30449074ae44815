/** What the next owner of a showtime does not know. */
import { expect, it } from 'vitest';
import { book, hold, Playhouse } from './playhouse.js';

it('[EXPIRY-3] a hold that ended by time is `hold_expired` to its owner, and unknown to the next', async () => {
  const house = new Playhouse();
  const first = await house.openActor();
  const ann = house.listener('ann');
  const asked = hold('ann', [0]);
  house.submit(first, ann, 1, asked);
  await house.time.advance(house.terms.rules.holdTtlMs);
  house.submit(first, ann, 2, book('ann', asked.newHoldId));
  await house.time.advance(0);
  expect(ann.outcomes(2)).toMatchObject([{ refusal: { code: 'hold_expired' } }]);
  const next = await house.openActor(house.startNode('node-2', () => ({})));
  house.submit(next, ann, 3, book('ann', asked.newHoldId));
  await house.time.advance(0);
  expect(ann.outcomes(3)).toMatchObject([{ refusal: { code: 'unknown_hold' } }]);
});
