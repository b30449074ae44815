import { describe, expect, it } from 'vitest';
import { NO_FEED } from '../../../src/runtime/audience.js';
import { Directory, type DirectoryOptions } from '../../../src/runtime/directory.js';
import { Hosts } from '../../../src/runtime/hosts.js';
import type { Payment } from '../../../src/runtime/till-port.js';
import { book, hold, Playhouse, SHOWTIME, story, Watchers } from './playhouse.js';

const TRY_AGAIN = { ok: false, failure: 'moving', retryAfterMs: 100 };

function directoryOf(house: Playhouse, more: Partial<DirectoryOptions> = {}): Directory {
  return new Directory({
    journal: house.node.journal,
    playbill: { terms: async () => house.terms, versions: async () => new Map() },
    context: house.node.context,
    audienceFor: () => new Watchers(house.seen),
    feedFor: () => NO_FEED,
    askedFor: async () => true,
    passivateAfterMs: 600_000,
    actorsMax: 10,
    ...more,
  });
}

/** What comes of it while time goes on. */
async function meanwhile<T>(house: Playhouse, doing: Promise<T>): Promise<T> {
  await house.time.advance(0);
  return await doing;
}

describe('an actor that is not confirmed', () => {
  it('[FENCE-5] turns commands away to be asked again, changes nothing, and takes them when it is confirmed', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.confirmed = false;
    const asked = hold('ann', [0]);
    const commandId = house.submit(actor, ann, 1, asked);
    await house.time.advance(1_000);
    expect(ann.outcomes(1)).toEqual([TRY_AGAIN]);
    expect([actor.seq, actor.ended, house.journal.peek(SHOWTIME).holds.size]).toEqual([0, undefined, 0]);
    house.confirmed = true;
    house.submit(actor, ann, 2, asked, commandId);
    await house.time.advance(0);
    expect(ann.outcomes(2)).toMatchObject([{ ok: true }]);
    expect(house.watchedSeats()).toMatch(/^h\.+$/);
  });

  it('[FENCE-5] tells nobody of what the journal took meanwhile: its senders hear that nobody knows, and it ends', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const [ann, bob] = [house.listener('ann'), house.listener('bob')];
    house.trips.push({ backMs: 50 });
    const asked = hold('ann', [0, 1]);
    const commandId = house.submit(actor, ann, 1, asked);
    house.submit(actor, bob, 1, hold('bob', [2]));
    await house.time.advance(20);
    house.confirmed = false;
    await house.time.advance(1_000);
    expect(story(house.seen)).toEqual(['ann#1 outcome_unknown', 'bob#1 outcome_unknown', 'ended lost']);
    expect([...actor.statuses].every((code) => code === 0)).toBe(true);
    expect([actor.seq, actor.own('ann').holds, ann.waiting, bob.waiting]).toEqual([0, [], 0, 0]);
    // The journal has it, and whoever owns the showtime next tells.
    expect([...house.journal.peek(SHOWTIME).holds.keys()]).toEqual([0, 1, 2]);
    house.confirmed = true;
    const successor = await house.openActor(house.startNode('node-2', () => ({})));
    house.submit(successor, ann, 2, asked, commandId);
    await house.time.advance(0);
    expect(ann.outcomes(2)).toMatchObject([{ ok: true, hold: { seats: [0, 1] } }]);
  });

  it('goes on where it was confirmed again before the journal answered', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    house.trips.push({ backMs: 50 });
    house.submit(actor, ann, 1, hold('ann', [0]));
    await house.time.advance(20);
    house.confirmed = false;
    await house.time.advance(20);
    house.confirmed = true;
    await house.time.advance(20);
    expect([ann.outcomes(1), actor.ended]).toMatchObject([[{ ok: true }], undefined]);
    expect(actor.seq).toBe(1);
  });

  it('lets no hold that ended by time be seen as free', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    house.submit(actor, house.listener('ann'), 1, hold('ann', [0]));
    await house.time.advance(0);
    house.confirmed = false;
    await house.time.advance(house.terms.rules.holdTtlMs + 1_000);
    expect(story(house.seen).at(-1)).toBe('ended lost');
    expect(house.watchedSeats()).toMatch(/^h/);
  });

  it('answers a replay of what was durable, since that is true whoever owns it now', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    const asked = hold('ann', [0]);
    const commandId = house.submit(actor, ann, 1, asked);
    await house.time.advance(0);
    house.confirmed = false;
    house.submit(actor, ann, 2, asked, commandId);
    expect(ann.outcomes(2)).toEqual(ann.outcomes(1));
  });
});

