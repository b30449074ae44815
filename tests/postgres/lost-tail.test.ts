/** Nodes whose Postgres is failed over to a standby that lagged: what was acknowledged is gone there, and they remember it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { nodeTimers } from '../../src/adapters/node-timers.js';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { PostgresJournal } from '../../src/adapters/postgres/postgres-journal.js';
import { Primary } from '../../src/adapters/postgres/primary.js';
import { primaryPool } from '../../src/adapters/postgres/primary-pool.js';
import type { Actor } from '../../src/runtime/actor.js';
import { type Audience, NO_FEED } from '../../src/runtime/audience.js';
import { Directory } from '../../src/runtime/directory.js';
import { GroupCommitter } from '../../src/runtime/group-committer.js';
import type { Outcome } from '../../src/runtime/outcome.js';
import { silentLog } from '../silent-log.js';
import { book, hold, LIMITS, RULES, rowOf, TILL, Watchers } from '../unit/runtime/playhouse.js';
import { PostgresPair } from './postgres-pair.js';

/** Each starts two servers, and copies one. */
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const LOOK_MS = 200;
const TERMS = { map: rowOf(12), mapHash: 'row', rules: RULES, version: 1 };
const PLAYBILL = { terms: async () => TERMS, versions: async () => new Map() };
const undo: (() => unknown)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function openPair(synchronous = false): Promise<PostgresPair> {
  const pair = await PostgresPair.start({ synchronous });
  undo.push(() => pair.stop());
  await migrate(pair.url, 'sql', silentLog);
  return pair;
}

function openJournal(pair: PostgresPair, answerMsMax?: number): PostgresJournal {
  const primary = new Primary(pair.url);
  const pool = primaryPool(primary, { max: 4, connectionTimeoutMillis: 3_000, query_timeout: 5_000 }, silentLog);
  const journal = new PostgresJournal({
    primary,
    pool,
    log: silentLog,
    writerId: randomUUID(),
    nodeName: 'test',
    replayWindowMs: 60_000,
    replaysMax: 100,
    onServerTime: () => {},
    ...(answerMsMax === undefined ? {} : { answerMsMax }),
  });
  undo.push(async () => {
    await journal.close();
    await pool.end();
  });
  return journal;
}

/** One life of a node, without a gateway. */
async function openNode(pair: PostgresPair) {
  const journal = openJournal(pair);
  const clock = { now: () => Date.now() };
  await journal.commit({ number: 0, after: 0, slices: [] });
  const committer = new GroupCommitter(journal, clock, nodeTimers, silentLog);
  const parts = { clock, timers: nodeTimers, log: silentLog, committer, till: TILL, limits: LIMITS };
  const directory = new Directory({
    journal,
    playbill: PLAYBILL,
    context: { ...parts, confirmed: () => true } as never,
    audienceFor: (): Audience => new Watchers([]),
    feedFor: () => NO_FEED,
    askedFor: async () => true,
    passivateAfterMs: 600_000,
    actorsMax: 100,
  });
  undo.push(committer.lookEvery(LOOK_MS));
  const open = async (showtimeId: string): Promise<Actor> => {
    const opened = await directory.open(showtimeId);
    if (!opened.ok) throw new Error(opened.reason);
    return opened.host;
  };
  return { journal, committer, directory, open };
}

function ask(
  actor: Actor,
  holder: string,
  command: ReturnType<typeof book>,
  commandId: string = randomUUID(),
): Promise<Outcome> {
  return new Promise((resolve) => {
    const recipient = { holder, waiting: 0, reply: (_: number, outcome: Outcome) => resolve(outcome) };
    actor.submit({ requestId: 1, commandId, command }, recipient);
  });
}

async function sell(actor: Actor, holder: string, seats: readonly number[]): Promise<void> {
  const held = hold(holder, seats);
  expect(await ask(actor, holder, held)).toMatchObject({ ok: true });
  expect(await ask(actor, holder, book(holder, held.newHoldId))).toMatchObject({ ok: true });
}

async function failOver(pair: PostgresPair): Promise<number> {
  await pair.killPrimary();
  await pair.promote();
  return performance.now();
}

/** Seats that are sold, by the primary of the day. */
async function sold(pair: PostgresPair, showtimeId: string): Promise<readonly number[]> {
  const client = new pg.Client({ connectionString: pair.primaryUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ seat: number }>(
      'SELECT seat_index AS seat FROM usher.booking_seats WHERE showtime_id = $1 ORDER BY seat_index',
      [showtimeId],
    );
    return rows.map(({ seat }) => seat);
  } finally {
    await client.end();
  }
}

/** How long until somebody holds a seat, after the promotion. One command: what was unknown tells when it comes again. */
async function firstHold(open: () => Promise<Actor>, seat: number, promotedAt: number): Promise<number> {
  const [command, commandId] = [hold('zoe', [seat]), randomUUID()];
  for (;;) {
    const actor = await open().catch(() => undefined);
    const outcome = actor && (await ask(actor, 'zoe', command, commandId));
    if (outcome?.ok) return performance.now() - promotedAt;
    await sleep(50);
  }
}

