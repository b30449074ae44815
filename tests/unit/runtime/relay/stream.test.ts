import { describe, expect, it } from 'vitest';
import { PublishedView } from '../../../../src/runtime/published-view.js';
import { topicOf } from '../../../../src/runtime/relay/messages.js';
import { book, hold, type Seen, SHOWTIME, story, word } from '../playhouse.js';
import { isFrame, isMessage, pair, RELAY_LIMITS } from './small-cluster.js';

/** What an audience is told, apart from replies. */
const told = (seen: readonly Seen[]) => story(seen.filter((one) => !('to' in one)));

describe('a relay', () => {
  it('[MOVE-3] tells its clients what the owner tells its own: the same deltas and seqs, expiries and notices', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    const [ann, bob] = [a.listener('ann'), b.listener('bob')];
    const asked = hold('ann', [0, 1]);
    cluster.submit(actor, ann, 1, asked);
    cluster.submit(relay, bob, 1, hold('bob', [2]));
    await cluster.advance(10);
    cluster.submit(actor, ann, 2, { type: 'release', holder: 'ann', holdId: asked.newHoldId, seats: ['S-1'] });
    cluster.submit(actor, ann, 3, book('ann', asked.newHoldId));
    cluster.submit(actor, a.listener('staff'), 1, { type: 'block', seats: ['S-5'], reason: 'broken' });
    await cluster.advance(70_000);
    const stranger = (line: string) => line.replace(' elsewhere', '');
    expect(told(b.seen).map(stranger)).toEqual(told(a.seen).map(stranger));
    expect(told(b.seen)).toContain('expired 2');
    expect([relay.epoch, relay.seq, house.spell(relay.statuses)]).toEqual([1, actor.seq, 'b....x......']);
    for (const holder of ['ann', 'bob']) expect(relay.own(holder)).toEqual(actor.own(holder));
    expect(relay.since(1, 1)).toEqual(actor.since(1, 1));
  });

  it('starts from what is there, and knows whose it is', async () => {
    const { cluster, house, a, actor } = await pair();
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [3]));
    await cluster.advance(10);
    const [c] = await cluster.start('c');
    const relay = await c?.relay();
    expect(house.spell(relay?.statuses ?? new Uint8Array())).toBe('...h........');
    expect([relay?.seq, relay?.own('ann')]).toEqual([1, actor.own('ann')]);
  });

  it('tells who asked by its reply, and the other windows of the same holder by a notice', async () => {
    const { cluster, a, b, relay } = await pair();
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    expect(b.seen.filter((one) => 'own' in one)).toEqual([{ own: 'ann', except: 'ann' }]);
    expect(a.seen.filter((one) => 'own' in one)).toMatchObject([{ own: 'ann' }]);
  });

  it('counts its watchers at the owner', async () => {
    const { cluster, b, actor } = await pair();
    b.watching = 7;
    await cluster.advance(RELAY_LIMITS.beatMs + 1);
    expect(actor.watchers).toBe(8);
  });
});

