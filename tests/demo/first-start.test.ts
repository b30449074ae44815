/** What whoever starts a server is told, and what its log has. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeClusterFile } from '../../src/ops/cluster-file.js';
import { runCtl } from '../../src/ops/ctl/run-ctl.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { SECRET } from '../integration/gateway/sign.js';
import { type ServerProcess, startServer } from '../server-process.js';

const PERSON = { email: 'ann@cinema.example', name: 'Ann', password: 'three green bottles' };
const LINK = /http:\/\/[\w.]+:\d+\/setup#([\w-]{43})\n/;
const STAFF = /staff@demo\.example {3}([\w-]{20})\n/;

let database: TestDatabase;
let folder: string;
const running: ServerProcess[] = [];
beforeEach(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'usher-first-start-'));
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.kill('SIGTERM');
  await database.drop();
  await rm(folder, { recursive: true });
});

async function start(environment: Readonly<Record<string, string>>): Promise<ServerProcess> {
  const common = { DATABASE_URL: database.url, DATA_DIR: folder, TOKEN_SECRET: SECRET, DATABASE_CONNECTIONS: '4' };
  const server = await startServer({ ...common, ...environment });
  running.push(server);
  return server;
}

async function stop(server: ServerProcess): Promise<void> {
  running.splice(running.indexOf(server), 1);
  await server.kill('SIGTERM');
}

async function post(server: ServerProcess, path: string, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return await fetch(`${server.url}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
}

async function setupLink(secret = SECRET, more: { argv?: string[]; url?: string } = {}) {
  const said = { out: '', err: '' };
  const code = await runCtl(['setup-link', '--url', 'https://cinema.example/', '--json', ...(more.argv ?? [])], {
    environment: { DATABASE_URL: more.url ?? database.url, TOKEN_SECRET: secret },
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
  });
  return { code, ...said };
}

it('a first start on the embedded Postgres prints the link, wherever it prints to, as nobody has its DATABASE_URL', async () => {
  const server = await start({ DATABASE_URL: '', DEMO: 'false' });
  await expect.poll(server.log, { timeout: 10_000 }).toMatch(LINK);
  expect(server.log()).not.toMatch(STAFF);
});

it('a first start in development prints the link and the password of the demo staff, and the next start neither', async () => {
  const first = await start({ NODE_ENV: 'development', DEMO: 'true' });
  const [, token = ''] = LINK.exec(first.log()) ?? [];
  const [, staffPassword = ''] = STAFF.exec(first.log()) ?? [];
  expect(token).not.toBe('');
  expect(first.log()).toContain(`-d '{"token":"${token}"`);
  const page = await fetch(`${first.url}/setup`);
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);

  // Before it is used, another node has the same link, and no password to show.
  const second = await start({ NODE_ENV: 'development', DEMO: 'true', NODE_NAME: 'second' });
  expect(LINK.exec(second.log())?.[1]).toBe(token);
  expect(second.log()).not.toMatch(STAFF);
  await stop(second);

  expect((await post(first, '/v1/setup', { ...PERSON, token })).status).toBe(201);
  expect((await post(first, '/v1/setup', { ...PERSON, token, email: 'eve@cinema.example' })).status).toBe(410);
  const admin = await post(first, '/v1/log-ins', { email: PERSON.email, password: PERSON.password });
  expect(await admin.json()).toMatchObject({ role: 'admin', lacksSecondFactor: true });
  const staff = await post(first, '/v1/log-ins', { email: 'staff@demo.example', password: staffPassword });
  expect(await staff.json()).toMatchObject({ role: 'staff', lacksSecondFactor: true });
  await stop(first);

  const again = await start({ NODE_ENV: 'development', DEMO: 'true' });
  expect(again.log()).not.toMatch(LINK);
  expect(again.log()).not.toMatch(STAFF);
});

it('a first start in production prints no link and makes no account, and ctl shows the link to whoever has the secret', async () => {
  const server = await start({ NODE_ENV: 'production', DEMO: 'true' });
  expect(server.log()).toContain('"event":"setup.no_administrator"');
  expect(server.log()).not.toMatch(/setup#|staff@demo/);
  const shown = await setupLink();
  expect(shown).toMatchObject({ code: 0, err: '' });
  const { url, token } = JSON.parse(shown.out) as { url: string; token: string };
  expect(url).toBe(`https://cinema.example/setup#${token}`);
  const staff = await post(server, '/v1/log-ins', { email: 'staff@demo.example', password: 'x' });
  expect(staff.status).toBe(401);
  expect((await post(server, '/v1/setup', { ...PERSON, token })).status).toBe(201);
  expect(await setupLink()).toMatchObject({ code: 1 });
  expect(server.log()).not.toContain(token);
  expect(server.log()).not.toContain(PERSON.password);
});

it('ctl setup-link without the settings of the server says which it needs', async () => {
  const { code, err } = await setupLink('');
  expect([code, err]).toEqual([2, expect.stringContaining('TOKEN_SECRET')]);
});

it('ctl setup-link finds the cluster of npm run cluster by its folder', async () => {
  await writeClusterFile(folder, {
    ...{ redisUrl: 'redis://127.0.0.1:1', databaseUrl: database.url, clusterName: 'usher' },
    ...{ beatMs: 500, detectionMs: 3_000 },
  });
  await writeFile(join(folder, 'token-secret'), SECRET);
  const local = await setupLink('', { argv: ['--data-dir', folder], url: '' });
  expect(local).toEqual(await setupLink());
  expect(local.code).toBe(0);
});
