/** What only the real Postgres can get wrong; the guarantees of the port are in tests/contract. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { JournalRefusal } from '../../src/runtime/journal-port.js';
import { type PostgresStore, postgresStore } from '../contract/journals.js';
import { bookedBy, held, holdOf, recalled, resultOf, slice, unheld } from '../contract/slices.js';
import { silentLog } from '../silent-log.js';

let store: PostgresStore;

beforeAll(async () => {
  store = await postgresStore();
});
afterAll(() => store.close());

/** Connections that are committing at this moment. */
async function committing(): Promise<number> {
  const { rows } = await store.admin.query(
    `SELECT count(*)::int AS n FROM pg_stat_activity
      WHERE application_name = 'usher-commit' AND state <> 'idle' AND datname = current_database()`,
  );
  return rows[0].n;
}

const within = <T>(ms: number, promise: Promise<T>) =>
  Promise.race([
    promise,
    sleep(ms).then(() => {
      throw new Error(`nothing within ${ms} ms`);
    }),
  ]);

it('is not held up by a node that froze while it took a showtime over', async () => {
  const [lost, kept] = [randomUUID(), randomUUID()];
  const { journal } = await store.proxied();
  const epochs = [(await journal.claim(lost, 0)).epoch, (await journal.claim(kept, 0)).epoch] as const;
  const frozen = await store.proxied();
  frozen.proxy.arm('claim_showtime', 'client freezes');
  frozen.journal.claim(lost, 0).catch(() => {});
  while (frozen.proxy.isArmed) await sleep(5);
  await sleep(100);
  const [one, two] = [holdOf('ann', [1]), holdOf('ann', [1])];
  const slices = [slice(lost, epochs[0], { holds: held(one) }), slice(kept, epochs[1], { holds: held(two) })];
  expect(await within(2_000, journal.commit({ number: 1, after: 0, slices }))).toEqual({ fenced: [slices[0]] });
  expect((await within(2_000, journal.claim(lost, 0))).epoch).toBe(3);
});

it('tells a claimer that was overtaken while it read, instead of showing it a house that is not its own', async () => {
  const showtime = randomUUID();
  const [slow, quick] = [await store.proxied(), await store.proxied()];
  slow.proxy.arm('BEGIN ISOLATION', 'is held back');
  const claiming = slow.journal.claim(showtime, 0);
  claiming.catch(() => {});
  while (slow.proxy.isArmed) await sleep(5);
  expect((await quick.journal.claim(showtime, 0)).epoch).toBe(2);
  await slow.proxy.letLateArrive();
  await expect(claiming).rejects.toThrow(/taken over by another node/);
});

/** Runs `meanwhile` while this transaction is open. */
async function during(sql: string, parameters: unknown[], meanwhile: () => Promise<void>): Promise<void> {
  const client = await store.admin.connect();
  await client.query('BEGIN');
  await client.query(sql, parameters);
  await meanwhile();
  await client.query('COMMIT');
  client.release();
}

const isSettled = (promise: Promise<unknown>) => Promise.race([promise.then(() => true), sleep(300).then(() => false)]);

it('lets a take-over wait for the commit in flight, and shows it what that wrote', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  const { epoch } = await journal.claim(showtime, 0);
  const hold = holdOf('ann', [1]);
  const parts = { holds: held(hold), results: [resultOf(hold)] };
  let committing: Promise<unknown> = Promise.resolve();
  let claiming: ReturnType<typeof journal.claim> | undefined;
  // The commit stops at the last thing that it writes, in the middle of its transaction.
  await during('LOCK TABLE usher.command_results IN EXCLUSIVE MODE', [], async () => {
    committing = journal.commit({ number: 1, after: 0, slices: [slice(showtime, epoch, parts)] });
    expect(await isSettled(committing)).toBe(false);
    claiming = (await store.proxied()).journal.claim(showtime, 0);
    expect(await isSettled(claiming)).toBe(false);
  });
  expect(await committing).toEqual({ fenced: [] });
  expect(await claiming).toMatchObject({ epoch: 2, state: { holds: [hold] } });
});