describe('what is lost on the way', () => {
  it('is noticed by the next frame, and made good by a snapshot that everybody gets', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    await cluster.advance(400);
    const ann = a.listener('ann');
    b.link.loses = isFrame;
    cluster.submit(actor, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    b.link.loses = () => false;
    cluster.submit(actor, ann, 2, hold('ann', [1]));
    await cluster.advance(1);
    expect(told(b.seen)).toEqual(['restarted']);
    expect([relay.confirmed, relay.seq, house.spell(relay.statuses)]).toEqual([true, 2, 'hh..........']);
    expect(relay.own('ann')).toEqual(actor.own('ann'));
    expect(relay.since(1, 1)).toBeUndefined();
    cluster.submit(actor, ann, 3, hold('ann', [2]));
    await cluster.advance(1);
    expect(told(b.seen).slice(1)).toEqual(['own ann', 'delta 3 2h']);
  });

  it('is noticed by the next beat where nothing more happens', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    b.link.loses = isFrame;
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(1);
    b.link.loses = () => false;
    await cluster.advance(2 * RELAY_LIMITS.beatMs);
    expect([told(b.seen), house.spell(relay.statuses)]).toEqual([['restarted'], 'h...........']);
  });

  it('while something is missing nothing is confirmed, and commands hear to ask again', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    await cluster.advance(400);
    const ann = a.listener('ann');
    b.link.loses = isFrame;
    cluster.submit(actor, ann, 1, hold('ann', [0]));
    await cluster.advance(1);
    b.link.loses = (payload) => isMessage(payload, 'answer');
    cluster.submit(actor, ann, 2, hold('ann', [1]));
    await cluster.advance(1);
    const bob = b.listener('bob');
    cluster.submit(relay, bob, 1, hold('bob', [5]));
    expect([relay.confirmed, bob.outcomes(1).map(word)]).toEqual([false, ['moving']]);
    expect(await b.try()).toEqual({ ok: false, reason: 'moving' });
    b.link.loses = () => false;
    await cluster.advance(RELAY_LIMITS.answerMsMax + 2 * RELAY_LIMITS.beatMs);
    expect([relay.confirmed, house.spell(relay.statuses)]).toEqual([true, 'hh..........']);
  });

  it('stays unconfirmed where the owner gives no snapshot now, and tries again', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    await cluster.advance(400);
    b.link.loses = isFrame;
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(1);
    b.link.loses = () => false;
    const late = b.calls.call.bind(b.calls);
    b.calls.call = async (...call) => (call[1] === 'follow' ? { refused: 'unavailable' } : await late(...call));
    cluster.submit(actor, a.listener('ann'), 2, hold('ann', [1]));
    await cluster.advance(1);
    expect([relay.confirmed, relay.ended]).toEqual([false, undefined]);
    b.calls.call = late;
    await cluster.advance(RELAY_LIMITS.beatMs);
    expect([relay.confirmed, relay.seq]).toEqual([true, 2]);
  });

  it('asks for at most one snapshot a beat, however much is lost', async () => {
    const { cluster, a, b, actor } = await pair();
    await cluster.advance(400);
    let asked = 0;
    a.link.loses = (payload) => {
      if (isMessage(payload, 'call', 'follow')) asked++;
      return false;
    };
    let frame = 0;
    b.link.loses = (payload, topic) => isFrame(payload, topic) && frame++ % 2 === 0;
    const ann = a.listener('ann');
    for (let i = 0; i < 40; i++) {
      const what = hold('ann', [i % 12]);
      cluster.submit(actor, ann, i, what);
      await cluster.advance(5);
      cluster.submit(actor, ann, 100 + i, { type: 'release', holder: 'ann', holdId: what.newHoldId });
      await cluster.advance(5);
    }
    expect(asked).toBeGreaterThan(0);
    expect(asked).toBeLessThanOrEqual(3);
  });

  /** A gap, whose snapshot takes 100 ms more than any frame; six frames come before it. */
  async function slowSnapshot(framesMax: number) {
    const { cluster, house, a, b, actor, relay } = await pair({ relayLimits: { framesMax } });
    await cluster.advance(400);
    const call = b.calls.call.bind(b.calls);
    b.calls.call = async (...asked) => {
      const answer = await call(...asked);
      if (asked[1] === 'follow') await new Promise<void>((resolve) => void house.time.after(100, resolve));
      return answer;
    };
    b.link.loses = isFrame;
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(1);
    b.link.loses = () => false;
    for (let i = 1; i < 8; i++) {
      cluster.submit(actor, a.listener(`p${i}`), 1, hold(`p${i}`, [i]));
      await cluster.advance(10);
    }
    await cluster.advance(35);
    const inTime = [relay.confirmed, relay.seq];
    await cluster.advance(1_000);
    const restarts = told(b.seen).filter((line) => line === 'restarted').length;
    return { inTime, restarts, end: [relay.confirmed, relay.seq, house.spell(relay.statuses)] };
  }

  it('what comes while the snapshot is on its way is taken after it', async () => {
    const { inTime, restarts, end } = await slowSnapshot(10);
    expect([inTime, restarts, end]).toEqual([[true, 8], 1, [true, 8, 'hhhhhhhh....']]);
  });

  it('what fits no more while the snapshot is on its way is missing like what was lost', async () => {
    const { inTime, restarts, end } = await slowSnapshot(5);
    expect([inTime, restarts, end]).toEqual([[false, 2], 2, [true, 8, 'hhhhhhhh....']]);
  });

  it('a relay that its owner gave up too early sees that it missed something', async () => {
    const { cluster, a, actor, relay } = await pair();
    const asked = hold('ann', [0]);
    cluster.submit(actor, a.listener('ann'), 1, asked);
    // No sign of the relay arrives, for so long that it is given up just before the next one.
    a.link.loses = (payload) => isMessage(payload, 'cast', 'keep');
    await cluster.advance(RELAY_LIMITS.silentMsMax + RELAY_LIMITS.beatMs + 10);
    a.link.loses = () => false;
    // No seat changes by this, so that no delta is missing that would tell.
    cluster.submit(actor, a.listener('ann'), 2, { type: 'extend', holder: 'ann', holdId: asked.newHoldId });
    await cluster.advance(RELAY_LIMITS.beatMs);
    cluster.submit(actor, a.listener('bob'), 1, hold('bob', [1]));
    await cluster.advance(3 * RELAY_LIMITS.beatMs);
    expect([relay.confirmed, relay.seq, actor.own('ann').holds[0]?.extensions]).toEqual([true, 2, 1]);
    expect(relay.own('ann')).toEqual(actor.own('ann'));
    await cluster.advance(10_000);
    expect(relay.confirmed).toBe(true);
  });
});

