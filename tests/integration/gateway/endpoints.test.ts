/** What every endpoint has in common, asked of each that the OpenAPI document names. */
import { randomUUID } from 'node:crypto';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessTokensOf, grantOf } from '../access/two-nodes.js';
import { readProblem } from './askers.js';
import { lines, talk } from './raw-http.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly security: readonly object[];
  readonly requestBody?: { readonly content: Readonly<Record<string, object>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

/** Named here once more, by hand: an endpoint that is lost from the table is missed. */
const ALL = [
  'GET /test-payment',
  'POST /v1/payment-events/{provider}',
  'GET /v1/test-payments',
  'GET /v1/test-payments/{paymentRef}',
  'POST /v1/test-payments/{paymentRef}/answer',
  'POST /v1/test-payments/{paymentRef}/push',
  'GET /account',
  'GET /setup',
  'GET /v1/admin/accounts',
  'GET /v1/admin/accounts/{accountId}',
  'PATCH /v1/admin/accounts/{accountId}',
  'POST /v1/admin/accounts',
  'POST /v1/admin/accounts/{accountId}/disable',
  'POST /v1/admin/accounts/{accountId}/enable',
  'POST /v1/admin/accounts/{accountId}/end-sessions',
  'POST /v1/admin/accounts/{accountId}/totp/reset',
  'POST /v1/setup',
  'GET /v1/me',
  'GET /v1/me/bookings',
  'POST /v1/me/bookings/{bookingId}/cancel',
  'PATCH /v1/me',
  'POST /v1/accounts',
  'POST /v1/accounts/confirm',
  'POST /v1/log-ins',
  'POST /v1/log-out',
  'POST /v1/log-out/everywhere',
  'POST /v1/me/password',
  'POST /v1/password-resets',
  'POST /v1/password-resets/confirm',
  'POST /v1/sessions/refresh',
  'POST /v1/me/recovery-codes',
  'POST /v1/me/totp',
  'POST /v1/me/totp/confirm',
  'POST /v1/me/totp/remove',
  'DELETE /v1/movies/{movieId}',
  'DELETE /v1/showtimes/{showtimeId}',
  'DELETE /v1/venues/{venueId}',
  'GET /v1/movies/{movieId}',
  'GET /v1/showtimes/{showtimeId}/settings',
  'GET /v1/venues',
  'GET /v1/venues/{venueId}',
  'PATCH /v1/movies/{movieId}',
  'PATCH /v1/showtimes/{showtimeId}',
  'PATCH /v1/venues/{venueId}',
  'POST /v1/movies',
  'POST /v1/showtimes',
  'POST /v1/showtimes/{showtimeId}/cancel',
  'POST /v1/venues',
  'GET /.well-known/jwks.json',
  'DELETE /v1/api-keys/{keyId}',
  'GET /v1/api-keys',
  'DELETE /v1/dead-letters/{letterId}',
  'GET /v1/dead-letters',
  'GET /v1/dead-letters/{letterId}',
  'POST /v1/dead-letters/{letterId}/retry',
  'GET /v1/audit-log',
  'POST /v1/api-keys',
  'POST /v1/api-keys/{keyId}/rotate',
  'GET /healthz',
  'GET /openapi.json',
  'GET /readyz',
  'GET /v1/bookings/{reference}',
  'DELETE /v1/me/waitlist/{entryId}',
  'GET /v1/me/waitlist',
  'GET /v1/showtimes/{showtimeId}/waitlist',
  'POST /v1/showtimes/{showtimeId}/waitlist',
  'GET /v1/orders',
  'GET /v1/orders/{orderId}',
  'POST /v1/orders',
  'POST /v1/orders/quote',
  'POST /v1/orders/{orderId}/cancel',
  'POST /v1/orders/{orderId}/payments',
  'POST /v1/orders/{orderId}/refunds',
  'POST /v1/orders/{orderId}/exchange',
  'POST /v1/orders/{orderId}/exchange/quote',
  'POST /v1/orders/{orderId}/return',
  'POST /v1/orders/{orderId}/return/quote',
  'GET /v1/orders/{orderId}/tickets',
  'GET /v1/me/points',
  'GET /v1/vouchers',
  'GET /v1/vouchers/{voucherId}',
  'PATCH /v1/vouchers/{voucherId}',
  'POST /v1/vouchers',
  'DELETE /v1/webhook-endpoints/{endpointId}',
  'GET /v1/webhook-endpoints',
  'GET /v1/webhook-endpoints/{endpointId}',
  'GET /v1/webhook-endpoints/{endpointId}/deliveries',
  'PATCH /v1/webhook-endpoints/{endpointId}',
  'POST /v1/webhook-deliveries/{deliveryId}/replay',
  'POST /v1/webhook-endpoints',
  'POST /v1/webhook-endpoints/{endpointId}/secrets',
  'POST /v1/webhook-endpoints/{endpointId}/test',
  'GET /v1/tickets/verify',
  'GET /ticket',
  'POST /v1/tickets/accept',
  'POST /v1/tickets/{ticketId}/pass-on',
  'POST /v1/tickets/{ticketId}/share',
  'GET /v1/showtimes/{showtimeId}/check-in-counts',
  'GET /v1/showtimes/{showtimeId}/check-in-list',
  'POST /v1/check-ins',
  'POST /v1/check-ins/uploads',
  'GET /v1/tickets/{ticketId}',
  'GET /v1/tickets/{ticketId}/calendar',
  'GET /v1/tickets/{ticketId}/page',
  'GET /v1/tickets/{ticketId}/pdf',
  'GET /v1/tickets/{ticketId}/qr',
  'GET /v1/tickets/{ticketId}/wallets/apple',
  'GET /v1/tickets/{ticketId}/wallets/google',
  'DELETE /v1/halls/{hallId}',
  'GET /v1/halls',
  'GET /v1/halls/{hallId}',
  'GET /v1/halls/{hallId}/seat-maps',
  'GET /v1/seat-maps/{hash}/picture',
  'PATCH /v1/halls/{hallId}',
  'POST /v1/halls/{hallId}/seat-maps',
  'POST /v1/showtimes/{showtimeId}/seat-map',
  'POST /v1/venues/{venueId}/halls',
  'DELETE /v1/me',
  'GET /v1/archived-orders/{reference}',
  'POST /v1/orders/{orderId}/erase',
  'GET /v1/reports/forecast',
  'GET /v1/reports/forecast.csv',
  'GET /v1/reports/occupancy',
  'GET /v1/reports/occupancy.csv',
  'GET /v1/reports/refunds',
  'GET /v1/reports/refunds.csv',
  'GET /v1/reports/revenue',
  'GET /v1/reports/revenue.csv',
  'GET /v1/reports/takings',
  'GET /v1/reports/takings.csv',
  'GET /v1/reports/top-showtimes',
  'GET /v1/reports/top-showtimes.csv',
  'GET /v1/reports/trend',
  'GET /v1/reports/trend.csv',
  'GET /v1/cities',
  'GET /v1/movies',
  'GET /v1/seat-maps/{hash}',
  'GET /v1/showtimes',
  'GET /v1/showtimes/{showtimeId}',
  'GET /v1/showtimes/{showtimeId}/allocations',
  'GET /v1/showtimes/{showtimeId}/connect',
  'GET /v1/showtimes/{showtimeId}/own',
  'GET /v1/showtimes/{showtimeId}/seats',
  'DELETE /v1/showtimes/{showtimeId}/holds/{holdId}',
  'POST /v1/sessions',
  'POST /v1/showtimes/{showtimeId}/allocations',
  'POST /v1/showtimes/{showtimeId}/allocations/remove',
  'POST /v1/showtimes/{showtimeId}/best-available',
  'GET /v1/showtimes/{showtimeId}/blocks',
  'GET /v1/showtimes/{showtimeId}/seats/{label}/history',
  'POST /v1/showtimes/{showtimeId}/blocks',
  'POST /v1/showtimes/{showtimeId}/blocks/remove',
  'POST /v1/showtimes/{showtimeId}/bookings',
  'POST /v1/showtimes/{showtimeId}/bookings/{bookingId}/cancel',
  'POST /v1/showtimes/{showtimeId}/bookings/{bookingId}/reseat',
  'POST /v1/showtimes/{showtimeId}/holds',
  'POST /v1/showtimes/{showtimeId}/holds/take-away',
  'POST /v1/showtimes/{showtimeId}/holds/{holdId}/extend',
  'POST /v1/showtimes/{showtimeId}/holds/{holdId}/ticket-types',
];

let stage: Stage;
let operations: { method: string; path: string; operation: Operation }[];
let text: string;
let accountToken: string;
beforeAll(async () => {
  stage = await openStage({ MESSAGES_PER_SECOND: '500', HTTP_REQUESTS_PER_SECOND: '5000' });
  const tokens = await accessTokensOf(stage.pool);
  accountToken = (await tokens.issue(grantOf({ role: 'admin' }))).token;
  text = await (await fetch(`http://127.0.0.1:${stage.port}/openapi.json`)).text();
  const { paths } = JSON.parse(text) as { paths: Record<string, Record<string, Operation>> };
  operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
});
afterAll(() => stage.close());

/** A request that is right but for the query or body that a test adds. */
async function ask({ method, path, operation }: (typeof operations)[number], query = '', init: RequestInit = {}) {
  const at = path
    .replace('{showtimeId}', stage.showtimeId)
    .replace('{hash}', stage.hash)
    .replace('{reference}', '7KQ2MRX4TD')
    .replace(/\{\w+\}/, randomUUID());
  const keyed = operation.parameters?.some(({ name }) => name === 'Idempotency-Key');
  const headers = {
    ...(operation.security.length > 0 ? { authorization: `Bearer ${accountToken}` } : {}),
    ...(keyed ? { 'idempotency-key': randomUUID() } : {}),
    ...(operation.parameters?.some(({ name }) => name === 'If-Match') ? { 'if-match': '*' } : {}),
    ...(init.headers as Record<string, string> | undefined),
  };
  // A file, where it takes files: what is wrong with the rest of the request is told after the type of the body.
  const takesFiles = operation.requestBody?.content['text/plain'] !== undefined && init.body === undefined;
  const takesEvents = path.startsWith('/v1/payment-events/') && init.body === undefined;
  const file = takesFiles ? { body: 'A: 1' } : takesEvents ? { body: '{}' } : {};
  const type = takesFiles ? 'text/plain' : 'application/json';
  const typed = takesFiles || takesEvents ? { ...headers, 'content-type': type } : headers;
  return await fetch(`http://127.0.0.1:${stage.port}${at}${query}`, { method, ...file, ...init, headers: typed });
}

const inQuery = ({ operation }: (typeof operations)[number]) =>
  (operation.parameters ?? []).filter((parameter) => parameter.in === 'query');

describe('the OpenAPI document', () => {
  it('names every endpoint', () => {
    expect(operations.map(({ method, path }) => `${method} ${path}`).sort()).toEqual([...ALL].sort());
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(ALL.length);
  });

  it('passes the validator with no error and no warning', async () => {
    const config = await createConfig({ extends: ['recommended'] });
    const problems = await lintFromString({ source: text, config });
    expect(problems.map(({ ruleId, message, location }) => [ruleId, message, location[0]?.pointer])).toEqual([]);
  });
});

describe('every endpoint', () => {
  it('[HTTP-5] refuses a query parameter that it does not have, and does nothing', async () => {
    for (const each of operations) {
      const error = await readProblem(await ask(each, '?seat=R1-1'));
      expect(error, each.path).toMatchObject({ code: 'invalid_field', field: 'seat' });
      const nameless = await readProblem(await ask(each, '?=1'));
      expect(nameless, each.path).toMatchObject({ code: 'invalid_field' });
      expect(nameless.field, each.path).toBeUndefined();
    }
  });

  it('[HTTP-5] refuses a parameter that is given twice', async () => {
    const having = operations.filter((each) => inQuery(each).length > 0);
    expect(having.length).toBeGreaterThan(1);
    for (const each of having) {
      for (const { name } of inQuery(each)) {
        const error = await readProblem(await ask(each, `?${name}=&${name}=`));
        expect(error, `${each.path} ${name}`).toMatchObject({ code: 'invalid_field', field: name });
      }
    }
  });

  it('[HTTP-5] that takes no body refuses one', async () => {
    for (const each of operations.filter(({ operation }) => !operation.requestBody)) {
      if (each.method === 'GET') continue;
      const init = { body: '{"colour":"red"}', headers: { 'content-type': 'application/json' } };
      expect(await readProblem(await ask(each, '', init)), each.path).toMatchObject({
        code: 'invalid_field',
        field: 'colour',
      });
    }
    // No browser or fetch sends one with GET; curl -d -X GET does.
    const answer = await talk(stage.port, `${lines('GET /v1/movies HTTP/1.1', 'Host: x', 'Content-Length: 2')}{}`);
    expect(answer).toContain('"field":"body"');
  });

  it('that needs a session says so, and is documented to', async () => {
    for (const each of operations.filter(({ operation }) => operation.security.length > 0)) {
      const answer = await ask(each, '', { headers: { authorization: '' } });
      expect((await readProblem(answer)).code, each.path).toBe('unauthorized');
      expect(Object.keys(each.operation.responses)).toContain('401');
    }
  });

  it('answers 405 to methods that it does not have', async () => {
    for (const each of operations) {
      const error = await readProblem(await ask(each, '', { method: 'PUT' }));
      expect(error.code, each.path).toBe('method_not_allowed');
    }
  });
});

describe('a list that is longer than a page', () => {
  it('says where it goes on, and refuses a cursor that it did not give', async () => {
    const at = `http://127.0.0.1:${stage.port}/v1/showtimes`;
    for (const cursor of ['x', 'MTIzIGFiYw', `${'9'.repeat(40)}`]) {
      const error = await readProblem(await fetch(`${at}?cursor=${cursor}`));
      expect(error).toMatchObject({ code: 'invalid_field', field: 'cursor' });
    }
    await stage.pool.query(
      `INSERT INTO boxoffice.showtimes (id, movie_id, hall_id, seat_map_hash, starts_at, currency, prices)
       SELECT gen_random_uuid(), 'm', 'h', $1, now() + n * interval '1 second' + interval '1 day', 'EUR',
              '{"Front":1,"Back":1}'
         FROM generate_series(1, 600) AS n`,
      [stage.hash],
    );
    const from = new Date(Date.now() + 3_600_000 * 12).toISOString();
    const read = async (query: string) =>
      (await (await fetch(`${at}?from=${from}${query}`)).json()) as { showtimes: { id: string }[]; next?: string };
    const first = await read('');
    expect(first.showtimes).toHaveLength(500);
    const second = await read(`&cursor=${first.next}`);
    expect(second.showtimes).toHaveLength(100);
    expect(second.next).toBeUndefined();
    expect(new Set([...first.showtimes, ...second.showtimes].map(({ id }) => id)).size).toBe(600);
  });
});

describe('a list', () => {
  it('is compressed for whoever takes that, and not sent again to whoever has it', async () => {
    const at = `http://127.0.0.1:${stage.port}/v1/movies`;
    const plain = await fetch(at, { headers: { 'accept-encoding': 'identity' } });
    const etag = plain.headers.get('etag')!;
    for (const coding of ['br', 'gzip']) {
      const answer = await fetch(at, { headers: { 'accept-encoding': coding } });
      expect(answer.headers.get('content-encoding')).toBe(coding);
      expect(answer.headers.get('vary')).toContain('Accept-Encoding');
    }
    expect((await fetch(at, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });
});

describe('a booking', () => {
  it('is found by its reference, by its holder and by staff, and by nobody else', async () => {
    const token = await sign('guest:finder');
    const post = async (path: string, body: object) => {
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
      };
      const answer = await fetch(stage.httpUrl(path), { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { hold: { id: string; price: object }; booking: { reference: string } };
    };
    const { hold } = await post('/holds', { seats: ['R2-5', 'R2-6'] });
    const { booking } = await post('/bookings', { holdId: hold.id, payment: { method: 'test' }, price: hold.price });
    const find = async (reference: string, who: string) =>
      await fetch(`http://127.0.0.1:${stage.port}/v1/bookings/${reference}`, {
        headers: { authorization: `Bearer ${who}` },
      });
    const typed = `${booking.reference.slice(0, 5)}-${booking.reference.slice(5)}`.toLowerCase();
    expect(await (await find(typed, token)).json()).toEqual({ showtimeId: stage.showtimeId, booking });
    const staff = await sign('staff:1', { role: 'staff' });
    expect((await find(booking.reference, staff)).status).toBe(200);
    const stranger = await readProblem(await find(booking.reference, await sign('guest:stranger')));
    expect(stranger.code).toBe('unknown_booking');
    const swapped = booking.reference.replace(/^(.)(.)/, '$2$1');
    if (swapped !== booking.reference) {
      expect((await readProblem(await find(swapped, token))).code).toBe('invalid_reference');
    }
  });

  it('from before the check sign is still found', async () => {
    const holder = 'guest:old';
    await stage.pool.query(
      `INSERT INTO usher.bookings (id, showtime_id, reference, holder, hold_id, command_id, seats, amount, currency,
                                   payment_method, status, confirmed_at)
       VALUES ($1, $2, '7KQ2MRX4TD', $3, $4, $5, '{70}', 900, 'EUR', 'test', 'confirmed', now())`,
      [randomUUID(), stage.showtimeId, holder, randomUUID(), randomUUID()],
    );
    const answer = await fetch(`http://127.0.0.1:${stage.port}/v1/bookings/7kq2mrx4td`, {
      headers: { authorization: `Bearer ${await sign(holder)}` },
    });
    expect(await answer.json()).toMatchObject({ booking: { reference: '7KQ2MRX4TD', seats: ['R4-11'] } });
  });
});
