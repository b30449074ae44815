import { describe, expect, it } from 'vitest';
import { ClaimedShowtime } from './claimed-showtime.js';
import { memoryStore, postgresStore } from './journals.js';
import { actOf, bookedBy, held, holdOf, moved, slice } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('what staff did in a lost tail of the journal over %s', (_, open) => {
  const showtime = new ClaimedShowtime(open);

  it('[TAIL-4] what was moved is moved again, and so are those who took what it left', async () => {
    const [sold, other] = [bookedBy('ann', [1]), bookedBy('bob', [2])];
    await showtime.write(2, { booked: [sold, other] });
    const standby = await showtime.store.copy();
    const desk = { ...bookedBy('cid', [1], { channel: 'pos' }), askedBy: 'staff:1' };
    const hold = holdOf('dan', [7], { channel: 'walk_in' });
    const acts = [actOf('reseated', [3], { from: [2] })];
    await showtime.write(3, { reseated: [moved(other, [3]), moved(sold, [2])], firstAct: 3, acts });
    await showtime.write(4, { booked: [desk], holds: held(hold), heldBefore: [] });
    await showtime.store.promote(standby);
    const restoration = showtime.known({
      bookings: new Map([[desk.booking.id, desk]]),
      reseated: new Map([
        [sold.booking.id, { booking: moved(sold, [2]), epoch: showtime.epoch }],
        [other.booking.id, { booking: moved(other, [3]), epoch: showtime.epoch }],
      ]),
      holds: new Map(held(hold)),
      acts: [{ epoch: showtime.epoch, first: 3, acts }],
    });
    const done = await showtime.node.restore(5, 2, restoration);
    expect(done).toMatchObject({ outcome: 'restored', losses: [] });
    const { bookings, results, holds } = await showtime.state();
    expect(new Set(bookings)).toEqual(new Set([moved(sold, [2]), moved(other, [3]), desk.booking]));
    expect(results.find(({ holder }) => holder === 'staff:1')?.commandId).toBe(desk.commandId);
    expect(holds).toEqual([hold]);
    expect(await showtime.store.history(showtime.id)).toEqual(acts);
  });

  it('[TAIL-4] a booking that was made and moved comes back where it was moved to', async () => {
    const sold = bookedBy('ann', [1, 2]);
    const standby = await showtime.store.copy();
    await showtime.write(2, { booked: [sold] });
    await showtime.write(3, { reseated: [moved(sold, [3, 4])] });
    await showtime.store.promote(standby);
    const booking = moved(sold, [3, 4]);
    await showtime.node.restore(
      4,
      1,
      showtime.known({
        bookings: new Map([[booking.id, { ...sold, booking }]]),
        reseated: new Map([[booking.id, { booking, epoch: showtime.epoch }]]),
      }),
    );
    const { bookings, results } = await showtime.state();
    expect(bookings).toEqual([booking]);
    expect(results[0]?.reply).toMatchObject({ booking: { seats: [1, 2] } });
  });

  it('[TAIL-5] what was sold meanwhile is not taken by who was moved there: the booking has its old seats', async () => {
    const [sold, next] = [bookedBy('ann', [1]), bookedBy('bob', [5])];
    await showtime.write(2, { booked: [sold, next] });
    const standby = await showtime.store.copy();
    // Bob is moved to what Ann leaves.
    await showtime.write(3, { reseated: [moved(sold, [2]), moved(next, [1])] });
    await showtime.store.promote(standby);
    const other = await showtime.store.node();
    await showtime.store.letTimePass(2_000);
    const { epoch: present } = await other.claim(showtime.id);
    await other.commit({ number: 1, slices: [slice(showtime.id, present, { booked: [bookedBy('eve', [2])] })] });
    const all = [moved(sold, [2]), moved(next, [1])];
    const reseated = new Map(all.map((booking) => [booking.id, { booking, epoch: showtime.epoch }] as const));
    const { losses } = await showtime.node.restore(4, 2, showtime.known({ reseated }));
    expect(losses.map(({ holder, seat, kind }) => [holder, seat, kind]).sort()).toEqual([
      ['ann', 2, 'booking'],
      ['bob', 1, 'booking'],
    ]);
    const seats = (await showtime.state()).bookings.map(({ holder, seats: [seat] }) => [holder, seat]);
    expect(seats.sort()).toEqual([
      ['ann', 1],
      ['bob', 5],
      ['eve', 2],
    ]);
  });

  it('[TAIL-6] an earlier owner does not move back what a later one moved', async () => {
    const sold = bookedBy('ann', [1]);
    await showtime.write(2, { booked: [sold] });
    await showtime.store.promote(await showtime.store.copy());
    const under = (at: number, seats: readonly number[]) =>
      showtime.known({ epoch: at, reseated: new Map([[sold.booking.id, { booking: moved(sold, seats), epoch: at }]]) });
    await showtime.node.restore(3, 2, under(showtime.epoch + 5, [4]));
    await showtime.node.restore(4, 3, under(showtime.epoch, [2]));
    expect((await showtime.state()).bookings).toEqual([moved(sold, [4])]);
  });
});