describe('opening a showtime on a node that is not confirmed', () => {
  it('claims nothing', async () => {
    const house = new Playhouse();
    house.confirmed = false;
    const directory = directoryOf(house);
    expect(await meanwhile(house, directory.open(SHOWTIME))).toEqual({ ok: false, reason: 'moving' });
    expect(house.journal.owners([SHOWTIME]).size).toBe(0);
    expect(directory.size).toBe(0);
  });

  it('runs nothing of what it had claimed when the lease ended', async () => {
    const house = new Playhouse();
    house.trips.push({ backMs: 50 });
    const directory = directoryOf(house);
    const opening = directory.open(SHOWTIME);
    await house.time.advance(20);
    house.confirmed = false;
    await house.time.advance(50);
    expect(await opening).toEqual({ ok: false, reason: 'moving' });
    expect([directory.size, house.seen]).toEqual([0, []]);
    house.confirmed = true;
    expect(await meanwhile(house, directory.open(SHOWTIME))).toMatchObject({ ok: true, host: { epoch: 2 } });
  });

  it('shows nothing of what runs here already, until it is confirmed', async () => {
    const house = new Playhouse();
    const hosts = new Hosts(directoryOf(house));
    expect(await meanwhile(house, hosts.open(SHOWTIME))).toMatchObject({ ok: true });
    house.confirmed = false;
    expect(await hosts.open(SHOWTIME)).toEqual({ ok: false, reason: 'moving' });
    house.confirmed = true;
    expect(await hosts.open(SHOWTIME)).toMatchObject({ ok: true, host: { epoch: 1 } });
  });
});

describe('the mark of a house at rest', () => {
  it('is there while nothing waits for the journal, and counts up with each change', async () => {
    const house = new Playhouse();
    const actor = await house.openActor();
    const ann = house.listener('ann');
    expect(actor.settledMark).toBe(0);
    house.trips.push({ backMs: 50 });
    house.submit(actor, ann, 1, hold('ann', [0]));
    expect(actor.settledMark).toBeUndefined();
    await house.time.advance(20);
    expect(actor.settledMark).toBeUndefined();
    await house.time.advance(50);
    expect(actor.settledMark).toBe(1);
    // A refusal changes nothing.
    house.submit(actor, house.listener('bob'), 1, hold('bob', [0]));
    expect(actor.settledMark).toBe(1);
  });
});

describe('the till', () => {
  /** A house whose owner counts what it charges. */
  async function openTill() {
    const house = new Playhouse();
    const charged: Payment[] = [];
    const till = {
      charge: (payment: Payment) => {
        charged.push(payment);
        return { ok: true, method: payment.method } as const;
      },
    };
    const node = { ...house.node, context: { ...house.node.context, till } };
    const actor = await house.openActor(node);
    const ann = house.listener('ann');
    const held = hold('ann', [0]);
    house.submit(actor, ann, 1, held);
    await house.time.advance(0);
    const payment = { method: 'test' };
    const sale = { requestId: 2, commandId: house.commandId(), command: book('ann', held.newHoldId), payment };
    return { house, charged, actor, ann, sale };
  }

  it('[BOOK-3] charges a booking once, however often it is asked for', async () => {
    const { house, charged, actor, ann, sale } = await openTill();
    actor.submit(sale, ann);
    actor.submit({ ...sale, requestId: 3 }, ann);
    await house.time.advance(0);
    actor.submit({ ...sale, requestId: 4 }, ann);
    expect([2, 3, 4].map((id) => ann.outcomes(id))).toMatchObject(Array(3).fill([{ ok: true, type: 'booking' }]));
    expect(charged).toEqual([{ method: 'test' }]);
  });

  it('charges nothing for what is turned away', async () => {
    const { house, charged, actor, ann, sale } = await openTill();
    house.confirmed = false;
    actor.submit(sale, ann);
    house.confirmed = true;
    actor.stopIntake();
    actor.submit({ ...sale, requestId: 3 }, ann);
    expect([ann.outcomes(2), ann.outcomes(3)]).toEqual([[TRY_AGAIN], [TRY_AGAIN]]);
    expect(charged).toEqual([]);
    actor.resumeIntake();
    actor.submit({ ...sale, requestId: 4 }, ann);
    await house.time.advance(0);
    expect(charged).toHaveLength(1);
  });

  it('[BOOK-5] charges nothing for what the house refuses: a payment that comes as the hold ends', async () => {
    const { house, charged, actor, ann, sale } = await openTill();
    actor.submit({ ...sale, requestId: 3, commandId: house.commandId(), command: book('bob', 'nothing') }, ann);
    await house.time.advance(house.terms.rules.holdTtlMs);
    actor.submit(sale, ann);
    await house.time.advance(0);
    expect([ann.outcomes(3), ann.outcomes(2)]).toMatchObject([
      [{ refusal: { code: 'unknown_hold' } }],
      [{ refusal: { code: 'hold_expired' } }],
    ]);
    expect(charged).toEqual([]);
  });
});
