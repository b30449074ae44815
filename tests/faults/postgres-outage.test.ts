import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient, type ShowtimeClient } from '@usher/client';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { seededRandom } from '../../bench/rush/random.js';
import { openSale } from '../../bench/rush/showtime.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/adapters/postgres/embedded-postgres.js';
import { migrate } from '../../src/adapters/postgres/migrate.js';
import { rounds } from '../length.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { silentLog } from '../silent-log.js';
import { committedSeats } from './committed-seats.js';
import { SeatBuyer } from './seat-buyer.js';

const SEATS = 400;
const COMMIT_WAIT_MS_MAX = 500;
const KILLS = rounds(3, 5);

let directory: string;
let postgres: EmbeddedPostgres;
let server: ServerProcess;
let showtimeId: string;
let labels: string[];

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'usher-outage-'));
  postgres = await startEmbeddedPostgres({ directory, log: silentLog });
  await migrate(postgres.url, 'sql', silentLog);
  await withPool(async (pool) => {
    showtimeId = await openSale(pool, SEATS, 600_000);
    const { rows } = await pool.query<{ label: string }>(
      "SELECT json_array_elements_text(document -> 'seats' -> 'label') AS label FROM boxoffice.seat_maps",
    );
    labels = rows.map(({ label }) => label);
  });
  server = await startServer({
    DATABASE_URL: postgres.url,
    TOKEN_SECRET: 'a secret of thirty-two characters or more',
    COMMIT_WAIT_MS_MAX: String(COMMIT_WAIT_MS_MAX),
    MESSAGES_PER_SECOND: '200',
  });
});

afterAll(async () => {
  await server?.kill('SIGKILL');
  await postgres?.stop();
  await rm(directory, { recursive: true, force: true });
});

test('[GATE-6] Postgres is stopped and started again: commands are refused with a word, the map goes on, nothing acknowledged is lost', async () => {
  const watcher = await connected();
  const held = await watcher.hold([labels[0] ?? '']);
  expect(held.ok).toBe(true);

  const { port } = new URL(postgres.url);
  await postgres.stop();
  const first = await watcher.hold([labels[10] ?? ''], { signal: AbortSignal.timeout(COMMIT_WAIT_MS_MAX * 3) });
  // It was applied and waits for Postgres: whether it will be there is not known, and is not claimed to be.
  expect(first).toMatchObject({ ok: false, error: { outcome: 'unknown' } });
  const second = await watcher.hold([labels[20] ?? '']);
  expect(second).toMatchObject({ ok: false, error: { code: 'unavailable', outcome: 'not-applied', retryable: true } });
  expect(second.ok === false && second.error.retryAfterMs).toBeGreaterThan(0);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  const seats = (await (await fetch(`${server.url}/v1/showtimes/${showtimeId}/seats`)).json()) as { counts: object };
  // Reads go on, and show what is committed: the seat whose write waits is not among them.
  expect(seats.counts).toMatchObject({ held: 1, available: SEATS - 1 });

  postgres = await startEmbeddedPostgres({ directory, log: silentLog, port: Number(port) });
  await vi.waitUntil(async () => (await fetch(`${server.url}/readyz`)).ok, { timeout: 15_000 });
  // What waited is taken now, and its holder is told by its own state.
  await expect
    .poll(() => watcher.getSnapshot().holds.flatMap(({ seats }) => seats), { timeout: 5_000 })
    .toEqual(expect.arrayContaining([labels[0], labels[10]]));
  expect((await watcher.hold([labels[20] ?? ''])).ok).toBe(true);
  await compare(heldBy(watcher));
  watcher.close();
});

test('Postgres is killed in the middle of sales, again and again: it comes back, and so do sales', async () => {
  const random = seededRandom(7);
  const buyers = Array.from({ length: 40 }, () => new SeatBuyer(server.url, showtimeId, labels, random));
  for (const buyer of buyers) buyer.client.connect();
  await vi.waitUntil(() => buyers.every(({ client }) => client.getSnapshot().connection.state === 'connected'), {
    timeout: 10_000,
  });
  for (let round = 0; round < KILLS; round++) {
    for (const buyer of buyers) buyer.start();
    await sleep(200 + random() * 300);
    await killPostmaster();
    await sleep(500);
    await Promise.all(buyers.map((buyer) => buyer.pause()));
    await compare(promisedTo(buyers));
  }
  const sum = (count: (buyer: SeatBuyer) => number) => buyers.reduce((total, buyer) => total + count(buyer), 0);
  expect(sum((buyer) => buyer.unknown)).toBe(0);
  expect(sum((buyer) => buyer.acknowledged)).toBeGreaterThan(KILLS * 40);
  for (const buyer of buyers) buyer.client.close();
});

async function connected(): Promise<ShowtimeClient> {
  const client = createClient({ url: server.url, showtimeId });
  client.connect();
  await client.seatMap();
  await vi.waitUntil(() => !client.getSnapshot().stale, { timeout: 10_000 });
  return client;
}

async function withPool(use: (pool: pg.Pool) => Promise<void>): Promise<void> {
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2, connectionTimeoutMillis: 10_000 });
  pool.on('error', () => {});
  await use(pool).finally(() => pool.end());
}

/** As a crash of the machine would: no shutdown, no goodbye. Its owner starts it again, here this test's process. */
async function killPostmaster(): Promise<void> {
  const [pid] = (await readFile(join(directory, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  process.kill(Number(pid), 'SIGKILL');
}

/** Every seat that was promised to these clients is theirs in Postgres. */
async function compare(promises: Iterable<{ holder: string; what: string; seats: readonly string[] }>): Promise<void> {
  await withPool(async (pool) => {
    await vi.waitUntil(
      () =>
        pool.query('SELECT').then(
          () => true,
          () => false,
        ),
      { timeout: 15_000 },
    );
    const taken = await committedSeats(pool, showtimeId);
    for (const { holder, what, seats } of promises) {
      for (const seat of seats) expect(taken.get(labels.indexOf(seat)), seat).toBe(`${what} ${holder}`);
    }
  });
}

function* promisedTo(buyers: readonly SeatBuyer[]) {
  for (const { client, holds, bookings } of buyers) {
    const holder = client.getSnapshot().holder ?? '';
    for (const { id, seats } of holds.values()) yield { holder, what: `hold ${id}`, seats };
    for (const { id, seats } of bookings.values()) yield { holder, what: `booking ${id}`, seats };
  }
}

function* heldBy(client: ShowtimeClient) {
  const { holder = '', holds } = client.getSnapshot();
  for (const { id, seats } of holds) yield { holder, what: `hold ${id}`, seats };
}
