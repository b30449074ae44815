/** deploy/nginx.conf with a real nginx in front of a real gateway. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../src/adapters/free-port.js';
import { openLightNode } from './gateway/light-node.js';
import { LiveClient } from './gateway/live-client.js';

const NGINX = ['/usr/sbin/nginx', '/usr/local/sbin/nginx'].find((path) => existsSync(path));
const HEARTBEAT_MS = 300;

interface Proxy {
  readonly port: number;
  readonly url: string;
  stop(): Promise<void>;
}

async function proxied(nodePort: number, change: (conf: string) => string = (conf) => conf): Promise<Proxy> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-nginx-'));
  const port = await freePort();
  const ours = change(await readFile('deploy/nginx.conf', 'utf8'))
    .replace('listen 80;', `listen 127.0.0.1:${port};`)
    .replace('127.0.0.1:8080', `127.0.0.1:${nodePort}`);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (what) => `${what}_temp_path ${directory}/${what};`,
  );
  await writeFile(
    join(directory, 'nginx.conf'),
    `daemon off; pid ${directory}/pid; error_log ${directory}/error.log; events {}
     http { access_log off; ${temporary.join(' ')} ${ours} }`,
  );
  const child: ChildProcess = spawn(NGINX ?? '', ['-p', directory, '-c', join(directory, 'nginx.conf')]);
  const ended = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
  const url = `http://127.0.0.1:${port}`;
  const giveUpAt = performance.now() + 10_000;
  while (!(await fetch(url).catch(() => undefined))) {
    if (performance.now() > giveUpAt) throw new Error('nginx did not come up.');
    await sleep(50);
  }
  return {
    port,
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

test.runIf(process.env['CI'])('nginx is there where changes are decided', () => expect(NGINX).toBeDefined());

const has = test.skipIf(NGINX === undefined);
let node: Awaited<ReturnType<typeof openLightNode>>;
let nginx: Proxy | undefined;

const liveUrl = (port: number) => `ws://127.0.0.1:${port}/v1/showtimes/${node.showtimeId}/live`;
const nodePort = () => Number(new URL(node.liveUrl().replace('ws:', 'http:')).port);

beforeAll(async () => {
  node = await openLightNode({ limits: { heartbeatMs: HEARTBEAT_MS } });
  if (NGINX)
    nginx = await proxied(nodePort(), (conf) => conf.replace('proxy_read_timeout 60s', 'proxy_read_timeout 1s'));
}, 30_000);

afterAll(async () => {
  await nginx?.stop();
  await node.close();
});

has('a page behind nginx gets a socket, which outlives the read time-out and answers at once', async () => {
  const { port = 0, url = '' } = nginx ?? {};
  const client = await LiveClient.join(liveUrl(port), { origin: url });
  await sleep(2_500);
  const asked = performance.now();
  expect(await client.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
  expect(performance.now() - asked).toBeLessThan(1_000);
  await client.close();
});

has('HTTP goes through, with a long session too', async () => {
  const answer = await fetch(`${nginx?.url}/v1/showtimes/${node.showtimeId}/seats`, {
    headers: { 'x-long': 'x'.repeat(3_000) },
  });
  expect(answer.status).toBe(200);
});

has('where nginx makes up a Host, the page is refused', async () => {
  const usual = await proxied(nodePort(), (conf) => conf.replace(/proxy_set_header Host [^;]+;/, ''));
  await expect(LiveClient.open(liveUrl(usual.port), { origin: usual.url })).rejects.toThrow('403');
  await usual.stop();
});

has('where the node is away, nginx says so', async () => {
  const alone = await proxied(await freePort());
  expect((await fetch(`${alone.url}/readyz`)).status).toBe(502);
  await alone.stop();
});
