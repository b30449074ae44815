/** What a holder is told to have: all that was acknowledged, and nothing that has ended. */
import { expect, it } from 'vitest';
import { hold, newId, Playhouse } from './playhouse.js';
import { isFrame, pair, RELAY_LIMITS } from './relay/small-cluster.js';

it('[HTTP-6] an owner says that its list is current once the journal has said that it is the owner', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
  const current = actor.current();
  await house.time.advance(0);
  expect([await current, actor.own('ann').holds.length]).toEqual([true, 1]);
});

it('[HTTP-6] who was overtaken has no list', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const next = await house.openActor(house.startNode('node-2', () => ({})));
  house.submit(next, house.listener('ann'), 1, hold('ann', [0]));
  await house.time.advance(0);
  const current = actor.current();
  await house.time.advance(0);
  expect([await current, actor.ended]).toEqual([false, 'lost']);
  expect(await actor.current()).toBe(false);
});

it('[HTTP-6] nobody waits past the bound for a journal that does not answer, nor behind a full gate', async () => {
  const house = new Playhouse({ limits: { commitWaitMsMax: 500, gatedMax: 1 } });
  const actor = await house.openActor();
  house.trips.push({ backMs: 5_000 });
  const current = actor.current();
  expect(await actor.current()).toBe(false);
  await house.time.advance(1_000);
  expect(await current).toBe(false);
});

it('[HTTP-6] under a steady load the answer comes with the next commit, and not when the load ends', async () => {
  const house = new Playhouse({ seats: 60 });
  const actor = await house.openActor();
  const ann = house.listener('ann');
  let isCurrent: boolean | undefined;
  const note = (answer: boolean) => {
    isCurrent = answer;
  };
  for (let i = 0; i < 40; i++) {
    house.trips.push({ backMs: 10 });
    house.submit(actor, ann, i, hold('ann', [i]));
    if (i === 10) void actor.current().then(note);
    await house.time.advance(5);
  }
  expect(isCurrent).toBe(true);
});

it('[HTTP-6] a relay waits until it has read what the owner had acknowledged', async () => {
  const { cluster, a, b, actor, relay } = await pair();
  b.link.loses = isFrame;
  cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
  await cluster.advance(1);
  expect([actor.own('ann').holds.length, relay.own('ann').holds.length]).toEqual([1, 0]);
  let listed: number | undefined;
  void relay.current().then((isCurrent) => {
    listed = isCurrent ? relay.own('ann').holds.length : -1;
  });
  await cluster.advance(1);
  expect(listed).toBeUndefined();
  b.link.loses = () => false;
  await cluster.advance(2 * RELAY_LIMITS.beatMs);
  expect(listed).toBe(1);
});

it('[HTTP-6] a relay whose owner does not answer has no list', async () => {
  const { cluster, b, relay } = await pair();
  b.link.inner.cut();
  const current = relay.current();
  await cluster.advance(RELAY_LIMITS.commandMsMax);
  expect(await current).toBe(false);
});

it('[STREAM-12] a hold whose time is over is in no list, also while the journal does not take its end', async () => {
  const house = new Playhouse({ rules: { holdTtlMs: 1_000 } });
  const actor = await house.openActor();
  house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
  await house.time.advance(500);
  house.submit(actor, house.listener('ann'), 2, hold('ann', [1], newId()));
  await house.time.advance(499);
  expect(actor.own('ann').holds).toHaveLength(2);
  house.trips.push({ backMs: 700 });
  await house.time.advance(1);
  expect(actor.own('ann').holds.map(({ seats }) => seats)).toEqual([[1]]);
  expect(house.spell(actor.statuses)).toBe('hh..........');
});
