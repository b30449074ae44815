import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClusterStage, openClusterStage } from './cluster-stage.js';
import { Watcher } from './watcher.js';

const COMMANDS = 400;

let stage: ClusterStage;

beforeAll(async () => {
  // No public URLs: nobody is sent on, everything that lives elsewhere is relayed.
  stage = await openClusterStage(['a', 'b'], { PUBLIC_URL: '' });
});

afterAll(() => stage?.close());

test('[MOVE-3] who watches at another node sees the same ordered stream, and holds and books through it', async () => {
  const showtimeId = await stage.openSale(1_000);
  const labels = await stage.labels(showtimeId);
  const first = await Watcher.open(stage.nodes.get('a')?.url ?? '', showtimeId);
  const owner = await stage.ownerOf(showtimeId);
  const other = owner === 'a' ? 'b' : 'a';
  const direct = owner === 'a' ? first : await Watcher.open(stage.nodes.get(owner)?.url ?? '', showtimeId);
  const relayed = owner === 'a' ? await Watcher.open(stage.nodes.get(other)?.url ?? '', showtimeId) : first;
  const epoch = direct.heard.find(({ type }) => type === 'snapshot')?.epoch ?? 0;
  const latency: Record<'direct' | 'relayed', number[]> = { direct: [], relayed: [] };
  for (let id = 1; id <= COMMANDS; id++) {
    const way = id % 2 === 0 ? 'relayed' : 'direct';
    const watcher = way === 'relayed' ? relayed : direct;
    const asked = performance.now();
    watcher.send({ type: 'hold', id, commandId: randomUUID(), seats: [labels[id]] });
    const held = await watcher.reply(id);
    latency[way].push(performance.now() - asked);
    expect(held['ok'], `${way} ${JSON.stringify(held['error'])}`).toBe(true);
    const { id: holdId, price } = held['hold'] as { id: string; price: object };
    const last =
      id % 3 === 0 ? { type: 'book', holdId, payment: { method: 'test' }, price } : { type: 'release', holdId };
    watcher.send({ ...last, id: COMMANDS + id, commandId: randomUUID() });
    expect((await watcher.reply(COMMANDS + id))['ok']).toBe(true);
  }
  await expect.poll(() => relayed.deltas(epoch).length).toBe(direct.deltas(epoch).length);
  // Byte for byte after decoding: what the later one missed of the beginning left aside.
  const seqs = (watcher: Watcher) => watcher.deltas(epoch).map(({ seq }) => seq ?? 0);
  const from = Math.max(seqs(direct)[0] ?? 0, seqs(relayed)[0] ?? 0);
  const stream = (watcher: Watcher) =>
    watcher
      .deltas(epoch)
      .filter(({ seq = 0 }) => seq >= from)
      .map((delta) => JSON.stringify(delta));
  expect(stream(relayed)).toEqual(stream(direct));
  expect(stream(relayed).length).toBeGreaterThan(COMMANDS);
  // In order and without a gap.
  expect(seqs(relayed)).toEqual(seqs(relayed).map((_, i) => (seqs(relayed)[0] ?? 0) + i));
  const median = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
  process.stdout.write(
    `A hold through a relay takes ${(median(latency.relayed) / median(latency.direct)).toFixed(2)} times that at the owner.\n`,
  );
  direct.close();
  relayed.close();
});
