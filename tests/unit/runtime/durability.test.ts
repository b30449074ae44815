import { describe, expect, it } from 'vitest';
import { book, hold, newId, Playhouse, SHOWTIME, story } from './playhouse.js';

const NO_MORE = { reseated: new Map(), results: [], firstAct: 1, acts: [] };

const SAME_ID = '00000000-0000-4000-8000-00000000bbbb';

describe('an owner that was fenced', () => {
  it('[FENCE-2] publishes nothing of what waited, tells its recipients that it does not know, and ends', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [ann, bob] = [house.listener('ann'), house.listener('bob')];
    house.submit(actor, ann, 1, hold('ann', [0, 1]));
    house.submit(actor, bob, 1, hold('bob', [0]));
    house.journal.claim(SHOWTIME, 1, 'other');
    await house.time.advance(0);
    expect(story(house.seen)).toEqual(['bob#1 seats_unavailable', 'ann#1 outcome_unknown', 'ended lost']);
    expect([...actor.statuses].every((code) => code === 0)).toBe(true);
    expect([ann.waiting, house.journal.peek(SHOWTIME).holds.size]).toEqual([0, 0]);
  });

  it('[FENCE-2] writes nothing more, whatever was asked meanwhile', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ thereMs: 10 });
    house.submit(actor, ann, 1, hold('ann', [0]));
    await house.time.advance(5);
    house.submit(actor, ann, 2, hold('ann', [1]));
    house.journal.claim(SHOWTIME, 1, 'other');
    await house.time.advance(1_000);
    expect(story(house.seen)).toEqual(['ann#1 outcome_unknown', 'ann#2 outcome_unknown', 'ended lost']);
    expect(house.journal.peek(SHOWTIME).holds.size).toBe(0);
    expect(house.node.committer.waitingMs).toBe(0);
  });

  it('knows by the retry whether the first try took, and leaves the answer to its successor', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ lost: 'answer', brokenAfterMs: 10 });
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    await house.time.advance(11);
    const next = await house.openActor(house.startNode('node-2', () => ({})));
    await house.time.advance(1_000);
    expect(ann.outcomes(1)).toMatchObject([{ failure: 'outcome_unknown' }]);
    house.submit(next, ann, 2, hold('ann', [0]), SAME_ID);
    await house.time.advance(0);
    expect(ann.outcomes(2)).toMatchObject([{ ok: true, hold: { seats: [0] } }]);
    expect(next.own('ann').holds).toHaveLength(1);
  });
});

describe('an owner that was refused', () => {
  it('[FENCE-2] writes nothing of what was applied on top of it, though its epoch still stands', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [ann, bob] = [house.listener('ann'), house.listener('bob')];
    const asked = hold('ann', [0]);
    house.submit(actor, ann, 1, asked);
    await house.time.advance(0);
    // The same seat, sold behind its back: what can not happen, unless there is a bug.
    const booking = { id: 'x', reference: 'X', holder: 'eve', holdId: 'x', seats: [0] };
    const sold = { ...booking, price: { amount: 1, currency: 'EUR' }, status: 'confirmed' } as const;
    const parts = { holds: new Map(), heldBefore: new Set<number>(), blocks: new Map(), cancelled: [], ...NO_MORE };
    const booked = [{ booking: sold, commandId: 'x', paymentMethod: 'none' }];
    // Under the node's own name, between two of its batches.
    house.journal.commit('node-1', {
      number: 1.5,
      after: 0,
      slices: [{ showtimeId: SHOWTIME, epoch: 1, ...parts, booked }],
    });
    house.trips.push({ thereMs: 10 });
    house.submit(actor, ann, 2, book('ann', asked.newHoldId));
    await house.time.advance(5);
    house.submit(actor, bob, 1, hold('bob', [1]));
    await house.time.advance(1_000);
    expect(story(house.seen).slice(-3)).toEqual(['ann#2 outcome_unknown', 'bob#1 outcome_unknown', 'ended lost']);
    expect([...house.journal.peek(SHOWTIME).holds.keys()]).toEqual([0]);
    expect(house.journal.peek(SHOWTIME).bookings.size).toBe(1);
  });
});