describe('a relay without its owner', () => {
  it('is not confirmed after a silence, and lost after a longer one', async () => {
    const { cluster, b, relay } = await pair();
    await cluster.advance(1_000);
    b.link.inner.cut();
    await cluster.advance(RELAY_LIMITS.silentMsMax - 300);
    expect(relay.confirmed).toBe(true);
    await cluster.advance(600);
    expect([relay.confirmed, relay.ended]).toEqual([false, undefined]);
    await cluster.advance(RELAY_LIMITS.lostAfterMs + RELAY_LIMITS.beatMs);
    expect([relay.ended, told(b.seen)]).toEqual(['lost', ['ended lost']]);
    await cluster.advance(RELAY_LIMITS.commandMsMax);
    expect(b.relays.size).toBe(0);
  });

  it('goes on from a snapshot where the link comes back in time', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    b.link.inner.cut();
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(RELAY_LIMITS.silentMsMax + 1_000);
    expect(relay.confirmed).toBe(false);
    b.link.inner.heal();
    await cluster.advance(RELAY_LIMITS.answerMsMax + 2 * RELAY_LIMITS.beatMs);
    expect([relay.confirmed, told(b.seen), house.spell(relay.statuses)]).toEqual([true, ['restarted'], 'h...........']);
  });

  it('ends when the owner crashed, and its clients find the next', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    a.crash();
    cluster.home = 'b';
    await cluster.advance(RELAY_LIMITS.silentMsMax + RELAY_LIMITS.beatMs);
    b.relays.review((id) => b.homeOf(id));
    expect(relay.ended).toBe('lost');
    expect(house.spell((await b.actor()).statuses)).toBe('h...........');
  });

  it('is not confirmed while the owner itself is not sure, and is again when it is', async () => {
    const { cluster, a, relay } = await pair();
    a.confirmed = false;
    await cluster.advance(RELAY_LIMITS.silentMsMax + 2 * RELAY_LIMITS.beatMs);
    expect([relay.confirmed, relay.ended]).toEqual([false, undefined]);
    a.confirmed = true;
    await cluster.advance(2 * RELAY_LIMITS.beatMs);
    expect(relay.confirmed).toBe(true);
  });

  it('hears that it was handed over, and where to', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    const ends: unknown[] = [];
    const [audience] = b.audiences;
    if (audience) audience.ended = (...end) => void ends.push(end);
    const moving = a.directory.handOver(SHOWTIME, 'https://c.example', 1_000, async () => true);
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.done(moving);
    await cluster.advance(1);
    expect([relay.ended, ends]).toEqual(['moved', [['moved', 'https://c.example']]]);
    expect(a.listener('ann').outcomes(1).map(word)).toEqual(['moving']);
  });

  it('hears of the end also while it waits for a snapshot', async () => {
    const { cluster, a, b, actor, relay } = await pair();
    await cluster.advance(400);
    b.link.loses = (payload, topic) => isFrame(payload, topic) || isMessage(payload, 'answer');
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(2 * RELAY_LIMITS.beatMs);
    expect(relay.confirmed).toBe(false);
    b.link.loses = (payload) => isMessage(payload, 'answer');
    actor.end('moved', 'https://c.example');
    await cluster.advance(1);
    expect(relay.ended).toBe('moved');
  });

  it('hears of a later owner by the frames of that one, and takes nothing of an earlier', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    a.link.publish(topicOf(SHOWTIME), { epoch: 0, n: 1, events: [{ type: 'ended', reason: 'lost' }] });
    await cluster.advance(1);
    expect([relay.ended, relay.confirmed]).toEqual([undefined, true]);
    a.link.publish(topicOf(SHOWTIME), { epoch: actor.epoch + 1, n: 0, events: [] });
    await cluster.advance(1);
    expect([relay.ended, told(b.seen)]).toEqual(['lost', ['ended lost']]);
    expect(house.spell(relay.statuses)).toBe('............');
  });
});

