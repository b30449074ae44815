import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterStage, connected, openClusterStage } from './cluster-stage.js';

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c']);
});

afterAll(() => stage?.close());

test('a client that lands on any node is sent to the owner, and all of them see one house', async () => {
  const showtimeId = await stage.openSale(100);
  const [label = ''] = await stage.labels(showtimeId);
  const clients = await Promise.all([...stage.nodes.values()].map(({ url }) => connected(url, showtimeId)));
  const owner = await stage.ownerOf(showtimeId);
  expect([...stage.nodes.keys()]).toContain(owner);
  const results = await Promise.all(clients.map((client) => client.hold([label])));
  expect(results.filter(({ ok }) => ok)).toHaveLength(1);
  for (const client of clients) await expect.poll(() => client.getSnapshot().counts.available).toBe(99);
  for (const client of clients) client.close();
});
