import { describe, expect, it } from 'vitest';
import type { Hold } from '../../src/core/house.js';
import { ClaimedShowtime } from './claimed-showtime.js';
import { memoryStore, postgresStore } from './journals.js';
import { bookedBy, held, holdOf, sorted, unheld } from './slices.js';

describe.each([
  ['memory', memoryStore],
  ['postgres', postgresStore],
] as const)('ticket types in the journal over %s', (_, open) => {
  const showtime = new ClaimedShowtime(open);

  const holdsOf = (...holds: Hold[]) => sorted({ state: { holds, bookings: [], blocked: [] }, results: [] }).holds;
  const typed = (holder: string, seats: readonly number[], ticketTypes: readonly string[]) =>
    holdOf(holder, seats, { ticketTypes });

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
    await showtime.write(2, { holds: holds.flatMap(held), heldBefore: [], booked });
    const after = await showtime.state();
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
    await showtime.write(2, { holds: held(hold), heldBefore: [] });
    const retyped = { ...hold, ticketTypes: ['child', 'child', 'student'], prices: [600, 1_002, 1_003] };
    await showtime.write(3, { holds: held(retyped) });
    await showtime.write(4, { holds: unheld([2]) });
    const rest = { ...hold, seats: [1, 3], ticketTypes: ['child', 'student'], prices: [600, 1_003] };
    expect((await showtime.state()).holds).toEqual([rest]);
  });

  it('[TAIL-4] [TYPE-6] what was lost is written again with its types', async () => {
    const standby = await showtime.store.copy();
    const hold = typed('ann', [1, 2], ['adult', 'child']);
    const sold = bookedBy('bob', [5, 4], { ticketTypes: ['student', ''] });
    await showtime.write(2, { holds: held(hold), heldBefore: [], booked: [sold] });
    await showtime.store.promote(standby);
    const bookings = new Map([[sold.booking.id, sold]]);
    const done = await showtime.node.restore(3, 1, showtime.known({ holds: new Map(held(hold)), bookings }));
    expect(done).toMatchObject({ outcome: 'restored', holds: 1, bookings: 1 });
    const after = await showtime.state();
    expect([after.holds, after.bookings]).toEqual([[hold], [sold.booking]]);
  });

  it('[TAIL-4] [RETYPE-1] a change of type that was lost is written again, where nobody sold since', async () => {
    const hold = typed('ann', [1, 2], ['adult', 'child']);
    await showtime.write(2, { holds: held(hold), heldBefore: [] });
    const standby = await showtime.store.copy();
    const retyped = { ...hold, ticketTypes: ['child', 'child'], prices: [600, 1_002] };
    await showtime.write(3, { holds: held(retyped) });
    await showtime.store.promote(standby);
    const done = await showtime.node.restore(4, 2, showtime.known({ holds: new Map(held(retyped)) }));
    expect(done).toMatchObject({ outcome: 'restored', holds: 1, losses: [] });
    expect((await showtime.state()).holds).toEqual([retyped]);
  });
});
