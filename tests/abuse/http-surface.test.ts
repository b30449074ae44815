import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LightNode, openLightNode } from '../integration/gateway/light-node.js';
import { sign } from '../integration/gateway/sign.js';
import { head, rawRequest } from './raw-request.js';

let directory: string;
let node: LightNode;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-surface-'));
  await writeFile(join(directory, 'index.html'), '<!doctype html><script src="/assets/main.js"></script>');
  await writeFile(join(directory, 'main.js'), 'export {};');
  await writeFile(join(directory, 'main.js.map'), 'hush: the sources');
  await writeFile(join(directory, '.env'), 'hush: a secret');
  await writeFile(join(directory, '..%2fpackage.json'), 'hush: a trap');
  node = await openLightNode({ demoDirectory: directory });
});
afterAll(async () => {
  await node.close();
  await rm(directory, { recursive: true });
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${node.port}${path}`, { headers });
const raw = (...parts: string[]) => rawRequest(node.port, head(...parts));

describe('every answer', () => {
  it('forbids sniffing and says nothing to other sites of where it was asked from', async () => {
    const token = await sign('user:1');
    const answers = await Promise.all([
      ...['/', '/assets/main.js', '/healthz', '/readyz', '/v1/movies', '/v1/showtimes', '/nothing'].map((at) =>
        get(at),
      ),
      fetch(node.httpUrl('/seats')),
      fetch(node.httpUrl('/own'), { headers: { authorization: `Bearer ${token}` } }),
      fetch(node.httpUrl('/own')),
      fetch(node.httpUrl('/holds'), { method: 'POST' }),
      fetch(node.httpUrl('/holds'), { method: 'PUT' }),
      fetch(`http://127.0.0.1:${node.port}/v1/sessions`, { method: 'POST' }),
    ]);
    for (const { url, headers } of answers) {
      expect(headers.get('x-content-type-options'), url).toBe('nosniff');
      expect(headers.get('referrer-policy'), url).toBe('same-origin');
      expect(headers.get('content-type'), url).toMatch(
        /^(application\/(problem\+)?json|text\/(html|javascript); charset=utf-8)$/,
      );
      expect(headers.get('x-powered-by'), url).toBeNull();
      expect(headers.get('server'), url).toBeNull();
    }
  });

  it('that is somebody’s, or of the moment, is kept by no cache; only seat maps and files are kept', async () => {
    const token = await sign('user:1');
    for (const answer of [
      await fetch(node.httpUrl('/own'), { headers: { authorization: `Bearer ${token}` } }),
      await fetch(node.httpUrl('/own')),
      await fetch(node.httpUrl('/seats')),
      await fetch(node.httpUrl('/connect')),
      await fetch(`http://127.0.0.1:${node.port}/v1/sessions`, { method: 'POST' }),
      await get('/readyz'),
    ]) {
      expect(answer.headers.get('cache-control'), answer.url).toBe('no-store');
    }
    // These are the same for everybody: kept, and asked for again each time.
    for (const path of ['/', '/assets/main.js', '/v1/movies', '/v1/showtimes']) {
      expect((await get(path)).headers.get('cache-control')).toBe('no-cache');
    }
  });
});

it('the page runs its own scripts only, sends its forms home only, and stands in no frame of another site', async () => {
  const policy = new Map(
    ((await get('/')).headers.get('content-security-policy') ?? '').split(';').map((rule) => {
      const [name = '', ...sources] = rule.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );
  expect(policy.get('default-src')).toBe("'self'");
  // Not taken from default-src, and open to all where they are not named.
  expect(policy.get('frame-ancestors')).toBe("'self'");
  expect(policy.get('form-action')).toBe("'self'");
  expect(policy.get('base-uri')).toBe("'none'");
  expect(policy.get('object-src') ?? policy.get('default-src')).toMatch(/^'(self|none)'$/);
  expect(policy.get('script-src') ?? policy.get('default-src')).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
});

describe('a path', () => {
  it.each([
    '/assets/../package.json',
    '/assets/../../../../etc/passwd',
    '/assets/..%2f..%2f..%2fetc%2fpasswd',
    '/assets/..%2fpackage.json',
    '/assets/%2e%2e/%2e%2e/etc/passwd',
    '/assets/..%252fpackage.json',
    '/assets/..%c0%afpackage.json',
    '/assets/....//package.json',
    '/assets/..\\..\\package.json',
    '/assets//etc/passwd',
    '//etc/passwd',
    '/assets/.env',
    '/.env',
    '/assets/main.js.map',
    '/assets/main.js%00.html',
    '/assets/main.js/',
    '/assets/MAIN.JS',
    '/assets/main.js;.css',
    '/assets/file:///etc/passwd',
    '/index.html',
    '/.git/config',
    '/package.json',
    '/dist/main.js',
    '/v1/seat-maps/..%2f..%2fpackage.json',
    '/v1/showtimes/../../etc/passwd',
  ])('%s leads to no file that is not a page of ours', async (path) => {
    const { status, answer } = await raw(`GET ${path} HTTP/1.1`, 'Host: x');
    expect([404, 0]).toContain(status);
    expect(answer).not.toMatch(/hush|root:|"name":/);
  });
});

describe('a Host that is not ours', () => {
  it.each([
    ['Host: evil.example'],
    [
      'Host: evil.example',
      'X-Forwarded-Host: evil.example',
      'X-Forwarded-Proto: https',
      'Forwarded: host=evil.example',
    ],
    ['Host: 127.0.0.1@evil.example'],
    ['Host: evil.example/v1?'],
    ['Host: evil.example', 'Host: other.example'],
  ])('is in no address that we hand out, nor anywhere else in an answer: %s', async (...headers) => {
    for (const path of ['/', '/v1/showtimes', '/nothing', `/v1/showtimes/${node.showtimeId}/connect`]) {
      const { status, answer } = await raw(`GET ${path} HTTP/1.1`, ...headers);
      expect([200, 404]).toContain(status);
      expect(answer).not.toContain('evil');
      expect(answer).not.toMatch(/\r\nlocation:/i);
      if (path.endsWith('/connect')) expect(answer).toContain(`{"url":"/v1/showtimes/${node.showtimeId}/live"}`);
    }
  });
});

describe('a request that two programs might read in two ways', () => {
  const smuggled = 'GET /v1/movies HTTP/1.1\r\nHost: x\r\n\r\n';
  it.each([
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
    ['a negative length', ['Content-Length: -1'], ''],
    ['a length with a sign', ['Content-Length: +0'], ''],
    ['a length in base 16', ['Content-Length: 0x10'], ''],
    ['a length that is no number', ['Content-Length: 4x'], ''],
    ['a chunk without an end', ['Transfer-Encoding: chunked'], 'FFFFFFFFFFFFFFFF\r\n'],
    ['two lengths', ['Content-Length: 0', `Content-Length: ${smuggled.length}`], ''],
    ['a coding that we do not know', ['Transfer-Encoding: xchunked'], ''],
  ])('for %s is refused, and what comes after it on the connection is not answered', async (_what, headers, body) => {
    const request = head('POST /v1/sessions HTTP/1.1', 'Host: x', ...headers);
    const { answer } = await rawRequest(node.port, request + body + smuggled);
    expect(answer).not.toContain('"movies"');
    expect(answer).toMatch(/^(HTTP\/1\.1 (400|501) |$)/);
  });
});
