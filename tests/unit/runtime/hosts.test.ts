import { describe, expect, it } from 'vitest';
import { Hosts } from '../../../src/runtime/hosts.js';
import { Relay } from '../../../src/runtime/relay/relay.js';
import { SHOWTIME } from './playhouse.js';
import { pair, SmallCluster, type TestNode } from './relay/small-cluster.js';

describe('where clients meet a showtime', () => {
  it('is its actor where it lives here, and a relay where it lives elsewhere', async () => {
    const { a, b, actor, relay } = await pair();
    expect([await a.open(), await b.open()]).toEqual([actor, relay]);
    expect(relay).toBeInstanceOf(Relay);
  });

  it('is its actor as long as that runs, wherever it should live', async () => {
    const { cluster, a, actor } = await pair();
    cluster.home = 'b';
    expect(await a.open()).toBe(actor);
    expect(a.hosts.betterUrl(SHOWTIME)).toBeUndefined();
  });

  it('[MOVE-5] is nowhere while no node would take it, or what runs here may be lost', async () => {
    const { cluster, a, b } = await pair();
    a.confirmed = false;
    expect(await a.try()).toEqual({ ok: false, reason: 'moving' });
    b.relays.drop(SHOWTIME);
    cluster.home = 'nobody';
    expect(await b.try()).toEqual({ ok: false, reason: 'unavailable' });
  });

  it('on a node that is alone is its actor', async () => {
    const cluster = new SmallCluster();
    const [a] = (await cluster.start('a')) as [TestNode];
    const hosts = new Hosts(a.directory);
    const opened = await cluster.done(hosts.open(SHOWTIME));
    expect(opened.ok && opened.host).toBe(a.directory.running(SHOWTIME));
    expect(hosts.betterUrl(SHOWTIME)).toBeUndefined();
  });
});

describe('the better URL', () => {
  it('is that of the home, where that is another node, can be reached, and has not enough to do already', async () => {
    const { a, b } = await pair();
    expect([a.hosts.betterUrl(SHOWTIME), b.hosts.betterUrl(SHOWTIME)]).toEqual([undefined, 'https://a.example']);
    a.member = { ...a.member, hot: [SHOWTIME] };
    expect(b.hosts.betterUrl(SHOWTIME)).toBeUndefined();
    const { url: _, ...unreachable } = a.member;
    a.member = { ...unreachable, hot: [] };
    expect(b.hosts.betterUrl(SHOWTIME)).toBeUndefined();
  });
});
