import { Packr } from 'msgpackr';
import { afterEach, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { createClient } from '../../../client-sdk/src/index.js';
import { packStatuses } from '../../../src/protocol/seat-status.js';
import { holdView, SERVER_TIME, snapshot, welcome } from './fake-surroundings.js';

const packr = new Packr({ useRecords: false, variableMapSize: true });
const servers: WebSocketServer[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
});

/** A server that welcomes, shows eight free seats and grants every hold. */
async function serve(): Promise<{ url: string; server: WebSocketServer; heard: string[] }> {
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: (offered) => [...offered][0] ?? false,
  });
  servers.push(server);
  const heard: string[] = [];
  server.on('connection', (socket) => {
    const binary = socket.protocol === 'usher.v1.msgpack';
    const say = (message: object): void => socket.send(binary ? packr.pack(message) : JSON.stringify(message));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data));
      heard.push(message.type);
      if (message.type === 'hello') {
        say(welcome());
        say(snapshot(binary ? { seats: packStatuses(new Uint8Array(8)) } : {}));
      } else if (message.type === 'ping') {
        say({ type: 'reply', id: message.id, ok: true, serverTime: SERVER_TIME });
      } else {
        say({ type: 'reply', id: message.id, ok: true, hold: holdView() });
        say({ type: 'delta', epoch: 3, seq: 121, changes: [[0, 'held']] });
      }
    });
  });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, server, heard };
}

it.each(['msgpack', 'json'] as const)('talks %s over a real socket, which it finds for itself', async (encoding) => {
  const { url, server, heard } = await serve();
  const client = createClient({ url, showtimeId: 'one', encoding });
  client.connect();
  await vi.waitFor(() => expect(client.getSnapshot().connection.state).toBe('connected'));
  expect(await client.hold(['A-1', 'A-2'])).toMatchObject({ ok: true, hold: holdView() });
  await vi.waitFor(() => expect(client.getSnapshot()).toMatchObject({ seq: 121, counts: { held: 1 } }));
  expect(heard).toContain('ping');
  const states = new Set<string>();
  client.on('connection', ({ state }) => states.add(state));
  for (const socket of server.clients) socket.terminate();
  await vi.waitFor(() => expect([...states]).toEqual(['reconnecting', 'connected']), 3_000);
  client.close();
  await vi.waitFor(() => expect(server.clients.size).toBe(0));
});