describe('an actor that ended', () => {
  it('says nothing more when its last flush comes through', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.trips.push({ backMs: 50 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(10);
    actor.end('drained');
    await house.time.advance(1_000);
    expect(story(house.seen)).toEqual(['ann#1 outcome_unknown', 'ended drained']);
    expect(house.journal.peek(SHOWTIME).holds.size).toBe(1);
  });
});

describe('a journal that does not answer', () => {
  it('[GATE-7] is asked again until it does, and the effect is one', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ lost: 'answer' }, { lost: 'request' }, { lost: 'answer' });
    const asked = hold('ann', [0]);
    house.submit(actor, ann, 1, asked);
    house.submit(actor, ann, 2, book('ann', asked.newHoldId));
    await house.time.advance(2_000);
    expect(story(house.seen).filter((line) => line.includes('#'))).toEqual(['ann#1 ok', 'ann#2 ok']);
    expect(house.journal.peek(SHOWTIME).bookings.size).toBe(1);
  });

  it('[GATE-5] past the bound: `outcome_unknown` for those who wait, and the truth for them who ask again', async () => {
    const house = new Playhouse({ limits: { commitWaitMsMax: 1_000 } });
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 5_000 });
    house.submit(actor, ann, 1, hold('ann', [0]), SAME_ID);
    house.submit(actor, ann, 2, { type: 'hold', holder: 'ann', seats: ['no such seat'], newHoldId: newId() });
    house.submit(actor, ann, 5, hold('ann', [0]));
    await house.time.advance(1_250);
    expect(ann.outcomes(1)).toMatchObject([{ failure: 'outcome_unknown', retryAfterMs: 1_000 }]);
    // A refusal that only waited for its turn is true whatever becomes of the write; one that rests on it is not.
    expect(ann.outcomes(2)).toMatchObject([{ refusal: { code: 'unknown_seat' } }]);
    expect(ann.outcomes(5)).toMatchObject([{ failure: 'outcome_unknown' }]);
    expect(ann.waiting).toBe(0);
    house.submit(actor, ann, 3, hold('ann', [0]), SAME_ID);
    expect(ann.outcomes(3)).toEqual([]);
    await house.time.advance(1_250);
    expect(ann.outcomes(3)).toMatchObject([{ failure: 'outcome_unknown' }]);
    await house.time.advance(2_500);
    house.submit(actor, ann, 4, hold('ann', [0]), SAME_ID);
    expect(ann.outcomes(4)).toMatchObject([{ ok: true, hold: { seats: [0] } }]);
    expect(story(house.seen)).toContain('delta 1 0h');
    expect(actor.own('ann').holds).toHaveLength(1);
  });

  it('[GATE-6] past the bound: `unavailable` for new commands, which are not applied', async () => {
    const house = new Playhouse({ limits: { commitWaitMsMax: 1_000 } });
    const actor = await house.openActor();
    house.trips.push({ backMs: 5_000 });
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(1_001);
    const bob = house.listener('bob');
    house.submit(actor, bob, 1, hold('bob', [1]), SAME_ID);
    expect(bob.outcomes(1)).toMatchObject([{ failure: 'unavailable', retryAfterMs: 1_000 }]);
    await house.time.advance(5_000);
    expect(house.watchedSeats()).toBe('h...........');
    house.submit(actor, bob, 2, hold('bob', [1]), SAME_ID);
    await house.time.advance(0);
    expect(bob.outcomes(2)).toMatchObject([{ ok: true }]);
  });

  it('[GATE-8] lets at most the bound of outputs wait', async () => {
    const house = new Playhouse({ limits: { gatedMax: 3 } });
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 100 });
    for (let i = 0; i < 5; i++) house.submit(actor, house.listener(`p${i}`), i, hold(`p${i}`, [i]));
    expect(story(house.seen)).toEqual(['p3#3 overloaded', 'p4#4 overloaded']);
    await house.time.advance(200);
    expect(house.watchedSeats()).toBe('hhh.........');
    house.submit(actor, ann, 9, hold('ann', [4]));
    await house.time.advance(0);
    expect(ann.outcomes(9)).toMatchObject([{ ok: true }]);
  });
});

