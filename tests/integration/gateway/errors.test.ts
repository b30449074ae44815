import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { ERRORS, type ErrorCode } from '../../../src/protocol/errors.js';
import { type Asker, expectSound, openAsker, readProblem, TRANSPORTS, type Transport } from './askers.js';
import { seatsOf } from './hall.js';
import { type LightNode, type LightNodeOptions, openLightNode } from './light-node.js';
import { LiveClient } from './live-client.js';
import { REFUSALS, type Scene } from './refusal-cases.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

/** Frames have no paths and methods, and HTTP has no hello. Its rates have a file of their own: http-rates.test.ts. */
const NOT_OVER_HTTP: ErrorCode[] = ['hello_expected', 'unknown_type', 'rate_limited'];
const NOT_OVER_WEBSOCKET: ErrorCode[] = [
  'not_found',
  'method_not_allowed',
  'unsupported_media_type',
  'invalid_reference',
];

/** Of what only some endpoints do, each with the file whose tests provoke it. */
const ELSEWHERE: Partial<Record<ErrorCode, string>> = {
  too_many_held: 'tests/abuse/limits.test.ts',
  too_many_bookings: 'tests/abuse/limits.test.ts',
  held_too_long: 'tests/abuse/limits.test.ts',
  channel_closed: 'tests/integration/gateway/allocations.test.ts',
  allocation_over: 'tests/integration/gateway/allocations.test.ts',
  hold_in_order: 'tests/integration/gateway/orders.test.ts',
  booking_in_order: 'tests/integration/gateway/orders.test.ts',
  second_factor_missing: 'tests/unit/gateway/spec-staff.test.ts',
  invalid_code: 'tests/integration/administration/second-factor.test.ts',
  wrong_credentials: 'tests/integration/accounts/log-in.test.ts',
  code_required: 'tests/integration/accounts/log-in.test.ts',
  account_disabled: 'tests/integration/accounts/log-in.test.ts',
  invalid_link: 'tests/integration/accounts/sign-up.test.ts',
  weak_password: 'tests/unit/boxoffice/accounts/new-password.test.ts',
  precondition_required: 'tests/integration/halls/halls.test.ts',
  stale_version: 'tests/integration/halls/halls.test.ts',
  ticket_type_limit: 'tests/integration/gateway/ticket-types.test.ts',
  unknown_venue: 'tests/integration/halls/halls.test.ts',
  unknown_account: 'tests/integration/administration/accounts.test.ts',
  last_administrator: 'tests/integration/administration/accounts.test.ts',
  unknown_hall: 'tests/integration/halls/halls.test.ts',
  already_exists: 'tests/integration/halls/halls.test.ts',
  order_closed: 'tests/integration/orders/purchase.test.ts',
  in_use: 'tests/integration/halls/halls.test.ts',
  invalid_plan: 'tests/integration/halls/halls.test.ts',
  seats_in_use: 'tests/integration/halls/rebuilt-hall.test.ts',
  unpriced_category: 'tests/integration/halls/rebuilt-hall.test.ts',
  showtime_cancelled: 'tests/integration/catalogue-editing.test.ts',
  showtime_overlap: 'tests/integration/catalogue-editing.test.ts',
  showtime_past: 'tests/integration/catalogue-editing.test.ts',
  unknown_api_key: 'tests/integration/access/api-keys.test.ts',
  unknown_movie: 'tests/integration/catalogue-editing.test.ts',
};

const seen = { live: new Set<ErrorCode>(), http: new Set<ErrorCode>() };

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({
    HOLDS_PER_HOLDER: '2',
    SEATS_PER_HOLD: '4',
    EXTENSIONS_PER_HOLD: '1',
    SINGLE_GAP: 'strict',
    FRAME_BYTES_MAX: '2048',
    MESSAGES_PER_SECOND: '1000',
    HELLO_MS_MAX: '300',
  });
});
afterAll(() => stage.close());

async function setScene(transport: Transport, showtimeId: string): Promise<Scene & { clear(): Promise<void> }> {
  const open = async (role: string): Promise<Asker> =>
    openAsker(transport, stage, showtimeId, await sign(`${role}:${randomUUID()}`, { role }));
  const [guest, other, staff] = await Promise.all([open('guest'), open('guest'), open('staff')]);
  const clear = async () => void (await Promise.all([guest.close(), other.close(), staff.close()]));
  return { guest, other, staff, clear };
}

const noted = (transport: Transport) => (transport === 'HTTP' ? seen.http : seen.live);

