import { isSoldBy } from '../allocations/channel-of.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { refused } from '../put-hold.js';
import type { Refusal } from '../refusal.js';
import type { Applied, OfferView } from '../reply.js';
import { areSalesOpen } from '../sales.js';
import { findSeats, labelOf, selectOnce } from '../selection.js';
import { enterWaiting } from '../waitlist/enter-waiting.js';
import { hasFree } from '../waitlist/suits.js';
import type { WaitingEntry, Wish } from '../waitlist/waiting.js';

type Wait = Extract<Command, { type: 'wait' }>;

/**
 * Makes the house know these entries, and tells what became of them and which offers there are. An entry that `joins` is
 * refused where nobody could ever satisfy it or sales are closed, and not entered where what it wishes is free.
 */
export function applyWait(house: House, { entries, joins }: Wait, now: number): Applied {
  if (joins === true) {
    for (const entry of entries) {
      if (house.waiting?.knows(entry)) continue;
      const refusal = refuseWish(house, entry.wish, now);
      if (refusal !== undefined) return refused(refusal);
      if (hasFree(house, entry.holder, entry.wish)) return told(house, entries, now, true);
    }
  }
  enterWaiting(house, entries);
  // Whatever was missed is made good: somebody may be served who could not be before.
  if (house.waiting) house.waiting.isDue = true;
  return told(house, entries, now, false);
}

/** Nobody waits any more under this id. An offer goes on until its hold ends. */
export function applyStopWaiting(
  house: House,
  { entryId }: Extract<Command, { type: 'stop_waiting' }>,
  now: number,
): Applied {
  house.waiting?.leave(entryId);
  return told(house, [], now, false);
}

function refuseWish(house: House, wish: Wish, now: number): Refusal | undefined {
  const { rules, map } = house;
  if (!areSalesOpen(rules, now)) return { code: 'sales_closed' };
  if (!isSoldBy(house, { type: 'best_available', holder: '', count: 1, newHoldId: '' }))
    return { code: 'channel_closed' };
  const count = 'seats' in wish ? wish.seats.length : wish.count;
  if (count > rules.seatsPerHold) return { code: 'too_many_seats', limit: rules.seatsPerHold };
  if ('seats' in wish) {
    const seats = findSeats(house, wish.seats);
    return isRefusal(seats) ? seats : selectOnce(house, seats);
  }
  const { category, zone } = wish;
  if (category !== undefined && !map.categoryIndex.has(category)) return { code: 'unknown_category', name: category };
  if (zone !== undefined && !map.zoneIndex.has(zone)) return { code: 'unknown_zone', name: zone };
  return undefined;
}

function told(house: House, asked: readonly WaitingEntry[], now: number, isFree: boolean): Applied {
  const { waiting, rules } = house;
  const { salesCloseAt } = rules;
  const isOver = rules.cancelled === true || (salesCloseAt !== undefined && now >= salesCloseAt);
  const ended = asked.flatMap(({ id }) => {
    const end = waiting?.ended.get(id);
    return end === undefined ? [] : [{ id, end }];
  });
  return { reply: { ok: true, type: 'waiting', isFree, isOver, offers: offersOf(house), ended }, changes: [] };
}

export function offersOf(house: House): readonly OfferView[] {
  const offers: OfferView[] = [];
  for (const [holdId, { id }] of house.waiting?.offers ?? []) {
    const hold = house.holds.get(holdId);
    if (hold === undefined) continue;
    const seats = hold.seats.map((seat) => labelOf(house, seat));
    offers.push({ id, holder: hold.holder, holdId, seats, expiresAt: hold.expiresAt });
  }
  return offers;
}
