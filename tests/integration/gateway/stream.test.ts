import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { seatsOf } from './hall.js';
import { openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '10000', HOLDS_PER_HOLDER: '100', HEARTBEAT_MS: '150' });
});
afterAll(() => stage.close());

const houseOf = async (showtimeId: string) => {
  const response = await fetch(stage.httpUrl('/seats', showtimeId));
  const { epoch, seq, seats } = (await response.json()) as { epoch: number; seq: number; seats: string };
  return { epoch, seq, picture: [...seats].map((letter) => '.hbx'.indexOf(letter)).join('') };
};

describe('the stream of a showtime', () => {
  it('[STREAM-1] is one order for all who watch, in both encodings, and ends where HTTP says', async () => {
    const showtimeId = await stage.addShowtime();
    const url = stage.liveUrl(showtimeId);
    const [a, b, witness] = await Promise.all([
      LiveClient.join(url, { encoding: 'json' }),
      LiveClient.join(url, { encoding: 'msgpack' }),
      LiveClient.join(url, { encoding: 'msgpack' }),
    ]);
    const rush = (client: LiveClient) =>
      Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const reply = await client.call({
            type: 'hold',
            seats: seatsOf((i % 4) + 1, (i % 10) * 2 + 1, (i % 10) * 2 + 2),
          });
          if (reply.ok && reply.hold && i % 3 === 0) await client.call({ type: 'release', holdId: reply.hold.id });
        }),
      );
    await Promise.all([rush(a), rush(b)]);
    const house = await houseOf(showtimeId);
    await Promise.all([a, b, witness].map((client) => client.reach(house.seq)));
    for (const { picture, gaps, seq, epoch } of [a, b, witness]) {
      expect({ picture, gaps, seq, epoch }).toEqual({ ...house, gaps: 0 });
    }
    const deltas = (client: LiveClient) => client.messages.filter((message) => message.type === 'delta');
    expect(deltas(a)).toEqual(deltas(witness));
    await Promise.all([a.close(), b.close(), witness.close()]);
  });

  it('[PROTO-8] starts with the same snapshot in both encodings', async () => {
    const showtimeId = await stage.addShowtime();
    const token = await sign('both');
    const json = await LiveClient.join(stage.liveUrl(showtimeId), { token });
    await json.call({ type: 'hold', seats: seatsOf(2, 3, 6) });
    const [first, second] = await Promise.all([
      LiveClient.join(stage.liveUrl(showtimeId), { token, encoding: 'json' }),
      LiveClient.join(stage.liveUrl(showtimeId), { token, encoding: 'msgpack' }),
    ]);
    const snapshot = (client: LiveClient) => {
      const { seats, ...rest } = client.messages.find((message) => message.type === 'snapshot')!;
      expect(typeof seats).toBe(client.encoding === 'json' ? 'string' : 'object');
      return { ...rest, picture: client.picture };
    };
    expect(snapshot(second)).toEqual(snapshot(first));
    expect(snapshot(first)).toMatchObject({ holds: [{ seats: seatsOf(2, 3, 6) }], bookings: [] });
    await Promise.all([json.close(), first.close(), second.close()]);
  });

  it('[STREAM-2] starts for everybody with their own holds, never with those of whoever joined before', async () => {
    const url = stage.liveUrl(await stage.addShowtime());
    const owner = await LiveClient.join(url);
    await owner.call({ type: 'hold', seats: ['R1-1'] });
    await owner.reach(1);
    for (const encoding of ['json', 'msgpack'] as const) {
      for (const token of [owner.token, undefined, owner.token, undefined]) {
        const client = await LiveClient.join(url, token ? { token, encoding } : { encoding });
        const [snapshot] = client.messages.filter((message) => message.type === 'snapshot');
        expect(snapshot?.holds.map((hold) => hold.seats)).toEqual(token ? [['R1-1']] : []);
        await client.close();
      }
    }
    await owner.close();
  });

  it('[STREAM-8] [TIME-3] has heartbeats with its newest seq', async () => {
    const client = await LiveClient.join(stage.liveUrl(await stage.addShowtime()));
    expect(await client.next('heartbeat')).toMatchObject({ epoch: client.epoch, seq: 0 });
    await client.call({ type: 'hold', seats: ['R1-1'] });
    await client.next('delta');
    const { seq, serverTime } = await client.next('heartbeat');
    expect(seq).toBe(1);
    expect(Math.abs(serverTime - Date.now())).toBeLessThan(5_000);
    await client.close();
  });

  it('[STREAM-11] moves to the next epoch when another node takes the showtime over', async () => {
    const showtimeId = await stage.addShowtime();
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    await stage.pool.query('SELECT usher.claim_showtime($1, gen_random_uuid(), $2, 0)', [showtimeId, 'another']);
    // Nobody has told this node yet. It learns it from the journal, and must not have said yes before.
    void client.call({ type: 'hold', seats: ['R1-1'] }).catch(() => {});
    expect((await client.closed).code).toBe(CLOSE.epochChanged);
    expect(client.messages.filter((message) => message.type === 'delta')).toEqual([]);
    const again = await LiveClient.join(stage.liveUrl(showtimeId), { after: client });
    expect(again.welcome?.recovered).toBe(false);
    expect(again.epoch).toBe(client.epoch + 2);
    expect(again.picture).toMatch(/^0+$/);
    await again.close();
  });
});

