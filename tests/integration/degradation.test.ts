import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TcpProxy } from '../contract/tcp-proxy.js';
import { FaultyWay } from '../redis/faulty-way.js';
import { startRedis, type TestRedis, whyNoRedis } from '../redis/redis.js';
import { type Asker, openAsker, readProblem, TRANSPORTS } from './gateway/askers.js';
import { LiveClient } from './gateway/live-client.js';
import { sign } from './gateway/sign.js';
import { openStage, type Stage } from './gateway/stage.js';

const why = await whyNoRedis();
const PAYMENT = { method: 'test' };
/** A machine that is busy, and not what anything should take. */
const WITHIN = { timeout: 15_000, interval: 50 };

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function open(environment: Record<string, string>, through?: (url: string) => Promise<string>): Promise<Stage> {
  const stage = await openStage(environment, through ? { through } : {});
  closing.push(() => stage.close());
  return stage;
}

const get = ({ port }: Stage, path: string) => fetch(`http://127.0.0.1:${port}${path}`);
const statusOf = async (stage: Stage, path: string) => (await get(stage, path)).status;
async function listed(stage: Stage): Promise<string[]> {
  const answer = await get(stage, '/v1/showtimes');
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { showtimes: { id: string }[] }).showtimes.map(({ id }) => id).sort();
}

describe('Postgres away', () => {
  it('what is open stays open, listings and maps are read, commands are refused with a word, and all of it recovers', async () => {
    let way: FaultyWay | undefined;
    const stage = await open({ COMMIT_WAIT_MS_MAX: '300' }, async (databaseUrl) => {
      const url = new URL(databaseUrl);
      const opened = await FaultyWay.to(Number(url.port));
      closing.push(() => opened.stop());
      way = opened;
      url.port = new URL(way.url).port;
      return url.href;
    });
    const cold = await stage.addShowtime();
    const watcher = await LiveClient.join(stage.liveUrl());
    const asker = await openAsker('HTTP', stage, stage.showtimeId, await sign('me'));
    const { hold } = await asker.ask({ type: 'hold', seats: ['R1-1'] });
    await watcher.reach(1);
    const programme = await listed(stage);
    way?.cut();

    const command = { type: 'hold', seats: ['R1-2'], commandId: randomUUID() };
    const unknown = await asker.ask(command);
    expect(unknown.error).toMatchObject({ code: 'outcome_unknown', outcome: 'unknown' });
    for (const refused of [
      await asker.ask({ type: 'hold', seats: ['R1-3'] }),
      await asker.ask({ type: 'book', holdId: hold?.id, payment: PAYMENT }),
    ]) {
      expect(refused.error).toMatchObject({ code: 'unavailable', outcome: 'not-applied', retryAfterMs: 1_000 });
    }
    expect([await statusOf(stage, '/readyz'), await statusOf(stage, '/healthz')]).toEqual([503, 200]);
    expect(await listed(stage)).toEqual(programme);
    // Never read before, so there is nothing that could stand in.
    expect((await readProblem(await get(stage, '/v1/movies'))).code).toBe('unavailable');
    expect((await readProblem(await fetch(stage.httpUrl('/seats', cold)))).code).toBe('unavailable');
    const seats = (await (await fetch(stage.httpUrl('/seats'))).json()) as { seats: string };
    expect(seats.seats).toMatch(/^h\./);
    expect(watcher.picture).toMatch(/^10/);
    const newcomer = await LiveClient.join(stage.liveUrl());
    expect(newcomer.picture).toBe(watcher.picture);

    way?.mend();
    await expect.poll(() => statusOf(stage, '/readyz'), WITHIN).toBe(200);
    await watcher.reach(2);
    expect((await asker.ask(command)).hold?.seats).toEqual(['R1-2']);
    expect((await asker.ask({ type: 'book', holdId: hold?.id, payment: PAYMENT })).booking?.seats).toEqual(['R1-1']);
    await expect.poll(() => statusOf(stage, '/v1/movies'), WITHIN).toBe(200);
    await expect.poll(async () => (await fetch(stage.httpUrl('/seats', cold))).status, WITHIN).toBe(200);
    expect(watcher.gaps).toBe(0);
    await Promise.all([watcher.close(), newcomer.close()]);
  });
});

