import { Dice } from '../frames/dice.js';
import { mutate } from '../frames/mutate.js';
import { oddText, oddValue } from '../frames/odd-values.js';
import { type Pairs, treeOf, writeJson, writeMsgpack } from '../frames/tree.js';
import { type Endpoint, endpoint, type HttpGrip, readable } from './endpoints.js';
import { bytesOf, commandOf, type HttpCase, type Parts } from './http-case.js';
import { oddFraming } from './odd-framing.js';

type Maker = (dice: Dice, grip: HttpGrip) => HttpCase;

const MAKERS: readonly (readonly [weight: number, make: Maker])[] = [
  [30, (dice, grip) => asked('right', endpoint(dice, grip), grip)],
  [14, oddPath],
  [8, oddQuery],
  [12, oddHeaders],
  [20, oddBody],
  [6, oddMethod],
  [4, pipelined],
  [4, left],
  [8, (dice, grip) => oddFraming(dice, grip)],
];

/** Request `number` of `seed`; like frames, the same but for what the server has handed out. */
export function requestOf(seed: number, number: number, grip: HttpGrip): HttpCase {
  const dice = Dice.numbered(seed ^ 0x0ddba11, number);
  return dice.weighed(MAKERS)(dice, grip);
}

export function partsOf({ method, path, session, key, body }: Endpoint, grip: HttpGrip): Parts {
  const json = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  return {
    method,
    path,
    headers: [
      ['Host', 'localhost'],
      ...(session ? [['Authorization', `Bearer ${grip.session}`] as const] : []),
      ...(key === undefined ? [] : [['Idempotency-Key', key] as const]),
      ...(json ? [['Content-Type', 'application/json'] as const] : []),
      ...(method === 'GET' ? [] : [['Content-Length', String(json?.length ?? 0)] as const]),
    ],
    body: json,
  };
}

function asked(kind: string, what: Endpoint, grip: HttpGrip): HttpCase {
  const { type, key, body, fromPath } = what;
  const command = type && key !== undefined ? commandOf(type, key, { ...body, ...fromPath }) : undefined;
  return { kind, bytes: bytesOf(partsOf(what, grip)), heads: [false], sound: true, command, leaves: false };
}

const ODD_SEGMENTS = [
  '%00',
  '%2e%2e',
  '..',
  '..%2f..%2fetc%2fpasswd',
  '%c0%af',
  '%',
  '%zz',
  '%ed%a0%80',
  ';x=1',
  '\xff',
  '//',
  '%2F',
  '*',
  ':showtimeId',
];

function oddPath(dice: Dice, grip: HttpGrip): HttpCase {
  const what = readable(dice, grip);
  const segments = what.path.split('?')[0]?.split('/') ?? [];
  const at = 1 + dice.below(segments.length - 1);
  const odd = dice.weighed<string>([
    [10, dice.pick(ODD_SEGMENTS)],
    [2, (segments[at] ?? '').toUpperCase()],
    [2, (segments[at] ?? '') + dice.pick(ODD_SEGMENTS)],
    [2, 'a'.repeat(dice.pick([1, 300, 3_000]))],
    [2, encodeURIComponent(wellFormed(oddText(dice)).slice(0, 200))],
    [1, dice.uuid()],
  ]);
  const path = segments.with(at, odd).join('/');
  return { ...asked('odd path', { ...what, path: visible(path) }, grip), command: undefined };
}

function oddQuery(dice: Dice, grip: HttpGrip): HttpCase {
  const name = dice.pick(['movie', 'from', 'until', 'seats', 'moved', '__proto__', '', '%00']);
  const value = dice.pick([
    '%00',
    '%ff%fe',
    '',
    '%',
    'NaN',
    '2026-02-30T00:00:00Z',
    '9999999-01-01T00:00:00Z',
    '+275760-09-13T00:00:00Z',
    '0000-01-01T00:00:00Z',
    "'--",
    'a'.repeat(2_000),
    encodeURIComponent(wellFormed(oddText(dice)).slice(0, 200)),
  ]);
  const query = `?${name}=${value}${dice.chance(0.3) ? `&${name}=${value}` : ''}${dice.chance(0.2) ? '?&&=&' : ''}`;
  const release = dice.chance(0.3);
  if (!release) {
    const { path, ...what } = readable(dice, grip);
    return asked('odd query', { ...what, path: path.split('?')[0] + query }, grip);
  }
  const holdId = dice.uuid();
  const path = `/v1/showtimes/${grip.showtimeId}/holds/${holdId}${query}`;
  // No such hold: whatever the query says, nothing comes of it.
  return asked('odd query', { method: 'DELETE', path, session: true, key: dice.uuid() }, grip);
}

const ODD_HEADERS: readonly (readonly [string, string])[] = [
  ['Accept-Encoding', 'gzip;q=NaN, br;q=-1, *;q=9'],
  ['If-None-Match', `${'W/"x",'.repeat(300)}*`],
  ['Origin', 'http://[::1'],
  ['Origin', 'https://elsewhere.example'],
  ['X-Forwarded-For', `${'1.2.3.4, '.repeat(200)}::`],
  ['Authorization', 'Basic AAAA'],
  ['Authorization', 'Bearer '],
  ['Authorization', 'Bearer eyJhbGciOiJub25lIn0.eyJyb2xlIjoic3RhZmYifQ.'],
  ['Idempotency-Key', '../../x'],
  ['Content-Type', 'application/json; charset=utf-16'],
  ['Content-Type', 'text/plain'],
  ['Host', 'elsewhere.example:99999'],
  ['Cookie', 'a=b; '.repeat(400)],
  ['constructor', '1'],
  ['Range', 'bytes=9-1'],
  ['Connection', 'keep-alive, upgrade, close'],
  ['X-Latin', '\xe9\xff\x80'],
];

