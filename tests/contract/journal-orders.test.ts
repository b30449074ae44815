/** Which holds and bookings belong to orders, and bookings that are cancelled in part, as the journal keeps them. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Booking, Hold } from '../../src/core/house.js';
import type { BookedWrite, Restoration } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { bookedBy, held, holdOf, moved, slice, sorted } from './slices.js';

const ORDER = randomUUID();

/** The booking after it gave back all but these seats. */
function partOf({ booking }: BookedWrite, seats: readonly number[], amount: number): Booking {
  const { price, ticketTypes } = booking;
  const part = { ...moved({ booking } as BookedWrite, seats), price: { ...price, amount }, firstAmount: price.amount };
  if (!ticketTypes) return part;
  const kept = seats.map((seat) => ticketTypes[booking.seats.indexOf(seat)] ?? '');
  return { ...part, ticketTypes: kept, firstTicketTypes: ticketTypes };
}

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('orders in the journal over %s', (_, open) => {
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
  const known = (parts: Partial<Restoration>): Restoration => ({
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

  it('[ORDER-10] the next owner knows which order a hold is in, and that it left it', async () => {
    const [hold, plain] = [holdOf('ann', [1, 2]), holdOf('bob', [3])];
    await write(2, { holds: [...held(hold), ...held(plain)], heldBefore: [] });
    const inOrder = { ...hold, orderId: ORDER, expiresAt: hold.expiresAt + 1_000 };
    await write(3, { holds: held(inOrder) });
    expect((await claimed()).holds.find(({ holder }) => holder === 'ann')).toEqual(inOrder);
    epoch = (await node.claim(showtime, 3)).epoch;
    await write(4, { holds: held(hold) });
    expect(new Set((await claimed()).holds)).toEqual(new Set([hold, plain]));
  });

  it('[ORDER-10] the next owner knows which order a booking belongs to, and allocations come in the same batch', async () => {
    const [sold, plain] = [bookedBy('ann', [1, 2], { orderId: ORDER }), bookedBy('bob', [3])];
    const hold = holdOf('cid', [7], { orderId: ORDER, ticketTypes: ['child'] });
    const allocation = { channel: 'pos', reason: '', by: 'staff' } as const;
    await write(2, { booked: [plain, sold], holds: held(hold), heldBefore: [], allocations: [[9, allocation]] });
    const { bookings, holds, allocations, results } = await claimed();
    expect(new Set(bookings)).toEqual(new Set([sold.booking, plain.booking]));
    expect(holds).toEqual([hold]);
    expect(allocations).toEqual([[9, allocation]]);
    expect(results.find(({ holder }) => holder === 'ann')?.reply).toMatchObject({ booking: { orderId: ORDER } });
  });

  it('[ORDER-10] what a fenced owner asks for an order is not written', async () => {
    const hold = holdOf('ann', [1]);
    await write(2, { holds: held(hold), heldBefore: [] });
    const other = await store.node();
    await store.letTimePass(2_000);
    await other.claim(showtime);
    const { fenced } = await write(3, { holds: held({ ...hold, orderId: ORDER }) });
    expect(fenced).toHaveLength(1);
    expect((await claimed()).holds).toEqual([hold]);
  });

  it('[GATE-7] a batch of an order whose answer was lost, and that comes late once more, has one effect', async () => {
    const hold = holdOf('ann', [1]);
    await write(2, { holds: held(hold), heldBefore: [] });
    const inOrder = slice(showtime, epoch, { holds: held({ ...hold, orderId: ORDER }) });
    node.delayNextCommit();
    await expect(node.commit({ number: 3, after: 2, slices: [inOrder] })).rejects.toThrow();
    await node.commit({ number: 3, after: 2, slices: [inOrder] });
    await write(4, { holds: held({ ...hold, orderId: randomUUID() }) });
    await write(5, { holds: held(hold) });
    await node.letLateArrive();
    expect((await claimed()).holds).toEqual([hold]);
  });

  it('[CANCEL-5] the next owner knows what is left of a booking, and what was booked', async () => {
    const sold = bookedBy('ann', [4, 1, 2], { orderId: ORDER, ticketTypes: ['child', 'adult', ''] });
    await write(2, { booked: [sold] });
    const part = partOf(sold, [4, 2], 2_000);
    await write(3, { reseated: [part] });
    // Seat 1 is free for others, and the others are not.
    await write(4, { booked: [bookedBy('bob', [1])] });
    const less = { ...partOf(sold, [2], 900), seats: [2] };
    await write(5, { reseated: [less] });
    const { bookings, results } = await claimed();
    expect(bookings.find(({ holder }) => holder === 'ann')).toEqual(less);
    const first = results.find(({ holder }) => holder === 'ann')?.reply;
    expect(first).toMatchObject({ booking: { ...sold.booking, status: 'confirmed' } });
  });

  it('[CANCEL-5] a booking that is made, cancelled in part and then whole within one flush leaves no seat', async () => {
    const sold = bookedBy('ann', [1, 2]);
    const part = partOf(sold, [2], 1_250);
    await write(2, { booked: [sold], reseated: [part], cancelled: [part.id] });
    expect((await claimed()).bookings).toEqual([{ ...part, status: 'cancelled' }]);
    epoch = (await node.claim(showtime, 2)).epoch;
    expect(await write(3, { booked: [bookedBy('bob', [1, 2])] })).toEqual({ fenced: [] });
  });

  describe('after a lost tail', () => {
    const restored = async (restoration: Partial<Restoration>, number: number) => {
      const done = await node.restore(number, 2, known(restoration));
      expect(done).toMatchObject({ outcome: 'restored', losses: [] });
      return await claimed();
    };
    /** What was written up to here is all that is left. */
    const loseAllAfter = async (work: () => Promise<unknown>) => {
      const standby = await store.copy();
      await work();
      await store.promote(standby);
    };

    it('[TAIL-4] [ORDER-10] a hold is in its order again, and out of one that it left', async () => {
      const [hold, left] = [holdOf('ann', [1, 2]), holdOf('bob', [5], { orderId: randomUUID() })];
      await write(2, { holds: [...held(hold), ...held(left)], heldBefore: [] });
      const inOrder: Hold = { ...hold, orderId: ORDER };
      const { orderId: __, ...back } = left;
      await loseAllAfter(() => write(3, { holds: [...held(inOrder), ...held(back)] }));
      const { holds } = await restored({ holds: new Map([...held(inOrder), ...held(back)]) }, 4);
      expect(new Set(holds)).toEqual(new Set([inOrder, back]));
    });

    it('[TAIL-6] [ORDER-10] where others claimed meanwhile, an order is added to a hold and taken from none', async () => {
      const [hold, kept] = [holdOf('ann', [1]), holdOf('bob', [5], { orderId: ORDER })];
      await write(2, { holds: [...held(hold), ...held(kept)], heldBefore: [] });
      const inOrder: Hold = { ...hold, orderId: ORDER };
      const { orderId: __, ...older } = kept;
      await loseAllAfter(() => write(3, { holds: held(inOrder) }));
      await claimed();
      const { holds } = await restored({ holds: new Map([...held(inOrder), ...held(older)]) }, 4);
      expect(new Set(holds)).toEqual(new Set([inOrder, kept]));
    });

    it('[TAIL-4] a booking comes back with its order, and one that was cancelled in part is what was left of it', async () => {
      const types = { ticketTypes: ['adult', 'child'] };
      const sold = bookedBy('ann', [1, 2], { orderId: ORDER, ...types });
      await write(2, { booked: [sold] });
      const part = partOf(sold, [2], 1_000);
      const lost = bookedBy('bob', [7, 8], { orderId: ORDER });
      const lostPart = partOf(lost, [8], 1_100);
      await loseAllAfter(async () => {
        await write(3, { reseated: [part], booked: [lost] });
        await write(4, { reseated: [lostPart] });
      });
      const { bookings, results } = await restored(
        {
          bookings: new Map([[lost.booking.id, { ...lost, booking: lostPart }]]),
          reseated: new Map([part, lostPart].map((booking) => [booking.id, { booking, epoch }])),
        },
        5,
      );
      expect(new Set(bookings)).toEqual(new Set([part, lostPart]));
      const first = new Set(results.map(({ reply }) => 'booking' in reply && reply.booking));
      expect(first).toEqual(new Set([sold.booking, lost.booking]));
      // The seats that they gave back are for others.
      epoch = (await node.claim(showtime, 5)).epoch;
      expect(await write(6, { booked: [bookedBy('cid', [1, 7])] })).toEqual({ fenced: [] });
    });
  });
});