test.each(['idle', 'busy', 'passivated'] as const)(
  'what a node sold is written again by one that is %s',
  async (how) => {
    const pair = await openPair();
    const node = await openNode(pair);
    const showtime = randomUUID();
    const actor = await node.open(showtime);
    await sell(actor, 'ann', [0, 1]);
    await pair.caughtUp();
    pair.cutReplication();
    await sell(actor, 'bob', [2, 3]);
    if (how === 'passivated') actor.end('passivated');
    let isBusy = how === 'busy';
    const busy = (async () => {
      while (isBusy) {
        const running = await node.open(showtime).catch(() => undefined);
        const held = hold('cid', [9]);
        if (running && (await ask(running, 'cid', held)).ok) {
          await ask(running, 'cid', { type: 'release', holder: 'cid', holdId: held.newHoldId });
        }
        await sleep(5);
      }
    })();
    const promotedAt = await failOver(pair);
    const ms = await firstHold(() => node.open(showtime), 11, promotedAt);
    isBusy = false;
    await busy;
    expect(await sold(pair, showtime)).toEqual([0, 1, 2, 3]);
    expect((await node.open(showtime)).own('bob').bookings).toHaveLength(1);
    expect((await node.open(showtime)).epoch).toBeGreaterThan(1_000);
    expect(node.committer.recovery.totals).toMatchObject({ timesBehind: 1, seatsLost: 0 });
    process.stdout.write(`first hold ${Math.round(ms)} ms after the promotion, ${how}\n`);
    expect(ms).toBeLessThan(5_000);
  },
);

test('what was sold before a hand-over is written again, whichever of the two nodes remembers it', async () => {
  const pair = await openPair();
  const [giver, taker] = [await openNode(pair), await openNode(pair)];
  const showtime = randomUUID();
  await sell(await giver.open(showtime), 'ann', [0]);
  await pair.caughtUp();
  pair.cutReplication();
  await sell(await giver.open(showtime), 'bob', [1]);
  await giver.directory.handOver(showtime, undefined, 2_000, async () => (await taker.directory.open(showtime)).ok);
  const takerActor = await taker.open(showtime);
  await sell(takerActor, 'cid', [2]);
  const cancelled = takerActor.own('ann').bookings[0]?.id ?? '';
  const command = { type: 'cancel', holder: 'ann', bookingId: cancelled, isStaff: false } as never;
  expect(await ask(takerActor, 'ann', command)).toMatchObject({ ok: true });
  await failOver(pair);
  await expect.poll(() => sold(pair, showtime), { timeout: 20_000 }).toEqual([1, 2]);
  await expect.poll(() => taker.directory.open(showtime), { timeout: 20_000 }).toMatchObject({ ok: true });
  expect((await taker.open(showtime)).own('bob').bookings).toHaveLength(1);
});

test('an owner that has written nothing, and whose claim is lost, is found out', async () => {
  const pair = await openPair();
  const [before, after] = [await openNode(pair), await openNode(pair)];
  const showtime = randomUUID();
  await before.open(showtime);
  await pair.caughtUp();
  pair.cutReplication();
  await sell(await before.open(showtime), 'ann', [4]);
  // Killed, as far as anybody can see: it never looks again. The other took over, and has only read.
  const actor = await after.open(showtime);
  await before.journal.close();
  await failOver(pair);
  await expect.poll(() => actor.ended, { timeout: 20_000 }).toBe('lost');
  await expect.poll(() => sold(pair, showtime), { timeout: 20_000 }).toEqual([4]);
});

test('a commit whose wait for the synchronous standby is cancelled is no success, and comes again to wait', async () => {
  const pair = await openPair(true);
  const journal = openJournal(pair);
  await journal.commit({ number: 1, after: 0, slices: [] });
  pair.cutReplication();
  const first = journal.commit({ number: 2, after: 1, slices: [] });
  first.catch(() => {});
  await expect.poll(() => pair.cancelWaits(), { interval: 20, timeout: 10_000 }).toBe(1);
  await expect(first).rejects.toThrow('may not be on the synchronous standby');
  // It took on the primary. A second try that wrote nothing would be answered at once, with no standby having it.
  let isAnswered = false;
  const second = journal.commit({ number: 2, after: 1, slices: [] }).then((answer) => {
    isAnswered = true;
    return answer;
  });
  await expect.poll(() => pair.waitingBackends(), { timeout: 10_000 }).toHaveLength(1);
  await sleep(500);
  expect(isAnswered).toBe(false);
  await pair.resumeReplication();
  expect(await second).toEqual({ fenced: [] });
});

test('commits that are given up while the synchronous standby is away leave one backend, and not one each', async () => {
  const pair = await openPair(true);
  const journal = openJournal(pair, 400);
  await journal.commit({ number: 1, after: 0, slices: [] });
  pair.cutReplication();
  for (let tries = 0; tries < 6; tries++) {
    await expect(journal.commit({ number: 2, after: 1, slices: [] })).rejects.toThrow();
    expect((await pair.waitingBackends()).length).toBeLessThanOrEqual(2);
  }
  await pair.resumeReplication();
  await expect
    .poll(() => journal.commit({ number: 2, after: 1, slices: [] }).catch(String), { timeout: 10_000 })
    .toEqual({
      fenced: [],
    });
});
