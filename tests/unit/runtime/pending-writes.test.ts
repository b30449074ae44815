import { expect, it } from 'vitest';
import type { Change } from '../../../src/core/change.js';
import type { Hold } from '../../../src/core/house.js';
import { PendingWrites } from '../../../src/runtime/pending-writes.js';

const hold = (id: string, seats: readonly number[], extensions = 0): Hold => ({
  id,
  holder: 'ann',
  seats,
  prices: seats.map(() => 1000),
  expiresAt: 1,
  extensions,
});
const put = (value: Hold, seats: readonly number[]): Change => ({ type: 'hold_put', hold: value, seats });
const drop = (value: Hold, seats: readonly number[], rest?: Hold): Change => ({
  type: 'hold_dropped',
  hold: value,
  seats,
  rest,
  cause: 'released',
});

function sliceOf(...changes: readonly Change[]) {
  const writes = new PendingWrites();
  writes.add(changes, undefined, 'none', 0);
  const { holds, heldBefore } = writes.collect('s', 1);
  return { holds: [...holds], heldBefore: [...heldBefore] };
}

const [one, other] = [hold('one', [1, 2]), hold('other', [2])];

it.each<[string, Change[], { holds: [number, Hold | undefined][]; heldBefore: number[] }]>([
  [
    'a new hold: nothing was there',
    [put(one, [1, 2])],
    {
      holds: [
        [1, one],
        [2, one],
      ],
      heldBefore: [],
    },
  ],
  [
    'an extension: all of it was',
    [put(one, [])],
    {
      holds: [
        [1, one],
        [2, one],
      ],
      heldBefore: [1, 2],
    },
  ],
  [
    'a seat added to a hold: the others were',
    [put(one, [2])],
    {
      holds: [
        [1, one],
        [2, one],
      ],
      heldBefore: [1],
    },
  ],
  [
    'a release',
    [drop(one, [1, 2])],
    {
      holds: [
        [1, undefined],
        [2, undefined],
      ],
      heldBefore: [1, 2],
    },
  ],
  [
    'a hold that came and went',
    [put(one, [1, 2]), drop(one, [1, 2])],
    {
      holds: [
        [1, undefined],
        [2, undefined],
      ],
      heldBefore: [],
    },
  ],
  [
    'a seat that changed hands',
    [drop(one, [1, 2]), put(other, [2])],
    {
      holds: [
        [1, undefined],
        [2, other],
      ],
      heldBefore: [1, 2],
    },
  ],
])('says what the journal holds already: %s', (_, changes, expected) => {
  expect(sliceOf(...changes)).toEqual(expected);
});

it('begins anew with every slice: what was written is held by the next', () => {
  const writes = new PendingWrites();
  writes.add([put(one, [1, 2])], undefined, 'none', 0);
  expect([...writes.collect('s', 1).heldBefore]).toEqual([]);
  writes.add([drop(one, [2], hold('one', [1]))], undefined, 'none', 0);
  expect([...writes.collect('s', 1).heldBefore]).toEqual([2]);
});

it('a slice that was given out does not change, whatever comes after', () => {
  const writes = new PendingWrites();
  const booking = { id: 'b', reference: 'R', holder: 'ann', holdId: 'h', seats: [2], firstSeats: [1] };
  const moved = { ...booking, price: { amount: 1, currency: 'EUR' }, status: 'confirmed' } as const;
  const first = writes.collect('s', 1);
  const change = { type: 'reseated', booking: moved, from: [1], freed: [1], taken: [2], reason: '' } as const;
  writes.add([change, put(one, [1, 2])], undefined, 'none', 0);
  expect([first.reseated.size, first.holds.size, first.acts.length]).toEqual([0, 0, 0]);
  const { reseated, firstAct, acts } = writes.collect('s', 1);
  expect([[...reseated.values()], firstAct, acts.length]).toEqual([[moved], 1, 2]);
  expect(writes.collect('s', 1)).toMatchObject({ firstAct: 3, acts: [] });
});
