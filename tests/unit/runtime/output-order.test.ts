import { describe, expect, it } from 'vitest';
import type { Seen } from './playhouse.js';
import { book, hold, Playhouse, story, Watchers } from './playhouse.js';

const SAME_ID = '00000000-0000-4000-8000-00000000aaaa';

describe('the output gate', () => {
  it('[GATE-1] publishes nothing and answers nobody before the journal has it', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.trips.push({ thereMs: 10, backMs: 5 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0, 1]));
    await house.time.advance(14);
    expect(house.journal.peek(actor.showtimeId).holds.size).toBe(2);
    expect([house.seen, actor.own('ann').holds, [...actor.statuses].some((code) => code !== 0)]).toEqual([
      [],
      [],
      false,
    ]);
    await house.time.advance(1);
    expect(story(house.seen)).toEqual(['ann#1 ok', 'own ann elsewhere', 'delta 1 0h 1h']);
  });

  it('[GATE-2] lets the reply out before the delta that it caused, and both in the order of the commands', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [ann, bob] = [house.listener('ann'), house.listener('bob')];
    const asked = hold('ann', [0]);
    house.submit(actor, ann, 1, asked);
    house.submit(actor, bob, 1, hold('bob', [1]));
    house.submit(actor, ann, 2, book('ann', asked.newHoldId));
    await house.time.advance(0);
    expect(story(house.seen).filter((line) => !line.startsWith('own'))).toEqual([
      'ann#1 ok',
      'bob#1 ok',
      'ann#2 ok',
      'delta 1 0b 1h',
    ]);
  });

  it('[GATE-3] lets a refusal out at once, where its recipient waits for nothing', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.trips.push({ backMs: 50 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    house.submit(actor, house.listener('bob'), 1, hold('bob', [0]));
    expect(story(house.seen)).toEqual(['bob#1 seats_unavailable']);
  });

  it('[GATE-3] keeps a refusal behind an earlier reply to the same recipient', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 50 });
    house.submit(actor, ann, 1, hold('ann', [0]));
    house.submit(actor, ann, 2, hold('ann', [0]));
    house.submit(actor, ann, 3, { type: 'extend', holder: 'ann', holdId: SAME_ID });
    expect(house.seen).toEqual([]);
    await house.time.advance(50);
    expect(story(house.seen).filter((line) => line.startsWith('ann'))).toEqual([
      'ann#1 ok',
      'ann#2 seats_unavailable',
      'ann#3 unknown_hold',
    ]);
    expect(ann.waiting).toBe(0);
  });

  it('[GATE-4] keeps a yes that changed nothing behind the changes that it may rest on', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const bob = house.listener('bob');
    const blocked = house.submit(actor, house.listener('ann'), 1, { type: 'block', seats: ['S-0'], reason: 'vip' });
    await house.time.advance(0);
    house.trips.push({ backMs: 50 });
    house.submit(actor, house.listener('ann'), 2, { type: 'unblock', seats: ['S-0'] });
    house.submit(actor, bob, 1, { type: 'unblock', seats: ['S-0'] });
    expect(blocked).not.toBe('');
    expect(bob.outcomes(1)).toEqual([]);
    await house.time.advance(50);
    expect(bob.outcomes(1)).toMatchObject([{ ok: true }]);
  });

  it('answers from within an answer without losing the order', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const reply = ann.reply.bind(ann);
    ann.reply = (requestId, outcome) => {
      reply(requestId, outcome);
      if (requestId === 1) house.submit(actor, ann, 2, hold('ann', [1]));
    };
    house.submit(actor, ann, 1, hold('ann', [0]));
    house.submit(actor, house.listener('bob'), 1, hold('bob', [2]));
    await house.time.advance(0);
    expect(story(house.seen).filter((line) => line.includes('#'))).toEqual(['ann#1 ok', 'bob#1 ok', 'ann#2 ok']);
    expect(actor.isIdle).toBe(false);
  });
});

