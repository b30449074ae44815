import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { JournalRefusal } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { actOf, bookedBy, held, holdOf, moved, slice, sorted } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('what staff do, in the journal over %s', (_, open) => {
  let store: Store;
  let node: NodeJournal;
  let showtime: string;
  let epoch: number;
  let number: number;

  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    node = await store.node();
    showtime = randomUUID();
    epoch = (await node.claim(showtime)).epoch;
    number = 0;
  });

  const claimed = async () => sorted(await (await store.node()).claim(showtime));
  const write = async (parts: Parameters<typeof slice>[2]) =>
    await node.commit({ number: ++number, slices: [slice(showtime, epoch, parts)] });
  it('[STAFF-3] keeps the channel of holds and bookings, beside those that have none', async () => {
    const [web, desk] = [holdOf('ann', [1, 2]), holdOf('bob', [3], { channel: 'walk_in' })];
    const [sold, other] = [bookedBy('cid', [4]), bookedBy('dan', [5], { channel: 'partner' })];
    const last = holdOf('eve', [6]);
    await write({ holds: [...held(web), ...held(desk), ...held(last)], heldBefore: [], booked: [sold, other] });
    const { holds, bookings } = await claimed();
    expect(holds).toEqual(
      sorted({ state: { holds: [web, desk, last], bookings: [], blocked: [] }, results: [] }).holds,
    );
    expect(new Set(bookings)).toEqual(new Set([sold.booking, other.booking]));
  });

  it('[STAFF-2] knows a booking as the command of whoever asked for it', async () => {
    const [one, other] = [bookedBy('ann', [1]), bookedBy('bob', [2])];
    const same = { ...other, commandId: one.commandId, askedBy: 'staff:1' };
    await write({ booked: [one, same] });
    const again = { ...bookedBy('cid', [3]), commandId: one.commandId, askedBy: 'staff:1' };
    await expect(write({ booked: [again] })).rejects.toBeInstanceOf(JournalRefusal);
    const { results, bookings } = await claimed();
    expect(bookings.map(({ holder }) => holder).sort()).toEqual(['ann', 'bob']);
    expect(results.map(({ holder, commandId }) => [holder, commandId]).sort()).toEqual([
      ['ann', one.commandId],
      ['staff:1', one.commandId],
    ]);
  });

  it('[RESEAT-5] moves a booking, whose command is answered with the seats that were booked', async () => {
    const sold = bookedBy('ann', [1, 2]);
    await write({ booked: [sold] });
    await write({ reseated: [moved(sold, [2, 9])] });
    await write({ booked: [bookedBy('bob', [1])] });
    await expect(write({ booked: [bookedBy('cid', [9])] })).rejects.toBeInstanceOf(JournalRefusal);
    const { bookings, results } = await claimed();
    expect(bookings.find(({ id }) => id === sold.booking.id)).toEqual(moved(sold, [2, 9]));
    const result = results.find(({ commandId }) => commandId === sold.commandId);
    expect(result?.reply).toEqual({ ok: true, type: 'booking', booking: sold.booking });
  });

  it('[RESEAT-5] takes no seat that is sold, and then moves nothing', async () => {
    const [sold, other] = [bookedBy('ann', [1]), bookedBy('bob', [2])];
    await write({ booked: [sold, other] });
    await expect(write({ reseated: [moved(sold, [2])], blocks: [[7, 'x']] })).rejects.toBeInstanceOf(JournalRefusal);
    await expect(write({ reseated: [moved(bookedBy('eve', [5]), [6])] })).rejects.toBeInstanceOf(JournalRefusal);
    expect((await claimed()).blocked).toEqual([]);
  });

  it('[RESEAT-5] in one flush one booking moves to what another leaves, and what it leaves is sold', async () => {
    const [first, second, made] = [bookedBy('ann', [1]), bookedBy('bob', [2]), bookedBy('cid', [7])];
    await write({ booked: [first, second] });
    const late = bookedBy('dan', [1]);
    const gone = bookedBy('eve', [5]);
    await write({
      booked: [made, late, gone],
      reseated: [moved(second, [3]), moved(first, [2]), moved(made, [8]), moved(gone, [6])],
      cancelled: [gone.booking.id],
    });
    const seats = new Map((await claimed()).bookings.map((booking) => [booking.holder, booking.seats]));
    expect(Object.fromEntries(seats)).toEqual({ ann: [2], bob: [3], cid: [8], dan: [1], eve: [6] });
    epoch = (await node.claim(showtime)).epoch;
    await write({ booked: [bookedBy('fay', [5, 6, 7])] });
    await expect(write({ booked: [bookedBy('fay', [8])] })).rejects.toBeInstanceOf(JournalRefusal);
  });

  it('[FENCE-2] [RESEAT-5] keeps an old owner from moving anything', async () => {
    const sold = bookedBy('ann', [1]);
    await write({ booked: [sold] });
    await (await store.node()).claim(showtime);
    expect((await write({ reseated: [moved(sold, [2])] })).fenced).toHaveLength(1);
    expect((await claimed()).bookings).toEqual([sold.booking]);
  });

  it('[HISTORY-2] keeps acts in their order, with what they tell of, and not without it', async () => {
    const [one, two, three] = [
      actOf('held', [1, 2], { holder: 'ß"\\' }),
      actOf('blocked', [3]),
      actOf('released', [1]),
    ];
    const first = { number: 1, slices: [slice(showtime, epoch, { firstAct: 1, acts: [one, two] })] };
    await node.commit(first);
    await node.commit(first);
    number = 1;
    await expect(write({ cancelled: [randomUUID()], firstAct: 3, acts: [three] })).rejects.toBeInstanceOf(
      JournalRefusal,
    );
    expect(await store.history(showtime)).toEqual([one, two]);
    await write({ firstAct: 3, acts: [three] });
    expect(await store.history(showtime)).toEqual([one, two, three]);
    await (await store.node()).claim(showtime);
    await write({ firstAct: 4, acts: [three] });
    expect(await store.history(showtime)).toHaveLength(3);
  });

  it('[HISTORY-1] tells of holds that ended while nobody looked', async () => {
    const expiresAt = Math.floor(await store.now()) - 1_000;
    const ended = holdOf('ann', [4, 5], { expiresAt, channel: 'pos' });
    await write({ holds: held(ended), heldBefore: [] });
    await (await store.node()).claim(showtime);
    await (await store.node()).claim(showtime);
    const { id: hold, holder, channel } = ended;
    const told = { act: 'expired', at: expiresAt, seats: [4, 5], holder, hold, channel };
    expect(await store.history(showtime)).toEqual([told]);
  });
});
