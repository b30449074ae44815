/** Seats that one channel alone sells, as the journal keeps them. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Allocation } from '../../src/core/allocations/allocation.js';
import { ClaimedShowtime } from './claimed-showtime.js';
import { memoryStore, postgresStore } from './journals.js';
import { bookedBy, held, holdOf, slice, sorted } from './slices.js';

const UNTIL = Math.floor(Date.now()) + 3_600_000;
const TOUR: Allocation = { channel: 'partner', until: UNTIL, reason: 'tour', by: 'staff:1' };
const TILL: Allocation = { channel: 'pos', reason: '', by: 'staff:2' };

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('allocations in the journal over %s', (_, open) => {
  const showtime = new ClaimedShowtime(open);

  it('[ALLOC-6] are there for the next owner, whoever has their seats meanwhile, until they are ended', async () => {
    const hold = holdOf('ann', [1, 2]);
    await showtime.write(2, {
      allocations: [
        [1, TOUR],
        [2, TOUR],
        [5, TILL],
        [6, TILL],
      ],
    });
    await showtime.write(3, { holds: held(hold), heldBefore: [] });
    const parts = {
      allocations: [
        [2, TILL],
        [5, undefined],
        [9, undefined],
      ] as const,
    };
    await showtime.write(4, parts);
    expect(await showtime.state()).toMatchObject({
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
    showtime.node.loseNextAnswer();
    await expect(showtime.write(2, { allocations: [[1, TOUR]] })).rejects.toThrow();
    await showtime.write(2, { allocations: [[1, TOUR]] });
    await showtime.write(3, { allocations: [[1, undefined]] });
    // A first try that lingered.
    await showtime.write(2, { allocations: [[1, TOUR]] });
    const other = await showtime.store.node();
    await showtime.store.letTimePass(2_000);
    const next = await other.claim(showtime.id);
    const { fenced } = await showtime.write(4, { allocations: [[7, TOUR]] });
    expect(fenced).toHaveLength(1);
    expect(sorted(next)).not.toHaveProperty('allocations');
    expect(await showtime.state()).not.toHaveProperty('allocations');
  });

  it('are not written by a batch that breaks a guard, nor by one whose writer lost its tail', async () => {
    const sold = bookedBy('ann', [1]);
    await showtime.write(2, { booked: [sold] });
    await expect(showtime.write(3, { booked: [bookedBy('bob', [1])], allocations: [[4, TOUR]] })).rejects.toThrow();
    await expect(
      showtime.node.commit({
        number: 9,
        after: 8,
        slices: [slice(showtime.id, showtime.epoch, { allocations: [[4, TOUR]] })],
      }),
    ).rejects.toThrow();
    expect(await showtime.state()).not.toHaveProperty('allocations');
  });

  it('go together with others of the same batch, showtime by showtime', async () => {
    const second = randomUUID();
    const at = (await showtime.node.claim(second, 1)).epoch;
    await showtime.node.commit({
      number: 2,
      after: 1,
      slices: [
        slice(second, at, { blocks: [[3, 'x']] }),
        slice(showtime.id, showtime.epoch, { allocations: [[1, TOUR]] }),
        slice(randomUUID(), 1, { allocations: [[1, TOUR]] }),
      ],
    });
    expect((await showtime.state()).allocations).toEqual([[1, TOUR]]);
    expect(sorted(await showtime.node.claim(second, 2))).not.toHaveProperty('allocations');
  });

  it('[ALLOC-7] [TAIL-4] are written again where a failover lost them, and are ended again where it lost that', async () => {
    await showtime.write(2, {
      allocations: [
        [1, TOUR],
        [2, TILL],
      ],
    });
    const standby = await showtime.store.copy();
    await showtime.write(3, {
      allocations: [
        [2, undefined],
        [3, TILL],
      ],
    });
    await showtime.store.promote(standby);
    const known = showtime.known({
      allocations: new Map([
        [2, undefined],
        [3, TILL],
        [4, { ...TOUR, until: 1_000 }],
      ]),
    });
    const done = await showtime.node.restore(4, 2, known);
    expect(done).toMatchObject({ outcome: 'restored', losses: [] });
    expect(await showtime.node.restore(4, 2, known)).toMatchObject({ outcome: 'restored' });
    expect((await showtime.state()).allocations).toEqual([
      [1, TOUR],
      [3, TILL],
    ]);
  });

  it('[ALLOC-7] a whole house says also what is not allocated; one that others opened meanwhile is only added to', async () => {
    await showtime.write(2, { allocations: [[1, TOUR]] });
    await showtime.store.promote(await showtime.store.copy());
    await showtime.node.restore(3, 2, showtime.known({ isWhole: true, allocations: new Map([[2, TILL]]) }));
    expect((await showtime.state()).allocations).toEqual([[2, TILL]]);
    const other = await showtime.store.node();
    const owner = await other.claim(showtime.id);
    const late = showtime.known({
      allocations: new Map([
        [5, TOUR],
        [2, undefined],
      ]),
    });
    expect(await showtime.node.restore(4, 3, late)).toMatchObject({ outcome: 'restored' });
    // Whoever has it loads it once more.
    const parts = { allocations: [[9, TILL]] as const };
    expect((await other.commit({ number: 1, slices: [slice(showtime.id, owner.epoch, parts)] })).fenced).toHaveLength(
      1,
    );
    expect((await showtime.state()).allocations).toEqual([
      [2, TILL],
      [5, TOUR],
    ]);
  });
});