describe('rubbish on the link', () => {
  it('is passed over, on topics and among messages', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    const rubbish = [
      null,
      7,
      'x',
      [],
      {},
      { epoch: 1 },
      { epoch: 1, n: 1, events: [{ type: 'new' }] },
      { kind: 'call' },
    ];
    const calls = ['follow', 'keep', 'command', 'take', 'yield', 'none'].flatMap((method) =>
      [null, {}, { showtimeId: SHOWTIME }, { showtimeId: 1, from: 2 }].flatMap((body) => [
        { kind: 'call', from: b.member.id, id: 9_999, method, body },
        { kind: 'cast', method, body },
      ]),
    );
    const odd = { kind: 'answer', id: 'x', body: {} };
    for (const payload of [...rubbish, ...calls, odd]) {
      b.link.publish(topicOf(SHOWTIME), payload);
      b.link.send(a.member.id, payload);
    }
    for (const payload of [...rubbish, odd]) a.link.send(b.member.id, payload);
    await cluster.advance(10);
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(400);
    expect([actor.ended, relay.ended, relay.confirmed]).toEqual([undefined, undefined, true]);
    expect(b.listener('ann').outcomes(1).map(word)).toEqual(['ok']);
    expect(house.spell(relay.statuses)).toBe('h...........');
  });

  it('a command that no node of this version knows does not reach the house', async () => {
    const { cluster, b, actor } = await pair();
    const commands = [{ type: 'expire' }, { type: 'toString' }, { type: 'hold', holder: 'ann' }, null];
    for (const command of commands) {
      const submission = { requestId: 1, commandId: 'c', command };
      const call = { showtimeId: SHOWTIME, session: 's', holder: 'ann', submission };
      const answer = b.calls.call('a-0', 'command', call, 1_000);
      await expect(cluster.done(answer)).rejects.toThrow('failed');
    }
    expect(actor.ended).toBeUndefined();
  });

  it('what was taken already, or is in the snapshot, is passed over', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    cluster.submit(actor, a.listener('ann'), 2, hold('ann', [0]));
    await cluster.advance(10);
    const frames = b.link.heard.filter((payload) => isFrame(payload, 'any'));
    for (const frame of frames) a.link.publish(topicOf(SHOWTIME), frame);
    a.link.publish(topicOf(SHOWTIME), { epoch: 1, n: 0, events: [] });
    await cluster.advance(1);
    expect([frames.length, told(b.seen), relay.confirmed]).toEqual([1, ['own ann', 'delta 1 0h'], true]);
    expect([relay.seq, house.spell(relay.statuses)]).toEqual([1, 'h...........']);
  });

  it('an event that does not fit is repaired by a snapshot', async () => {
    const { cluster, house, a, b, actor, relay } = await pair();
    await cluster.advance(400);
    const delta = { seq: 9, changes: [[0, 1]] };
    a.link.publish(topicOf(SHOWTIME), { epoch: 1, n: 1, events: [{ type: 'delta', delta }] });
    await cluster.advance(1);
    expect([relay.confirmed, told(b.seen), house.spell(relay.statuses)]).toEqual([true, ['restarted'], '............']);
    expect(actor.ended).toBeUndefined();
  });

  it('a house of other seats is not relayed', async () => {
    const { cluster, b, a } = await pair();
    a.calls.answer('follow', () => ({ epoch: 9, n: 0, seq: 0, statuses: new Uint8Array(3), holds: [], bookings: [] }));
    b.relays.drop(SHOWTIME);
    expect(await b.try()).toEqual({ ok: false, reason: 'unavailable' });
    await cluster.advance(10);
    expect(b.relays.size).toBe(0);
  });
});

it('a relay keeps nothing of the bytes that the link gave it, which may be shared', () => {
  const bytes = Buffer.from([0, 0, 1]);
  const view = new PublishedView({ seq: 3, statuses: bytes, holds: [], bookings: [] }, 8);
  view.follow({ seq: 4, changes: [[0, 2]] });
  expect([[...bytes], [...view.statuses]]).toEqual([
    [0, 0, 1],
    [2, 0, 1],
  ]);
});
