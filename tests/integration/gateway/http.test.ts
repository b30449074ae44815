import { createHash, randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readProblem } from './askers.js';
import { LiveClient } from './live-client.js';
import { leave, lines, talk } from './raw-http.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

let stage: Stage;
let authorization: string;
beforeAll(async () => {
  stage = await openStage({
    ALLOWED_ORIGINS: 'https://tickets.example',
    FRAME_BYTES_MAX: '2048',
    MESSAGES_PER_SECOND: '500',
  });
  authorization = `Bearer ${await sign('web')}`;
});
afterAll(() => stage.close());

const at = (path: string) => `http://127.0.0.1:${stage.port}${path}`;
const hold = (body: string, headers: Record<string, string> = {}, path = '/holds') =>
  fetch(stage.httpUrl(path), {
    method: 'POST',
    body,
    headers: { authorization, 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...headers },
  });

const raw = (...requests: string[]) => talk(stage.port, ...requests);

describe('any answer', () => {
  it('forbids sniffing and varies by origin, and names only origins that are allowed', async () => {
    const from = (origin: string) => fetch(at('/v1/movies'), { headers: { origin } });
    const allowed = await from('https://tickets.example');
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://tickets.example');
    expect(allowed.headers.get('access-control-expose-headers')).toContain('retry-after');
    for (const response of [
      allowed,
      await from('https://evil.example'),
      await from('null'),
      await fetch(at('/v1/movies')),
    ]) {
      expect(response.status).toBe(200);
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      expect(response.headers.get('vary')).toContain('Origin');
    }
    expect((await from('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const refused = await fetch(at('/nothing'), { headers: { origin: 'https://tickets.example' } });
    expect(refused.headers.get('access-control-allow-origin')).toBe('https://tickets.example');
  });

  it('to a preflight says what a page may do', async () => {
    const response = await fetch(stage.httpUrl('/holds'), {
      method: 'OPTIONS',
      headers: { origin: 'https://tickets.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-methods')).toBe('OPTIONS, POST');
    expect(response.headers.get('access-control-allow-headers')).toContain('idempotency-key');
    expect(await response.text()).toBe('');
  });

  it('to another method is 405 with those that there are', async () => {
    const response = await fetch(at('/v1/movies'), { method: 'PUT', body: 'x' });
    expect(response.headers.get('allow')).toBe('OPTIONS, HEAD, GET, POST');
    expect((await readProblem(response)).code).toBe('method_not_allowed');
    const posted = await fetch(stage.httpUrl('/holds'), { method: 'PROPFIND' });
    expect(posted.headers.get('allow')).toBe('OPTIONS, POST');
  });

  it('without a session says how to send one', async () => {
    for (const header of [
      '',
      'Basic dXNlcjpwYXNz',
      'Bearer',
      'Bearer forged',
      `Bearer ${'x'.repeat(2_000)}`,
      'bearer a b',
    ]) {
      const response = await hold('{"seats":["R1-1"]}', { authorization: header });
      expect(response.headers.get('www-authenticate'), header).toBe('Bearer');
      expect((await readProblem(response)).code).toBe('unauthorized');
    }
  });

  it('to HEAD has the headers of GET and no body, and the connection goes on', async () => {
    const get = await fetch(at(`/v1/seat-maps/${stage.hash}`), { headers: { 'accept-encoding': 'identity' } });
    const length = (await get.arrayBuffer()).byteLength;
    const answer = await raw(
      lines(`HEAD /v1/seat-maps/${stage.hash} HTTP/1.1`, 'Host: x'),
      lines(`GET /v1/seat-maps/${stage.hash} HTTP/1.1`, 'Host: x', `If-None-Match: "${stage.hash}"`),
      lines('OPTIONS /v1/movies HTTP/1.1', 'Host: x'),
      lines('HEAD /nothing HTTP/1.1', 'Host: x'),
      lines('GET /healthz HTTP/1.1', 'Host: x'),
    );
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual([200, 304, 204, 404, 200].map((status) => `HTTP/1.1 ${status}`));
    expect(answer.toLowerCase()).toContain(`content-length: ${length}`);
    expect(answer).toMatch(/\r\n\r\nHTTP\/1\.1 304/);
    expect(answer).toMatch(/\r\n\r\n\{"status":"ok"\}$/);
  });
});

describe('a body', () => {
  it('[HTTP-2] that claims prototypes, paths or envelopes for itself is refused by the field', async () => {
    for (const [body, field] of [
      ['{"seats":["R1-1"],"__proto__":{"role":"staff"}}', '__proto__'],
      ['{"seats":["R1-1"],"constructor":{"prototype":{}}}', 'constructor'],
      ['{"seats":["R1-1"],"type":"block"}', 'type'],
      ['{"seats":["R1-1"],"id":1}', 'id'],
      ['{"seats":["R1-1"],"commandId":"x"}', 'commandId'],
      ['{"seats":["R1-1",7]}', 'seats[1]'],
      ['{"seats":{"0":"R1-1","length":1}}', 'seats'],
      ['{}', 'seats'],
      ['', 'seats'],
    ] as const) {
      const error = await readProblem(await hold(body));
      expect(error, body).toMatchObject({ code: 'invalid_field', field });
    }
    expect(({} as { role?: string }).role).toBeUndefined();
  });

  it('[HTTP-2] that says again what the path says is refused, and not ignored', async () => {
    const answer = await hold(`{"holdId":"${randomUUID()}"}`, {}, `/holds/${randomUUID()}/extend`);
    expect(await readProblem(answer)).toMatchObject({ code: 'invalid_field', field: 'holdId' });
  });

  it('is read as UTF-8, whatever the labels, and no other bytes are', async () => {
    const error = await readProblem(await hold('{"seats":["Ränge-1","舞台","\\ud83d\\ude00","\\ud800","\\u0000"]}'));
    expect(error.code).toBe('unknown_seat');
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(error.conflicts?.map((conflict) => conflict.seat)).toEqual(['Ränge-1', '舞台', '😀', '\ufffd', '\u0000']);
    const request = lines(
      `POST /v1/showtimes/${stage.showtimeId}/holds HTTP/1.1`,
      'Host: x',
      `Authorization: ${authorization}`,
      `Idempotency-Key: ${randomUUID()}`,
      'Content-Type: application/json',
      'Content-Length: 4',
    );
    expect(await raw(`${request}\xff\xfe\xfd\xfc`)).toContain('"code":"bad_message"');
  });

  it('without an end is refused as soon as it is too long', async () => {
    const request = lines(
      `POST /v1/showtimes/${stage.showtimeId}/holds HTTP/1.1`,
      'Host: x',
      `Authorization: ${authorization}`,
      `Idempotency-Key: ${randomUUID()}`,
      'Content-Type: application/json',
      'Content-Length: 1000000000',
    );
    expect(await raw(request + 'x'.repeat(3_000))).toMatch(/^HTTP\/1\.1 413 .*"code":"frame_too_large"/s);
  });

  it('that is cut off, or whose sender leaves before the answer, harms nobody', async () => {
    const head = (length: number) =>
      lines(
        `POST /v1/showtimes/${stage.showtimeId}/holds HTTP/1.1`,
        'Host: x',
        `Authorization: ${authorization}`,
        `Idempotency-Key: ${randomUUID()}`,
        'Content-Type: application/json',
        `Content-Length: ${length}`,
      );
    const body = '{"seats":["R4-20"]}';
    await Promise.all(Array.from({ length: 20 }, () => raw(head(100) + body)));
    await Promise.all(Array.from({ length: 20 }, () => leave(stage.port, head(body.length) + body)));
    expect((await fetch(at('/healthz'))).status).toBe(200);
  });
});

describe('parameters', () => {
  it('of any spelling are values that are refused, never faults of ours', async () => {
    for (const id of ['%00', '%ff', '..%2f..', "' OR 1=1--", '{}', 'a'.repeat(1_000), stage.showtimeId.slice(1)]) {
      const response = await fetch(stage.httpUrl('', encodeURI(id)));
      expect((await readProblem(response)).code, id).toBe('unknown_showtime');
    }
    for (const path of ['/holds/%00/extend', '/holds/x/extend', '/bookings/%27/cancel']) {
      expect((await readProblem(await hold('', {}, path))).code, path).toBe('invalid_field');
    }
    for (const hash of ['x', '0'.repeat(64), `${stage.hash}%00`, stage.hash.toUpperCase().replace(/^/, 'A')]) {
      expect((await readProblem(await fetch(at(`/v1/seat-maps/${hash}`)))).code, hash).toBe('not_found');
    }
  });

  it('of a listing are checked one by one', async () => {
    const list = async (query: string) => fetch(at(`/v1/showtimes?${query}`));
    for (const [query, field] of [
      ['movie=%00', 'movie'],
      [`movie=${'x'.repeat(200)}`, 'movie'],
      ['from=yesterday', 'from'],
      ['from=2026-02-30T00:00:00Z', 'from'],
      ['until=2026-01-31T20:00:00', 'until'],
      ['until=2026-01-31', 'until'],
    ] as const) {
      expect(await readProblem(await list(query)), query).toMatchObject({ code: 'invalid_field', field });
    }
    const ids = async (query: string) => {
      const { showtimes } = (await (await list(query)).json()) as { showtimes: { id: string }[] };
      return showtimes.map((showtime) => showtime.id);
    };
    expect(await ids('')).toEqual([stage.showtimeId]);
    expect(await ids('movie=&from=&until=')).toEqual([stage.showtimeId]);
    expect(await ids('movie=m&from=2026-01-01T00:00:00%2B02:00')).toEqual([stage.showtimeId]);
    expect(await ids('movie=%27%20OR%201=1')).toEqual([]);
    expect(await ids('until=2001-01-01T00:00:00Z')).toEqual([]);
  });

  it('name a showtime with everything that a client goes on from', async () => {
    const showtime = (await (await fetch(stage.httpUrl())).json()) as Record<string, unknown>;
    expect(showtime).toMatchObject({
      id: stage.showtimeId,
      seatMap: { hash: stage.hash, url: `/v1/seat-maps/${stage.hash}`, seats: 80 },
      live: { url: `/v1/showtimes/${stage.showtimeId}/live` },
    });
    const capitals = await fetch(stage.httpUrl('', stage.showtimeId.toUpperCase()));
    expect(await capitals.json()).toEqual(showtime);
  });
});

describe('a seat map', () => {
  it('[HTTP-3] is the bytes of its hash, cached for ever, compressed for whoever takes that', async () => {
    const ask = (headers: Record<string, string>) => fetch(at(`/v1/seat-maps/${stage.hash}`), { headers });
    const plain = await ask({ 'accept-encoding': 'identity' });
    const text = await plain.text();
    expect(createHash('sha256').update(text).digest('hex')).toBe(stage.hash);
    expect(plain.headers.get('cache-control')).toContain('immutable');
    expect(plain.headers.get('vary')).toBe('Accept-Encoding, Origin');
    for (const [accepts, encoding] of [
      ['gzip', 'gzip'],
      ['gzip, br', 'br'],
      ['gzip, br;q=0.5', 'gzip'],
      ['br;q=1.0, *;q=0.5', 'br'],
      ['*', 'br'],
      ['gzip;q=0', null],
      ['gzip;q=0, br;q=0, *', null],
      ['identity', null],
      ['x-gzip-like', null],
    ] as const) {
      const response = await ask({ 'accept-encoding': accepts });
      expect(response.headers.get('content-encoding'), accepts).toBe(encoding);
      expect(await response.text()).toBe(text);
    }
    const wire = await raw(lines(`GET /v1/seat-maps/${stage.hash} HTTP/1.1`, 'Host: x', 'Accept-Encoding: gzip'));
    expect(gunzipSync(Buffer.from(wire.slice(wire.indexOf('\r\n\r\n') + 4), 'latin1')).toString()).toBe(text);
  });

  it('is not sent again to whoever has it, also where a proxy weakened the tag', async () => {
    const etag = `"${stage.hash}"`;
    for (const [tags, status] of [
      [etag, 304],
      [`W/${etag}`, 304],
      [`"other", ${etag}`, 304],
      ['*', 304],
      ['"other"', 200],
      [stage.hash, 200],
    ] as const) {
      const response = await fetch(at(`/v1/seat-maps/${stage.hash}`), { headers: { 'if-none-match': tags } });
      expect(response.status, tags).toBe(status);
    }
  });
});

describe('a session', () => {
  it('[STREAM-2] is made for whoever asks, and is the holder over both transports', async () => {
    const response = await fetch(at('/v1/sessions'), { method: 'POST' });
    expect(response.status).toBe(201);
    const { session, holder, expiresAt } = (await response.json()) as Record<string, string> & { expiresAt: number };
    expect(holder).toMatch(/^guest:[0-9a-f-]{36}$/);
    expect(expiresAt).toBeGreaterThan(Date.now());
    const made = await hold('{"seats":["R3-1"]}', { authorization: `bearer ${session}` });
    const { hold: held } = (await made.json()) as { hold: object };
    const own = await fetch(stage.httpUrl('/own'), { headers: { authorization: `Bearer ${session}` } });
    expect(await own.json()).toEqual({ holds: [held], bookings: [] });
    const client = await LiveClient.join(stage.liveUrl(), { token: session! });
    expect(client.welcome?.holder).toBe(holder);
    expect(client.messages[1]).toMatchObject({ type: 'snapshot', holds: [held] });
    await client.close();
  });

  it('[SESSION-2] of a guest is prolonged in its last quarter, for the same holder', async () => {
    const soon = Date.now() / 1000 + 3_600;
    const aged = await LiveClient.join(stage.liveUrl(), {
      token: await sign('guest:1', { role: 'guest', expiresAt: soon }),
    });
    expect(aged.welcome?.holder).toBe('guest:1');
    const [, claims = ''] = aged.token.split('.');
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString()).exp).toBeGreaterThan(soon + 6 * 24 * 3_600);
    const userToken = await sign('user', { expiresAt: soon });
    const user = await LiveClient.join(stage.liveUrl(), { token: userToken });
    expect(user.token).toBe(userToken);
    await Promise.all([aged.close(), user.close()]);
  });
});

it('a node that is ready says so', async () => {
  expect(await (await fetch(at('/readyz'))).json()).toEqual({ status: 'ready' });
  expect((await fetch(at('/'))).status).toBe(404);
});
