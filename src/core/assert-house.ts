import { AVAILABLE, BLOCKED, BOOKED, HELD, type House } from './house.js';
import { invariant } from './invariant.js';
import { runsIn } from './search/runs.js';

/**
 * Throws an InvariantError unless statuses, owners, holds, bookings and counts agree. It looks at every seat, so it is
 * for tests and for debugging, not for every command.
 */
export function assertHouse(house: House): void {
  const { status, ownerOf } = house;
  const owned = new Map<number, string>();
  for (const hold of house.holds.values()) {
    invariant(hold.seats.length > 0, `hold ${hold.id} is empty`);
    invariant(house.holdsOf.get(hold.holder)?.has(hold.id) === true, `hold ${hold.id} is not known by its holder`);
    invariant(hold.prices.length === hold.seats.length, `prices of hold ${hold.id}`);
    invariant((hold.ticketTypes ?? hold.seats).length === hold.seats.length, `ticket types of hold ${hold.id}`);
    for (const seat of hold.seats) {
      invariant(!owned.has(seat) && status[seat] === HELD && ownerOf[seat] === hold.id, `seat ${seat} of ${hold.id}`);
      owned.set(seat, hold.id);
    }
  }
  for (const booking of house.bookings.values()) {
    const isKnown = house.bookingsOf.get(booking.holder)?.has(booking.id) ?? false;
    const isToBe = booking.status === 'confirmed' && house.rules.distancing > 0;
    invariant(isKnown === isToBe, `booking ${booking.id} and what is known by its holder`);
    if (booking.status === 'cancelled') continue;
    for (const seat of booking.seats) {
      const agrees = !owned.has(seat) && status[seat] === BOOKED && ownerOf[seat] === booking.id;
      invariant(agrees, `seat ${seat} of booking ${booking.id}`);
      owned.set(seat, booking.id);
    }
  }
  for (const [seat, { until }] of house.allocations.entries()) {
    invariant(status[seat] !== AVAILABLE, `seat ${seat} is allocated, and available to all`);
    invariant(until === undefined || until >= house.allocations.nextEnd, `the end of the allocation of seat ${seat}`);
  }
  const known = [...house.holdsOf.values()].reduce((sum, ids) => sum + ids.size, 0);
  invariant(known === house.holds.size, 'a holder knows a hold that is gone');
  assertCounts(house, owned);
}

function assertCounts(house: House, owned: ReadonlyMap<number, string>): void {
  const { map, status, ownerOf } = house;
  const blocks = new Int32Array(map.blocks.length);
  const areas = new Int32Array(map.data.areas.length);
  let available = 0;
  for (let seat = 0; seat < map.count; seat++) {
    const taken = status[seat] === HELD || status[seat] === BOOKED;
    invariant(taken === owned.has(seat), `seat ${seat} has a status without an owner`);
    invariant(taken || ownerOf[seat] === undefined, `seat ${seat} has an owner without a status`);
    invariant((status[seat] ?? 9) <= BLOCKED, `seat ${seat} has no status`);
    if (status[seat] !== AVAILABLE) continue;
    available++;
    const block = map.blockOf[seat] ?? -1;
    const counts = block >= 0 ? blocks : areas;
    const index = block >= 0 ? block : (map.areaOf[seat] ?? -1);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  invariant(available === house.available, 'the number of available seats');
  const fresh = { ...house, runsInBlock: new Int32Array(blocks.length), openInBlock: new Int32Array(blocks.length) };
  house.runsInBlock.forEach((runs, block) => {
    if (runs === 0) return;
    invariant(runs === runsIn(fresh, block), `free runs of block ${block}`);
    invariant(house.openInBlock[block] === fresh.openInBlock[block], `seats in free runs of block ${block}`);
  });
  blocks.forEach((free, block) => void invariant(free === house.freeInBlock[block], `free seats of block ${block}`));
  areas.forEach((free, area) => void invariant(free === house.freeInArea[area], `free places of area ${area}`));
}