function oddHeaders(dice: Dice, grip: HttpGrip): HttpCase {
  const what = endpoint(dice, grip);
  const parts = partsOf(what, grip);
  const more: (readonly [string, string])[] = [];
  for (let times = 1 + dice.below(4); times > 0; times--) {
    more.push(dice.chance(0.15) ? ['X-Long', 'a'.repeat(dice.pick([1_000, 4_000, 9_000]))] : dice.pick(ODD_HEADERS));
  }
  // Of two lines of one name, either may be the one that counts: the odd ones are never right by themselves.
  const bytes = bytesOf({
    ...parts,
    headers: dice.chance(0.5) ? [...more, ...parts.headers] : [...parts.headers, ...more],
  });
  // Past 4 KiB of head the library may say 431, by how it came in.
  const mayBeCut = bytes.length > 4_000;
  return { ...asked('odd headers', what, grip), bytes, mayBeCut };
}

function oddBody(dice: Dice, grip: HttpGrip): HttpCase {
  const type = dice.pick(['hold', 'best_available', 'book', 'block', 'extend'] as const);
  const { path, method, fromPath, body = {} } = fitting(dice, grip, type);
  const key = dice.uuid();
  const tree = dice.chance(0.8) ? mutate(treeOf(body) as Pairs, dice).mutated : oddValue(dice);
  const bytes = dice.weighed<Buffer>([
    [14, Buffer.from(writeJson(tree))],
    [2, dice.bytes(dice.below(200))],
    [2, writeMsgpack(tree)],
    [2, Buffer.from(JSON.stringify(body)).subarray(0, dice.below(20))],
    [1, Buffer.from(JSON.stringify(body).padEnd(16 * 1024 + dice.pick([-1, 0, 1])))],
    [1, Buffer.alloc(dice.pick([0, 17_000, 100_000]), 0x20)],
  ]);
  const contentType = dice.weighed<string>([
    [12, 'application/json'],
    [1, 'APPLICATION/JSON; x=y'],
    [1, 'application/jsonx'],
    [1, 'text/plain'],
    [1, ''],
  ]);
  const headers: (readonly [string, string])[] = [
    ['Host', 'localhost'],
    ['Authorization', `Bearer ${grip.session}`],
    ['Idempotency-Key', key],
    ['Content-Type', contentType],
    ['Content-Length', String(bytes.length)],
  ];
  const said = readBody(bytes);
  const command =
    said && /^application\/json\b/i.test(contentType) ? commandOf(type, key, { ...said, ...fromPath }) : undefined;
  // A body that is empty says nothing of its type.
  const empty = bytes.length === 0 ? commandOf(type, key, { ...fromPath }) : undefined;
  const sent = bytesOf({ method, path, headers, body: bytes });
  return { kind: 'odd body', bytes: sent, heads: [false], sound: true, command: command ?? empty, leaves: false };
}

function fitting(dice: Dice, grip: HttpGrip, type: string): Endpoint {
  for (let tries = 0; tries < 200; tries++) {
    const what = endpoint(dice, grip);
    if (what.type === type) return what;
  }
  const holdId = dice.uuid();
  return {
    method: 'POST',
    path: `/v1/showtimes/${grip.showtimeId}/holds/${holdId}/extend`,
    session: true,
    fromPath: { holdId },
  };
}

/** As the server has to: JSON in UTF-8, an object, and at most 16 KiB of it. */
function readBody(bytes: Buffer): object | undefined {
  if (bytes.length > 16 * 1024) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const METHODS = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'TRACE', 'FOO', 'get', 'PROPFIND', 'M-SEARCH', 'A'.repeat(100)];

function oddMethod(dice: Dice, grip: HttpGrip): HttpCase {
  const { path } = readable(dice, grip);
  const method = dice.pick(METHODS);
  const bytes = bytesOf({ method, path, headers: [['Host', 'localhost']], body: undefined });
  return { kind: 'odd method', bytes, heads: [method === 'HEAD'], sound: true, command: undefined, leaves: false };
}

/**
 * Several at once on one connection: each has its answer, in order, or the connection ends. The server's library takes no
 * second request while the first waits for anything.
 */
function pipelined(dice: Dice, grip: HttpGrip): HttpCase {
  const all = Array.from({ length: 2 + dice.below(8) }, () => partsOf(readable(dice, grip), grip));
  const heads = all.map(({ method }) => method === 'GET' && dice.chance(0.2));
  const bytes = Buffer.concat(all.map((parts, i) => bytesOf(heads[i] ? { ...parts, method: 'HEAD' } : parts)));
  return { kind: 'pipelined', bytes, heads, sound: true, mayBeCut: true, command: undefined, leaves: false };
}

/** Gone before the answer, or before the question is whole. */
function left(dice: Dice, grip: HttpGrip): HttpCase {
  const bytes = bytesOf(partsOf(readable(dice, grip), grip));
  const cut = dice.chance(0.5) ? bytes.subarray(0, dice.below(bytes.length)) : bytes;
  return { kind: 'left', bytes: cut, heads: [false], sound: false, command: undefined, leaves: true };
}

/** Nothing that ends a line or the path. */
function visible(path: string): string {
  return path.replace(/[\s\p{Cc}]/gu, '_');
}

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd');
}