describe.each(TRANSPORTS)('over %s', (transport) => {
  it.each(Object.entries(REFUSALS))('[HTTP-1] [PROTO-9] %s is told for what it is', async (code, provoke) => {
    const showtimeId = await stage.addShowtime(code === 'hold_expired' ? { holdTtlMs: 300 } : {});
    const scene = await setScene(transport, showtimeId);
    const { error } = await provoke(scene);
    expect(error?.code).toBe(code);
    noted(transport).add(code as ErrorCode);
    await scene.clear();
  });

  it('sales_closed is told for what it is', async () => {
    const showtimeId = await stage.addShowtime();
    await stage.pool.query('UPDATE boxoffice.showtimes SET sales_open = false WHERE id = $1', [showtimeId]);
    const { guest, clear } = await setScene(transport, showtimeId);
    const { error } = await guest.ask({ type: 'hold', seats: ['R1-1'] });
    expect(error?.code).toBe('sales_closed');
    noted(transport).add('sales_closed');
    await clear();
  });

  /** A command on a light node that is set up to fail. */
  const askLightNode = async (
    options: LightNodeOptions,
    provoke: (asker: Asker, node: LightNode) => Promise<{ error?: { code: ErrorCode } } | undefined>,
  ) => {
    const node = await openLightNode(options);
    const asker = await openAsker(transport, node, node.showtimeId, await sign('somebody', { role: 'staff' }));
    const answer = await provoke(asker, node);
    if (answer?.error) noted(transport).add(answer.error.code);
    await asker.close();
    await node.close();
    return answer?.error?.code;
  };

  it('payment_required is told where test payments are not taken', async () => {
    const bare = await openStage({ TEST_PAYMENTS: 'false' });
    const asker = await openAsker(transport, bare, bare.showtimeId, await sign('me'));
    const { hold } = await asker.ask({ type: 'hold', seats: ['R1-1'] });
    const { error } = await asker.ask({ type: 'book', holdId: hold?.id, payment: { method: 'test' } });
    expect(error?.code).toBe('payment_required');
    noted(transport).add('payment_required');
    await asker.close();
    await bare.close();
  });

  it('internal is told where a part of ours throws, and the next command is taken', async () => {
    const till = {
      charge: () => {
        throw new Error('the till fell over');
      },
    };
    const code = await askLightNode({ till }, async (asker) => {
      const { hold } = await asker.ask({ type: 'hold', seats: ['R1-1'] });
      const answer = await asker.ask({ type: 'book', holdId: hold?.id, payment: { method: 'test' } });
      expect((await asker.ask({ type: 'release', holdId: hold?.id })).seats).toEqual(['R1-1']);
      return answer;
    });
    expect(code).toBe('internal');
  });

  it('moving is told while a showtime changes nodes, and nothing was done', async () => {
    const command = { type: 'hold', seats: ['R1-1'], commandId: randomUUID() };
    const code = await askLightNode({}, async (asker, node) => {
      await asker.ask({ type: 'hold', seats: ['R2-1'] });
      let taken = () => {};
      const ready = new Promise<boolean>((resolve) => {
        taken = () => resolve(true);
      });
      const handedOver = node.directory.handOver(node.showtimeId, undefined, 1_000, () => ready);
      const answer = await asker.ask(command);
      expect(answer.error).toMatchObject({ outcome: 'not-applied', retryable: true });
      taken();
      await handedOver;
      return answer;
    });
    expect(code).toBe('moving');
  });

  it('overloaded is told where too many outputs wait for the journal', async () => {
    const code = await askLightNode({ actorLimits: { gatedMax: 5 } }, async (asker, node) => {
      node.journal.holdBack();
      const asked = seatsOf(1, 1, 6).map((seat) => asker.ask({ type: 'block', seats: [seat] }));
      const first = await Promise.race(asked);
      node.journal.letGo();
      const answers = await Promise.all(asked);
      expect(answers.filter(({ error }) => error)).toHaveLength(1);
      return first;
    });
    expect(code).toBe('overloaded');
  });

  it('outcome_unknown and then unavailable are told where the journal does not answer, and the replay resolves', async () => {
    const command = { type: 'block', seats: ['R1-1'], commandId: randomUUID() };
    const code = await askLightNode({ actorLimits: { commitWaitMsMax: 100 } }, async (asker, node) => {
      node.journal.holdBack();
      const unknown = await asker.ask(command);
      const refused = await asker.ask({ type: 'block', seats: ['R1-2'] });
      expect(refused.error?.code).toBe('unavailable');
      noted(transport).add('unavailable');
      node.journal.letGo();
      expect((await asker.ask(command)).seats).toEqual(['R1-1']);
      return unknown;
    });
    expect(code).toBe('outcome_unknown');
  });
});

