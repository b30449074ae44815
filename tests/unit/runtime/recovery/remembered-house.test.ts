import { describe, expect, it } from 'vitest';
import { Allocations } from '../../../../src/core/allocations/allocation.js';
import type { Slice } from '../../../../src/runtime/journal-port.js';
import { RememberedHouse } from '../../../../src/runtime/recovery/remembered-house.js';
import { type Claimed, standingOf } from '../../../../src/runtime/recovery/standing.js';
import { bookedBy, held, holdOf, resultOf, slice, unheld } from '../../../contract/slices.js';

const SHOWTIME = '00000000-0000-7000-8000-000000000001';
const NOTHING = slice(SHOWTIME, 2, {});

function remembering(...slices: readonly Slice[]): RememberedHouse {
  const house = new RememberedHouse(SHOWTIME);
  for (const one of slices) house.add(one);
  return house;
}

describe('what is remembered of slices', () => {
  it('is their last word, seat by seat: a hold that was released is not held', () => {
    const [gone, live] = [holdOf('ann', [1, 2]), holdOf('bob', [2])];
    const known = remembering(
      slice(SHOWTIME, 1, { holds: held(gone), heldBefore: [], blocks: [[5, 'x']], results: [resultOf(gone)] }),
      slice(SHOWTIME, 2, { holds: [...unheld([1]), ...held(live)], heldBefore: [1, 2], blocks: [[5, undefined]] }),
    ).finish();
    expect([...known.holds]).toEqual([
      [1, undefined],
      [2, live],
    ]);
    expect([...known.blocks]).toEqual([[5, undefined]]);
    expect(known).toMatchObject({ epoch: 2, isWhole: false, isAdditive: false });
    expect(known.results.flat()).toHaveLength(1);
  });

  it('has the booking and its cancellation', () => {
    const booked = bookedBy('ann', [1]);
    const known = remembering(
      slice(SHOWTIME, 1, { booked: [booked] }),
      slice(SHOWTIME, 1, { cancelled: [booked.booking.id] }),
    ).finish();
    expect([known.bookings.has(booked.booking.id), known.cancelled.has(booked.booking.id)]).toEqual([true, true]);
  });
});

describe('what is remembered with its actor', () => {
  it('[TAIL-4] is the whole house as it was published, and nothing that nobody was told of', () => {
    const [told, undone, untold, inFlight] = [1, 2, 3, 4].map((seat) => bookedBy('ann', [seat]));
    if (!told || !undone || !untold || !inFlight) throw new Error('four bookings');
    const hold = holdOf('bob', [8]);
    const house = remembering(slice(SHOWTIME, 2, { booked: [told], holds: held(holdOf('cid', [9])), heldBefore: [] }));
    const all = [told, undone, untold, inFlight].map(({ booking }) => [booking.id, booking] as const);
    const bookings = new Map(all);
    bookings.set(undone.booking.id, { ...undone.booking, status: 'cancelled' });
    bookings.set(untold.booking.id, { ...untold.booking, status: 'cancelled' });
    const commandOf = new Map([
      [undone.booking.id, { commandId: undone.commandId, holder: 'ann' }],
      [untold.booking.id, { commandId: untold.commandId, holder: 'ann' }],
    ]);
    const published = { holds: [hold], bookings: [told.booking], blocked: [7], allocations: new Allocations() };
    const pending = slice(SHOWTIME, 2, { booked: [untold], cancelled: [untold.booking.id] });
    house.addRemains({ epoch: 2, published, bookings, commandOf, pending }, [
      slice(SHOWTIME, 2, { booked: [inFlight] }),
    ]);
    const known = house.finish();
    expect(known).toMatchObject({ isWhole: true, epoch: 2 });
    expect([...known.bookings.keys()].sort()).toEqual([told.booking.id, undone.booking.id].sort());
    expect([...known.cancelled]).toEqual([undone.booking.id]);
    expect([...known.holds]).toEqual([[8, hold]]);
    expect([...known.blocks]).toEqual([[7, '']]);
    expect(known.bookings.get(told.booking.id)?.paymentMethod).toBe('test');
  });

  it('is the whole again after a restoration that was lost', () => {
    const house = new RememberedHouse(SHOWTIME);
    house.addRestoration(remembering(NOTHING).finish());
    expect(house.finish()).toMatchObject({ isAdditive: true, isWhole: false });
    const published = { holds: [], bookings: [], blocked: [], allocations: new Allocations() };
    house.addRemains({ epoch: 9, published, bookings: new Map(), commandOf: new Map(), pending: NOTHING }, []);
    expect(house.finish()).toMatchObject({ isAdditive: false, isWhole: true, epoch: 9 });
  });
});

describe('an owner', () => {
  const claimed: Claimed = { epoch: 5, timeline: 1 };
  const owner = { node: 'n', isMine: false, timeline: 1, cutEpoch: 0 };
  it.each([
    ['owns what it claimed', { ...owner, epoch: 5, isMine: true }, true, 'owner'],
    ['is overtaken by a later claim', { ...owner, epoch: 6 }, true, 'overtaken'],
    ['is forgotten where the journal has an earlier one', { ...owner, epoch: 4 }, true, 'forgotten'],
    ['is forgotten where the journal has none', undefined, true, 'forgotten'],
    ['is overtaken where its epoch is another’s', { ...owner, epoch: 5 }, true, 'overtaken'],
    [
      'is forgotten where its claim was lost and another followed',
      { ...owner, epoch: 1_005, timeline: 2, cutEpoch: 4 },
      true,
      'forgotten',
    ],
    [
      'is overtaken after the promotion where nothing is lost',
      { ...owner, epoch: 1_006, timeline: 2, cutEpoch: 5 },
      true,
      'overtaken',
    ],
    [
      'knows more than the journal where its writes are lost',
      { ...owner, epoch: 1_006, timeline: 2, cutEpoch: 5 },
      false,
      'forgotten',
    ],
    ['was overtaken before the loss', { ...owner, epoch: 1_007, timeline: 2, cutEpoch: 6 }, false, 'overtaken'],
  ] as const)('%s', (_name, row, isIntact, standing) => {
    expect(standingOf(claimed, row, isIntact)).toBe(standing);
  });
});
