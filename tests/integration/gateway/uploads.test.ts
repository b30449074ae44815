/** Files that an endpoint takes: media types, bounds, and what is received of somebody who may not send one. */

import type { us_listen_socket } from 'uWebSockets.js';
import { request } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { freePort } from '../../../src/adapters/free-port.js';
import { loadUws } from '../../../src/gateway/load-uws.js';
import type { Authenticate } from '../../../src/http/access.js';
import { endpoint } from '../../../src/http/endpoint.js';
import { openApiDocument } from '../../../src/http/openapi.js';
import { Origins } from '../../../src/http/origins.js';
import type { RateLimits } from '../../../src/http/rate-limits.js';
import { Router } from '../../../src/http/router.js';
import { wireError } from '../../../src/protocol/errors.js';
import { silentLog } from '../../silent-log.js';
import { readProblem } from './askers.js';

const MEGABYTE = 1_000_000;
const BYTES_MAX = 4 * MEGABYTE;

const uws = loadUws();
let port: number;
let socket: us_listen_socket | false;
/** Resolves the handler of the endpoint that waits. */
let finish: (() => void)[] = [];

const filesEndpoint = endpoint({
  id: 'takeFile',
  method: 'POST',
  path: '/files',
  summary: 'Takes a file.',
  tag: 'Staff',
  access: 'session',
  rate: 'none',
  bodyBytesMax: BYTES_MAX,
  accepts: ['text/csv', 'application/json'],
  parameters: {},
  query: { wait: z.string().optional() },
  reply: z.object({ mediaType: z.string(), bytes: z.int(), last: z.int() }),
  errors: [],
  handle: async ({ body: { mediaType, bytes }, query }) => {
    if (query.wait) await new Promise<void>((resolve) => finish.push(resolve));
    return { ok: true, body: { mediaType, bytes: bytes.length, last: bytes.at(-1) ?? -1 } };
  },
});

const smallEndpoint = endpoint({
  id: 'takeLittle',
  method: 'POST',
  path: '/little',
  summary: 'Takes JSON.',
  tag: 'Staff',
  access: 'public',
  rate: 'none',
  parameters: {},
  body: z.strictObject({ a: z.string() }),
  reply: z.object({ length: z.int() }),
  errors: [],
  handle: ({ body }) => ({ ok: true, body: { length: body.a.length } }),
});

beforeAll(async () => {
  port = await freePort();
  const app = uws.App();
  const authenticate: Authenticate = async (session) =>
    session === 'ann'
      ? { ok: true, identity: { holder: 'ann', role: 'staff', session, expiresAt: 1 } }
      : { ok: false, error: wireError('unauthorized', 'The session is not valid here.') };
  const rates = { address: () => '' } as unknown as RateLimits;
  const router = new Router(app, {
    origins: new Origins([]),
    rates,
    authenticate,
    bodyBytesMax: 16_384,
    log: silentLog,
  });
  router.add([filesEndpoint, smallEndpoint]).close();
  await new Promise<void>((resolve) => {
    app.listen('127.0.0.1', port, (listening) => {
      socket = listening;
      resolve();
    });
  });
});
afterAll(() => {
  if (socket) uws.us_listen_socket_close(socket);
});

const send = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}, query = '') =>
  fetch(`http://127.0.0.1:${port}/files${query}`, {
    method: 'POST',
    headers: { authorization: 'Bearer ann', 'content-type': 'text/csv', ...headers },
    body,
  });

it('arrives whole, byte for byte, with its media type', async () => {
  const bytes = new Uint8Array(3 * MEGABYTE).map((_, i) => i % 251);
  const answer = await send(bytes, { 'content-type': 'Text/CSV; charset=utf-8' });
  expect(await answer.json()).toEqual({ mediaType: 'text/csv', bytes: bytes.length, last: bytes.at(-1) });
});

it('of another media type is refused, with those that there are', async () => {
  const error = await readProblem(await send('a', { 'content-type': 'application/pdf' }));
  expect(error).toMatchObject({ code: 'unsupported_media_type' });
  expect(JSON.stringify(error)).toContain('text/csv, application/json');
  expect((await readProblem(await send(''))).code).toBe('bad_message');
});

it('that is too large is refused without being received', async () => {
  const error = await readProblem(await send(new Uint8Array(BYTES_MAX + 1)));
  expect(error).toMatchObject({ code: 'frame_too_large' });
  expect(JSON.stringify(error)).toContain(String(BYTES_MAX));
});

/** Sends chunks until the server stops reading or answers. */
function stream(session: string, megabytes: number): Promise<{ status: number; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    const headers = { authorization: `Bearer ${session}`, 'content-type': 'text/csv', 'transfer-encoding': 'chunked' };
    const req = request({ port, path: '/files', method: 'POST', headers }, (res) => {
      res.resume();
      resolve({ status: res.statusCode ?? 0, sent });
      req.destroy();
    });
    req.on('error', reject);
    const more = () => {
      while (sent < megabytes * MEGABYTE) {
        sent += 100_000;
        if (!req.write(Buffer.alloc(100_000, 120))) {
          req.once('drain', more);
          return;
        }
      }
      req.end();
    };
    more();
  });
}

it('that grows past the bound without having announced it is refused', async () => {
  expect((await stream('ann', 6)).status).toBe(413);
  expect((await stream('ann', 3)).status).toBe(200);
});

it('of somebody without access is not waited for', async () => {
  const { status, sent } = await stream('bob', 60);
  expect(status).toBe(401);
  expect(sent).toBeLessThan(40 * MEGABYTE);
  expect((await send('a')).status).toBe(200);
});

it('is one of four at a time', async () => {
  const waiting = Array.from({ length: 4 }, () => send('a', {}, '?wait=1'));
  await expect.poll(() => finish.length).toBe(4);
  expect(await readProblem(await send('a'))).toMatchObject({ code: 'overloaded', retryAfterMs: 2_000 });
  for (const resolve of finish) resolve();
  finish = [];
  for (const answer of await Promise.all(waiting)) expect(answer.status).toBe(200);
  expect((await send('a')).status).toBe(200);
});

it('that its client breaks off leaves room for others', async () => {
  for (let i = 0; i < 8; i++) {
    await new Promise<void>((resolve) => {
      const headers = { authorization: 'Bearer ann', 'content-type': 'text/csv', 'content-length': String(MEGABYTE) };
      const req = request({ port, path: '/files', method: 'POST', headers });
      req.on('error', () => {});
      req.on('close', () => resolve());
      req.write(Buffer.alloc(100_000), () => setTimeout(() => req.destroy(), 20));
    });
  }
  await expect.poll(async () => (await send('a')).status).toBe(200);
});

it('does not change what other endpoints take', async () => {
  const post = (body: string) =>
    fetch(`http://127.0.0.1:${port}/little`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  expect(await (await post('{"a":"bc"}')).json()).toEqual({ length: 2 });
  expect((await readProblem(await post(`{"a":"${'b'.repeat(20_000)}"}`))).code).toBe('frame_too_large');
});

it('is documented by its media types', () => {
  const { paths } = openApiDocument([filesEndpoint]) as { paths: Record<string, { post: { requestBody: object } }> };
  expect(paths['/files']?.post.requestBody).toEqual({
    required: true,
    content: { 'text/csv': { schema: { type: 'string' } }, 'application/json': { schema: { type: 'object' } } },
  });
});
