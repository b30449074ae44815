import { describe, expect, it } from 'vitest';
import type { Command } from '../../../src/core/command.js';
import { book, hold, Playhouse, SHOWTIME, START_MS, story } from './playhouse.js';

async function opened() {
  const house = new Playhouse();
  const actor = await house.openActor();
  const [staff, ann] = [house.listener('staff:1'), house.listener('ann')];
  let requests = 0;
  const ask = async (by: typeof staff, command: Command, commandId?: string): Promise<string> => {
    const id = house.submit(actor, by, ++requests, command, commandId);
    await house.time.advance(0);
    return id;
  };
  const history = () => house.journal.history(SHOWTIME);
  return { house, actor, staff, ann, ask, history, forget: () => house.seen.splice(0) };
}

describe('take_away', () => {
  it('[TAKE-3] tells the holder by a message of its own, and then what they have', async () => {
    const { house, staff, ann, ask, forget } = await opened();
    const asked = hold('ann', [0, 1]);
    await ask(ann, asked);
    forget();
    await ask(staff, { type: 'take_away', holdId: asked.newHoldId, reason: 'a camera' });
    expect(story(house.seen)).toEqual(['staff:1#2 ok', 'taken away 0 1', 'own ann', 'delta 2 0. 1.']);
  });
});

describe('reseat', () => {
  const moving = (bookingId: string, ...seats: number[]): Command => ({
    type: 'reseat',
    bookingId,
    seats: seats.map((seat) => `S-${seat}`),
    reason: 'a broken seat',
  });

  it('[RESEAT-4] is one delta, and the holder is told what they have', async () => {
    const { house, actor, staff, ann, ask, forget } = await opened();
    const asked = hold('ann', [0, 1]);
    const buying = book('ann', asked.newHoldId) as Command & { newBookingId: string };
    await ask(ann, asked);
    await ask(ann, buying);
    forget();
    await ask(staff, moving(buying.newBookingId, 1, 5));
    expect(story(house.seen)).toEqual(['staff:1#3 ok', 'own ann elsewhere', 'delta 3 0. 5b']);
    expect(actor.own('ann').bookings).toMatchObject([{ seats: [1, 5], price: { amount: 0 } }]);
  });

  it('[RESEAT-5] a replay of the book is answered with the seats that were booked, here and at the next owner', async () => {
    const { house, staff, ann, ask, forget } = await opened();
    const asked = hold('ann', [0, 1]);
    const buying = book('ann', asked.newHoldId) as Command & { newBookingId: string };
    await ask(ann, asked);
    const commandId = await ask(ann, buying);
    await ask(staff, moving(buying.newBookingId, 1, 5));
    const next = await house.openActor(house.startNode('node-2', () => ({})));
    forget();
    await ask(ann, buying, commandId);
    house.submit(next, ann, 9, buying, commandId);
    await house.time.advance(0);
    for (const outcome of ann.outcomes(9)) expect(outcome).toMatchObject({ ok: true, booking: { seats: [0, 1] } });
    expect(ann.outcomes(9)).toHaveLength(1);
    expect(next.own('ann').bookings).toMatchObject([{ seats: [1, 5] }]);
  });
});

describe('for a customer', () => {
  it('[STAFF-2] the hold is the customer’s, and the command staff’s own', async () => {
    const { house, actor, staff, ann, ask, forget } = await opened();
    const asked = { ...hold('ann', [0]), channel: 'pos' } as const;
    const commandId = await ask(staff, asked);
    expect(story(house.seen)).toEqual(['staff:1#1 ok', 'own ann elsewhere', 'delta 1 0h']);
    expect(actor.own('ann').holds).toMatchObject([{ channel: 'pos' }]);
    const buying = book('ann', asked.newHoldId);
    const bought = await ask(staff, buying);
    forget();
    // Another's command of the same id is another command.
    await ask(ann, hold('ann', [3]), commandId);
    expect(actor.own('ann').holds).toMatchObject([{ seats: [3] }]);
    const next = await house.openActor(house.startNode('node-2', () => ({})));
    house.submit(next, staff, 9, buying, bought);
    await house.time.advance(0);
    expect(staff.outcomes(9)).toMatchObject([{ ok: true, booking: { holder: 'ann', channel: 'pos' } }]);
  });
});

describe('the history', () => {
  it('[HISTORY-1] has every change of a seat, by whom and for whom', async () => {
    const { house, actor, staff, ann, ask, history } = await opened();
    const first = hold('ann', [0, 1]);
    await ask(ann, first);
    await ask(ann, { type: 'release', holder: 'ann', holdId: first.newHoldId, seats: ['S-1'] });
    await ask(ann, { type: 'extend', holder: 'ann', holdId: first.newHoldId });
    const buying = book('ann', first.newHoldId) as Command & { newBookingId: string; newReference: string };
    await ask(ann, buying);
    await ask(staff, { type: 'reseat', bookingId: buying.newBookingId, seats: ['S-2'], reason: 'a broken seat' });
    await ask(staff, { type: 'cancel', holder: 'staff:1', bookingId: buying.newBookingId, asStaff: true });
    const second = { ...hold('bob', [3]), channel: 'walk_in' } as const;
    await ask(staff, second);
    await ask(staff, { type: 'take_away', seats: ['S-3'], reason: '' });
    await ask(staff, { type: 'block', seats: ['S-4'], reason: 'camera' });
    await ask(staff, { type: 'unblock', seats: ['S-4'] });
    const third = hold('ann', [7]);
    await ask(ann, third);
    await house.time.advance(60_000);
    const ofAnn = { holder: 'ann', hold: first.newHoldId };
    const sold = { ...ofAnn, reference: buying.newReference };
    const ofBob = { holder: 'bob', hold: second.newHoldId, by: 'staff:1', channel: 'walk_in' };
    const at = START_MS;
    expect(history()).toEqual([
      { act: 'held', at, seats: [0, 1], ...ofAnn },
      { act: 'released', at, seats: [1], ...ofAnn },
      { act: 'booked', at, seats: [0], ...sold },
      { act: 'reseated', at, seats: [2], from: [0], ...sold, by: 'staff:1', reason: 'a broken seat' },
      { act: 'cancelled', at, seats: [2], ...sold, by: 'staff:1' },
      { act: 'held', at, seats: [3], ...ofBob },
      { act: 'taken_away', at, seats: [3], ...ofBob },
      { act: 'blocked', at, seats: [4], by: 'staff:1', reason: 'camera' },
      { act: 'unblocked', at, seats: [4], by: 'staff:1' },
      { act: 'held', at, seats: [7], holder: 'ann', hold: third.newHoldId },
      { act: 'expired', at: START_MS + 60_000, seats: [7], holder: 'ann', hold: third.newHoldId },
    ]);
    expect(actor.ended).toBeUndefined();
  });

  it('[HISTORY-2] has nothing of what was refused or never reached the journal', async () => {
    const { house, actor, ann, ask, history } = await opened();
    await ask(ann, hold('ann', [0]));
    await ask(ann, hold('ann', [0]));
    await house.openActor(house.startNode('node-2', () => ({})));
    await ask(ann, hold('ann', [5]));
    expect(actor.ended).toBe('lost');
    expect(history()).toHaveLength(1);
  });
});
