/** Seats that one channel alone sells, as the journal keeps them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Allocation } from '../../src/core/allocations/allocation.js';
import type { Restoration } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { bookedBy, held, holdOf, slice, sorted } from './slices.js';

const UNTIL = Math.floor(Date.now()) + 3_600_000;
const TOUR: Allocation = { channel: 'partner', until: UNTIL, reason: 'tour', by: 'staff:1' };
const TILL: Allocation = { channel: 'pos', reason: '', by: 'staff:2' };

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('allocations in the journal over %s', (_, open) => {
  const stores: Store[] = [];
  let store: Store;
  let node: NodeJournal;
  let showtime: string;
  let epoch: number;

  beforeEach(async () => {
    store = await open();
    stores.push(store);
    node = await store.node();
    showtime = randomUUID();
    await node.commit({ number: 0, slices: [] });
    epoch = (await node.claim(showtime)).epoch;
    await node.commit({ number: 1, slices: [] });
    await node.confirm(1, 1);
  });
  afterAll(async () => {
    await Promise.all(stores.map((each) => each.close()));
  }, 60_000);

  const claimed = async () => {
    await store.letTimePass(2_000);
    return sorted(await (await store.node()).claim(showtime));
  };
  const write = (number: number, parts: Parameters<typeof slice>[2], at = epoch) =>
    node.commit({ number, after: number - 1, slices: [slice(showtime, at, parts)] });
  const memoryOf = (parts: Partial<Restoration>): Restoration => ({
    showtimeId: showtime,
    epoch,
    isWhole: false,
    isAdditive: false,
    bookings: new Map(),
    cancelled: new Set(),
    reseated: new Map(),
    holds: new Map(),
    blocks: new Map(),
    allocations: new Map(),
    results: [],
    acts: [],
    ...parts,
  });

  it('[ALLOC-6] are there for the next owner, whoever has their seats meanwhile, until they are ended', async () => {
    const hold = holdOf('ann', [1, 2]);
    await write(2, {
      allocations: [
        [1, TOUR],
        [2, TOUR],
        [5, TILL],
        [6, TILL],
      ],
    });
    await write(3, { holds: held(hold), heldBefore: [] });
    const parts = {
      allocations: [
        [2, TILL],
        [5, undefined],
        [9, undefined],
      ] as const,
    };
    await write(4, parts);
    expect(await claimed()).toMatchObject({
      holds: [hold],
      blocked: [],
      allocations: [
        [1, TOUR],
        [2, TILL],
        [6, TILL],
      ],
    });
  });

  it('are written once, however often the batch comes, and not by an owner that was fenced', async () => {
    node.loseNextAnswer();
    await expect(write(2, { allocations: [[1, TOUR]] })).rejects.toThrow();
    await write(2, { allocations: [[1, TOUR]] });
    await write(3, { allocations: [[1, undefined]] });
    // A first try that lingered.
    await write(2, { allocations: [[1, TOUR]] });
    const other = await store.node();
    await store.letTimePass(2_000);
    const next = await other.claim(showtime);
    const { fenced } = await write(4, { allocations: [[7, TOUR]] });
    expect(fenced).toHaveLength(1);
    expect(sorted(next)).not.toHaveProperty('allocations');
    expect(await claimed()).not.toHaveProperty('allocations');
  });

  it('are not written by a batch that breaks a guard, nor by one whose writer lost its tail', async () => {
    const sold = bookedBy('ann', [1]);
    await write(2, { booked: [sold] });
    await expect(write(3, { booked: [bookedBy('bob', [1])], allocations: [[4, TOUR]] })).rejects.toThrow();
    await expect(
      node.commit({ number: 9, after: 8, slices: [slice(showtime, epoch, { allocations: [[4, TOUR]] })] }),
    ).rejects.toThrow();
    expect(await claimed()).not.toHaveProperty('allocations');
  });

  it('go together with others of the same batch, showtime by showtime', async () => {
    const second = randomUUID();
    const at = (await node.claim(second, 1)).epoch;
    await node.commit({
      number: 2,
      after: 1,
      slices: [
        slice(second, at, { blocks: [[3, 'x']] }),
        slice(showtime, epoch, { allocations: [[1, TOUR]] }),
        slice(randomUUID(), 1, { allocations: [[1, TOUR]] }),
      ],
    });
    expect((await claimed()).allocations).toEqual([[1, TOUR]]);
    expect(sorted(await node.claim(second, 2))).not.toHaveProperty('allocations');
  });

  it('[ALLOC-7] [TAIL-4] are written again where a failover lost them, and are ended again where it lost that', async () => {
    await write(2, {
      allocations: [
        [1, TOUR],
        [2, TILL],
      ],
    });
    const standby = await store.copy();
    await write(3, {
      allocations: [
        [2, undefined],
        [3, TILL],
      ],
    });
    await store.promote(standby);
    const known = memoryOf({
      allocations: new Map([
        [2, undefined],
        [3, TILL],
        [4, { ...TOUR, until: 1_000 }],
      ]),
    });
    const done = await node.restore(4, 2, known);
    expect(done).toMatchObject({ outcome: 'restored', losses: [] });
    expect(await node.restore(4, 2, known)).toMatchObject({ outcome: 'restored' });
    expect((await claimed()).allocations).toEqual([
      [1, TOUR],
      [3, TILL],
    ]);
  });

  it('[ALLOC-7] a whole house says also what is not allocated; one that others opened meanwhile is only added to', async () => {
    await write(2, { allocations: [[1, TOUR]] });
    await store.promote(await store.copy());
    await node.restore(3, 2, memoryOf({ isWhole: true, allocations: new Map([[2, TILL]]) }));
    expect((await claimed()).allocations).toEqual([[2, TILL]]);
    const other = await store.node();
    const owner = await other.claim(showtime);
    const late = memoryOf({
      allocations: new Map([
        [5, TOUR],
        [2, undefined],
      ]),
    });
    expect(await node.restore(4, 3, late)).toMatchObject({ outcome: 'restored' });
    // Whoever has it loads it once more.
    const parts = { allocations: [[9, TILL]] as const };
    expect((await other.commit({ number: 1, slices: [slice(showtime, owner.epoch, parts)] })).fenced).toHaveLength(1);
    expect((await claimed()).allocations).toEqual([
      [2, TILL],
      [5, TOUR],
    ]);
  });
});
