import type { Hold, House } from '../house.js';
import type { Refusal, SeatConflict } from '../refusal.js';
import { labelOf } from '../selection.js';
import type { Origin } from './limit-rules.js';

/** Refuses seats that an account or an address may not hold besides what it holds. `old`: the hold that they join. */
export function refuseMoreHeld(
  house: House,
  { holder, from }: { readonly holder: string; readonly from?: Origin | undefined },
  seats: number,
  old: Hold | undefined,
): Refusal | undefined {
  const { tallies } = house;
  const { limits } = house.rules;
  if (tallies === undefined || limits === undefined || from === undefined) return undefined;
  tallies.logsIn(house, holder, from.account);
  const account = tallies.accountOf(holder);
  const holds = old === undefined ? 1 : 0;
  if (account !== undefined) {
    const { seatsHeldPerAccount, holdsPerAccount } = limits;
    const limit = overrun(tallies.holdsOfAccount, account, holds, holdsPerAccount);
    if (limit > 0) return { code: 'too_many_held', limit, scope: 'account', of: 'holds' };
    const limitOfSeats = overrun(tallies.seatsOfAccount, account, seats, seatsHeldPerAccount);
    if (limitOfSeats > 0) return { code: 'too_many_held', limit: limitOfSeats, scope: 'account', of: 'seats' };
  }
  // Seats that join a hold count where the hold was made, wherever its holder is now.
  const address = (old && tallies.addressOf(old.id)) ?? from.address;
  if (address === undefined) return undefined;
  const { seatsHeldPerAddress, holdsPerAddress } = limits;
  const limit = overrun(tallies.holdsOfAddress, address, holds, holdsPerAddress);
  if (limit > 0) return { code: 'too_many_held', limit, scope: 'address', of: 'holds' };
  const limitOfSeats = overrun(tallies.seatsOfAddress, address, seats, seatsHeldPerAddress);
  if (limitOfSeats > 0) return { code: 'too_many_held', limit: limitOfSeats, scope: 'address', of: 'seats' };
  return undefined;
}

/**
 * Refuses a booking to an account, or a holder without one, or an address that has as many as it may; holds in orders count as
 * the bookings that they become. `holdId`: of a hold that goes into an order, which counts for the address that it was made from.
 */
export function refuseMoreBookings(
  house: House,
  { holder, from }: { readonly holder: string; readonly from?: Origin | undefined },
  holdId: string | undefined,
): Refusal | undefined {
  const { tallies } = house;
  const { limits } = house.rules;
  if (tallies === undefined || limits === undefined || from === undefined) return undefined;
  tallies.logsIn(house, holder, from.account);
  const account = tallies.accountOf(holder);
  const limit = overrun(tallies.bookingsOfPerson, account ?? holder, 1, limits.bookingsPerAccount);
  if (limit > 0) return { code: 'too_many_bookings', limit, scope: account === undefined ? 'holder' : 'account' };
  const address = (holdId === undefined ? undefined : tallies.addressOf(holdId)) ?? from.address;
  if (address === undefined) return undefined;
  const limitOfAddress = overrun(tallies.bookingsOfAddress, address, 1, limits.bookingsPerAddress);
  return limitOfAddress > 0 ? { code: 'too_many_bookings', limit: limitOfAddress, scope: 'address' } : undefined;
}

/** Names each seat that the person, or whoever comes from the address, has held for too long in a row. */
export function refuseHeldTooLong(
  house: House,
  seats: readonly number[],
  { holder, from }: { readonly holder: string; readonly from?: Origin | undefined },
  now: number,
): Refusal | undefined {
  const { tenures } = house;
  const { limits } = house.rules;
  if (tenures === undefined || limits === undefined || from === undefined) return undefined;
  let conflicts: SeatConflict[] | undefined;
  for (const seat of seats) {
    if (!tenures.isOver(seat, from.account ?? holder, from.address, now, limits)) continue;
    conflicts ??= [];
    conflicts.push({ seat: labelOf(house, seat), reason: 'held_too_long' });
  }
  return conflicts && { code: 'held_too_long', conflicts };
}

/** Where the seats go from here, before they are put into their hold. */
export function noteTaken(
  house: House,
  { holder, from }: { readonly holder: string; readonly from?: Origin | undefined },
  holdId: string,
  seats: readonly number[],
  now: number,
): void {
  const { tallies, tenures } = house;
  const { limits } = house.rules;
  if (tallies !== undefined && from?.address !== undefined && !house.holds.has(holdId)) {
    tallies.comesFrom(holdId, from.address);
  }
  if (tenures !== undefined && limits !== undefined) {
    tenures.taken(seats, from && (from.account ?? holder), from?.address, now, limits);
  }
}

/** The limit where `more` would pass it, else 0. */
function overrun(counts: ReadonlyMap<string, number>, key: string, more: number, limit: number): number {
  return limit > 0 && more > 0 && (counts.get(key) ?? 0) + more > limit ? limit : 0;
}