describe('Postgres slow, or not there for one moment', () => {
  /** A stage behind a proxy that can keep back what is asked. */
  async function openSlow(environment: Record<string, string>): Promise<{ stage: Stage; proxy: TcpProxy }> {
    let proxy: TcpProxy | undefined;
    const stage = await open(environment, async (databaseUrl) => {
      const opened = await TcpProxy.start(databaseUrl);
      closing.push(() => opened.stop());
      proxy = opened;
      return opened.url;
    });
    if (!proxy) throw new Error('The stage was opened without its proxy.');
    return { stage, proxy };
  }

  it('a commit that is kept waiting is unknown and shown to nobody until it is there, and then all of it is', async () => {
    const { stage, proxy } = await openSlow({ COMMIT_WAIT_MS_MAX: '300' });
    const watcher = await LiveClient.join(stage.liveUrl());
    const asker = await openAsker('HTTP', stage, stage.showtimeId, await sign('me'));
    proxy.arm('commit_batch', 'is held back');
    const command = { type: 'hold', seats: ['R1-1'], commandId: randomUUID() };
    expect((await asker.ask(command)).error).toMatchObject({ code: 'outcome_unknown' });
    expect(proxy.isArmed).toBe(false);
    expect((await asker.ask({ type: 'hold', seats: ['R1-2'] })).error?.code).toBe('unavailable');
    const seats = (await (await fetch(stage.httpUrl('/seats'))).json()) as object;
    expect([seats, watcher.seq]).toMatchObject([{ counts: { held: 0 } }, 0]);
    await proxy.letLateArrive();
    await watcher.reach(1);
    expect(watcher.picture).toMatch(/^10/);
    expect((await asker.ask(command)).hold?.seats).toEqual(['R1-1']);
    expect((await stage.pool.query('SELECT FROM usher.hold_seats')).rowCount).toBe(1);
    await watcher.close();
  });

  it.skipIf(why).each([
    ['is kept waiting', 'is held back'],
    ['breaks off', 'answer lost'],
  ] as const)('a listing that %s is given as it was, and anew as soon as it can be read', async (_what, mishap) => {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const { stage, proxy } = await openSlow({ REDIS_URL: redis.url });
    const before = await listed(stage);
    const added = await stage.addShowtime();
    proxy.arm('v.name AS venue', mishap);
    // As another node says that the catalogue changed: what is kept is too old from then on.
    await redis.admin.set('usher:catalogue:generation', randomUUID());
    await vi.waitFor(async () => {
      expect(await listed(stage)).toEqual(before);
      expect(proxy.isArmed).toBe(false);
    }, WITHIN);
    await proxy.letLateArrive();
    await expect.poll(() => listed(stage), WITHIN).toEqual([...before, added].sort());
  });
});

describe.skipIf(why)(`Redis away${why ? `: ${why}` : ''}`, () => {
  async function openNode(): Promise<{ stage: Stage; redis: TestRedis }> {
    const redis = await startRedis();
    closing.push(() => redis.stop());
    const stage = await open({ REDIS_URL: redis.url });
    await expect.poll(() => statusOf(stage, '/readyz'), WITHIN).toBe(200);
    return { stage, redis };
  }

  async function expectSales(stage: Stage, asker: Asker, seat: string): Promise<void> {
    const { hold } = await asker.ask({ type: 'hold', seats: [seat] });
    expect(hold?.seats).toEqual([seat]);
    expect((await asker.ask({ type: 'book', holdId: hold?.id, payment: PAYMENT })).booking?.seats).toEqual([seat]);
    expect(await statusOf(stage, '/readyz')).toBe(200);
  }

  it.each([
    ['hangs', (redis: TestRedis) => redis.pause(), (redis: TestRedis) => redis.resume()],
    ['was killed', (redis: TestRedis) => redis.kill(), (redis: TestRedis) => redis.restart()],
  ])(
    'while it %s people come, look, hold and book over every way, and toggles are heard again after it',
    async (_how, strike, mend) => {
      const { stage, redis } = await openNode();
      const programme = await listed(stage);
      const askers = await Promise.all(
        TRANSPORTS.map(async (way, i) => await openAsker(way, stage, stage.showtimeId, await sign(`early ${i}`))),
      );
      const watcher = await LiveClient.join(stage.liveUrl());
      await strike(redis);
      for (const [i, asker] of askers.entries()) await expectSales(stage, asker, `R1-${i + 1}`);
      expect(await listed(stage)).toEqual(programme);
      expect(await statusOf(stage, '/v1/movies')).toBe(200);
      const another = await stage.addShowtime();
      for (const [i, way] of TRANSPORTS.entries()) {
        const asker = await openAsker(way, stage, another, await sign(`late ${i}`));
        await expectSales(stage, asker, `R1-${i + 1}`);
        await asker.close();
      }
      expect((await fetch(`http://127.0.0.1:${stage.port}/v1/sessions`, { method: 'POST' })).status).toBe(201);
      await watcher.reach(2 * askers.length);
      expect([watcher.picture.slice(0, 4), watcher.gaps]).toEqual(['2220', 0]);
      await mend(redis);
      await vi.waitFor(() => redis.admin.set('usher:toggles', 'best_available'), WITHIN);
      const [first] = askers;
      await expect
        .poll(async () => (await first?.ask({ type: 'best_available', count: 1 }))?.error?.code, WITHIN)
        .toBe('unavailable');
      await Promise.all([...askers.map((asker) => asker.close()), watcher.close()]);
    },
  );

  it('a toggle of the cluster takes effect and is lifted at run time, and stays while Redis is gone', async () => {
    const { stage, redis } = await openNode();
    const http = await openAsker('HTTP', stage, stage.showtimeId, await sign('me'));
    const code = async () => (await http.ask({ type: 'extend', holdId: randomUUID() })).error?.code;
    expect(await code()).toBe('unknown_hold');
    await redis.admin.set('usher:toggles', 'http_commands,nothing_we_know');
    await expect.poll(code, WITHIN).toBe('unavailable');
    await redis.kill();
    // A look at it comes and goes meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 3_500));
    expect(await code()).toBe('unavailable');
    await redis.restart();
    await expect.poll(code, WITHIN).toBe('unknown_hold');
    await redis.admin.set('usher:toggles', 'http_commands');
    await expect.poll(code, WITHIN).toBe('unavailable');
    await redis.admin.del('usher:toggles');
    await expect.poll(code, WITHIN).toBe('unknown_hold');
  }, 60_000);
});
