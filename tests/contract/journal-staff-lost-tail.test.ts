import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Restoration } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { actOf, bookedBy, held, holdOf, moved, slice, sorted } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('what staff did in a lost tail of the journal over %s', (_, open) => {
  const stores: Store[] = [];
  let store: Store;
  let node: NodeJournal;
  let showtime: string;
  let epoch: number;

  beforeEach(async () => {
    // Each with a store of its own: a promotion is of everything.
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
    const other = await store.node();
    await store.letTimePass(2_000);
    return sorted(await other.claim(showtime));
  };
  const write = (number: number, parts: Parameters<typeof slice>[2]) =>
    node.commit({ number, after: number - 1, slices: [slice(showtime, epoch, parts)] });
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

  it('[TAIL-4] what was moved is moved again, and so are those who took what it left', async () => {
    const [sold, other] = [bookedBy('ann', [1]), bookedBy('bob', [2])];
    await write(2, { booked: [sold, other] });
    const standby = await store.copy();
    const desk = { ...bookedBy('cid', [1], { channel: 'pos' }), askedBy: 'staff:1' };
    const hold = holdOf('dan', [7], { channel: 'walk_in' });
    const acts = [actOf('reseated', [3], { from: [2] })];
    await write(3, { reseated: [moved(other, [3]), moved(sold, [2])], firstAct: 3, acts });
    await write(4, { booked: [desk], holds: held(hold), heldBefore: [] });
    await store.promote(standby);
    const restoration = known({
      bookings: new Map([[desk.booking.id, desk]]),
      reseated: new Map([
        [sold.booking.id, { booking: moved(sold, [2]), epoch }],
        [other.booking.id, { booking: moved(other, [3]), epoch }],
      ]),
      holds: new Map(held(hold)),
      acts: [{ epoch, first: 3, acts }],
    });
    const done = await node.restore(5, 2, restoration);
    expect(done).toMatchObject({ outcome: 'restored', losses: [] });
    const { bookings, results, holds } = await claimed();
    expect(new Set(bookings)).toEqual(new Set([moved(sold, [2]), moved(other, [3]), desk.booking]));
    expect(results.find(({ holder }) => holder === 'staff:1')?.commandId).toBe(desk.commandId);
    expect(holds).toEqual([hold]);
    expect(await store.history(showtime)).toEqual(acts);
  });

  it('[TAIL-4] a booking that was made and moved comes back where it was moved to', async () => {
    const sold = bookedBy('ann', [1, 2]);
    const standby = await store.copy();
    await write(2, { booked: [sold] });
    await write(3, { reseated: [moved(sold, [3, 4])] });
    await store.promote(standby);
    const booking = moved(sold, [3, 4]);
    await node.restore(
      4,
      1,
      known({
        bookings: new Map([[booking.id, { ...sold, booking }]]),
        reseated: new Map([[booking.id, { booking, epoch }]]),
      }),
    );
    const { bookings, results } = await claimed();
    expect(bookings).toEqual([booking]);
    expect(results[0]?.reply).toMatchObject({ booking: { seats: [1, 2] } });
  });

  it('[TAIL-5] what was sold meanwhile is not taken by who was moved there: the booking has its old seats', async () => {
    const [sold, next] = [bookedBy('ann', [1]), bookedBy('bob', [5])];
    await write(2, { booked: [sold, next] });
    const standby = await store.copy();
    // Bob is moved to what Ann leaves.
    await write(3, { reseated: [moved(sold, [2]), moved(next, [1])] });
    await store.promote(standby);
    const other = await store.node();
    await store.letTimePass(2_000);
    const { epoch: present } = await other.claim(showtime);
    await other.commit({ number: 1, slices: [slice(showtime, present, { booked: [bookedBy('eve', [2])] })] });
    const all = [moved(sold, [2]), moved(next, [1])];
    const reseated = new Map(all.map((booking) => [booking.id, { booking, epoch }] as const));
    const { losses } = await node.restore(4, 2, known({ reseated }));
    expect(losses.map(({ holder, seat, kind }) => [holder, seat, kind]).sort()).toEqual([
      ['ann', 2, 'booking'],
      ['bob', 1, 'booking'],
    ]);
    const seats = (await claimed()).bookings.map(({ holder, seats: [seat] }) => [holder, seat]);
    expect(seats.sort()).toEqual([
      ['ann', 1],
      ['bob', 5],
      ['eve', 2],
    ]);
  });

  it('[TAIL-6] an earlier owner does not move back what a later one moved', async () => {
    const sold = bookedBy('ann', [1]);
    await write(2, { booked: [sold] });
    await store.promote(await store.copy());
    const under = (at: number, seats: readonly number[]) =>
      known({ epoch: at, reseated: new Map([[sold.booking.id, { booking: moved(sold, seats), epoch: at }]]) });
    await node.restore(3, 2, under(epoch + 5, [4]));
    await node.restore(4, 3, under(epoch, [2]));
    expect((await claimed()).bookings).toEqual([moved(sold, [4])]);
  });
});
