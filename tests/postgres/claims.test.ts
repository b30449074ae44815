/** Claims while the synchronous standby is away: each of them waits in Postgres, whatever its client does. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import { silentLog } from '../silent-log.js';
import { PostgresPair } from './postgres-pair.js';

/** Each starts two servers, and copies one. */
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const POOL = 4;
const CLAIM_MS_MAX = 400;
/** What a pool of four leaves to claims. */
const AT_ONCE = 2;

let pair: PostgresPair;
let journal: PostgresJournal;
let pool: ReturnType<typeof primaryPool>;

beforeEach(async () => {
  pair = await PostgresPair.start({ synchronous: true });
  await migrate(pair.url, 'sql', silentLog);
  const primary = new Primary(pair.url);
  const options = { max: POOL, application_name: 'usher', connectionTimeoutMillis: 3_000, query_timeout: 5_000 };
  pool = primaryPool(primary, options, silentLog);
  journal = new PostgresJournal({
    primary,
    pool,
    log: silentLog,
    writerId: randomUUID(),
    nodeName: 'test',
    replayWindowMs: 60_000,
    replaysMax: 100,
    onServerTime: () => {},
    claimMsMax: CLAIM_MS_MAX,
  });
});
afterEach(async () => {
  await journal.close();
  await pool.end();
  await pair.stop();
});

async function backends(): Promise<number> {
  const [row] = await pair.primary.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_stat_activity WHERE application_name = 'usher'`,
  );
  return row?.n ?? 0;
}

async function epochOf(showtimeId: string): Promise<number> {
  return (await journal.owners([showtimeId])).get(showtimeId)?.epoch ?? 0;
}

test('those given up leave no backend behind, however often they are tried again, and reads go on', async () => {
  const showtimes = Array.from({ length: 6 }, () => randomUUID());
  pair.cutReplication();
  const until = performance.now() + 5_000;
  let rejected = 0;
  const asking = showtimes.map(async (showtimeId) => {
    while (performance.now() < until) {
      await journal.claim(showtimeId, 0).catch(() => rejected++);
    }
  });
  let waitingMax = 0;
  while (performance.now() < until) {
    await pool.query('SELECT');
    waitingMax = Math.max(waitingMax, (await pair.waitingBackends()).length);
    expect(await backends()).toBeLessThanOrEqual(POOL);
    await sleep(100);
  }
  await Promise.all(asking);
  process.stdout.write(`${rejected} claims given up, ${waitingMax} backends waiting at most\n`);
  expect(rejected).toBeGreaterThan(6);
  expect(waitingMax).toBeGreaterThan(0);
  expect(waitingMax).toBeLessThanOrEqual(AT_ONCE);
  // The last of them are ended too.
  expect(await pair.waitingBackends()).toEqual([]);
  await pair.resumeReplication();
  for (const showtimeId of showtimes) expect((await journal.claim(showtimeId, 0)).epoch).toBeGreaterThan(1);
});

test('a second asker joins the claim in flight, and how long that has been waiting is known', async () => {
  const showtime = randomUUID();
  pair.cutReplication();
  expect(journal.claimWaitMs).toBe(0);
  const [first, second] = [journal.claim(showtime, 0), journal.claim(showtime, 0)];
  await expect.poll(() => pair.waitingBackends()).toHaveLength(1);
  expect(journal.claimWaitMs).toBeGreaterThan(0);
  await pair.resumeReplication();
  expect((await first).epoch).toBe(1);
  expect((await second).epoch).toBe(1);
  expect(journal.claimWaitMs).toBe(0);
});

test('one whose wait is cancelled is not acted on: Postgres calls it a success, and a failover may undo it', async () => {
  const showtime = randomUUID();
  pair.cutReplication();
  const claim = journal.claim(showtime, 0);
  claim.catch(() => {});
  await expect.poll(() => pair.cancelWaits(), { interval: 10 }).toBe(1);
  await expect(claim).rejects.toThrow('may not have reached the standby');
  expect(await epochOf(showtime)).toBe(1);
  await pair.resumeReplication();
  expect((await journal.claim(showtime, 0)).epoch).toBe(2);
});
