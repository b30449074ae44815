import net from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { revoke } from '../../../src/boxoffice/access/revocations.js';
import { LiveClient } from '../gateway/live-client.js';
import { openStage, type Stage } from '../gateway/stage.js';
import { accessTokensOf, grantOf } from './two-nodes.js';

/** A way to Postgres that can be closed: connections end, and new ones are refused. */
async function openGate(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const open = new Set<net.Socket>();
  let isClosed = false;
  const server = net.createServer((client) => {
    if (isClosed) {
      client.destroy();
      return;
    }
    const postgres = net.connect(Number(target.port), target.hostname);
    for (const socket of [client, postgres]) {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
    }
    client.pipe(postgres).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as net.AddressInfo).port);
  return {
    url: url.href,
    setClosed: (closed: boolean) => {
      isClosed = closed;
      if (closed) for (const socket of open) socket.destroy();
    },
    stop: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

let gate: Awaited<ReturnType<typeof openGate>>;
let stage: Stage;
beforeAll(async () => {
  const through = async (databaseUrl: string) => {
    gate = await openGate(databaseUrl);
    return gate.url;
  };
  stage = await openStage({}, { through });
});
afterAll(async () => {
  await stage.close();
  gate.stop();
});

const post = async (path: string, token: string, body: object) =>
  await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

it('a node that Postgres is away from takes access tokens, tells API keys to wait, and then learns what was revoked', async () => {
  const tokens = await accessTokensOf(stage.pool);
  const grant = grantOf();
  const { token } = await tokens.issue(grant);
  const admin = (await tokens.issue(grantOf({ role: 'admin' }))).token;
  const key = (await (await post('/api-keys', admin, { name: 'K', permissions: ['catalogue.edit'] })).json()) as {
    readonly secret: string;
  };
  expect((await post('/movies', key.secret, {})).status).toBe(400);
  const socket = await LiveClient.join(stage.liveUrl(), { token });

  gate.setClosed(true);
  await revoke(stage.pool, { kind: 'session', subject: grant.sessionId });
  // An API key is believed for three seconds; then Postgres has to be asked.
  const asked = async () => (await post('/movies', key.secret, {})).status;
  await expect.poll(asked, { timeout: 10_000, interval: 300 }).toBe(503);
  expect((await post('/movies', token, {})).status, 'the token is taken, and its role lacks the permission').toBe(403);
  expect(socket.socket.readyState).toBe(socket.socket.OPEN);

  gate.setClosed(false);
  expect((await socket.closed).code).toBe(4002);
  await expect.poll(async () => (await post('/movies', token, {})).status).toBe(401);
  await expect.poll(asked, { timeout: 5_000 }).toBe(400);
});

it('while Postgres is away whoever logs in or goes on with a session is told to try again', async () => {
  const { token } = await (await accessTokensOf(stage.pool)).issue(grantOf());
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    const response = await fetch(`http://127.0.0.1:${stage.port}/v1${path}`, init);
    return { status: response.status, retryAfter: response.headers.get('retry-after') };
  };
  gate.setClosed(true);
  for (const [path, body] of [
    ['/log-ins', { email: 'a@a.example', password: 'correct horse battery' }],
    ['/sessions/refresh', { refreshToken: `usr_${'A'.repeat(43)}` }],
    ['/password-resets', { email: 'a@a.example' }],
    ['/me', undefined],
    ['/me/bookings', undefined],
    ['/log-out', {}],
  ] as const) {
    expect(await ask(path, body), path).toEqual({ status: 503, retryAfter: '1' });
  }
  gate.setClosed(false);
  const refresh = async () => (await ask('/sessions/refresh', { refreshToken: `usr_${'A'.repeat(43)}` })).status;
  await expect.poll(refresh, { timeout: 5_000 }).toBe(401);
});