it('lets a commit wait for the take-over in flight, and be fenced by it', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  const { epoch } = await journal.claim(showtime, 0);
  const slices = [slice(showtime, epoch, { holds: held(holdOf('ann', [1])) })];
  let committing: Promise<unknown> = Promise.resolve();
  await during("SELECT usher.claim_showtime($1, gen_random_uuid(), 'another', 0)", [showtime], async () => {
    committing = journal.commit({ number: 1, after: 0, slices });
    expect(await isSettled(committing)).toBe(false);
  });
  expect(await committing).toEqual({ fenced: slices });
  expect((await journal.claim(showtime, 0)).state.holds).toEqual([]);
});

it('gives up a commit that waits too long in Postgres as well, so that tries do not pile up there', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied({ answerMsMax: 400 });
  const { epoch } = await journal.claim(showtime, 0);
  const blocker = await store.admin.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT FROM usher.showtime_owners WHERE showtime_id = $1 FOR UPDATE', [showtime]);
  const batch = { number: 1, after: 0, slices: [slice(showtime, epoch, { holds: held(holdOf('ann', [1])) })] };
  for (let i = 0; i < 3; i++) {
    await expect(within(2_000, journal.commit(batch))).rejects.not.toBeInstanceOf(JournalRefusal);
    expect(await committing()).toBeLessThanOrEqual(1);
  }
  await sleep(200);
  expect(await committing()).toBe(0);
  await blocker.query('ROLLBACK');
  blocker.release();
  expect(await journal.commit(batch)).toEqual({ fenced: [] });
});

it('commits again after its connection was cut by Postgres', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  const { epoch } = await journal.claim(showtime, 0);
  await journal.commit({ number: 1, after: 0, slices: [] });
  await store.admin.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'usher-commit' AND datname = current_database()",
  );
  const batch = { number: 2, after: 0, slices: [slice(showtime, epoch, { holds: held(holdOf('ann', [1])) })] };
  const commit = () =>
    journal.commit(batch).catch((error: unknown) => {
      expect(error).not.toBeInstanceOf(JournalRefusal);
      return undefined;
    });
  let answer = await commit();
  for (let tries = 0; answer === undefined && tries < 5; tries++) answer = await commit();
  expect(answer).toEqual({ fenced: [] });
});

it('outlives the loss of a connection in the middle of a claim', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  await journal.claim(showtime, 0);
  const blocker = await store.admin.connect();
  await blocker.query('BEGIN');
  await blocker.query('SELECT FROM usher.showtime_owners WHERE showtime_id = $1 FOR UPDATE', [showtime]);
  // Listened to from the start: it may break before the query that breaks it has been answered.
  const broken = expect(journal.claim(showtime, 0)).rejects.toThrow();
  const waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%claim_showtime%'";
  while ((await store.admin.query(`SELECT ${waiting}`)).rowCount === 0) await sleep(10);
  await store.admin.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
  // A client that breaks while it is in use and that nobody listens to would end this process.
  await broken;
  await blocker.query('ROLLBACK');
  blocker.release();
  expect((await journal.claim(showtime, 0)).epoch).toBe(2);
});

it('takes an error of Postgres itself for an unknown outcome, not for a refusal', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  const { epoch } = await journal.claim(showtime, 0);
  const result = resultOf(holdOf('ann', [1]));
  const batch = { number: 1, after: 0, slices: [slice(showtime, epoch, { results: [result] })] };
  await store.admin.query('ALTER TABLE usher.command_results RENAME TO gone');
  try {
    await expect(journal.commit(batch)).rejects.not.toBeInstanceOf(JournalRefusal);
  } finally {
    await store.admin.query('ALTER TABLE usher.gone RENAME TO command_results');
  }
  expect(await journal.commit(batch)).toEqual({ fenced: [] });
  expect(await recalled(await journal.claim(showtime, 0), [result])).toEqual([result]);
});