describe.each(['json', 'msgpack'] as const)('over a socket that speaks %s', (encoding) => {
  /** The fault that a bare socket is sent, and the code that it is closed with. */
  const faultOf = async (url: string, provoke: (client: LiveClient) => void) => {
    const client = await LiveClient.open(url, { encoding });
    provoke(client);
    const { error } = await client.next('error');
    expectSound(error);
    const { code } = await client.closed;
    seen.live.add(error.code);
    return [error.code, code];
  };
  const hello = (client: LiveClient) => client.send({ type: 'hello' });

  it('faults before welcome close with the code that says what to do', async () => {
    const live = stage.liveUrl();
    expect(await faultOf(live, (client) => client.send({ type: 'ping', id: 1 }))).toEqual([
      'hello_expected',
      CLOSE.protocolError,
    ]);
    expect(await faultOf(live, (client) => client.send({ type: 'hello', token: 'forged' }))).toEqual([
      'unauthorized',
      CLOSE.unauthorized,
    ]);
    expect(await faultOf(stage.liveUrl(randomUUID()), hello)).toEqual(['unknown_showtime', CLOSE.unknownShowtime]);
    const silent = await LiveClient.open(live, { encoding });
    const { code } = await silent.closed;
    expect(code).toBe(CLOSE.helloTimeout);
  });

  it('overloaded closes a socket for which the node has no actor left', async () => {
    const node = await openLightNode({ actorsMax: 0 });
    expect(await faultOf(node.liveUrl(), hello)).toEqual(['overloaded', CLOSE.overloaded]);
    await node.close();
  });

  it('[PROTO-2] [PROTO-4] garbage and unknown types are told, with the id where there is one, and the socket lives on', async () => {
    const client = await LiveClient.join(stage.liveUrl(await stage.addShowtime()), { encoding });
    for (const garbage of ['', 'garbage', '{"type":', '[]', 'null', '7', '"hello"']) client.socket.send(garbage);
    for (const garbage of [[], [0xc1], [0xdd, 0xff, 0xff, 0xff, 0xff], [0x81, 0xa4], [0x90], [0xc0], [0x07]]) {
      client.socket.send(Buffer.from(garbage));
    }
    for (let i = 0; i < 14; i++) expect((await client.next('error')).error.code).toBe('bad_message');
    seen.live.add('bad_message');
    expect(await client.call({ type: 'sing' })).toMatchObject({ ok: false, error: { code: 'unknown_type' } });
    client.send({ type: 'constructor' });
    client.send({});
    for (let i = 0; i < 2; i++) expect((await client.next('error')).error.code).toBe('unknown_type');
    seen.live.add('unknown_type');
    expect(await client.call({ type: 'hold', seats: ['R1-1'] })).toMatchObject({ ok: true });
    await client.close();
  });

  it('[SESSION-7] a frame that is too large is told and ends the socket; one far too large just ends it', async () => {
    const large = (length: number) => (client: LiveClient) => client.send({ type: 'hello', token: 'x'.repeat(length) });
    expect(await faultOf(stage.liveUrl(), large(3_000))).toEqual(['frame_too_large', 1009]);
    const client = await LiveClient.open(stage.liveUrl(), { encoding });
    large(50_000)(client);
    expect((await client.closed).code).toBe(1006);
  });

  it('[SESSION-8] too many messages are refused with the time to wait, and kept up close the socket', async () => {
    const node = await openLightNode({ limits: { messagesPerSecond: 10 } });
    const client = await LiveClient.join(node.liveUrl(), { encoding });
    client.together(() => {
      for (let id = 1; id <= 100; id++) client.send({ type: 'ping', id });
    });
    expect((await client.closed).code).toBe(CLOSE.flooding);
    const replies = client.messages.filter((message) => message.type === 'reply');
    // A burst of twice the rate; then five seconds' worth of refusals.
    expect(replies.map((reply) => reply.ok)).toEqual([...Array(20).fill(true), ...Array(50).fill(false)]);
    expect(replies.map((reply) => reply.id)).toEqual(replies.map((_, i) => i + 1));
    for (const reply of replies) if (!reply.ok) expectSound(reply.error);
    const last = replies.at(-1);
    expect(last?.ok === false && last.error.retryAfterMs).toSatisfy((ms: number) => ms > 4_600 && ms <= 5_100);
    expect(client.messages.at(-1)).toMatchObject({ type: 'error', error: { code: 'rate_limited' } });
    seen.live.add('rate_limited');
    await node.close();
  });

  it('[SESSION-8] somebody who waits as told is answered again', async () => {
    // So slow a rate, and so far past it, that the time which sending takes refills nothing to speak of.
    const node = await openLightNode({ limits: { messagesPerSecond: 20 } });
    const client = await LiveClient.join(node.liveUrl(), { encoding });
    const asked = Array.from({ length: 60 }, () => client.call({ type: 'extend', holdId: randomUUID() }));
    const waits = (await Promise.all(asked)).flatMap((reply) => (reply.ok ? [] : (reply.error.retryAfterMs ?? [])));
    expect(waits.length).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, Math.max(...waits) + 5));
    expect(await client.call({ type: 'extend', holdId: randomUUID() })).toMatchObject({
      error: { code: 'unknown_hold' },
    });
    await client.close();
    await node.close();
  });
});

