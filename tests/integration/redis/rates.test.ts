import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import WebSocket from 'ws';
import { CircuitBreaker } from '../../../src/adapters/circuit-breaker.js';
import { sharedRates } from '../../../src/adapters/rate-limits.js';
import { connectByKey, isConnected } from '../../../src/adapters/redis/redis-connection.js';
import type { Rates } from '../../../src/http/rates-port.js';
import { CLOSE } from '../../../src/protocol/close-codes.js';
import { startRedis, type TestRedis, whyNoRedis } from '../../redis/redis.js';
import { silentLog } from '../../silent-log.js';
import { readProblem } from '../gateway/askers.js';
import { sign } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

const why = await whyNoRedis();

describe('the rates of an address', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage({ SOCKETS_PER_SECOND: '2', SESSIONS_PER_SECOND: '2', PROXY_HOPS: '1' });
  });
  afterAll(() => stage.close());

  /** As our one proxy passes it on: with a line of its own after that which the client made up. */
  const from = (address: string, madeUp = '203.0.113.250') => ({ 'x-forwarded-for': [madeUp, address] });

  /** Opens a socket that says `hello`, or nothing, and resolves with its first message, and the close if it comes. */
  function knock(headers: object, hello?: object) {
    const socket = new WebSocket(stage.liveUrl(), 'usher.v1.json', { headers: { ...headers } });
    const first = new Promise<{ type: string; error?: object }>((resolve) => {
      socket.once('message', (data) => resolve(JSON.parse(String(data))));
    });
    const closed = new Promise<number>((resolve) => socket.once('close', resolve));
    const open = new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    if (hello) socket.once('open', () => socket.send(JSON.stringify(hello)));
    return { socket, open, first, closed };
  }

  async function post(headers: object): Promise<Response> {
    return await new Promise((resolve, reject) => {
      const url = `http://127.0.0.1:${stage.port}/v1/sessions`;
      const asked = request(url, { method: 'POST', headers: { ...headers } }, async (answer) => {
        const kept = Object.entries(answer.headers).map(([name, value]) => [name, String(value)] as [string, string]);
        resolve(new Response(await text(answer), { status: answer.statusCode ?? 0, headers: kept }));
      });
      asked.on('error', reject).end();
    });
  }

  test('past that of new sockets a socket is told when to come again and sent to back off; other addresses come in', async () => {
    const knocks = Array.from({ length: 16 }, () => knock(from('198.51.100.1'), { type: 'hello' }));
    const firsts = await Promise.all(knocks.map(({ first }) => first));
    const refused = knocks.filter((_, i) => firsts[i]?.type === 'error');
    expect(firsts.map(({ type }) => type)).toContain('welcome');
    expect(refused.length).toBeGreaterThan(0);
    const { error } = firsts.find(({ type }) => type === 'error') ?? {};
    expect(error).toMatchObject({ code: 'rate_limited', retryable: true, outcome: 'not-applied' });
    expect((error as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(0);
    for (const { closed } of refused) expect(await closed).toBe(CLOSE.flooding);
    const other = knock(from('198.51.100.2'), { type: 'hello' });
    expect((await other.first).type).toBe('welcome');
    for (const { socket } of [...knocks, other]) socket.terminate();
  });

  test('a socket that says nothing counts as one that says hello', async () => {
    const knocks = Array.from({ length: 16 }, () => knock(from('198.51.100.3')));
    await Promise.all(knocks.map(({ open }) => open));
    expect(await Promise.race(knocks.map(({ closed }) => closed))).toBe(CLOSE.flooding);
    for (const { socket } of knocks) socket.terminate();
  });

  test('what a client says of its address in front of our proxy gives it no other, on a socket or over HTTP', async () => {
    const knocks = Array.from({ length: 16 }, (_, i) => knock(from('198.51.100.4', `203.0.113.${i}`)));
    expect(await Promise.race(knocks.map(({ closed }) => closed))).toBe(CLOSE.flooding);
    for (const { socket } of knocks) socket.terminate();
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, i) => post(from('198.51.100.5', `203.0.113.${i}`))),
    );
    expect(answers.map(({ status }) => status)).toContain(429);
  });

  test('past that of new sessions HTTP says when to come again; requests of the same address are answered', async () => {
    const answers = await Promise.all(Array.from({ length: 16 }, () => post(from('198.51.100.6'))));
    expect(answers.map(({ status }) => status)).toContain(201);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused && (await readProblem(refused))).toMatchObject({ code: 'rate_limited' });
    expect((await post(from('198.51.100.7'))).status).toBe(201);
    const listing = await fetch(`http://127.0.0.1:${stage.port}/v1/movies`, {
      headers: { 'x-forwarded-for': '198.51.100.6' },
    });
    expect(listing.status).toBe(200);
  });

  test('a holder over theirs of commands is refused over HTTP from any address, and another of that address is not', async () => {
    const bounded = await openStage({ MESSAGES_PER_SECOND: '2', PROXY_HOPS: '1' });
    const hold = async (holder: string, address: string) =>
      await fetch(bounded.httpUrl('/holds'), {
        method: 'POST',
        body: JSON.stringify({ seats: ['Z-1'] }),
        headers: {
          'x-forwarded-for': address,
          authorization: `Bearer ${await sign(holder)}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
      });
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => hold('greedy', `198.51.100.${i}`)));
    const refused = answers.find(({ status }) => status === 429);
    expect(refused && (await readProblem(refused)).code).toBe('rate_limited');
    expect((await hold('modest', '198.51.100.0')).status).toBe(404);
    await bounded.close();
  });
});

describe.skipIf(why)(`rates in Redis${why ? `: ${why}` : ''}`, () => {
  const PER_SECOND = { requests: 5, sockets: 5, sessions: 5, commands: 5 };
  const KEY = 'usher:rate:requests:198.51.100.1';
  let redis: TestRedis;
  const nodes: { readonly rates: Rates; close(): void }[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    await redis.flushAll();
    return () => {
      for (const { close } of nodes.splice(0)) close();
    };
  });

  /** A node whose circuit alone bounds what it waits for Redis. */
  async function openNode(retryAfterMs = 50): Promise<Rates> {
    const client = connectByKey({ url: redis.url, name: 'rates', log: silentLog, silenceMsMax: 60_000 });
    const circuit = new CircuitBreaker({ name: 'rates', log: silentLog, timeoutMs: 100, retryAfterMs, callsMin: 1 });
    const rates = sharedRates({ redis: client, prefix: 'usher', perSecond: PER_SECOND, circuit });
    expect(await isConnected(client, 5_000)).toBe(true);
    const close = () => {
      circuit.stop();
      client.disconnect();
    };
    nodes.push({ rates, close });
    return rates;
  }

  const ask = (rates: Rates) => rates.consume('requests', '198.51.100.1');

  /** Counts once, in a second that lasts for a minute: whatever the machine does meanwhile, it is one second. */
  async function beginLongSecond(rates: Rates): Promise<void> {
    await vi.waitFor(async () => {
      await ask(rates);
      expect(await redis.admin.pexpire(KEY, 60_000)).toBe(1);
      await redis.admin.set(KEY, '1', 'KEEPTTL');
    });
  }

  async function scriptsRun(): Promise<number> {
    const stats = await redis.admin.info('commandstats');
    return [...stats.matchAll(/cmdstat_(?:eval|evalsha):calls=(\d+)/g)].reduce((sum, [, n]) => sum + Number(n), 0);
  }

  test('two nodes share one allowance, by rate and by key', async () => {
    const [a, b] = [await openNode(), await openNode()];
    await beginLongSecond(a);
    expect([await ask(b), await ask(a), await ask(b), await ask(a)]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    for (const rates of [a, b]) expect(await ask(rates)).toBeGreaterThan(1_000);
    expect(await b.consume('requests', '198.51.100.2')).toBeUndefined();
    expect(await b.consume('sockets', '198.51.100.1')).toBeUndefined();
  });

  test('a count costs one command, and one that is over it costs none however often it asks', async () => {
    const a = await openNode();
    await beginLongSecond(a);
    await redis.admin.config('RESETSTAT');
    expect(await ask(a)).toBeUndefined();
    expect(await scriptsRun()).toBe(1);
    const flood = await Promise.all(Array.from({ length: 3 }, () => ask(a)));
    expect(flood).toEqual([undefined, undefined, undefined]);
    expect(await scriptsRun()).toBe(4);
    for (let i = 0; i < 500; i++) expect(await ask(a)).toBeGreaterThan(1_000);
    expect(await scriptsRun()).toBe(4);
  });

  test('while Redis hangs a node answers by its own counts, with the whole allowance and no more', async () => {
    const a = await openNode();
    await beginLongSecond(a);
    redis.pause();
    // All at once, so that they fall back together; Redis says nothing at all meanwhile.
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(a)));
    const admitted = answers.filter((wait) => wait === undefined).length;
    expect(admitted).toBe(PER_SECOND.requests);
    redis.resume();
    // Of another address: those that arrived late count, so this one is over it in Redis by now.
    await vi.waitFor(async () => {
      await a.consume('requests', '198.51.100.2');
      expect(await redis.admin.exists('usher:rate:requests:198.51.100.2')).toBe(1);
    }, 10_000);
    expect(await ask(a)).toBeGreaterThan(1_000);
  });

  test('while Redis is gone too, and the nodes share again when it is back, though it knows nothing', async () => {
    const [a, b] = [await openNode(), await openNode()];
    await ask(a);
    await redis.kill();
    for (const rates of [a, b]) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => ask(rates)));
      expect(answers.filter((wait) => wait === undefined)).toHaveLength(PER_SECOND.requests);
    }
    await redis.restart();
    for (const rates of [a, b]) {
      await vi.waitFor(async () => {
        await redis.admin.del(KEY);
        await ask(rates);
        expect(await redis.admin.exists(KEY)).toBe(1);
      }, 15_000);
    }
    await beginLongSecond(a);
    await redis.admin.set(KEY, '5', 'KEEPTTL');
    for (const rates of [a, b]) expect(await ask(rates)).toBeGreaterThan(1_000);
  });

  test('an error of Redis is no refusal', async () => {
    const a = await openNode();
    await redis.admin.lpush(KEY, 'somebody else wrote here');
    expect(await ask(a)).toBeUndefined();
  });
});
