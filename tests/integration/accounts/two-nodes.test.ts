/** Two nodes on one database: what one has been told, the other knows. */
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { freePort } from '../../../src/adapters/free-port.js';
import { readConfig } from '../../../src/config.js';
import { type RunningNode, startNode } from '../../../src/node.js';
import { silentLog } from '../../silent-log.js';
import { SECRET } from '../gateway/sign.js';
import { type LoggedIn, openSite, PASSWORD, type Site, tokenIn } from './people.js';

const LIMITS = { LOG_IN_FAILURES_PER_ACCOUNT: '6', LOG_IN_FAILURES_PER_ADDRESS: '1000', MAILS_PER_ACCOUNT: '4' };

let site: Site;
let second: RunningNode;
let ports: readonly [number, number];
beforeAll(async () => {
  site = await openSite(LIMITS);
  const port = await freePort();
  second = await startNode(
    readConfig({
      NODE_ENV: 'test',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATABASE_URL: String(site.stage.pool.options.connectionString),
      DATABASE_CONNECTIONS: '4',
      TOKEN_SECRET: SECRET,
      DEMO: 'false',
      // Mails are files here: those of the first node.
      JOBS: 'false',
      SESSIONS_PER_SECOND: '1000',
      ...LIMITS,
    }),
    { sql: 'sql', demo: '' },
    silentLog,
  );
  ports = [site.stage.port, port];
});
afterAll(async () => {
  await second.stop();
  await site.close();
});

/** The same from each node by turns, all at the same time. */
const atBoth = <Body>(times: number, path: string, body: object) =>
  Promise.all(
    Array.from({ length: times }, (_, i) => site.ask<Body>('POST', path, body, { port: ports[i % 2] ?? ports[0] })),
  );
const refresh = (refreshToken: string, port: number) =>
  site.ask<LoggedIn>('POST', '/v1/sessions/refresh', { refreshToken }, { port });
const profile = (token: string, port: number) => site.ask('GET', '/v1/me', undefined, { token, port });

it('who logged in at one node is known at the other, and refreshes there', async () => {
  const { accessToken, refreshToken } = await site.join('ada@example.org');
  expect((await profile(accessToken, ports[1])).status).toBe(200);
  const next = await refresh(refreshToken, ports[1]);
  expect(next.status).toBe(200);
  expect((await profile(next.json.accessToken, ports[0])).status).toBe(200);
});

it('a refresh token that is sent to both nodes at the same moment has one successor', async () => {
  const { refreshToken } = await site.join('both@example.org');
  const answers = await atBoth<LoggedIn>(6, '/v1/sessions/refresh', { refreshToken });
  expect(new Set(answers.map(({ json }) => json.refreshToken)).size).toBe(1);
  const { rows } = await site.stage.pool.query(
    `SELECT count(*)::int AS n FROM boxoffice.refresh_tokens t JOIN boxoffice.sessions s ON s.id = t.session_id
       JOIN boxoffice.accounts a ON a.id = s.account_id WHERE a.email = 'both@example.org'`,
  );
  expect(rows).toEqual([{ n: 2 }]);
});

it('a refresh token that was used at one node and is used again at the other ends the session at both', async () => {
  const first = await site.join('theft@example.org');
  const next = await refresh(first.refreshToken, ports[0]);
  await refresh(next.json.refreshToken, ports[0]);
  expect((await refresh(first.refreshToken, ports[1])).code).toBe('unauthorized');
  for (const port of ports) {
    await vi.waitFor(async () => expect((await profile(next.json.accessToken, port)).status).toBe(401), {
      timeout: 4_000,
    });
  }
});

it('failures at both nodes at the same moment are counted together', async () => {
  await site.join('guessed@example.org');
  const body = { email: 'guessed@example.org', password: 'wrong horse battery' };
  const codes = (await atBoth(14, '/v1/log-ins', body)).map(({ code }) => code);
  expect(codes.filter((code) => code === 'wrong_credentials')).toHaveLength(6);
  expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(8);
});

it('a link that is opened at both nodes at the same moment makes one account', async () => {
  await site.ask('POST', '/v1/accounts', { email: 'link@example.org', password: PASSWORD });
  const token = tokenIn(await site.mail('link@example.org'));
  const opened = await atBoth(4, '/v1/accounts/confirm', { token, password: PASSWORD });
  expect(opened.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410]);
});

it('logging out everywhere at one node is heard by the other', async () => {
  const { accessToken } = await site.join('out@example.org');
  expect((await profile(accessToken, ports[1])).status).toBe(200);
  await site.ask('POST', '/v1/log-out/everywhere', undefined, { token: accessToken });
  await vi.waitFor(async () => expect((await profile(accessToken, ports[1])).status).toBe(401), { timeout: 4_000 });
});