describe('over HTTP, before any command', () => {
  const KEY = { 'idempotency-key': randomUUID() };
  const bearer = async () => ({ authorization: `Bearer ${await sign('me')}` });
  const problem = async (url: string, init: RequestInit = {}) => {
    const error = await readProblem(await fetch(url, init));
    seen.http.add(error.code);
    return error.code;
  };

  it('each fault of a request has its code and status', async () => {
    const holds = stage.httpUrl('/holds');
    const json = { 'content-type': 'application/json' };
    const post = async (body: string, headers: Record<string, string> = {}) =>
      problem(holds, { method: 'POST', body, headers: { ...(await bearer()), ...KEY, ...headers } });
    expect(await problem(`http://127.0.0.1:${stage.port}/nothing/here`)).toBe('not_found');
    expect(await problem(`http://127.0.0.1:${stage.port}/v1/movies`, { method: 'DELETE' })).toBe('method_not_allowed');
    expect(await problem(holds, { method: 'POST', headers: KEY })).toBe('unauthorized');
    expect(await problem(stage.httpUrl('', randomUUID()))).toBe('unknown_showtime');
    const booking = `http://127.0.0.1:${stage.port}/v1/bookings/`;
    expect(await problem(`${booking}1BCDEFGHJK2`, { headers: await bearer() })).toBe('invalid_reference');
    expect(await problem(stage.httpUrl('/seats', randomUUID()))).toBe('unknown_showtime');
    expect(await problem(stage.httpUrl('/seats', 'nonsense'))).toBe('unknown_showtime');
    expect(await post('{"seats":["R1-1"]}', { 'content-type': 'text/plain' })).toBe('unsupported_media_type');
    for (const body of ['{', '[]', '[{"seats":["R1-1"]}]', 'null', '7', '"text"']) {
      expect(await post(body, json), body).toBe('bad_message');
    }
    expect(await post(`{"seats":["${'x'.repeat(3_000)}"]}`, json)).toBe('frame_too_large');
    expect(await post('{"seats":["R1-1"]}', { ...json, 'idempotency-key': 'mine' })).toBe('invalid_field');
  });

  it('overloaded and unavailable are told where a showtime cannot be opened or the programme not read', async () => {
    const listings = {
      movies: async () => {
        throw new Error('no connection');
      },
    };
    const node = await openLightNode({ actorsMax: 0, listings });
    expect(await problem(node.httpUrl('/seats'))).toBe('overloaded');
    expect(await problem(`http://127.0.0.1:${node.port}/v1/movies`)).toBe('unavailable');
    await node.close();
  });
});

it('[PROTO-9] every code of the protocol was provoked over every transport that has it', () => {
  for (const [code, file] of Object.entries(ELSEWHERE)) expect(readFileSync(file, 'utf8'), code).toContain(`'${code}'`);
  const all = (Object.keys(ERRORS) as ErrorCode[]).filter((code) => !Object.hasOwn(ELSEWHERE, code));
  const without = (codes: ErrorCode[]) => all.filter((code) => !codes.includes(code)).sort();
  expect([...seen.live].sort()).toEqual(without(NOT_OVER_WEBSOCKET));
  expect([...seen.http].sort()).toEqual(without(NOT_OVER_HTTP));
});
