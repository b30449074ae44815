import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ HELLO_MS_MAX: '400', ALLOWED_ORIGINS: 'https://tickets.example', SOCKETS_MAX: '40' });
});
afterAll(() => stage.close());

const open = (showtimeId?: string) => LiveClient.open(stage.liveUrl(showtimeId));
const join = () => LiveClient.join(stage.liveUrl());

/** What an upgrade is answered: the agreed subprotocol, or the HTTP status that refuses it. */
function upgrade(subprotocols: string[], headers: Record<string, string> = {}): Promise<string | number> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(stage.liveUrl(), subprotocols, { headers });
    socket.on('open', () => {
      resolve(socket.protocol);
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
    });
    socket.on('error', reject);
  });
}

describe('an upgrade', () => {
  it('[PROTO-7] agrees on the first subprotocol of the client that the server speaks', async () => {
    expect(await upgrade(['usher.v1.msgpack', 'usher.v1.json'])).toBe('usher.v1.msgpack');
    expect(await upgrade(['other', 'usher.v1.json', 'usher.v1.msgpack'])).toBe('usher.v1.json');
    expect(await upgrade([])).toBe('');
  });

  it('[SESSION-6] is refused to pages of other sites, and taken from listed ones, our own and those that are no page', async () => {
    const origin = (value: string) => upgrade([], { origin: value });
    expect(await origin('https://evil.example')).toBe(403);
    expect(await origin('null')).toBe(403);
    expect(await origin('https://tickets.example.evil.example')).toBe(403);
    expect(await origin('https://tickets.example')).toBe('');
    expect(await origin(`http://127.0.0.1:${stage.port}`)).toBe('');
    expect(await upgrade([])).toBe('');
  });

  it('[SESSION-6] is refused with 503 where the node has as many sockets as it may', async () => {
    const sockets = await Promise.all(Array.from({ length: 40 }, () => open()));
    expect(await upgrade([])).toBe(503);
    await sockets.pop()?.close();
    await expect.poll(() => upgrade([])).toBe('');
    await Promise.all(sockets.map((socket) => socket.close()));
  });
});

describe('hello', () => {
  it('[SESSION-1] must come in time', async () => {
    expect((await (await open()).closed).code).toBe(CLOSE.helloTimeout);
  });

  it('[SESSION-1] must come first', async () => {
    const client = await open();
    client.send({ type: 'ping', id: 1 });
    expect((await client.next('error')).error.code).toBe('hello_expected');
    expect((await client.closed).code).toBe(CLOSE.protocolError);
  });

  it('with a bad field is refused by the name of the field', async () => {
    const client = await open();
    client.send({ type: 'hello', token: null });
    expect((await client.next('error')).error).toMatchObject({ code: 'invalid_field', field: 'token' });
    expect((await client.closed).code).toBe(CLOSE.protocolError);
  });

  it('must not come twice, neither during joining nor later', async () => {
    const early = await open();
    early.send({ type: 'hello' });
    early.send({ type: 'hello' });
    expect((await early.closed).code).toBe(CLOSE.protocolError);
    expect(early.messages.map((message) => message.type)).toEqual(['error']);
    const late = await join();
    late.send({ type: 'hello' });
    expect((await late.closed).code).toBe(CLOSE.protocolError);
  });

  it('[SESSION-4] of an unknown showtime ends in a close that says stop, also where the id could not be one', async () => {
    for (const id of [randomUUID(), 'nonsense', 'x'.repeat(300), '%00', `${stage.showtimeId}0`]) {
      const client = await open(id);
      client.send({ type: 'hello' });
      expect((await client.next('error')).error.code, id).toBe('unknown_showtime');
      expect((await client.closed).code, id).toBe(CLOSE.unknownShowtime);
    }
  });

  it('[SESSION-4] finds the same house however its id is written', async () => {
    const client = await join();
    await client.call({ type: 'hold', seats: ['R4-20'] });
    const capitals = await LiveClient.join(stage.liveUrl(stage.showtimeId.toUpperCase()), { token: client.token });
    const [snapshot] = capitals.messages.filter((message) => message.type === 'snapshot');
    expect(snapshot?.holds.map((hold) => hold.seats)).toEqual([['R4-20']]);
    await Promise.all([client.close(), capitals.close()]);
  });
});

describe('frames at the wrong time', () => {
  it('[SESSION-5] are answered while the showtime is being looked up, and those after a close are not', async () => {
    const client = await open(await stage.addShowtime());
    client.send({ type: 'hello' });
    client.send({ type: 'hold', id: 5, commandId: randomUUID(), seats: ['R1-1'] });
    expect(await client.next('reply')).toMatchObject({ id: 5, ok: false, error: { code: 'hello_expected' } });
    await client.next('snapshot');
    // All in one packet: the second hello ends the session, and nothing after it may have an effect.
    client.together(() => {
      client.send({ type: 'hello' });
      client.send({ type: 'hold', id: 6, commandId: randomUUID(), seats: ['R1-1'] });
    });
    await client.closed;
    expect(client.messages.filter((message) => message.type === 'reply')).toHaveLength(1);
    const witness = await join();
    expect(witness.picture).toMatch(/^0/);
    await witness.close();
  });

  it('that come with a close, in every phase, harm nobody', async () => {
    for (let i = 0; i < 30; i++) {
      const client = await open(i % 3 === 0 ? await stage.addShowtime() : undefined);
      client.send({ type: 'hello' });
      if (i % 2 === 0) client.send({ type: 'hold', id: 1, commandId: randomUUID(), seats: ['R1-5'] });
      if (i % 5 === 0) await client.next('snapshot');
      client.send({ type: 'best_available', id: 2, commandId: randomUUID(), count: 1 });
      client.socket.terminate();
    }
    const witness = await join();
    expect(await witness.call({ type: 'extend', holdId: randomUUID() })).toMatchObject({ ok: false });
    await witness.close();
  });
});

describe('tokens', () => {
  const closeCodeOf = async (token: string) => {
    const client = await open();
    client.send({ type: 'hello', token });
    const closed = await Promise.race([client.closed, client.next('welcome')]);
    return 'code' in closed ? closed.code : 'welcome';
  };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('[SESSION-3] that are forged, unsigned, expired, for others or no tokens at all are told so', async () => {
    const claims = { iss: 'usher', aud: 'usher', sub: 'me', role: 'staff', exp: Date.now() / 1000 + 100 };
    const bad = [
      '',
      'x',
      'a.b.c',
      '\u0000'.repeat(10),
      'A'.repeat(4096),
      `${part({ alg: 'none' })}.${part(claims)}.`,
      await sign('me', { secret: 'another secret, as long as the one of the tests' }),
      await sign('me', { audience: 'others' }),
      await sign('me', { issuer: 'others' }),
      await sign('me', { expiresAt: Date.now() / 1000 - 10 }),
      await sign('me', { role: 'emperor' }),
      await sign('', {}),
      await sign('x'.repeat(129)),
      await sign('nul\u0000holder'),
    ];
    for (const token of bad) expect(await closeCodeOf(token), token).toBe(CLOSE.unauthorized);
  });

  it('that are longer than a token may be are a bad field', async () => {
    expect(await closeCodeOf('A'.repeat(4097))).toBe(CLOSE.protocolError);
  });
});
