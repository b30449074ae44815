import { expect, it } from 'vitest';
import { hold } from '../playhouse.js';
import { isFrame, pair, RELAY_LIMITS } from './small-cluster.js';

it('[FENCE-6] a client that saw more at the owner waits until the relay has heard of it, and not for ever', async () => {
  const { cluster, a, b, actor, relay } = await pair();
  b.link.loses = isFrame;
  cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
  await cluster.advance(1);
  expect([actor.seq, relay.seq]).toEqual([1, 0]);
  let met: boolean | undefined;
  let neverMet: boolean | undefined;
  void relay.reached(actor.epoch, 1).then((isIn) => {
    met = isIn;
  });
  void relay.reached(actor.epoch + 7, 1).then((isIn) => {
    neverMet = isIn;
  });
  await cluster.advance(1);
  expect(met).toBeUndefined();
  b.link.loses = () => false;
  // The next beat tells the relay what it missed.
  await cluster.advance(2 * RELAY_LIMITS.beatMs);
  expect([met, relay.seq, neverMet]).toEqual([true, 1, undefined]);
  // Nobody can have seen that epoch: the owner says that what the relay shows is current.
  await cluster.advance(RELAY_LIMITS.silentMsMax);
  await cluster.advance(RELAY_LIMITS.beatMs);
  expect(neverMet).toBe(true);
});

it('[FENCE-6] where the owner does not answer either, a client that saw more is not let in', async () => {
  const { cluster, a, b, actor, relay } = await pair();
  b.link.loses = () => true;
  cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
  await cluster.advance(1);
  let isIn: boolean | undefined;
  void relay.reached(actor.epoch, 1).then((is) => {
    isIn = is;
  });
  for (let waited = 0; waited < 20 && isIn === undefined; waited++) await cluster.advance(RELAY_LIMITS.silentMsMax);
  expect(isIn).toBe(false);
});

it('nobody waits for what is there', async () => {
  const { relay, actor } = await pair();
  expect(await relay.reached(actor.epoch, 0)).toBe(true);
  expect(await actor.reached(actor.epoch)).toBe(true);
});