it('refuses text that Postgres can not keep', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied();
  const { epoch } = await journal.claim(showtime, 0);
  const slices = [slice(showtime, epoch, { blocks: [[1, 'a\0b']] })];
  await expect(journal.commit({ number: 1, after: 0, slices })).rejects.toThrow(JournalRefusal);
});

it('opens no connection after it was closed', async () => {
  const { journal, proxy } = await store.proxied();
  await journal.commit({ number: 1, after: 0, slices: [] });
  await journal.close();
  await expect(journal.commit({ number: 2, after: 0, slices: [] })).rejects.toThrow(/closed/);
  expect(proxy.connections).toBe(1);
});

it('reports the clock of Postgres with each commit, between the moments of asking and hearing', async () => {
  const readings: number[][] = [];
  const pool = new pg.Pool({ connectionString: store.url });
  const journal = new PostgresJournal({
    primary: new Primary(store.url),
    pool,
    log: silentLog,
    writerId: randomUUID(),
    nodeName: 'test',
    replayWindowMs: 1,
    replaysMax: 1,
    onServerTime: (...reading) => void readings.push(reading),
  });
  const before = performance.now();
  await journal.commit({ number: 1, after: 0, slices: [] });
  await journal.commit({ number: 1, after: 0, slices: [] });
  await journal.close();
  await pool.end();
  expect(readings).toHaveLength(2);
  for (const [serverMs, sentAt, receivedAt] of readings as [number, number, number][]) {
    expect(Math.abs(serverMs - Date.now())).toBeLessThan(5_000);
    expect(sentAt).toBeGreaterThanOrEqual(before);
    expect(receivedAt).toBeGreaterThan(sentAt);
  }
});

it('knows the newest outcomes of commands, and no more than are kept; ids in capitals are the same', async () => {
  const showtime = randomUUID();
  const { journal } = await store.proxied({ replaysMax: 3 });
  const { epoch } = await journal.claim(showtime, 0);
  const results = Array.from({ length: 5 }, (_, seat) => resultOf(holdOf('ann', [seat])));
  for (const [i, result] of results.entries()) {
    await journal.commit({ number: i + 1, after: 0, slices: [slice(showtime, epoch, { results: [result] })] });
  }
  const claim = await journal.claim(showtime, 0);
  expect(await recalled(claim, results)).toEqual([undefined, undefined, ...results.slice(2)]);
  const commandId = results[4]?.commandId.toUpperCase() ?? '';
  expect(await recalled(claim, [{ holder: 'ann', commandId }])).toEqual([{ ...results[4], commandId }]);
});

it('reads rows by their key only, also in tables that grew since Postgres last looked at them', async () => {
  const own = await postgresStore();
  try {
    const showtime = randomUUID();
    const { journal } = await own.proxied();
    const { epoch } = await journal.claim(showtime, 0);
    const commit = (number: number) => {
      const holds = held(holdOf('ann', [number]));
      const booked = Array.from({ length: 20 }, (_, i) => bookedBy('bob', [20 * number + i]));
      const slices = [slice(showtime, epoch, { holds: [...holds, ...unheld([number - 1])], booked })];
      return journal.commit({ number, after: 0, slices });
    };
    for (let number = 1; number <= 60; number++) await commit(number);
    // A backend reports what it did a second after it last reported.
    await sleep(1_100);
    await commit(61);
    const { rows } = await own.admin.query(
      "SELECT sum(idx_scan)::int AS by_key, sum(seq_tup_read)::int AS by_reading FROM pg_stat_user_tables WHERE relname IN ('bookings', 'booking_seats', 'hold_seats', 'showtime_owners', 'writers')",
    );
    expect(rows[0].by_key).toBeGreaterThan(60);
    expect(rows[0].by_reading).toBeLessThan(60);
  } finally {
    await own.close();
  }
});
