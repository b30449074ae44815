import { createClient } from '@usher/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSale } from '../../../bench/rush/showtime.js';
import { addShowtime } from '../../../src/boxoffice/catalogue/showtimes.js';
import { allConnected, type ClusterStage, openClusterStage } from './cluster-stage.js';

const SHOWTIMES = 1_000;
/** Some are watched, by clients that hold seats. */
const WATCHED = 40;

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c'], {
    HTTP_REQUESTS_PER_SECOND: '100000',
    // Nobody dies here, and a node that is slow to beat while it opens hundreds of showtimes is not dead.
    CLUSTER_DETECTION_MS: '6000',
  });
});

afterAll(() => stage?.close());

test('a fourth node takes its quarter of 1,000 showtimes, no other moves, and clients keep their holds', async () => {
  const showtimeIds = await openShowtimes();
  const [entry] = [...stage.nodes.values()];
  for (const chunk of chunks(showtimeIds, 50)) {
    await Promise.all(
      chunk.map(async (id) => expect((await fetch(`${entry?.url}/v1/showtimes/${id}/seats`)).status).toBe(200)),
    );
  }
  const before = await owners();
  expect(new Set(before.values())).toEqual(new Set(['a', 'b', 'c']));
  expect(before.size).toBe(SHOWTIMES);
  const clients = showtimeIds
    .slice(0, WATCHED)
    .map((showtimeId) => createClient({ url: stage.sharedUrl, showtimeId, replyTimeoutMs: 2_000 }));
  for (const client of clients) client.connect();
  await allConnected(clients);
  const held = await Promise.all(clients.map((client) => client.bestAvailable({ count: 2 })));
  expect(held.filter(({ ok }) => ok)).toHaveLength(WATCHED);

  await stage.start('d');
  const moved = async () => [...(await owners())].filter(([id, owner]) => owner !== before.get(id));
  let last = -1;
  // Until nothing moves any more.
  await expect
    .poll(
      async () => {
        const now = (await moved()).length;
        const settled = now > 0 && now === last;
        last = now;
        return settled;
      },
      { timeout: 60_000, interval: 1_500 },
    )
    .toBe(true);
  const all = await moved();
  expect(new Set(all.map(([, owner]) => owner))).toEqual(new Set(['d']));
  process.stdout.write(`The fourth node took ${all.length} of ${SHOWTIMES}.\n`);
  expect(Math.abs(all.length / SHOWTIMES - 1 / 4)).toBeLessThanOrEqual(0.05);
  await allConnected(clients);
  for (const [i, client] of clients.entries()) {
    const { holds } = client.getSnapshot();
    const result = held[i];
    expect(holds.map(({ id }) => id)).toEqual([result?.ok ? result.hold.id : 'none']);
    // And what is held can be bought from whoever has it now.
    const [hold] = holds;
    const booked = hold && (await client.book(hold, { method: 'test' }, { waitForConnectionMs: 10_000 }));
    expect(booked?.ok).toBe(true);
    client.close();
  }
}, 180_000);

async function openShowtimes(): Promise<string[]> {
  const first = await openSale(stage.pool, 50, 600_000);
  const { rows } = await stage.pool.query<{ hall_id: string; movie_id: string }>(
    'SELECT hall_id, movie_id FROM boxoffice.showtimes WHERE id = $1',
    [first],
  );
  const { hall_id: hallId = '', movie_id: movieId = '' } = rows[0] ?? {};
  const ids = [first];
  while (ids.length < SHOWTIMES) {
    const id = crypto.randomUUID();
    const startsAt = new Date(Date.now() + 86_400_000 + ids.length * 3_600_000);
    await addShowtime(stage.pool, {
      id,
      movieId,
      hallId,
      startsAt,
      currency: 'EUR',
      prices: { Seat: 1_200 },
      rules: {},
    });
    ids.push(id);
  }
  return ids;
}

async function owners(): Promise<Map<string, string>> {
  const { rows } = await stage.pool.query<{ id: string; node: string }>(
    'SELECT showtime_id AS id, node FROM usher.showtime_owners',
  );
  return new Map(rows.map(({ id, node }) => [id, node]));
}

function* chunks<Item>(items: readonly Item[], size: number): Generator<Item[]> {
  for (let i = 0; i < items.length; i += size) yield items.slice(i, i + size);
}
