import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServer } from '../../server-process.js';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b']);
});

afterAll(() => stage?.close());

test('a node that is started a second time by accident fails, and moves no showtime', async () => {
  const showtimeIds = await Promise.all([1, 2, 3, 4].map(() => stage.openSale(50)));
  const url = stage.nodes.get('a')?.url ?? '';
  for (const id of showtimeIds) expect((await fetch(`${url}/v1/showtimes/${id}/seats`)).status).toBe(200);
  const epochs = async () => {
    const { rows } = await stage.pool.query('SELECT showtime_id, node, epoch FROM usher.showtime_owners ORDER BY 1');
    return rows;
  };
  const before = await epochs();
  expect(before).toHaveLength(4);
  // The one that runs answers for it, so it counts as started at once.
  const second = await startServer({
    PORT: new URL(url).port,
    NODE_NAME: 'a',
    DATABASE_URL: stage.databaseUrl,
    REDIS_URL: stage.redis.url,
    TOKEN_SECRET: 'a secret of thirty-two characters or more',
  });
  await expect.poll(() => second.log(), { timeout: 15_000 }).toContain('is taken');
  expect(await second.exited()).toBe(1);
  // As long as it would take the others to notice, and to act on it.
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(await epochs()).toEqual(before);
});
