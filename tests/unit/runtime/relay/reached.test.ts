import { expect, it } from 'vitest';
import { hold } from '../playhouse.js';
import { isFrame, pair, RELAY_LIMITS } from './small-cluster.js';

it('[FENCE-6] a client that saw more at the owner waits until the relay has heard of it, and not for ever', async () => {
  const { cluster, a, b, actor, relay } = await pair();
  b.link.loses = isFrame;
  cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
  await cluster.advance(1);
  expect([actor.seq, relay.seq]).toEqual([1, 0]);
  let [met, neverMet] = [false, false];
  void relay.reached(actor.epoch, 1).then(() => {
    met = true;
  });
  void relay.reached(actor.epoch + 7, 1).then(() => {
    neverMet = true;
  });
  await cluster.advance(1);
  expect(met).toBe(false);
  b.link.loses = () => false;
  // The next beat tells the relay what it missed.
  await cluster.advance(2 * RELAY_LIMITS.beatMs);
  expect([met, relay.seq, neverMet]).toEqual([true, 1, false]);
  await cluster.advance(RELAY_LIMITS.silentMsMax);
  expect(neverMet).toBe(true);
});

it('nobody waits for what is there', async () => {
  const { relay, actor } = await pair();
  await relay.reached(actor.epoch, 0);
  await actor.reached(actor.epoch);
});
