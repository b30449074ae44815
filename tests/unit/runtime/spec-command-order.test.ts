/** What a command hears where there is more than one reason to refuse it: the earlier one. */
import { expect, it } from 'vitest';
import { testTill } from '../../../src/boxoffice/payments/test-payment.js';
import { book, hold, Playhouse, word } from './playhouse.js';

const COMMIT_WAIT_MS_MAX = 1_000;

/** In the order in which they win. */
const REASONS = ['moving', 'overloaded', 'unavailable', 'unknown_hold', 'payment_declined'] as const;
type Reason = (typeof REASONS)[number];

/** A house in which a booking is to be made, with these in its way; `again` is a hold that was made before all of them. */
async function inTheWay(reasons: readonly Reason[]) {
  const limits = { commitWaitMsMax: COMMIT_WAIT_MS_MAX, gatedMax: reasons.includes('overloaded') ? 1 : 100 };
  const house = new Playhouse({ limits });
  const actor = await house.openActor({ ...house.node, context: { ...house.node.context, till: testTill(true) } });
  const ann = house.listener('ann');
  const asked = hold('ann', [0]);
  const again = house.submit(actor, ann, 1, asked);
  await house.time.advance(0);
  if (reasons.includes('overloaded') || reasons.includes('unavailable')) {
    house.trips.push({ backMs: 60_000 });
    house.submit(actor, house.listener('zoe'), 1, hold('zoe', [5]));
  }
  await house.time.advance(reasons.includes('unavailable') ? COMMIT_WAIT_MS_MAX + 1 : 0);
  house.confirmed = !reasons.includes('moving');
  const command = book('ann', reasons.includes('unknown_hold') ? 'nothing' : asked.newHoldId);
  const payment = { method: 'test', ...(reasons.includes('payment_declined') ? { token: 'decline' } : {}) };
  actor.submit({ requestId: 2, commandId: house.commandId(), command, payment }, ann);
  house.submit(actor, ann, 3, asked, again);
  await house.time.advance(0);
  return { ann, heard: ann.outcomes(2).map(word) };
}

const pairs = REASONS.flatMap((first, i) => REASONS.slice(i + 1).map((second) => [first, second] as const));

it('[COMMAND-ORDER] with nothing in its way a booking is made', async () => {
  expect((await inTheWay([])).heard).toEqual(['ok']);
});

it.each(REASONS)('[COMMAND-ORDER] %s is told where it is the only reason', async (reason) => {
  expect((await inTheWay([reason])).heard).toEqual([reason]);
});

it.each(pairs)('[COMMAND-ORDER] %s before %s', async (first, second) => {
  expect((await inTheWay([second, first])).heard).toEqual([first]);
});

it('[COMMAND-ORDER] a replay of what took effect is answered before all of them', async () => {
  const { ann, heard } = await inTheWay(REASONS);
  expect(heard).toEqual(['moving']);
  expect(ann.outcomes(3)).toEqual(ann.outcomes(1));
});

it('[COMMAND-ORDER] a replay of what was refused is `overloaded` where there is no room, and else answered before them', async () => {
  const house = new Playhouse({ limits: { gatedMax: 1 } });
  const actor = await house.openActor();
  const ann = house.listener('ann');
  const refused = book('ann', 'nothing');
  const again = house.submit(actor, ann, 1, refused);
  await house.time.advance(0);
  house.trips.push({ backMs: 1_000 });
  house.submit(actor, house.listener('zoe'), 1, hold('zoe', [5]));
  house.submit(actor, ann, 2, refused, again);
  await house.time.advance(1_000);
  actor.stopIntake();
  house.submit(actor, ann, 3, refused, again);
  await house.time.advance(0);
  expect([1, 2, 3].flatMap((id) => ann.outcomes(id)).map(word)).toEqual(['unknown_hold', 'overloaded', 'unknown_hold']);
});