describe('a client that comes back', () => {
  it('[STREAM-3] gets the deltas that it missed and then its own holds, and no snapshot', async () => {
    const url = stage.liveUrl(await stage.addShowtime());
    const [client, other] = await Promise.all([LiveClient.join(url), LiveClient.join(url)]);
    await client.call({ type: 'hold', seats: ['R1-1'] });
    await client.reach(1);
    await client.close();
    for (const seat of seatsOf(2, 1, 20)) await other.call({ type: 'hold', seats: [seat] });
    await other.reach(21);
    const back = await LiveClient.join(url, { after: client, encoding: 'msgpack' });
    expect(back.welcome?.recovered).toBe(true);
    expect((await back.next('own')).holds.map((hold) => hold.seats)).toEqual([['R1-1']]);
    expect(back).toMatchObject({ seq: 21, gaps: 0, snapshots: 0, picture: other.picture });
    await other.call({ type: 'hold', seats: ['R3-1'] });
    await back.reach(22);
    expect(back.gaps).toBe(0);
    await Promise.all([back.close(), other.close()]);
  });

  it('[STREAM-4] gets a snapshot where it was away too long, or its place in the stream never was', async () => {
    const node = await openLightNode({ actorLimits: { historyMax: 10 } });
    const staff = { token: await sign('staff', { role: 'staff' }) };
    const [client, other] = await Promise.all([
      LiveClient.join(node.liveUrl()),
      LiveClient.join(node.liveUrl(), staff),
    ]);
    await client.close();
    for (const seat of seatsOf(1, 1, 11)) await other.call({ type: 'block', seats: [seat] });
    await other.reach(11);
    const back = await LiveClient.join(node.liveUrl(), { after: client });
    expect(back).toMatchObject({ welcome: { recovered: false }, snapshots: 1, seq: 11, picture: other.picture });
    const { epoch } = back;
    for (const [resume, recovered] of [
      [{ epoch, seq: 1 }, true],
      [{ epoch, seq: 0 }, false],
      [{ epoch, seq: 11 }, true],
      [{ epoch, seq: 12 }, false],
      [{ epoch: epoch + 1, seq: 11 }, false],
      [{ epoch, seq: Number.MAX_SAFE_INTEGER }, false],
    ] as const) {
      const one = await LiveClient.join(node.liveUrl(), { resume });
      expect(one.welcome?.recovered, JSON.stringify(resume)).toBe(recovered);
      await one.close();
    }
    await Promise.all([back.close(), other.close()]);
    await node.close();
  });

  it('[STREAM-4] gets a snapshot where the deltas would be more than that', async () => {
    const node = await openLightNode();
    const staff = { token: await sign('staff', { role: 'staff' }) };
    const [client, other] = await Promise.all([
      LiveClient.join(node.liveUrl()),
      LiveClient.join(node.liveUrl(), staff),
    ]);
    await client.close();
    const house = [1, 2, 3, 4].flatMap((row) => seatsOf(row, 1, 20));
    for (let i = 0; i < 60; i++) await other.call({ type: i % 2 === 0 ? 'block' : 'unblock', seats: house });
    await other.reach(60);
    const back = await LiveClient.join(node.liveUrl(), { after: client });
    expect(back).toMatchObject({ welcome: { recovered: false }, snapshots: 1, seq: 60 });
    await Promise.all([back.close(), other.close()]);
    await node.close();
  });
});

