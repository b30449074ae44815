import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveClient } from '../integration/gateway/live-client.js';
import { sign } from '../integration/gateway/sign.js';
import { openStage, type Stage } from '../integration/gateway/stage.js';
import { head, rawRequest } from './raw-request.js';
import { ask } from './web-buyer.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ ALLOWED_ORIGINS: 'https://tickets.example,http://shop.example:8080' });
});
afterAll(() => stage.close());

/** Pages of others, as they try to look like ours. */
const STRANGERS = [
  'https://evil.example',
  'null',
  'https://evil-tickets.example',
  'https://tickets.example.evil.example',
  'https://tickets.exampleevil.example',
  'https://sub.tickets.example',
  'https://tickets.exampl',
  'https://tickets.example.',
  'https://tickets.example:443',
  'https://tickets.example:444',
  'https://tickets.example/',
  'https://tickets.example@evil.example',
  'https://evil.example#https://tickets.example',
  'https://evil.example?https://tickets.example',
  'https://evil.example https://tickets.example',
  'https://tickets.example, https://evil.example',
  'HTTPS://TICKETS.EXAMPLE',
  'http://tickets.example',
  'ws://tickets.example',
  'https://ticketsxexample',
  'https://tickets%2eexample',
  'https://ti\u0441kets.example',
  'http://shop.example',
  'http://shop.example:80801',
  'file://',
  'data:text/html',
  'about:blank',
  'chrome-extension://abcdefgh',
  '*',
  'undefined',
];
const OURS = ['https://tickets.example', 'http://shop.example:8080'];

const upgrade = (...headers: string[]) =>
  rawRequest(
    stage.port,
    head(
      `GET /v1/showtimes/${stage.showtimeId}/live HTTP/1.1`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      ...headers,
    ),
  );
const own = () => `127.0.0.1:${stage.port}`;
/** As a browser would send it: the bytes of UTF-8. */
const bytes = (text: string) => Buffer.from(text).toString('latin1');

describe('a page', () => {
  it.each(STRANGERS)('at %s gets no socket, and no word over HTTP that it may read', async (origin) => {
    const { status, answer } = await upgrade(`Host: ${own()}`, bytes(`Origin: ${origin}`));
    expect(status).toBe(403);
    expect(answer).not.toContain(origin.slice(0, 12));
    for (const [method, path] of [
      ['GET', '/v1/movies'],
      ['OPTIONS', '/v1/sessions'],
      ['POST', '/v1/sessions'],
      ['GET', '/nothing'],
    ] as const) {
      const web = await rawRequest(
        stage.port,
        head(`${method} ${path} HTTP/1.1`, `Host: ${own()}`, bytes(`Origin: ${origin}`)),
      );
      expect(web.status).toBeGreaterThan(0);
      expect(web.answer, `${method} ${path}`).not.toMatch(/access-control-allow-(origin|credentials)/i);
      expect(web.answer).toMatch(/\r\nvary: (Accept-Encoding, )?Origin\r\n/i);
    }
  });

  it.each(OURS)('at %s, which is listed, gets both; and is named, never with credentials', async (origin) => {
    expect((await upgrade(`Host: ${own()}`, `Origin: ${origin}`)).status).toBe(101);
    const { answer } = await rawRequest(
      stage.port,
      head('GET /v1/movies HTTP/1.1', `Host: ${own()}`, `Origin: ${origin}`),
    );
    expect(answer).toContain(`access-control-allow-origin: ${origin}\r\n`);
    expect(answer).not.toMatch(/access-control-allow-credentials/i);
  });

  it('is ours by its own Host only, and not by what a proxy is said to have been asked for', async () => {
    expect((await upgrade(`Host: ${own()}`, `Origin: http://${own()}`)).status).toBe(101);
    for (const more of ['X-Forwarded-Host: evil.example', 'Forwarded: host=evil.example', 'X-Host: evil.example']) {
      expect((await upgrade(`Host: ${own()}`, more, 'Origin: https://evil.example')).status).toBe(403);
    }
    // The second of two headers of one name is not looked at, and the first is that of a stranger.
    expect((await upgrade(`Host: ${own()}`, 'Host: evil.example', 'Origin: https://evil.example')).status).toBe(403);
    expect(
      (await upgrade(`Host: ${own()}`, 'Origin: https://evil.example', 'Origin: https://tickets.example')).status,
    ).toBe(403);
  });

  it('whose name was made to lead to us is taken for our own, and has nobody’s session: what SECURITY.md says of rebinding', async () => {
    const rebound = await upgrade('Host: evil.example:8080', 'Origin: http://evil.example:8080');
    expect(rebound.status).toBe(101);
  });
});

it('programs that are no page send no Origin and are let in, with a token of their own or as a new guest', async () => {
  expect((await upgrade(`Host: ${own()}`)).status).toBe(101);
  const client = await LiveClient.join(stage.liveUrl(), { token: await sign('user:terminal') });
  expect(client.welcome?.holder).toBe('user:terminal');
  await client.close();
});

it('no answer sets a cookie, and none that a browser would send along is read: nothing can be done in another’s name', async () => {
  const victim = await sign('user:victim', { role: 'staff' });
  const cookie = { cookie: `session=${victim}; token=${victim}; usher=${victim}; Authorization=Bearer ${victim}` };
  for (const [method, path, body] of [
    ['GET', '/own', undefined],
    ['POST', '/blocks', { seats: ['R1-1'] }],
    ['POST', '/holds', { seats: ['R1-1'] }],
    ['POST', '/best-available', { count: 1 }],
  ] as const) {
    const answer = await ask(stage, method, path, '', body, cookie);
    expect(answer.status, path).toBe(401);
  }
  // What a form of another site can send without asking first: it changes nothing, with or without cookies.
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    const forged = await ask(stage, 'POST', '/holds', victim, { seats: ['R1-1'] }, { 'content-type': type, ...cookie });
    expect(forged.body.code).toBe('unsupported_media_type');
  }
  const pages = ['/healthz', '/readyz', '/v1/movies', '/v1/showtimes', `/v1/seat-maps/${stage.hash}`, '/nothing'];
  const answers = await Promise.all([
    ...pages.map((path) => fetch(`http://${own()}${path}`)),
    fetch(`http://${own()}/v1/sessions`, { method: 'POST' }),
    fetch(stage.httpUrl('/own'), { headers: { authorization: `Bearer ${victim}` } }),
    fetch(stage.httpUrl('/holds'), { method: 'POST' }),
  ]);
  for (const answer of answers) expect(answer.headers.getSetCookie(), answer.url).toEqual([]);
  expect((await upgrade(`Host: ${own()}`, `Cookie: session=${victim}`)).answer).not.toMatch(/set-cookie/i);
  const socket = await LiveClient.join(stage.liveUrl());
  expect(socket.welcome?.holder).toMatch(/^guest:/);
  await socket.close();
});
