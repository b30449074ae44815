import { describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import {
  admit,
  FakeSocket,
  FakeSurroundings,
  liveStage,
  SERVER_TIME,
  snapshot,
  stage,
  welcome,
} from './fake-surroundings.js';

const states = (client: ReturnType<typeof stage>['client']): string[] => {
  const seen: string[] = [];
  client.on('connection', ({ state }) => seen.push(state));
  return seen;
};

describe('the connection', () => {
  it('goes from idle over connecting to connected, and says hello first', () => {
    const { around, client } = stage({ session: 'mine' });
    expect(client.getSnapshot()).toMatchObject({ connection: { state: 'idle' }, stale: true });
    const seen = states(client);
    client.connect();
    expect(around.socket.url).toMatch(/^ws:\/\/server-\d+\.test\/v1\/showtimes\/show%201\/live$/);
    expect(around.socket.protocols).toEqual(['usher.v1.msgpack', 'usher.v1.json']);
    expect(around.socket.said).toEqual([]);
    around.socket.open();
    expect(around.socket.said).toEqual([{ type: 'hello', token: 'mine' }]);
    around.socket.tell(welcome());
    expect(client.getSnapshot().stale).toBe(true);
    around.socket.tell(snapshot());
    expect(seen).toEqual(['connecting', 'connected']);
    expect(client.getSnapshot()).toMatchObject({ stale: false, epoch: 3, seq: 120, holder: 'guest-1' });
  });

  it('asks for JSON alone when told to, and keeps a path of the base url', () => {
    const { around, client } = stage({ encoding: 'json', url: 'https://example.org/tickets/' });
    client.connect();
    expect(around.socket.protocols).toEqual(['usher.v1.json']);
    expect(around.socket.url).toBe('wss://example.org/tickets/v1/showtimes/show%201/live');
  });

  it.each([0, 0.999])('[CLIENT-7] waits within the jitter window from the first retry (chance %d)', async (chance) => {
    const { around, client } = stage();
    around.chance = chance;
    client.connect();
    for (const windowMs of [250, 500, 1000, 2000, 4000, 8000, 10_000, 10_000]) {
      const before = around.sockets.length;
      around.socket.drop();
      const { connection } = client.getSnapshot();
      expect(connection).toMatchObject({ state: 'reconnecting' });
      const wait = (connection.state === 'reconnecting' ? (connection.retryAt ?? 0) : 0) - client.serverNow();
      expect(wait).toBeCloseTo(chance * windowMs, 3);
      await around.pass(wait + 1);
      expect(around.sockets.length).toBe(before + 1);
    }
  });

  it('starts with short waits again only after a connection that lasted', async () => {
    const { around, client, socket } = liveStage();
    const attempt = (): unknown => {
      const { connection } = client.getSnapshot();
      return connection.state === 'reconnecting' && connection.attempt;
    };
    socket.drop();
    expect(attempt()).toBe(1);
    await around.pass(300);
    admit(around).drop();
    expect(attempt()).toBe(2);
    await around.pass(600);
    admit(around);
    await around.pass(5_000);
    around.socket.drop();
    expect(attempt()).toBe(1);
  });

  it.each([CLOSE.protocolError, CLOSE.revoked, CLOSE.unknownShowtime, 1009])(
    '[CLIENT-7] stops at close code %d',
    async (code) => {
      const { around, client, socket } = liveStage();
      socket.drop(code);
      expect(client.getSnapshot().connection).toMatchObject({ state: 'failed', error: { retryable: false } });
      await around.pass(60_000);
      expect(around.sockets).toHaveLength(1);
      expect(around.wakers).toBe(0);
      client.connect();
      expect(around.sockets).toHaveLength(2);
    },
  );

  it('tells why it failed in the words of the error frame before the close', () => {
    const { client, socket } = liveStage();
    const error = { code: 'forbidden', message: 'No.', retryable: false, outcome: 'not-applied' } as const;
    socket.tell({ type: 'error', error });
    socket.drop(CLOSE.protocolError);
    expect(client.getSnapshot().connection).toEqual({ state: 'failed', error });
  });

  it('does not take an earlier complaint for the reason of a lost connection', () => {
    const { client, socket } = liveStage();
    socket.tell({
      type: 'error',
      error: { code: 'rate_limited', message: '', retryable: true, outcome: 'not-applied' },
    });
    socket.tell({ type: 'delta', epoch: 3, seq: 121, changes: [] });
    socket.drop();
    expect(client.getSnapshot().connection).toMatchObject({ state: 'reconnecting', error: { code: 'unavailable' } });
  });

  it('[CLIENT-7] backs off for at least a second, or what the server says, when asked to', async () => {
    const { around, socket } = liveStage();
    around.chance = 0;
    socket.drop(CLOSE.overloaded);
    await around.pass(999);
    expect(around.sockets).toHaveLength(1);
    await around.pass(1);
    expect(around.sockets).toHaveLength(2);
    around.socket.open();
    around.socket.tell({
      type: 'error',
      error: { code: 'overloaded', message: '', retryable: true, outcome: 'not-applied', retryAfterMs: 7_000 },
    });
    around.socket.drop(CLOSE.overloaded);
    await around.pass(6_999);
    expect(around.sockets).toHaveLength(2);
    await around.pass(1);
    expect(around.sockets).toHaveLength(3);
  });

  it('gives up an attempt that leads to no live map within ten seconds', async () => {
    const { around, client } = stage();
    client.connect();
    around.socket.open();
    around.socket.tell(welcome());
    await around.pass(9_999);
    expect(client.getSnapshot().connection.state).toBe('connecting');
    await around.pass(1);
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
    expect(around.sockets[0]?.closedByClient).toBe(true);
  });

  it('[CLIENT-3] reconnects after 2.5 heartbeats of silence, counted from the last frame', async () => {
    const { around, client, socket } = liveStage();
    await around.pass(20_000);
    socket.tell({ type: 'heartbeat', epoch: 3, seq: 120, serverTime: SERVER_TIME + 20_000 });
    await around.pass(24_999);
    expect(client.getSnapshot().connection.state).toBe('connected');
    await around.pass(1);
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
  });

  it('is suspended while the browser is offline, and retries at once when it is online again', async () => {
    const { around, client, socket } = liveStage();
    around.online = false;
    socket.drop();
    expect(client.getSnapshot().connection.state).toBe('suspended');
    await around.pass(29_000);
    expect(around.sockets).toHaveLength(1);
    around.online = true;
    around.wake('online');
    expect(client.getSnapshot().connection).toMatchObject({ state: 'reconnecting' });
    expect(around.sockets).toHaveLength(2);
  });

  it('looks from time to time although the browser says offline, as browsers can be wrong', async () => {
    const { around, client } = stage();
    around.online = false;
    client.connect();
    expect(around.sockets).toHaveLength(1);
    around.socket.drop();
    await around.pass(30_000);
    expect(around.sockets).toHaveLength(2);
    admit(around);
    expect(client.getSnapshot().connection.state).toBe('connected');
  });

  it('suspends a waiting retry when the network goes, and cuts it short when the page is looked at', async () => {
    const { around, client, socket } = liveStage();
    socket.drop();
    around.wake('offline');
    expect(client.getSnapshot().connection.state).toBe('suspended');
    around.wake('visible');
    expect(around.sockets).toHaveLength(2);
    // An attempt under way is left alone.
    around.wake('visible');
    expect(around.sockets).toHaveLength(2);
  });

  it('probes a live socket when the page wakes, and replaces it when nothing comes back', async () => {
    const { around, client, socket } = liveStage();
    await around.pass(5_000);
    socket.said.length = 0;
    around.wake('visible');
    expect(socket.said).toMatchObject([{ type: 'ping' }]);
    socket.tell({ type: 'reply', id: socket.said[0]?.id, ok: true, serverTime: SERVER_TIME + 5_000 });
    await around.pass(3_000);
    expect(client.getSnapshot().connection.state).toBe('connected');
    around.wake('online');
    await around.pass(3_000);
    expect(client.getSnapshot().connection.state).toBe('reconnecting');
  });

  it('[CLIENT-8] goes where moved says, at once on first contact, and back to its own url after', async () => {
    const { around, client } = stage();
    client.connect();
    around.socket.open();
    around.socket.tell({ type: 'moved', url: 'https://node-2.test/v1/showtimes/show%201/live' });
    await around.pass(0);
    expect(around.socket.url).toBe('wss://node-2.test/v1/showtimes/show%201/live');
    expect(around.sockets[0]?.closedByClient).toBe(true);
    around.socket.drop();
    await around.pass(1_000);
    expect(around.sockets).toHaveLength(3);
    // Not sent on once more to where nobody answers: served where it is.
    const [first] = around.sockets;
    expect(around.socket.url).toBe(`${first?.url}?moved=1`);
    // Nor asked for that for ever, where it can not.
    around.socket.drop();
    await around.pass(2_000);
    expect(around.socket.url).toBe(first?.url);
    admit(around);
    around.socket.drop();
    await around.pass(1_000);
    expect(around.socket.url).toBe(first?.url);
  });

  it('spreads a move in mid-sale, and does not spin between nodes that send it to and fro', async () => {
    const { around, socket } = liveStage();
    socket.tell({ type: 'moved', url: 'ws://node-2.test/live' });
    expect(around.sockets).toHaveLength(1);
    await around.pass(125);
    expect(around.socket.url).toBe('ws://node-2.test/live');
    for (let hop = 0; hop < 20; hop++) {
      around.socket.open();
      around.socket.tell({ type: 'moved', url: `ws://node-${hop}.test/live` });
      await around.pass(1_000);
    }
    expect(around.sockets.length).toBeLessThan(12);
  });

  it.each([
    ['in order', 4200, true],
    ['by losing them', 1006, false],
  ])('comes back soon from short connections that the server ended %s', async (_, code, soon) => {
    const { around } = liveStage();
    let cameBack = 0;
    for (let round = 0; round < 8; round++) {
      around.socket.drop(code);
      const before = around.sockets.length;
      await around.pass(250);
      if (around.sockets.length > before) cameBack++;
      else await around.pass(9_000);
      admit(around);
    }
    expect(cameBack === 8).toBe(soon);
  });

  it('closes for good, leaving no timer and no listener behind', async () => {
    const { around, client, socket } = liveStage();
    const seen = states(client);
    client.close();
    expect(socket.closedByClient).toBe(true);
    expect(seen).toEqual(['closed']);
    socket.drop();
    await around.pass(100_000);
    expect(around.sockets).toHaveLength(1);
    expect(around.timers).toBe(0);
    expect(around.wakers).toBe(0);
  });

  it('can be closed by a listener in the middle of connecting', () => {
    const { around, client } = stage();
    client.on('connection', ({ state }) => state === 'connecting' && client.close());
    client.connect();
    expect(around.sockets).toHaveLength(0);
    expect(around.timers).toBe(0);
  });

  it('closes a socket that was still being made when it was given up', async () => {
    const around = new FakeSurroundings();
    const openSocket = async (url: string, protocols: string[]) => {
      await Promise.resolve();
      return around.openSocket(url, protocols);
    };
    const { client } = stage({ environment: { ...around, openSocket } });
    client.connect();
    client.close();
    await around.pass(0);
    expect(around.socket.closedByClient).toBe(true);
    expect(client.getSnapshot().connection.state).toBe('closed');
  });

  it('fails, and says why, where no socket can be made', async () => {
    const openSocket = () => Promise.reject(new Error('install "ws"'));
    const { client } = stage({ environment: { ...new FakeSurroundings(), openSocket } });
    client.connect();
    await new Promise((resolve) => setTimeout(resolve));
    expect(client.getSnapshot().connection).toMatchObject({
      state: 'failed',
      error: { message: expect.stringContaining('install "ws"') },
    });
  });

  it('ends an attempt at once where its socket tells of an error and of no close, as in Node 22', async () => {
    const { around, client } = stage();
    client.connect();
    around.socket.fail();
    expect(client.getSnapshot().connection).toMatchObject({ state: 'reconnecting', error: { code: 'unavailable' } });
    await around.pass(250);
    expect(around.sockets).toHaveLength(2);
    // Elsewhere both come: the attempt is counted once.
    around.socket.fail();
    around.socket.drop();
    expect(client.getSnapshot().connection).toMatchObject({ attempt: 2 });
  });

  it('takes an error on an open socket for nothing before its close', () => {
    const { client, socket } = liveStage();
    socket.fail();
    expect(client.getSnapshot().connection.state).toBe('connected');
  });

  it('listens for errors of a socket that it closes before it opened', async () => {
    const around = new FakeSurroundings();
    const listened: string[] = [];
    const openSocket = async () => {
      const socket = new FakeSocket('', []);
      const add = socket.addEventListener.bind(socket);
      socket.addEventListener = (type, listener) => {
        listened.push(type);
        add(type, listener);
      };
      socket.close = () => listened.push('closed');
      return socket;
    };
    const { client } = stage({ environment: { ...around, openSocket } });
    client.connect();
    client.close();
    await around.pass(0);
    expect(listened).toEqual(['error', 'closed']);
  });

  it('refuses a base url that is none', () => {
    expect(() => stage({ url: 'ftp://example.org' })).toThrow(TypeError);
    expect(() => stage({ url: '/relative' })).toThrow(TypeError);
  });
});
