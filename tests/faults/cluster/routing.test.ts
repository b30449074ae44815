import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { type ClusterStage, connected, openClusterStage } from './cluster-stage.js';

const HOT_WATCHERS = 4;

let stage: ClusterStage;

beforeAll(async () => {
  stage = await openClusterStage(['a', 'b', 'c'], { HOT_WATCHERS: String(HOT_WATCHERS) });
});

afterAll(() => stage?.close());

test('[MOVE-2] a client that lands on any node is sent to the owner, and all of them see one house', async () => {
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

test('a showtime that many watch is relayed by the other nodes, in place of sending its owner more', async () => {
  const showtimeId = await stage.openSale(100);
  const [first] = stage.nodes.values();
  const crowd = await Promise.all(
    Array.from({ length: HOT_WATCHERS + 1 }, () => connected(first?.url ?? '', showtimeId)),
  );
  const owner = await stage.ownerOf(showtimeId);
  const [, other] = [...stage.nodes].find(([name]) => name !== owner) ?? [];
  // The crowd came to the owner, by itself or sent on; a moment later the others know.
  await expect.poll(() => firstWord(other?.url ?? '', showtimeId), { timeout: 10_000 }).toBe('welcome');
  for (const client of crowd) client.close();
});

/** What a node says to a client that nobody sent there. */
async function firstWord(nodeUrl: string, showtimeId: string): Promise<string> {
  const socket = new WebSocket(`${nodeUrl.replace('http', 'ws')}/v1/showtimes/${showtimeId}/live`, 'usher.v1.json');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello' }));
  const [data] = await once(socket, 'message');
  socket.terminate();
  return (JSON.parse(String(data)) as { readonly type: string }).type;
}
