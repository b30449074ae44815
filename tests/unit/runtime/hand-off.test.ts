import { describe, expect, it } from 'vitest';
import type { Audience } from '../../../src/runtime/audience.js';
import { hold, story, Watchers, word } from './playhouse.js';
import {
  FLUSH_MS_MAX,
  HAND_OVERS_AT_ONCE,
  isMessage,
  pair,
  RELAY_LIMITS,
  SmallCluster,
  type TestNode,
} from './relay/small-cluster.js';

const showtime = (i: number) => `00000000-0000-7000-8000-0000000002${String(i).padStart(2, '0')}`;
const ids = (node: TestNode) => node.directory.all().map(({ showtimeId }) => showtimeId);

/** Two nodes, the first of which runs so many showtimes. */
async function running(count: number) {
  const moved: unknown[] = [];
  const audienceFor = (node: TestNode, showtimeId: string): Audience => {
    const ended: Audience['ended'] = (...end) => void moved.push([node.member.name, showtimeId, ...end]);
    return Object.assign(new Watchers(node.seen), { ended });
  };
  const cluster = new SmallCluster({ audienceFor });
  const [a, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
  const all = Array.from({ length: count }, (_, i) => showtime(i));
  for (const id of all) await a.actor(id);
  return { cluster, house: cluster.house, a, b, all, moved };
}

describe('rebalancing', () => {
  it('moves what should live elsewhere, and nothing else; its clients are told where to', async () => {
    const { cluster, a, b, all, moved } = await running(5);
    const away = [all[1], all[3]] as string[];
    for (const id of away) cluster.homes.set(id, 'b');
    await cluster.done(a.handOff.rebalance());
    expect([ids(a), ids(b).sort()]).toEqual([[all[0], all[2], all[4]], away]);
    expect(moved).toEqual(away.map((id) => ['a', id, 'moved', 'https://b.example']));
    expect(away.map((id) => b.directory.running(id)?.epoch)).toEqual([2, 2]);
    expect(a.directory.running(all[0] ?? '')?.epoch).toBe(1);
  });

  it(`moves at most ${HAND_OVERS_AT_ONCE} at a time`, async () => {
    const { cluster, a, b, house } = await running(7);
    cluster.home = 'b';
    cluster.hub.delayMs = 10;
    const taking: number[] = [];
    let now = 0;
    const { open } = b.directory;
    b.directory.open = async (id) => {
      taking.push(++now);
      house.trips.push({ backMs: 20 });
      return await open.call(b.directory, id).finally(() => now--);
    };
    await cluster.done(a.handOff.rebalance());
    expect([Math.max(...taking), taking.length, ids(a).length, ids(b).length]).toEqual([HAND_OVERS_AT_ONCE, 7, 0, 7]);
  });

  it('[MOVE-1] writes and answers first what was accepted, and the next owner knows it', async () => {
    const { cluster, house, a, b } = await running(1);
    const actor = await a.actor(showtime(0));
    cluster.home = 'b';
    house.trips.push({ thereMs: 100 });
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    const moving = cluster.done(a.handOff.rebalance());
    cluster.submit(actor, a.listener('bob'), 1, hold('bob', [1]));
    await moving;
    expect(story(a.seen).filter((line) => line.includes('#'))).toEqual(['bob#1 moving', 'ann#1 ok']);
    expect(house.spell((await b.actor(showtime(0))).statuses)).toBe('h...........');
  });

  it('does not wait for a journal that does not answer', async () => {
    const { cluster, house, a, b } = await running(1);
    const actor = await a.actor(showtime(0));
    cluster.home = 'b';
    house.trips.push({ thereMs: FLUSH_MS_MAX * 10 });
    const asked = hold('ann', [0]);
    const commandId = cluster.submit(actor, a.listener('ann'), 1, asked);
    await cluster.done(a.handOff.rebalance());
    expect([actor.ended, a.listener('ann').outcomes(1).map(word)]).toEqual(['moved', ['outcome_unknown']]);
    const next = await b.actor(showtime(0));
    // The write came too late, and was fenced: it is a new command to the next owner.
    await cluster.advance(FLUSH_MS_MAX * 20);
    cluster.submit(next, b.listener('ann'), 2, asked, commandId);
    await cluster.advance(10);
    expect([b.listener('ann').outcomes(2).map(word), house.spell(next.statuses)]).toEqual([['ok'], 'h...........']);
  });

  it('keeps what the other refuses, and goes on with it', async () => {
    const { cluster, a, b } = await running(2);
    cluster.home = 'b';
    const moving = a.handOff.rebalance();
    b.member = { ...b.member, draining: true };
    await cluster.done(moving);
    const actor = await a.actor(showtime(0));
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    await cluster.advance(10);
    expect([ids(a).length, ids(b).length, a.listener('ann').outcomes(1).map(word)]).toEqual([2, 0, ['ok']]);
  });

  it('gives up what the other does not answer for: it is loaded when somebody asks', async () => {
    const { cluster, a, b } = await running(1);
    cluster.home = 'b';
    b.link.inner.cut();
    await cluster.done(a.handOff.rebalance());
    expect([ids(a), ids(b)]).toEqual([[], []]);
    b.link.inner.heal();
    expect((await b.actor(showtime(0))).epoch).toBe(2);
  });

  it('is taken also by who does not see yet that it lives there, and stays', async () => {
    const { cluster, a, b } = await running(1);
    cluster.home = 'b';
    b.believes.set(showtime(0), 'a');
    await cluster.done(a.handOff.rebalance());
    await cluster.advance(10_000);
    expect([ids(a), ids(b), b.directory.running(showtime(0))?.epoch]).toEqual([[], [showtime(0)], 2]);
  });

  it('an offer that comes late is none: who has it by then keeps it', async () => {
    const { cluster, a, b } = await running(1);
    const [c] = (await cluster.start('c')) as [TestNode];
    cluster.home = 'c';
    await cluster.done(a.handOff.rebalance());
    const late = b.calls.call(b.member.id, 'take', { showtimeId: showtime(0), from: 'a' }, 1_000);
    expect(await cluster.done(late)).toBe('failed');
    expect([ids(b), ids(c)]).toEqual([[], [showtime(0)]]);
  });

  it('is no taking back of what was overtaken: a zombie ends before it takes what another gives', async () => {
    const { cluster, house, a, b } = await running(1);
    const id = showtime(0);
    // Another life claimed it from a, which does not know yet, and gives it to a by its home.
    house.journal.claim(id, 1, 'b');
    const zombie = a.directory.running(id);
    await cluster.done(b.calls.call(a.member.id, 'take', { showtimeId: id, from: 'b' }, 1_000));
    expect(zombie?.ended).toBe('lost');
    expect(a.directory.running(id)?.epoch).toBe(3);
  });

  it('goes on for what changed while it ran, and runs again when asked again', async () => {
    const { cluster, a, all } = await running(4);
    expect(await cluster.done(a.handOff.rebalance())).toBeUndefined();
    cluster.homes.set(all[0] ?? '', 'b');
    const first = a.handOff.rebalance();
    await cluster.advance(0);
    cluster.homes.set(all[1] ?? '', 'b');
    const second = a.handOff.rebalance().then(() => cluster.homes.set(all[2] ?? '', 'b'));
    // In the very turn in which the one before ends.
    await cluster.done(Promise.all([first, second.then(() => a.handOff.rebalance())]));
    expect(ids(a)).toEqual([all[3]]);
  });

  it('is not missed where it is asked for just as the last ends', async () => {
    for (let depth = 0; depth < 8; depth++) {
      const { cluster, a, all } = await running(1);
      const { all: list } = a.directory;
      let asked: Promise<void> | undefined;
      a.directory.all = () => {
        const found = list.call(a.directory);
        let later = Promise.resolve();
        for (let i = 0; i < depth; i++) later = later.then(() => undefined);
        asked ??= later.then(() => {
          cluster.homes.set(all[0] ?? '', 'b');
          return a.handOff.rebalance();
        });
        return found;
      };
      await cluster.done(a.handOff.rebalance());
      await cluster.done(asked ?? Promise.reject(new Error('nothing was looked at')));
      expect([depth, ids(a)]).toEqual([depth, []]);
    }
  });

  it('also moves what came to live elsewhere while it was being loaded', async () => {
    const { cluster, house, a, b } = await running(0);
    house.trips.push({}, { backMs: 100 });
    const opening = a.directory.open(showtime(0));
    await cluster.advance(50);
    cluster.home = 'b';
    await cluster.done(a.handOff.rebalance());
    await cluster.done(opening);
    await cluster.advance(1_000);
    expect([ids(a), ids(b)]).toEqual([[], [showtime(0)]]);
  });

  it('moves a relay’s clients too, and a relay at the new home gives way to the actor', async () => {
    const { cluster, a, b, relay } = await pair();
    const [c] = (await cluster.start('c')) as [TestNode];
    const third = await c.relay();
    cluster.home = 'b';
    await cluster.done(a.handOff.rebalance());
    await cluster.advance(10);
    expect([relay.ended, third.ended, b.relays.size]).toEqual(['moved', 'moved', 0]);
    expect((await c.relay()).owner.name).toBe('b');
    expect((await b.actor()).epoch).toBe(2);
  });
});

describe('asking for a showtime that another node runs', () => {
  it('has it given up in good order first', async () => {
    const { cluster, house, a, b, moved } = await running(1);
    const actor = await a.actor(showtime(0));
    house.trips.push({ thereMs: 200 });
    cluster.submit(actor, a.listener('ann'), 1, hold('ann', [0]));
    cluster.home = 'b';
    const next = await b.actor(showtime(0));
    expect(moved).toEqual([['a', showtime(0), 'moved', 'https://b.example']]);
    expect(a.listener('ann').outcomes(1).map(word)).toEqual(['ok']);
    expect([next.epoch, house.spell(next.statuses)]).toEqual([2, 'h...........']);
  });

  it('leaves it to an owner that says it is theirs, running or about to', async () => {
    const { cluster, house, a, b } = await running(1);
    b.believes.set(showtime(0), 'b');
    expect(await b.try(showtime(0))).toEqual({ ok: false, reason: 'moving' });
    expect(a.directory.running(showtime(0))?.epoch).toBe(1);
    a.directory.running(showtime(0))?.end('passivated');
    // Not for b's sake: b asks who owned it last, and that is being loaded there again.
    house.trips.push({ backMs: 300 });
    const again = a.directory.open(showtime(0));
    await cluster.advance(1);
    expect(await b.try(showtime(0))).toEqual({ ok: false, reason: 'moving' });
    expect(await cluster.done(again)).toMatchObject({ ok: true, host: { epoch: 2 } });
  });

  it('claims it without an owner that is silent, after the time that a good order may take', async () => {
    const { cluster, a, b } = await running(1);
    cluster.home = 'b';
    a.link.inner.cut();
    const opening = b.try(showtime(0));
    await cluster.advance(FLUSH_MS_MAX + RELAY_LIMITS.answerMsMax - 1);
    expect(b.directory.running(showtime(0))).toBeUndefined();
    expect(await opening).toMatchObject({ ok: true, host: { epoch: 2 } });
  });

  it('asks nobody where the owner is gone, or it was this node', async () => {
    const { cluster, a, b } = await running(1);
    let asked = 0;
    a.link.loses = (payload) => {
      if (isMessage(payload, 'call', 'yield')) asked++;
      return false;
    };
    a.directory.running(showtime(0))?.end('passivated');
    expect((await a.actor(showtime(0))).epoch).toBe(2);
    a.crash();
    cluster.home = 'b';
    expect((await b.actor(showtime(0))).epoch).toBe(3);
    expect(asked).toBe(0);
  });

  it('while it is offered takes the offer, whichever comes first', async () => {
    const { cluster, a, b } = await running(1);
    cluster.hub.delayMs = 20;
    cluster.home = 'b';
    const before = cluster.house.time.now();
    const opened = await cluster.done(Promise.all([b.try(showtime(0)), a.handOff.rebalance()]));
    expect(opened[0]).toMatchObject({ ok: true });
    expect([ids(a), ids(b)]).toEqual([[], [showtime(0)]]);
    // Nobody waited for a time to run out.
    expect(cluster.house.time.now() - before).toBeLessThan(500);
  });
});
