import { describe, expect, it } from 'vitest';
import type { Recipient } from '../../../../src/runtime/outcome.js';
import { hold, newId, SHOWTIME, story, word } from '../playhouse.js';
import { isFrame, isMessage, pair, RELAY_LIMITS } from './small-cluster.js';

const OTHER = '00000000-0000-7000-8000-000000000002';

/** A client that looks, at each reply, at what is its own and which seats are taken. */
function looking(holder: string, look: () => unknown) {
  const looks: unknown[] = [];
  const recipient: Recipient = { holder, waiting: 0, reply: () => void looks.push(look()) };
  return { looks, recipient };
}

describe('a command by a relay', () => {
  it('[MOVE-3] is answered when what it did can be seen there', async () => {
    const { cluster, b, relay } = await pair();
    const { looks, recipient } = looking('ann', () => relay.own('ann').holds.map(({ seats }) => seats));
    cluster.submit(relay, recipient, 1, hold('ann', [0]));
    cluster.submit(relay, recipient, 2, hold('ann', [1]));
    await cluster.advance(10);
    expect(looks).toEqual([
      [[0], [1]],
      [[0], [1]],
    ]);
    // Both went in one flush and came in one frame; and where that is lost, the reply waits for what makes it good.
    b.link.loses = isFrame;
    cluster.submit(relay, recipient, 3, hold('ann', [2]));
    await cluster.advance(1);
    expect(looks).toHaveLength(2);
    b.link.loses = () => false;
    await cluster.advance(2 * RELAY_LIMITS.beatMs);
    expect(looks[2]).toEqual([[0], [1], [2]]);
  });

  it('is answered after the notices and deltas of the frame that shows it', async () => {
    const { cluster, b, relay } = await pair();
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    expect(story(b.seen)).toEqual(['own ann elsewhere', 'delta 1 0h', 'ann#1 ok']);
  });

  it('[REPLAY-9] sent again gets the first outcome, by whichever node', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    const [here, there] = [b.listener('ann'), a.listener('ann')];
    const asked = hold('ann', [0]);
    const commandId = cluster.submit(relay, here, 1, asked);
    await cluster.advance(10);
    cluster.submit(relay, here, 2, hold('ann', [0]), commandId);
    cluster.submit(actor, there, 3, hold('ann', [0]), commandId);
    await cluster.advance(10);
    const [first] = here.outcomes(1);
    expect(first?.ok).toBe(true);
    expect([here.outcomes(2), there.outcomes(3)]).toEqual([[first], [first]]);
    // As data: the owner's refusals come over as they are.
    cluster.submit(relay, here, 4, hold('ann', [0]));
    cluster.submit(relay, here, 5, { type: 'extend', holder: 'ann', holdId: 'x' }, commandId);
    await cluster.advance(10);
    expect([here.outcomes(4), here.outcomes(5)].flat().map(word)).toEqual(['seats_unavailable', 'command_reused']);
  });

  it('whose answer is lost is unknown, and then known to who asks again', async () => {
    const { cluster, house, b, relay } = await pair();
    const ann = b.listener('ann');
    b.link.loses = (payload) => isMessage(payload, 'answer');
    const asked = hold('ann', [0]);
    const commandId = cluster.submit(relay, ann, 1, asked);
    await cluster.advance(RELAY_LIMITS.commandMsMax - 1);
    expect(ann.outcomes(1)).toEqual([]);
    b.link.loses = () => false;
    await cluster.advance(1);
    expect(ann.outcomes(1).map(word)).toEqual(['outcome_unknown']);
    cluster.submit(relay, ann, 2, asked, commandId);
    await cluster.advance(10_000);
    expect([ann.outcomes(1).length, ann.outcomes(2).map(word)]).toEqual([1, ['ok']]);
    expect(house.journal.peek(SHOWTIME).holds.size).toBe(1);
  });

  it('is unknown where the journal takes too long, as at the owner', async () => {
    const { cluster, house, b, relay } = await pair();
    house.trips.push({ thereMs: 4_500 });
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(4_000);
    expect(b.listener('ann').outcomes(1).map(word)).toEqual(['outcome_unknown']);
    await cluster.advance(1_000);
    expect(relay.own('ann').holds).toHaveLength(1);
    expect(b.seen.filter((one) => 'own' in one)).toEqual([{ own: 'ann', except: undefined }]);
  });

  it('beyond the bound is refused at once', async () => {
    const { cluster, house, b, relay } = await pair({ relayLimits: { commandsMax: 2 } });
    house.trips.push({ thereMs: 100 });
    const ann = b.listener('ann');
    for (const request of [1, 2, 3]) cluster.submit(relay, ann, request, hold('ann', [request]));
    expect(ann.outcomes(3).map(word)).toEqual(['overloaded']);
    await cluster.advance(200);
    expect([1, 2].flatMap((request) => ann.outcomes(request)).map(word)).toEqual(['ok', 'ok']);
    cluster.submit(relay, ann, 4, hold('ann', [4]));
    await cluster.advance(10);
    expect(ann.outcomes(4).map(word)).toEqual(['ok']);
  });

  it('of one showtime is not mistaken for one of another, nor one holder for another', async () => {
    const { cluster, house, b, relay } = await pair();
    const other = await b.relay(OTHER);
    const [ann, bob] = [b.listener('ann'), b.listener('bob')];
    // Both are on their way at the same time, as the first of their relays.
    house.trips.push({ thereMs: 50 });
    const commandId = cluster.submit(relay, ann, 1, hold('ann', [0]));
    const bobs = cluster.submit(other, bob, 1, hold('bob', [1]));
    await cluster.advance(100);
    const seatsOf = (listener: typeof ann) =>
      listener.outcomes(1).flatMap((outcome) => (outcome.ok && outcome.type === 'hold' ? outcome.hold.seats : []));
    expect([seatsOf(ann), seatsOf(bob)]).toEqual([[0], [1]]);
    expect(house.journal.resultOf(SHOWTIME, 'ann', commandId)?.holder).toBe('ann');
    expect(house.journal.resultOf(OTHER, 'bob', bobs)?.holder).toBe('bob');
  });

  it('does not wait for what the same holder asked of another showtime', async () => {
    const { cluster, house, b, relay } = await pair();
    const other = await b.relay(OTHER);
    const ann = b.listener('ann');
    house.trips.push({ thereMs: 500 });
    cluster.submit(relay, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    cluster.submit(other, ann, 2, { type: 'hold', holder: 'ann', seats: ['none'], newHoldId: newId() });
    await cluster.advance(1);
    expect([ann.outcomes(1), ann.outcomes(2).map(word)]).toEqual([[], ['unknown_seat']]);
  });

  it('of a relay that ended is not mistaken for one of its successor', async () => {
    const { cluster, house, b, relay } = await pair();
    house.trips.push({ thereMs: 50 });
    const [ann, bob] = [b.listener('ann'), b.listener('bob')];
    cluster.submit(relay, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    relay.end('lost');
    const next = await b.relay();
    cluster.submit(next, bob, 1, hold('bob', [1]));
    await cluster.advance(200);
    expect(ann.outcomes(1).map(word)).toEqual(['outcome_unknown']);
    expect(bob.outcomes(1)).toMatchObject([{ ok: true, hold: { holder: 'bob', seats: [1] } }]);
  });
});

describe('a relay whose owner went on without it', () => {
  it('ends where a command hears that the showtime does not run there', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    b.link.loses = isFrame;
    actor.end('passivated');
    await cluster.advance(1);
    const ann = b.listener('ann');
    cluster.submit(relay, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    expect([ann.outcomes(1).map(word), relay.ended, a.directory.size]).toEqual([['moving'], 'lost', 0]);
  });

  it('shows a later life of the owner before it gives the reply that came from there', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    b.link.loses = isFrame;
    actor.end('passivated');
    const again = await a.actor();
    const { looks, recipient } = looking('ann', () => [relay.epoch, relay.own('ann').holds.length]);
    cluster.submit(relay, recipient, 1, hold('ann', [0]));
    await cluster.advance(RELAY_LIMITS.beatMs + 1);
    expect([again.epoch, looks, relay.confirmed]).toEqual([2, [[2, 1]], true]);
    expect(b.seen.filter((one) => 'restarted' in one)).toHaveLength(1);
  });

  it('tells what it knows when it ends, and of the rest that nobody knows', async () => {
    const { cluster, house, b, relay } = await pair();
    const ann = b.listener('ann');
    b.link.loses = isFrame;
    cluster.submit(relay, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    house.trips.push({ thereMs: 1_000 });
    cluster.submit(relay, ann, 2, hold('ann', [1]));
    relay.end('lost');
    relay.end('moved');
    await cluster.advance(10_000);
    expect([ann.outcomes(1).map(word), ann.outcomes(2).map(word)]).toEqual([['ok'], ['outcome_unknown']]);
    cluster.submit(relay, ann, 3, hold('ann', [2]));
    expect(ann.outcomes(3).map(word)).toEqual(['moving']);
  });

  it('a recipient that throws takes no reply from another', async () => {
    const { cluster, b, relay } = await pair();
    const broken: Recipient = {
      holder: 'bad',
      waiting: 0,
      reply: () => {
        throw new Error('a bug');
      },
    };
    cluster.submit(relay, broken, 1, hold('bad', [0]));
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [1]));
    await cluster.advance(10);
    expect([b.listener('ann').outcomes(1).map(word), relay.confirmed]).toEqual([['ok'], true]);
  });
});

describe('an owner that is not sure of its showtime', () => {
  it('takes no commands, and does not tell of what became durable meanwhile', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    const [ann, bob] = [a.listener('ann'), b.listener('bob')];
    house.trips.push({ thereMs: 20, backMs: 20 });
    const asked = hold('bob', [0]);
    const commandId = cluster.submit(relay, bob, 1, asked);
    await cluster.advance(30);
    a.confirmed = false;
    cluster.submit(actor, ann, 1, hold('ann', [1]));
    await cluster.advance(30);
    expect([ann.outcomes(1), bob.outcomes(1)].flat().map(word)).toEqual(['moving', 'outcome_unknown']);
    expect([actor.ended, relay.ended, actor.seq, relay.seq]).toEqual(['lost', 'lost', 0, 0]);
    expect(await a.try()).toEqual({ ok: false, reason: 'moving' });
    a.confirmed = true;
    const again = await b.relay();
    cluster.submit(again, bob, 2, asked, commandId);
    await cluster.advance(10);
    expect([bob.outcomes(2).map(word), house.spell(again.statuses)]).toEqual([['ok'], 'h...........']);
  });
});
