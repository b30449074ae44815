/** Which holds and bookings belong to orders, and bookings that are cancelled in part, as the journal keeps them. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Booking, Hold } from '../../src/core/house.js';
import type { BookedWrite, Restoration } from '../../src/runtime/journal-port.js';
import { ClaimedShowtime } from './claimed-showtime.js';
import { memoryStore, postgresStore } from './journals.js';
import { bookedBy, held, holdOf, moved, slice } from './slices.js';

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
  const showtime = new ClaimedShowtime(open);

  it('[ORDER-10] the next owner knows which order a hold is in, and that it left it', async () => {
    const [hold, plain] = [holdOf('ann', [1, 2]), holdOf('bob', [3])];
    await showtime.write(2, { holds: [...held(hold), ...held(plain)], heldBefore: [] });
    const inOrder = { ...hold, orderId: ORDER, expiresAt: hold.expiresAt + 1_000 };
    await showtime.write(3, { holds: held(inOrder) });
    expect((await showtime.state()).holds.find(({ holder }) => holder === 'ann')).toEqual(inOrder);
    showtime.epoch = (await showtime.node.claim(showtime.id, 3)).epoch;
    await showtime.write(4, { holds: held(hold) });
    expect(new Set((await showtime.state()).holds)).toEqual(new Set([hold, plain]));
  });

  it('[ORDER-10] the next owner knows which order a booking belongs to, and allocations come in the same batch', async () => {
    const [sold, plain] = [bookedBy('ann', [1, 2], { orderId: ORDER }), bookedBy('bob', [3])];
    const hold = holdOf('cid', [7], { orderId: ORDER, ticketTypes: ['child'] });
    const allocation = { channel: 'pos', reason: '', by: 'staff' } as const;
    await showtime.write(2, {
      booked: [plain, sold],
      holds: held(hold),
      heldBefore: [],
      allocations: [[9, allocation]],
    });
    const { bookings, holds, allocations, results } = await showtime.state();
    expect(new Set(bookings)).toEqual(new Set([sold.booking, plain.booking]));
    expect(holds).toEqual([hold]);
    expect(allocations).toEqual([[9, allocation]]);
    expect(results.find(({ holder }) => holder === 'ann')?.reply).toMatchObject({ booking: { orderId: ORDER } });
  });

  it('[ORDER-10] what a fenced owner asks for an order is not written', async () => {
    const hold = holdOf('ann', [1]);
    await showtime.write(2, { holds: held(hold), heldBefore: [] });
    const other = await showtime.store.node();
    await showtime.store.letTimePass(2_000);
    await other.claim(showtime.id);
    const { fenced } = await showtime.write(3, { holds: held({ ...hold, orderId: ORDER }) });
    expect(fenced).toHaveLength(1);
    expect((await showtime.state()).holds).toEqual([hold]);
  });

  it('[GATE-7] a batch of an order whose answer was lost, and that comes late once more, has one effect', async () => {
    const hold = holdOf('ann', [1]);
    await showtime.write(2, { holds: held(hold), heldBefore: [] });
    const inOrder = slice(showtime.id, showtime.epoch, { holds: held({ ...hold, orderId: ORDER }) });
    showtime.node.delayNextCommit();
    await expect(showtime.node.commit({ number: 3, after: 2, slices: [inOrder] })).rejects.toThrow();
    await showtime.node.commit({ number: 3, after: 2, slices: [inOrder] });
    await showtime.write(4, { holds: held({ ...hold, orderId: randomUUID() }) });
    await showtime.write(5, { holds: held(hold) });
    await showtime.node.letLateArrive();
    expect((await showtime.state()).holds).toEqual([hold]);
  });

  it('[CANCEL-5] the next owner knows what is left of a booking, and what was booked', async () => {
    const sold = bookedBy('ann', [4, 1, 2], { orderId: ORDER, ticketTypes: ['child', 'adult', ''] });
    await showtime.write(2, { booked: [sold] });
    const part = partOf(sold, [4, 2], 2_000);
    await showtime.write(3, { reseated: [part] });
    // Seat 1 is free for others, and the others are not.
    await showtime.write(4, { booked: [bookedBy('bob', [1])] });
    const less = { ...partOf(sold, [2], 900), seats: [2] };
    await showtime.write(5, { reseated: [less] });
    const { bookings, results } = await showtime.state();
    expect(bookings.find(({ holder }) => holder === 'ann')).toEqual(less);
    const first = results.find(({ holder }) => holder === 'ann')?.reply;
    expect(first).toMatchObject({ booking: { ...sold.booking, status: 'confirmed' } });
  });

  it('[CANCEL-5] a booking that is made, cancelled in part and then whole within one flush leaves no seat', async () => {
    const sold = bookedBy('ann', [1, 2]);
    const part = partOf(sold, [2], 1_250);
    await showtime.write(2, { booked: [sold], reseated: [part], cancelled: [part.id] });
    expect((await showtime.state()).bookings).toEqual([{ ...part, status: 'cancelled' }]);
    showtime.epoch = (await showtime.node.claim(showtime.id, 2)).epoch;
    expect(await showtime.write(3, { booked: [bookedBy('bob', [1, 2])] })).toEqual({ fenced: [] });
  });

  describe('after a lost tail', () => {
    const restored = async (restoration: Partial<Restoration>, number: number) => {
      const done = await showtime.node.restore(number, 2, showtime.known(restoration));
      expect(done).toMatchObject({ outcome: 'restored', losses: [] });
      return await showtime.state();
    };
    /** What was written up to here is all that is left. */
    const loseAllAfter = async (work: () => Promise<unknown>) => {
      const standby = await showtime.store.copy();
      await work();
      await showtime.store.promote(standby);
    };

    it('[TAIL-4] [ORDER-10] a hold is in its order again, and out of one that it left', async () => {
      const [hold, left] = [holdOf('ann', [1, 2]), holdOf('bob', [5], { orderId: randomUUID() })];
      await showtime.write(2, { holds: [...held(hold), ...held(left)], heldBefore: [] });
      const inOrder: Hold = { ...hold, orderId: ORDER };
      const { orderId: __, ...back } = left;
      await loseAllAfter(() => showtime.write(3, { holds: [...held(inOrder), ...held(back)] }));
      const { holds } = await restored({ holds: new Map([...held(inOrder), ...held(back)]) }, 4);
      expect(new Set(holds)).toEqual(new Set([inOrder, back]));
    });

    it('[TAIL-6] [ORDER-10] where others claimed meanwhile, an order is added to a hold and taken from none', async () => {
      const [hold, kept] = [holdOf('ann', [1]), holdOf('bob', [5], { orderId: ORDER })];
      await showtime.write(2, { holds: [...held(hold), ...held(kept)], heldBefore: [] });
      const inOrder: Hold = { ...hold, orderId: ORDER };
      const { orderId: __, ...older } = kept;
      await loseAllAfter(() => showtime.write(3, { holds: held(inOrder) }));
      await showtime.state();
      const { holds } = await restored({ holds: new Map([...held(inOrder), ...held(older)]) }, 4);
      expect(new Set(holds)).toEqual(new Set([inOrder, kept]));
    });

    it('[TAIL-4] a booking comes back with its order, and one that was cancelled in part is what was left of it', async () => {
      const types = { ticketTypes: ['adult', 'child'] };
      const sold = bookedBy('ann', [1, 2], { orderId: ORDER, ...types });
      await showtime.write(2, { booked: [sold] });
      const part = partOf(sold, [2], 1_000);
      const lost = bookedBy('bob', [7, 8], { orderId: ORDER });
      const lostPart = partOf(lost, [8], 1_100);
      await loseAllAfter(async () => {
        await showtime.write(3, { reseated: [part], booked: [lost] });
        await showtime.write(4, { reseated: [lostPart] });
      });
      const { bookings, results } = await restored(
        {
          bookings: new Map([[lost.booking.id, { ...lost, booking: lostPart }]]),
          reseated: new Map([part, lostPart].map((booking) => [booking.id, { booking, epoch: showtime.epoch }])),
        },
        5,
      );
      expect(new Set(bookings)).toEqual(new Set([part, lostPart]));
      const first = new Set(results.map(({ reply }) => 'booking' in reply && reply.booking));
      expect(first).toEqual(new Set([sold.booking, lost.booking]));
      // The seats that they gave back are for others.
      showtime.epoch = (await showtime.node.claim(showtime.id, 5)).epoch;
      expect(await showtime.write(6, { booked: [bookedBy('cid', [1, 7])] })).toEqual({ fenced: [] });
    });
  });
});
