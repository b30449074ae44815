/** A journal whose newest commits and claims are gone, as when a standby that lagged is promoted. */
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { JournalBehind, JournalRecovering, JournalRefusal, type Restoration } from '../../src/runtime/journal-port.js';
import { ClaimedShowtime } from './claimed-showtime.js';
import { memoryStore, postgresStore } from './journals.js';
import { bookedBy, held, holdOf, recalled, resultOf, slice, sorted, unheld } from './slices.js';

function byId(...booked: readonly ReturnType<typeof bookedBy>[]): Restoration['bookings'] {
  return new Map(booked.map((write) => [write.booking.id, write]));
}

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('a tail lost by the journal over %s', (_, open) => {
  const showtime = new ClaimedShowtime(open);

  it('[TAIL-1] is found by the next batch, of which nothing is written, whatever its number', async () => {
    const standby = await showtime.store.copy();
    await showtime.write(2, { booked: [bookedBy('ann', [1])] });
    await showtime.write(3, { booked: [bookedBy('ann', [2])] });
    await showtime.store.promote(standby);
    const next = {
      number: 4,
      after: 3,
      slices: [slice(showtime.id, showtime.epoch, { booked: [bookedBy('bob', [1])] })],
    };
    await expect(showtime.node.commit(next)).rejects.toMatchObject({ name: 'JournalBehind', has: 1 });
    expect((await showtime.state()).bookings).toEqual([]);
  });

  it('[TAIL-1] is found where even the writer’s row is gone', async () => {
    const standby = await showtime.store.copy();
    const late = await showtime.store.node();
    await late.commit({ number: 0, slices: [] });
    await late.commit({ number: 1, slices: [] });
    await showtime.store.promote(standby);
    await expect(late.commit({ number: 2, after: 1, slices: [] })).rejects.toMatchObject({ has: 0 });
    expect(await late.position()).toMatchObject({ has: 0, confirmed: 0 });
  });

  it('is none where the batch in flight is all that is gone: it is written when it comes again', async () => {
    const standby = await showtime.store.copy();
    const booked = bookedBy('ann', [1]);
    await showtime.write(2, { booked: [booked] });
    await showtime.store.promote(standby);
    expect(await showtime.write(2, { booked: [booked] })).toEqual({ fenced: [] });
    expect((await showtime.state()).bookings).toEqual([booked.booking]);
  });

  it('is seen in the position, and a new timeline is confirmed by who has all', async () => {
    const before = await showtime.node.position();
    expect(before).toMatchObject({ has: 1, timeline: 1, confirmed: 1 });
    await showtime.write(2, {});
    const standby = await showtime.store.copy();
    await showtime.write(3, {});
    await showtime.store.promote(standby);
    expect(await showtime.node.position()).toMatchObject({ has: 2, timeline: 2, confirmed: 1 });
    expect(await showtime.node.confirm(3, 2)).toBe(false);
    expect(await showtime.node.confirm(2, 1)).toBe(false);
    expect(await showtime.node.confirm(2, 2)).toBe(true);
    expect(await showtime.node.position()).toMatchObject({ has: 2, timeline: 2, confirmed: 2 });
  });

  it('[TAIL-2] is never loaded by who knows that it is lost, nor by anybody until all who live have looked', async () => {
    const standby = await showtime.store.copy();
    await showtime.write(2, { booked: [bookedBy('ann', [1])] });
    await showtime.store.promote(standby);
    await expect(showtime.node.claim(showtime.id, 2)).rejects.toThrow(JournalBehind);
    const other = await showtime.store.node();
    await other.commit({ number: 0, slices: [] });
    await other.confirm(0, 2);
    await expect(other.claim(showtime.id)).rejects.toThrow(JournalRecovering);
    await expect(other.claim(randomUUID())).rejects.toThrow(JournalRecovering);
    await showtime.node.confirm(1, 2);
    expect((await other.claim(showtime.id)).timeline).toBe(2);
  });

  it('[TAIL-2] keeps nobody waiting for a node that is dead', async () => {
    const standby = await showtime.store.copy();
    await showtime.store.promote(standby);
    const other = await showtime.store.node();
    await expect(other.claim(showtime.id)).rejects.toThrow(JournalRecovering);
    await showtime.store.letTimePass(1_600);
    expect((await other.claim(showtime.id)).timeline).toBe(2);
  });

  it('[TAIL-3] leads to no epoch that was used before, though its claims are lost', async () => {
    const [early, fresh] = [randomUUID(), randomUUID()];
    const other = await showtime.store.node();
    const standby = await showtime.store.copy();
    const used = [
      (await other.claim(showtime.id)).epoch,
      (await other.claim(fresh)).epoch,
      (await other.claim(early)).epoch,
    ];
    await showtime.store.promote(standby);
    await showtime.store.letTimePass(2_000);
    await showtime.node.claim(showtime.id).catch(() => {});
    await showtime.store.letTimePass(2_000);
    const again = await Promise.all(
      [showtime.id, fresh, early].map(async (id) => (await showtime.node.claim(id)).epoch),
    );
    again.forEach((later, i) => {
      expect(later).toBeGreaterThan((used[i] ?? 0) + 500);
    });
    const owner = (await showtime.node.owners([showtime.id])).get(showtime.id);
    expect(owner).toMatchObject({ isMine: true, timeline: 2, cutEpoch: showtime.epoch });
  });

  it('[TAIL-3] leads to no epoch that was used before, though claims after restorations are lost as well', async () => {
    // Whichever standby is promoted: none of them has more than the first claim.
    const standby = await showtime.store.copy();
    let { epoch } = showtime;
    for (let promotion = 1; promotion <= 3; promotion++) {
      await showtime.store.promote(standby);
      epoch = (await showtime.node.restore(2, 1, showtime.known({ epoch }))).epoch;
    }
    epoch = (await showtime.reclaim()).epoch;
    await showtime.store.promote(standby);
    expect((await showtime.reclaim()).epoch).toBeGreaterThan(epoch + 500);
  });

  it('[TAIL-3] fences who claimed on it, also where the epoch was given to another since', async () => {
    const other = await showtime.store.node();
    const standby = await showtime.store.copy();
    const lost = await other.claim(showtime.id);
    await showtime.store.promote(standby);
    const late = { number: 1, slices: [slice(showtime.id, lost.epoch, { booked: [bookedBy('bob', [1])] })] };
    expect((await other.commit(late)).fenced).toHaveLength(1);
    expect((await other.owners([showtime.id])).get(showtime.id)).toMatchObject({
      epoch: showtime.epoch,
      isMine: false,
      timeline: 1,
    });
    expect((await showtime.node.owners([showtime.id])).get(showtime.id)).toMatchObject({
      epoch: showtime.epoch,
      isMine: true,
    });
  });

  it('[TAIL-4] is written again: bookings, cancellations, holds, blocks and what commands were answered', async () => {
    const [kept, gone, undone] = [bookedBy('ann', [1]), bookedBy('bob', [2, 3]), bookedBy('cid', [9])];
    const [old, live] = [holdOf('dan', [4]), holdOf('eve', [5, 6])];
    await showtime.write(2, { booked: [kept], holds: held(old), heldBefore: [], blocks: [[8, 'x']] });
    const standby = await showtime.store.copy();
    const results = [resultOf(live)];
    await showtime.write(3, { booked: [gone, undone], cancelled: [kept.booking.id], results });
    const last = { holds: [...held(live), ...unheld([4])], heldBefore: [4], cancelled: [undone.booking.id] };
    await showtime.write(4, {
      ...last,
      blocks: [
        [7, 'y'],
        [8, undefined],
      ],
    });
    const before = await showtime.state();
    await showtime.store.promote(standby);
    const known = showtime.known({
      bookings: byId(gone, undone),
      cancelled: new Set([kept.booking.id, undone.booking.id]),
      holds: new Map([...held(live), ...unheld([4])]),
      blocks: new Map([
        [7, 'y'],
        [8, undefined],
      ]),
      results: [results],
    });
    const done = await showtime.node.restore(5, 2, known);
    expect(done).toEqual({ outcome: 'restored', epoch: expect.any(Number), bookings: 2, holds: 1, losses: [] });
    const claim = await showtime.reclaim();
    expect(sorted(claim)).toEqual(before);
    expect(await recalled(claim, results)).toEqual(results);
    // Given again, it writes nothing; and a batch goes on from it.
    expect(await showtime.node.restore(5, 2, known)).toMatchObject({ outcome: 'restored', losses: [] });
    expect(await showtime.node.commit({ number: 6, after: 5, slices: [] })).toEqual({ fenced: [] });
  });

  it('[TAIL-4] a whole house says also which seats are free', async () => {
    const hold = holdOf('ann', [1, 2]);
    await showtime.write(2, { holds: held(hold), heldBefore: [], blocks: [[3, 'x']] });
    await showtime.store.promote(await showtime.store.copy());
    const booked = bookedBy('bob', [1]);
    await showtime.node.restore(3, 2, showtime.known({ isWhole: true, bookings: byId(booked) }));
    expect(await showtime.state()).toMatchObject({ holds: [], blocked: [], bookings: [booked.booking] });
  });

  it('[TAIL-5] names what others sold meanwhile, seat by seat, and takes nothing from them', async () => {
    await showtime.store.promote(await showtime.store.copy());
    const other = await showtime.store.node();
    await showtime.store.letTimePass(10);
    await other.claim(showtime.id).catch(() => {});
    await showtime.store.letTimePass(2_000);
    const mine = await other.claim(showtime.id);
    const sold = bookedBy('eve', [1]);
    const parts = { booked: [sold], holds: held(holdOf('eve', [5])), heldBefore: [] };
    await other.commit({ number: 1, slices: [slice(showtime.id, mine.epoch, parts)] });
    const [lost, kept, hold] = [bookedBy('ann', [1, 2]), bookedBy('bob', [3]), holdOf('cid', [5])];
    const known = { bookings: byId(lost, kept), holds: new Map(held(hold)) };
    const done = await showtime.node.restore(2, 1, showtime.known(known));
    expect(done).toMatchObject({ outcome: 'restored', bookings: 1, holds: 0 });
    const { id: subject, reference } = lost.booking;
    const booking = { showtimeId: showtime.id, kind: 'booking', subject, reference, holder: 'ann' };
    expect(done.losses).toEqual([
      { ...booking, seat: 1, reason: 'this seat was taken meanwhile' },
      { ...booking, seat: 2, reason: 'another seat of it was taken meanwhile' },
      expect.objectContaining({ kind: 'hold', subject: hold.id, seat: 5, holder: 'cid' }),
    ]);
    // Whoever sold meanwhile has to load the house once more.
    const late = { number: 2, after: 1, slices: [slice(showtime.id, mine.epoch, { booked: [bookedBy('eve', [9])] })] };
    expect((await other.commit(late)).fenced).toHaveLength(1);
    expect((await showtime.state()).bookings.map(({ id }) => id)).toEqual([kept.booking.id, sold.booking.id].sort());
    expect((await showtime.node.restore(2, 1, showtime.known(known))).losses).toEqual(done.losses);
  });

  it('[TAIL-5] a command that booked again meanwhile has one booking, and the other is named', async () => {
    await showtime.store.promote(await showtime.store.copy());
    const other = await showtime.store.node();
    await other.claim(showtime.id).catch(() => {});
    await showtime.store.letTimePass(2_000);
    const mine = await other.claim(showtime.id);
    const lost = bookedBy('ann', [1]);
    const again = { ...bookedBy('ann', [2]), commandId: lost.commandId };
    await other.commit({ number: 1, slices: [slice(showtime.id, mine.epoch, { booked: [again] })] });
    const done = await showtime.node.restore(2, 1, showtime.known({ bookings: byId(lost) }));
    expect(done.losses).toMatchObject([{ subject: lost.booking.id, reason: 'its command booked again meanwhile' }]);
  });

  it('[TAIL-4] what was written again and is lost once more takes no seat from whom it was given since', async () => {
    const [lost, kept] = [holdOf('ann', [1, 2]), holdOf('bob', [3])];
    await showtime.store.promote(await showtime.store.copy());
    const whole = showtime.known({ isWhole: true, holds: new Map(held(lost)) });
    const { epoch: restoredUnder } = await showtime.node.restore(2, 1, whole);
    await showtime.store.letTimePass(2_000);
    const other = await showtime.store.node();
    const mine = await other.claim(showtime.id);
    expect(mine.epoch).toBe(restoredUnder + 1);
    await other.commit({ number: 1, slices: [slice(showtime.id, mine.epoch, { holds: held(kept), heldBefore: [] })] });
    await showtime.store.promote(await showtime.store.copy());
    const again = showtime.known({ epoch: mine.epoch, isAdditive: true, holds: new Map(held(lost)) });
    await showtime.node.restore(3, 2, again);
    expect((await showtime.state()).holds.map(({ id }) => id)).toEqual([lost.id, kept.id].sort());
  });

  it('where nothing is missing nobody is fenced', async () => {
    const hold = holdOf('ann', [1]);
    await showtime.write(2, { holds: held(hold), heldBefore: [] });
    await showtime.store.promote(await showtime.store.copy());
    const other = await showtime.store.node();
    await other.claim(showtime.id).catch(() => {});
    await showtime.store.letTimePass(2_000);
    const mine = await other.claim(showtime.id);
    const known = showtime.known({ holds: new Map(held(hold)) });
    expect(await showtime.node.restore(3, 2, known)).toMatchObject({ outcome: 'nothing missing' });
    expect((await other.commit({ number: 1, slices: [slice(showtime.id, mine.epoch, {})] })).fenced).toEqual([]);
  });

  it('an owner that was overtaken before the loss has nothing to write again', async () => {
    const other = await showtime.store.node();
    await other.claim(showtime.id);
    await showtime.store.promote(await showtime.store.copy());
    const known = showtime.known({ bookings: byId(bookedBy('ann', [1])) });
    expect(await showtime.node.restore(2, 1, known)).toMatchObject({ outcome: 'overtaken', bookings: 0 });
    expect((await showtime.state()).bookings).toEqual([]);
  });

  it.each([
    ['the earlier first', [0, 1]],
    ['the later first', [1, 0]],
  ] as const)('[TAIL-6] what two owners remember comes to the same, %s', async (_name, order) => {
    const standby = await showtime.store.copy();
    const [kept, undone] = [bookedBy('ann', [1]), bookedBy('bob', [2])];
    const [released, live] = [holdOf('cid', [3]), holdOf('dan', [4])];
    await showtime.write(2, { booked: [kept, undone], holds: held(released), heldBefore: [] });
    const other = await showtime.store.node();
    const later = (await other.claim(showtime.id)).epoch;
    const parts = { cancelled: [undone.booking.id], holds: [...unheld([3]), ...held(live)], heldBefore: [3] };
    await other.commit({ number: 1, slices: [slice(showtime.id, later, parts)] });
    await showtime.store.promote(standby);
    const earlier = showtime.known({ bookings: byId(kept, undone), holds: new Map(held(released)) });
    const whole = showtime.known({
      epoch: later,
      isWhole: true,
      bookings: byId(kept, undone),
      cancelled: new Set([undone.booking.id]),
      holds: new Map(held(live)),
    });
    const restore = [() => showtime.node.restore(3, 1, earlier), () => other.restore(2, 0, whole)] as const;
    for (const which of order) await restore[which]();
    const { holds, bookings } = await showtime.state();
    expect(holds).toEqual([live]);
    expect(bookings.map(({ id, status }) => [id, status])).toEqual(
      [
        [kept.booking.id, 'confirmed'],
        [undone.booking.id, 'cancelled'],
      ].sort(),
    );
  });

  it('[TAIL-6] a cancellation whose booking is not known yet waits for it', async () => {
    const booked = bookedBy('ann', [1]);
    const standby = await showtime.store.copy();
    await showtime.store.promote(standby);
    const cancelled = new Set([booked.booking.id]);
    const first = await showtime.node.restore(2, 1, showtime.known({ epoch: showtime.epoch + 1, cancelled }));
    expect(first.losses).toMatchObject([{ kind: 'cancellation', subject: booked.booking.id, seat: -1 }]);
    await showtime.node.restore(3, 2, showtime.known({ bookings: byId(booked) }));
    expect((await showtime.state()).bookings).toEqual([{ ...booked.booking, status: 'cancelled' }]);
  });

  it('a cancellation that finds no booking is refused, and leaves nothing of its batch', async () => {
    const parts = { cancelled: [randomUUID()], blocks: [[1, 'x']] as const };
    await expect(showtime.write(2, parts)).rejects.toThrow(JournalRefusal);
    expect((await showtime.state()).blocked).toEqual([]);
  });
});
