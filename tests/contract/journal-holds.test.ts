/** What a slice says of the holds that were there before it. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JournalRefusal } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { held, holdOf, slice, sorted, unheld } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('holds in the journal over %s', (_, open) => {
  let store: Store;
  let node: NodeJournal;
  let showtime: string;
  let epoch: number;

  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    node = await store.node();
    showtime = randomUUID();
    epoch = (await node.claim(showtime)).epoch;
  });

  const claimed = async () => sorted(await (await store.node()).claim(showtime));

  it('moves a seat from one hold to another, and forgets a hold that came and went', async () => {
    const [first, second] = [holdOf('ann', [1, 2]), holdOf('bob', [2])];
    await node.commit({ number: 1, slices: [slice(showtime, epoch, { holds: held(first), heldBefore: [] })] });
    const parts = { holds: [...unheld([1]), ...held(second), ...unheld([3])], heldBefore: [1, 2] };
    await node.commit({ number: 2, slices: [slice(showtime, epoch, parts)] });
    expect((await claimed()).holds).toEqual([second]);
  });

  it('are refused where a seat is held already, by a hold that the batch does not know of', async () => {
    const [first, second] = [holdOf('ann', [1]), holdOf('bob', [1])];
    await node.commit({ number: 1, slices: [slice(showtime, epoch, { holds: held(first), heldBefore: [] })] });
    const blind = slice(showtime, epoch, { holds: held(second), heldBefore: [] });
    await expect(node.commit({ number: 2, slices: [blind] })).rejects.toThrow(JournalRefusal);
    expect((await claimed()).holds).toEqual([first]);
  });
});