describe('coalescing within one flush', () => {
  /** Commands that are applied while a flush is under way are the next flush: one slice. */
  async function together(commands: (house: Playhouse, submit: Submit) => void, before?: typeof commands) {
    const house = new Playhouse();
    const actor = await house.openActor();
    let request = 0;
    const submit: Submit = (holder, command) => house.submit(actor, house.listener(holder), request++, command);
    if (before) {
      before(house, submit);
      await house.time.advance(0);
    }
    house.trips.push({ backMs: 10 }, { backMs: 10 });
    submit('zoe', hold('zoe', [11]));
    await house.time.advance(5);
    commands(house, submit);
    await house.time.advance(100);
    expect(story(house.seen).filter((line) => line.includes('#') && !line.endsWith(' ok'))).toEqual([]);
    const next = await house.openActor(house.startNode('node-2', () => ({})));
    expect(house.watchedSeats()).toBe(house.spell(next.statuses));
    return { house, next };
  }
  type Submit = (holder: string, command: ReturnType<typeof hold> | ReturnType<typeof book>) => void;
  const release = (holder: string, holdId: string, seats?: number[]) =>
    ({ type: 'release', holder, holdId, ...(seats ? { seats: seats.map((seat) => `S-${seat}`) } : {}) }) as const;

  it('held, released, held by another: the other has it', async () => {
    const first = hold('ann', [0, 1]);
    const { next } = await together((_, submit) => {
      submit('ann', first);
      submit('ann', release('ann', first.newHoldId, [0]));
      submit('bob', hold('bob', [0]));
    });
    expect([next.own('ann').holds, next.own('bob').holds]).toMatchObject([[{ seats: [1] }], [{ seats: [0] }]]);
  });

  it('released, then extended: the row that went stays gone and the rest has the new end', async () => {
    const first = hold('ann', [0, 1]);
    const { house, next } = await together(
      (_, submit) => {
        submit('ann', release('ann', first.newHoldId, [0]));
        submit('ann', { type: 'extend', holder: 'ann', holdId: first.newHoldId });
      },
      (_, submit) => submit('ann', first),
    );
    expect(next.own('ann').holds).toMatchObject([{ seats: [1], extensions: 1 }]);
    expect(next.own('ann').holds[0]?.expiresAt).toBe(house.time.now() - 100 + 60_000);
  });

  it('held, booked, cancelled, and held and booked by another: the other’s booking stands', async () => {
    const [first, second] = [hold('ann', [0]), hold('bob', [0, 1])];
    const booking = book('ann', first.newHoldId);
    const { next } = await together((_, submit) => {
      submit('ann', first);
      submit('ann', booking);
      if (booking.type !== 'book') return;
      submit('ann', { type: 'cancel', holder: 'ann', bookingId: booking.newBookingId, asStaff: false });
      submit('bob', second);
      submit('bob', book('bob', second.newHoldId));
    });
    expect(next.own('ann')).toEqual({ holds: [], bookings: [] });
    expect(next.own('bob').bookings).toMatchObject([{ seats: [0, 1], status: 'confirmed' }]);
  });

  it('blocked, put on sale, held: held; put on sale and blocked again: blocked for the new reason', async () => {
    const { house, next } = await together(
      (_, submit) => {
        submit('staff', { type: 'block', seats: ['S-0'], reason: 'a' });
        submit('staff', { type: 'unblock', seats: ['S-0', 'S-1'] });
        submit('ann', hold('ann', [0]));
        submit('staff', { type: 'block', seats: ['S-1'], reason: 'c' });
      },
      (_, submit) => submit('staff', { type: 'block', seats: ['S-1'], reason: 'b' }),
    );
    expect(house.spell(next.statuses)).toBe('hx.........h');
    expect([...house.journal.peek(SHOWTIME).blocks]).toEqual([[1, 'c']]);
  });
});
