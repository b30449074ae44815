import { describe, expect, it } from 'vitest';
import type { WaitingEntry } from '../../../src/core/waitlist/waiting.js';
import { Actor } from '../../../src/runtime/actor.js';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { hold, newId, Playhouse, SHOWTIME, story, Watchers } from './playhouse.js';

let places = 0;

function waitsFor(...seats: number[]): WaitingEntry {
  const wish = { seats: seats.map((seat) => `S-${seat}`) };
  return { id: newId(), holder: 'wendy', wish, place: ++places, holdId: newId(), offerMs: 60_000 };
}

describe('somebody waits for what another has', () => {
  it('[WAIT-1] [WAIT-8] nobody sees the seat free, and who waited is told of the offer when the journal has it', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [server, ann] = [house.listener('server'), house.listener('ann')];
    const entry = waitsFor(0);
    const held = hold('ann', [0]);
    house.submit(actor, ann, 1, held);
    await house.time.advance(0);
    house.submit(actor, server, 2, { type: 'wait', entries: [entry], joins: true });
    await house.time.advance(0);
    house.seen.splice(0);
    house.trips.push({ thereMs: 50 });
    house.submit(actor, ann, 3, { type: 'release', holder: 'ann', holdId: held.newHoldId });
    await house.time.advance(49);
    expect(story(house.seen)).toEqual([]);
    await house.time.advance(1);
    expect(story(house.seen)).toEqual(['ann#3 ok', 'own ann elsewhere', 'own wendy']);
    expect(house.watchedSeats()[0]).toBe('.');
    expect(house.spell(actor.statuses)[0]).toBe('h');
    expect(actor.own('wendy').holds).toMatchObject([{ id: entry.holdId, seats: [0] }]);
  });

  it('[WAIT-6] the owner after the death of this one goes on with the offer, and with the line', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const [first, second] = [waitsFor(0), waitsFor(0)];
    const held = hold('ann', [0]);
    house.submit(actor, ann, 1, held);
    house.submit(actor, ann, 2, { type: 'wait', entries: [first, second] });
    house.submit(actor, ann, 3, { type: 'release', holder: 'ann', holdId: held.newHoldId });
    await house.time.advance(0);
    const next = house.startNode('node-2', () => ({}));
    const claiming = next.journal.claim(SHOWTIME, 0);
    await house.time.advance(0);
    const claim = await claiming;
    const state = { ...claim.state, waiting: { entries: [first, second], lastPlace: places } };
    const heir = new Actor(SHOWTIME, house.terms, { ...claim, state }, new Watchers(house.seen), NO_FEED, next.context);
    await house.time.advance(59_999);
    expect(heir.own('wendy').holds).toMatchObject([{ id: first.holdId }]);
    await house.time.advance(2);
    expect(heir.own('wendy').holds).toMatchObject([{ id: second.holdId }]);
    expect(house.spell(heir.statuses)[0]).toBe('h');
  });
});
