import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Hold } from '../../src/core/house.js';
import type { Restoration } from '../../src/runtime/journal-port.js';
import { memoryStore, type NodeJournal, postgresStore, type Store } from './journals.js';
import { bookedBy, held, holdOf, slice, sorted, unheld } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('ticket types in the journal over %s', (_, open) => {
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
    epoch = (await node.claim(showtime)).epoch;
    await node.commit({ number: 1, slices: [] });
    await node.confirm(1, 1);
  });
  afterAll(async () => {
    await Promise.all(stores.map((each) => each.close()));
  }, 60_000);

  const write = (number: number, parts: Parameters<typeof slice>[2]) =>
    node.commit({ number, after: number - 1, slices: [slice(showtime, epoch, parts)] });
  const claimed = async () => {
    const other = await store.node();
    await store.letTimePass(2_000);
    return sorted(await other.claim(showtime));
  };
  const holdsOf = (...holds: Hold[]) => sorted({ state: { holds, bookings: [], blocked: [] }, results: [] }).holds;
  const typed = (holder: string, seats: readonly number[], ticketTypes: readonly string[]) =>
    holdOf(holder, seats, { ticketTypes });
  const known = (parts: Partial<Restoration>): Restoration => ({
    ...{ showtimeId: showtime, epoch, isWhole: false, isAdditive: false },
    ...{ bookings: new Map(), cancelled: new Set(), reseated: new Map(), holds: new Map(), blocks: new Map() },
    allocations: new Map(),
    ...{ results: [], acts: [] },
    ...parts,
  });

  it('[TYPE-6] holds and bookings have the type of each seat, beside those that have none', async () => {
    const holds = [
      holdOf('ann', [1, 2]),
      typed('bob', [9, 3], ['adult', 'child']),
      holdOf('cid', [4]),
      typed('dan', [5, 6], ['', 'student']),
      holdOf('eve', [7]),
    ];
    const plain = [bookedBy('ann', [10]), bookedBy('cid', [13, 14]), bookedBy('eve', [16])];
    const sold = [
      bookedBy('bob', [12, 11], { ticketTypes: ['child', 'adult'] }),
      bookedBy('dan', [15, 17], { ticketTypes: ['student', ''] }),
    ];
    const booked = [plain[0]!, sold[0]!, plain[1]!, sold[1]!, plain[2]!];
    await write(2, { holds: holds.flatMap(held), heldBefore: [], booked });
    const after = await claimed();
    const bob = { ...holds[1]!, seats: [3, 9], prices: [1_003, 1_009], ticketTypes: ['child', 'adult'] };
    expect(after.holds).toEqual(holdsOf(holds[0]!, bob, ...holds.slice(2)));
    expect(new Set(after.bookings)).toEqual(new Set(booked.map(({ booking }) => booking)));
    expect(after.results.map(({ reply }) => ('booking' in reply ? reply.booking.ticketTypes : 0))).toContainEqual([
      'child',
      'adult',
    ]);
  });

  it('[RETYPE-1] [TYPE-6] a seat that is sold as another type, and one that leaves the hold, take no other with them', async () => {
    const hold = typed('ann', [1, 2, 3], ['adult', 'child', 'student']);
    await write(2, { holds: held(hold), heldBefore: [] });
    const retyped = { ...hold, ticketTypes: ['child', 'child', 'student'], prices: [600, 1_002, 1_003] };
    await write(3, { holds: held(retyped) });
    await write(4, { holds: unheld([2]) });
    const rest = { ...hold, seats: [1, 3], ticketTypes: ['child', 'student'], prices: [600, 1_003] };
    expect((await claimed()).holds).toEqual([rest]);
  });

  it('[TAIL-4] [TYPE-6] what was lost is written again with its types', async () => {
    const standby = await store.copy();
    const hold = typed('ann', [1, 2], ['adult', 'child']);
    const sold = bookedBy('bob', [5, 4], { ticketTypes: ['student', ''] });
    await write(2, { holds: held(hold), heldBefore: [], booked: [sold] });
    await store.promote(standby);
    const bookings = new Map([[sold.booking.id, sold]]);
    const done = await node.restore(3, 1, known({ holds: new Map(held(hold)), bookings }));
    expect(done).toMatchObject({ outcome: 'restored', holds: 1, bookings: 1 });
    const after = await claimed();
    expect([after.holds, after.bookings]).toEqual([[hold], [sold.booking]]);
  });

  it('[TAIL-4] [RETYPE-1] a change of type that was lost is written again, where nobody sold since', async () => {
    const hold = typed('ann', [1, 2], ['adult', 'child']);
    await write(2, { holds: held(hold), heldBefore: [] });
    const standby = await store.copy();
    const retyped = { ...hold, ticketTypes: ['child', 'child'], prices: [600, 1_002] };
    await write(3, { holds: held(retyped) });
    await store.promote(standby);
    const done = await node.restore(4, 2, known({ holds: new Map(held(retyped)) }));
    expect(done).toMatchObject({ outcome: 'restored', holds: 1, losses: [] });
    expect((await claimed()).holds).toEqual([retyped]);
  });
});