describe('two sessions of one holder', () => {
  it('[STREAM-9] hear of what the other, HTTP or time does to their holds, and strangers do not', async () => {
    const showtimeId = await stage.addShowtime({ holdTtlMs: 500 });
    const url = stage.liveUrl(showtimeId);
    const token = await sign('two');
    const [acting, watching, stranger] = await Promise.all([
      LiveClient.join(url, { token }),
      LiveClient.join(url, { token, encoding: 'msgpack' }),
      LiveClient.join(url),
    ]);
    const reply = await acting.call({ type: 'hold', seats: ['R1-1', 'R1-2'] });
    const hold = reply.ok ? reply.hold : undefined;
    expect((await watching.next('own')).holds).toEqual([hold]);
    const released = await fetch(stage.httpUrl(`/holds/${hold?.id}?seats=R1-2`, showtimeId), {
      method: 'DELETE',
      headers: { authorization: `Bearer ${token}`, 'idempotency-key': randomUUID() },
    });
    expect(await released.json()).toMatchObject({ seats: ['R1-2'], hold: { id: hold?.id, seats: ['R1-1'] } });
    for (const client of [acting, watching]) {
      expect((await client.next('own')).holds).toMatchObject([{ id: hold?.id, seats: ['R1-1'] }]);
    }
    for (const client of [acting, watching]) {
      expect(await client.next('hold_expired')).toMatchObject({ holdId: hold?.id, seats: ['R1-1'] });
      await client.reach(3);
      expect(client.picture).toMatch(/^0+$/);
    }
    const told = acting.messages.map((message) => message.type).filter((type) => type === 'own' || type === 'reply');
    expect(told).toEqual(['reply', 'own']);
    expect(new Set(stranger.messages.map((message) => message.type))).toEqual(
      new Set(['welcome', 'snapshot', 'delta', 'heartbeat']),
    );
    await Promise.all([acting.close(), watching.close(), stranger.close()]);
  });
});

describe('a command that is sent again', () => {
  it('[BOOK-3] [BOOK-4] is not charged again: a booking that was made is told, also where the payment would be declined now', async () => {
    const client = await LiveClient.join(stage.liveUrl(await stage.addShowtime()));
    const held = await client.call({ type: 'hold', seats: ['R1-1'] });
    const holdId = held.ok ? held.hold?.id : undefined;
    const book = { type: 'book', holdId, commandId: randomUUID() };
    const declined = { method: 'test', token: 'decline' };
    expect(await client.call({ ...book, payment: declined })).toMatchObject({ error: { code: 'payment_declined' } });
    const { id: _first, ...booked } = await client.call({ ...book, payment: { method: 'test' } });
    expect(booked).toMatchObject({ ok: true, booking: { status: 'confirmed' } });
    const { id: _second, ...replayed } = await client.call({ ...book, payment: declined });
    expect(replayed).toEqual(booked);
    await client.close();
  });

  it('[REPLAY-3] [REPLAY-9] has its first outcome and no second effect, over a new socket and over HTTP', async () => {
    const showtimeId = await stage.addShowtime();
    const url = stage.liveUrl(showtimeId);
    const first = await LiveClient.join(url);
    const command = { type: 'hold', seats: ['R1-1'], commandId: randomUUID() };
    const { id: _first, ...outcome } = await first.call(command);
    expect(outcome).toMatchObject({ ok: true, hold: { seats: ['R1-1'] } });
    await first.close();
    const second = await LiveClient.join(url, { token: first.token, encoding: 'msgpack' });
    const { id: _second, ...replayed } = await second.call({ ...command, commandId: command.commandId.toUpperCase() });
    expect(replayed).toEqual(outcome);
    const overHttp = await fetch(stage.httpUrl('/holds', showtimeId), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${first.token}`,
        'idempotency-key': command.commandId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ seats: ['R1-1'] }),
    });
    expect({ type: 'reply', ok: true, ...((await overHttp.json()) as object) }).toEqual(outcome);
    expect((await houseOf(showtimeId)).seq).toBe(1);
    // Another holder's id of the same letters is another command.
    const other = await LiveClient.join(url);
    expect(await other.call(command)).toMatchObject({ ok: false, error: { code: 'seats_unavailable' } });
    await Promise.all([second.close(), other.close()]);
  });
});

it('[GATE-2] [PROTO-11] replies come in the order of the commands, refusals that the house decides among them', async () => {
  const client = await LiveClient.join(stage.liveUrl(await stage.addShowtime()));
  client.together(() => {
    for (let id = 1; id <= 200; id++) {
      // Every second one is refused: its seat was taken by the one before.
      const seat = `R${((Math.ceil(id / 2) - 1) % 4) + 1}-${Math.ceil(Math.ceil(id / 2) / 4)}`;
      client.send({ type: 'hold', id, commandId: randomUUID(), seats: id <= 160 ? [seat] : ['R1-1'] });
    }
  });
  const replies = [];
  while (replies.length < 200) replies.push(await client.next('reply'));
  expect(replies.map((reply) => reply.id)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
  expect(replies.slice(0, 160).every((reply) => reply.ok === (reply.id % 2 === 1))).toBe(true);
  await client.close();
});

it('nothing is left of sessions that went', async () => {
  const node = await openLightNode();
  const clients = await Promise.all(Array.from({ length: 20 }, () => LiveClient.join(node.liveUrl())));
  expect(node.gateway.sockets).toBe(20);
  for (const client of clients) client.socket.terminate();
  await expect.poll(() => node.gateway.sockets).toBe(0);
  expect(node.gateway.channels.of(node.showtimeId)?.size()).toBe(0);
  await node.close();
});