describe('a replayed command', () => {
  it('[REPLAY-1] gets the first outcome and has no second effect, while the first waits and after', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 20 });
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    house.submit(actor, ann, 2, hold('ann', [0]), SAME_ID);
    await house.time.advance(20);
    house.submit(actor, ann, 3, hold('ann', [0]), SAME_ID);
    expect(ann.outcomes(1)).toMatchObject([{ ok: true, type: 'hold' }]);
    expect([ann.outcomes(2), ann.outcomes(3)]).toEqual([ann.outcomes(1), ann.outcomes(1)]);
    expect(actor.own('ann').holds).toHaveLength(1);
  });

  it('[REPLAY-4] is refused where the id was another command, behind what its recipient still waits for', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const asked = hold('ann', [0]);
    house.trips.push({ backMs: 20 });
    house.submit(actor, ann, 1, asked, SAME_ID);
    house.submit(actor, ann, 2, { type: 'release', holder: 'ann', holdId: asked.newHoldId }, SAME_ID);
    await house.time.advance(20);
    expect(story(house.seen).filter((line) => line.startsWith('ann'))).toEqual(['ann#1 ok', 'ann#2 command_reused']);
  });

  it("[REPLAY-3] is nobody else's: the same id from another holder is another command", async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]), SAME_ID);
    house.submit(actor, house.listener('bob'), 1, hold('bob', [1]), SAME_ID);
    await house.time.advance(0);
    expect([actor.own('ann').holds.length, actor.own('bob').holds.length]).toEqual([1, 1]);
  });

  it('[REPLAY-7] is answered by the next owner as by the first', async () => {
    const house = new Playhouse();
    const first = await house.openActor();
    const ann = house.listener('ann');
    const asked = hold('ann', [0]);
    house.submit(first, ann, 1, asked, SAME_ID);
    const booked = house.submit(first, ann, 2, book('ann', asked.newHoldId));
    await house.time.advance(0);
    const second = await house.openActor(house.startNode('node-2', () => ({})));
    house.submit(second, ann, 3, hold('ann', [0]), SAME_ID);
    house.submit(second, ann, 4, book('ann', asked.newHoldId), booked);
    await house.time.advance(0);
    expect([ann.outcomes(3), ann.outcomes(4)]).toEqual([ann.outcomes(1), ann.outcomes(2)]);
    expect(second.own('ann').bookings).toHaveLength(1);
  });

  it.each([
    ['overloaded', { limits: { gatedMax: 1 } }, () => {}],
    ['draining', {}, (actor: { stopIntake(): void }) => actor.stopIntake()],
  ] as const)('[REPLAY-2] never hears that it was not applied while it may be: %s', async (_, options, meanwhile) => {
    const house = new Playhouse(options);
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 20 });
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    meanwhile(actor);
    house.submit(actor, ann, 2, hold('ann', [0]), SAME_ID);
    house.submit(actor, house.listener('bob'), 1, hold('bob', [1]));
    await house.time.advance(20);
    expect(story(house.seen).filter((line) => line.startsWith('ann#2'))).not.toEqual([
      expect.stringMatching(/overloaded|unavailable|moving/),
    ]);
    expect(story(house.seen)).toContainEqual(expect.stringMatching(/^bob#1 (overloaded|moving)$/));
  });

  it('[REPLAY-2] never hears that it was not applied from an actor that ended with it unwritten', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ lost: 'answer', brokenAfterMs: 60_000 });
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    await house.time.advance(10);
    actor.lost('fenced');
    house.submit(actor, ann, 2, hold('ann', [0]), SAME_ID);
    house.submit(actor, ann, 3, hold('ann', [1]));
    expect(story(house.seen)).toEqual(['ann#1 outcome_unknown', 'ended lost', 'ann#2 outcome_unknown', 'ann#3 moving']);
  });

  it('[REPLAY-2] gets the first outcome from an actor that ended with it written', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    await house.time.advance(0);
    actor.end('drained');
    house.submit(actor, ann, 2, hold('ann', [0]), SAME_ID);
    expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
  });
});

describe('the holder’s own view', () => {
  it('[STREAM-9] tells the other windows of a holder, and not the one that knows by its reply', async () => {
    const house = new Playhouse();
    const seen: Seen[] = [];
    const actor = await house.openActor(house.node, new Watchers(seen));
    const ann = house.listener('ann');
    const asked = hold('ann', [0]);
    house.submit(actor, ann, 1, asked);
    await house.time.advance(0);
    expect(seen.filter((one) => 'own' in one)).toEqual([{ own: 'ann', except: 'ann' }]);
    expect(actor.own('ann').holds.map(({ id }) => id)).toEqual([asked.newHoldId]);
    house.submit(actor, ann, 2, book('ann', asked.newHoldId));
    await house.time.advance(0);
    const { holds, bookings } = actor.own('ann');
    expect([holds, bookings]).toMatchObject([[], [{ seats: [0], status: 'confirmed' }]]);
    const bookingId = bookings[0]?.id ?? '';
    house.submit(actor, ann, 3, { type: 'cancel', holder: 'ann', bookingId, asStaff: false });
    await house.time.advance(0);
    expect(actor.own('ann')).toEqual({ holds: [], bookings: [] });
  });

  it('has what remains of a hold, until nothing does', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const asked = hold('ann', [0, 1]);
    const release = (seats: string[]) => ({ type: 'release', holder: 'ann', holdId: asked.newHoldId, seats }) as const;
    house.submit(actor, ann, 1, asked);
    house.submit(actor, ann, 2, release(['S-0']));
    await house.time.advance(0);
    expect(actor.own('ann').holds).toMatchObject([{ seats: [1] }]);
    house.submit(actor, ann, 3, release(['S-1']));
    await house.time.advance(0);
    expect(actor.own('ann').holds).toEqual([]);
  });
});
