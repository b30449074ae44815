import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { adviceForClose, CLOSE, type CloseAdvice } from '../../../src/protocol/close-codes.js';
import { hall } from './hall.js';
import { type LightNode, type LightNodeOptions, openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';

interface Case {
  readonly advice: CloseAdvice;
  readonly options?: LightNodeOptions;
  /** Resolves with the client that is, or is about to be, closed. */
  readonly provoke: (node: LightNode) => Promise<LiveClient>;
}

const hello = async (url: string, message: object): Promise<LiveClient> => {
  const client = await LiveClient.open(url);
  client.send(message);
  return client;
};
const hold = (id: number) => ({ type: 'hold', id, commandId: randomUUID(), seats: ['R1-1'] });

/** One for every close code: the compiler asks for those that are new. */
const CASES: Record<keyof typeof CLOSE, Case> = {
  protocolError: { advice: 'stop', provoke: (node) => hello(node.liveUrl(), hold(1)) },
  unauthorized: { advice: 'stop', provoke: (node) => hello(node.liveUrl(), { type: 'hello', token: 'forged' }) },
  revoked: {
    advice: 'stop',
    options: {
      authenticate: async (session) => ({
        ok: true,
        identity: { holder: 'key:1', role: 'key', keyId: session, permissions: [], session, expiresAt: 1 },
      }),
    },
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl(), { token: 'a-key' });
      node.gateway.signedIn.revoke({ kind: 'key', subject: 'a-key' });
      return client;
    },
  },
  unknownShowtime: {
    advice: 'stop',
    provoke: (node) => hello(node.liveUrl(`0${randomUUID().slice(1)}`), { type: 'hello' }),
  },
  flooding: {
    advice: 'back-off',
    options: { limits: { messagesPerSecond: 5 } },
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl());
      for (let id = 0; id < 50; id++) client.send({ type: 'ping', id });
      return client;
    },
  },
  overloaded: {
    advice: 'back-off',
    options: { actorsMax: 0 },
    provoke: (node) => hello(node.liveUrl(), { type: 'hello' }),
  },
  helloTimeout: {
    advice: 'back-off',
    options: { limits: { helloMsMax: 50 } },
    provoke: (node) => LiveClient.open(node.liveUrl()),
  },
  draining: {
    advice: 'reconnect',
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl());
      node.gateway.stopListening();
      void node.directory.drain();
      return client;
    },
  },
  moved: {
    advice: 'reconnect',
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl());
      void node.directory.handOver(node.showtimeId, 'http://127.0.0.1:1', 1_000, async () => true);
      return client;
    },
  },
  epochChanged: {
    advice: 'reconnect',
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl());
      node.journal.fence();
      client.send(hold(1));
      return client;
    },
  },
  tooSlow: {
    advice: 'reconnect',
    options: { map: hall(50, 100) },
    provoke: async (node) => {
      const client = await LiveClient.join(node.liveUrl());
      client.socket.pause();
      for (let id = 0; node.gateway.sockets === 1 && id < 100_000; id++) {
        client.send({ type: 'extend', id, commandId: randomUUID(), holdId: randomUUID() });
        if (id % 500 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      client.socket.resume();
      return client;
    },
  },
};

it.each(Object.entries(CASES))(
  '[PROTO-10] %s closes a socket with its code and advice',
  async (name, { advice, options, provoke }) => {
    const node = await openLightNode(options);
    const client = await provoke(node);
    const { code, reason } = await client.closed;
    expect(code).toBe(CLOSE[name as keyof typeof CLOSE]);
    expect(adviceForClose(code)).toBe(advice);
    expect(reason).not.toBe('');
    // Nothing that was not durable was ever told, whatever the reason.
    expect(client.messages.filter((message) => message.type === 'delta')).toEqual([]);
    await node.close();
  },
);

it('every other code is a lost connection, but for the frame that was too large', () => {
  for (const code of [1000, 1001, 1005, 1006, 1011, 3000, 3999, 4300, 4999])
    expect(adviceForClose(code)).toBe('back-off');
  expect(adviceForClose(1009)).toBe('stop');
});
