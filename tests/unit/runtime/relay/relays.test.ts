import { describe, expect, it } from 'vitest';
import { hold, SHOWTIME, story, type Watchers, word } from '../playhouse.js';
import { isMessage, pair, RELAY_LIMITS, SmallCluster, type TestNode } from './small-cluster.js';

const IDLE_MS = 10_000;
const other = (i: number) => `00000000-0000-7000-8000-0000000001${String(i).padStart(2, '0')}`;

describe('opening a relay', () => {
  it('follows the owner once, however many ask at once', async () => {
    const cluster = new SmallCluster();
    const [, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
    const opened = await cluster.done(Promise.all([b.try(), b.try(), b.try()]));
    expect(new Set(opened.map((one) => one.ok && one.host)).size).toBe(1);
    expect([b.audiences.length, b.relays.size]).toEqual([1, 1]);
    expect((await b.open()) === (opened[0]?.ok && opened[0].host)).toBe(true);
  });

  it('says why not: unknown, too many, nobody answers, not theirs; and ends what it began', async () => {
    const cluster = new SmallCluster({ relaysMax: 1 });
    const [a, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
    expect(await b.try('nowhere')).toEqual({ ok: false, reason: 'unknown_showtime' });
    a.link.loses = (payload) => isMessage(payload, 'call');
    expect(await b.try()).toEqual({ ok: false, reason: 'unavailable' });
    a.link.loses = () => false;
    a.believes.set(SHOWTIME, 'b');
    expect(await b.try()).toEqual({ ok: false, reason: 'moving' });
    b.link.inner.cut();
    expect(await b.try()).toEqual({ ok: false, reason: 'unavailable' });
    b.link.inner.heal();
    a.believes.clear();
    expect([b.relays.size, story(b.seen)]).toEqual([0, ['ended lost', 'ended lost', 'ended lost']]);
    await b.relay();
    expect(await b.try(other(1))).toEqual({ ok: false, reason: 'overloaded' });
  });

  it('one that ended takes no room from another', async () => {
    const cluster = new SmallCluster({ relaysMax: 1 });
    const [, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
    (await b.relay()).end('lost');
    expect((await b.relay(other(1))).ended).toBeUndefined();
  });

  it('no relay relays a relay', async () => {
    const { cluster, b } = await pair();
    const [c] = (await cluster.start('c')) as [TestNode];
    c.believes.set(SHOWTIME, 'b');
    expect(await c.try()).toEqual({ ok: false, reason: 'moving' });
    expect(b.relays.size).toBe(1);
  });

  it('finds the next owner when the one before was lost', async () => {
    const { cluster, house, a, b, relay } = await pair();
    const [c] = (await cluster.start('c')) as [TestNode];
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    a.crash();
    cluster.home = 'c';
    await cluster.advance(RELAY_LIMITS.silentMsMax + RELAY_LIMITS.beatMs);
    const next = await b.relay();
    expect([relay.ended, next.owner.name, next.epoch]).toEqual(['lost', 'c', 2]);
    expect([house.spell(next.statuses), c.directory.size]).toEqual(['h...........', 1]);
  });
});

describe('the end of a relay', () => {
  it('comes when nobody watched or asked for long, and then the owner sends nothing more', async () => {
    const { cluster, b, relay, actor } = await pair();
    const late = cluster.hub.link();
    let heard = 0;
    await cluster.done(late.follow(`showtime/${SHOWTIME}`, () => heard++));
    await cluster.advance(2 * IDLE_MS);
    expect(relay.ended).toBeUndefined();
    b.watching = 0;
    await cluster.advance(2 * IDLE_MS);
    expect([relay.ended, b.relays.size, actor.watchers]).toEqual(['passivated', 0, 1]);
    await cluster.advance(RELAY_LIMITS.silentMsMax + 2 * RELAY_LIMITS.beatMs);
    heard = 0;
    await cluster.advance(10_000);
    expect(heard).toBe(0);
  });

  it('does not come to one that has commands on their way, or is asked for', async () => {
    const { cluster, b, relay } = await pair();
    b.watching = 0;
    for (let i = 0; i < 4; i++) {
      await cluster.advance(IDLE_MS * 0.7);
      expect(await b.open()).toBe(relay);
    }
  });

  it('comes when the showtime begins to run here, and its clients find it here', async () => {
    const { cluster, b, relay } = await pair();
    cluster.home = 'b';
    const actor = await b.actor();
    expect([relay.ended, actor.epoch, b.relays.size]).toEqual(['moved', 2, 0]);
    expect(b.audiences).toHaveLength(2);
    cluster.submit(actor, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    expect(story(b.seen)).toEqual(['ended moved', 'ann#1 ok', 'own ann elsewhere', 'delta 1 0h']);
  });

  it('comes also to one that is just being opened, before it has an audience or after', async () => {
    for (const delayMs of [0, 20]) {
      const cluster = new SmallCluster();
      const [, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
      cluster.hub.delayMs = delayMs;
      const owner = b.homeOf(SHOWTIME);
      if (!owner) throw new Error('no owner');
      const opening = b.relays.open(SHOWTIME, owner);
      if (delayMs > 0) await cluster.advance(5);
      b.relays.drop(SHOWTIME);
      expect(await cluster.done(opening)).toEqual({ ok: false, reason: 'moving' });
      await cluster.advance(10_000);
      const audiences = b.audiences as Watchers[];
      expect([b.relays.size, audiences.length, story(b.seen)]).toEqual(
        delayMs > 0 ? [0, 1, ['ended moved']] : [0, 0, []],
      );
    }
  });

  it('comes to all when the node stops, to those that are being opened too, and leaves no timer', async () => {
    const { cluster, b, relay } = await pair();
    cluster.hub.delayMs = 20;
    const owner = b.homeOf(SHOWTIME);
    if (!owner) throw new Error('no owner');
    const opening = b.relays.open(other(1), owner);
    await cluster.advance(30);
    b.relays.stop();
    expect(relay.ended).toBe('drained');
    expect(await cluster.done(opening)).toMatchObject({ ok: false });
    expect(await b.relays.open(other(2), owner)).toEqual({ ok: false, reason: 'moving' });
    await cluster.advance(20_000);
    let sent = 0;
    b.link.send = () => void sent++;
    await cluster.advance(20_000);
    expect([sent, b.relays.size]).toEqual([0, 0]);
  });

  it('is not brought about by a new home as long as the owner is heard', async () => {
    const { cluster, b, relay } = await pair();
    await cluster.start('c');
    cluster.home = 'c';
    b.relays.review((id) => b.homeOf(id));
    cluster.submit(relay, b.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(100);
    expect([relay.ended, b.listener('ann').outcomes(1).map(word)]).toEqual([undefined, ['ok']]);
    expect(await b.open()).toBe(relay);
  });
});
