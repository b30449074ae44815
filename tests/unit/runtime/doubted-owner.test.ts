import { expect, it } from 'vitest';
import { hold, newId, Playhouse, SHOWTIME } from './playhouse.js';

/** A node that was overtaken and does not know it, as Redis told the two of them different things. */
async function overtaken() {
  const house = new Playhouse();
  const actor = await house.openActor();
  const other = house.startNode('node-2', () => ({}));
  const later = await house.openActor(other);
  const ann = house.listener('ann');
  // At its owner the seat is hers; the other node thinks that staff has blocked it.
  const command = hold('ann', [0]);
  const commandId = house.submit(later, ann, 1, command);
  await house.time.advance(0);
  return { house, actor, later, ann, command, commandId };
}

it('[REPLAY-11] a command that comes again is not refused by who was overtaken, however sure it is', async () => {
  const { house, actor, ann, commandId } = await overtaken();
  // Refused for a reason of its own: it knows of no such hold, and has not heard of the effect either.
  const command = { type: 'extend', holder: 'ann', holdId: newId() } as const;
  actor.submit({ requestId: 2, commandId, command, again: true }, ann);
  expect(ann.outcomes(2)).toEqual([]);
  await house.time.advance(0);
  expect(ann.outcomes(2)).toMatchObject([{ ok: false, failure: 'outcome_unknown' }]);
  expect(actor.ended).toBe('lost');
});

it('[REPLAY-11] is refused by its owner, once the journal has said that it is', async () => {
  const house = new Playhouse();
  const actor = await house.openActor();
  const ann = house.listener('ann');
  const command = { type: 'extend', holder: 'ann', holdId: newId() } as const;
  const commandId = house.commandId();
  actor.submit({ requestId: 1, commandId, command, again: true }, ann);
  expect(ann.outcomes(1)).toEqual([]);
  await house.time.advance(0);
  actor.submit({ requestId: 2, commandId, command, again: true }, ann);
  expect(ann.outcomes(2)).toEqual([]);
  await house.time.advance(0);
  for (const request of [1, 2]) expect(ann.outcomes(request)).toMatchObject([{ refusal: { code: 'unknown_hold' } }]);
  // The first try of a command is refused at once: nothing of it can have happened anywhere.
  house.submit(actor, ann, 3, command);
  expect(ann.outcomes(3)).toMatchObject([{ refusal: { code: 'unknown_hold' } }]);
});

it('[FENCE-6] whoever saw a later owner is not let in by the one before it', async () => {
  const { house, actor, later } = await overtaken();
  expect([actor.epoch, later.epoch, house.journal.owners([SHOWTIME]).get(SHOWTIME)?.epoch]).toEqual([1, 2, 2]);
  let isLooked = false;
  void actor.reached(2).then(() => {
    isLooked = true;
  });
  expect(isLooked).toBe(false);
  await house.time.advance(0);
  expect([isLooked, actor.ended]).toEqual([true, 'lost']);
  // Who makes an epoch up costs the owner a write of nothing, and is let in.
  void later.reached(99);
  await house.time.advance(0);
  expect(later.ended).toBeUndefined();
});
