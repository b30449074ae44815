import { isSoldBy } from '../allocations/channel-of.js';
import { bestAvailable } from '../best-available.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import type { House } from '../house.js';
import { noteTaken, refuseHeldTooLong, refuseMoreHeld } from '../limits/refuse-by-limits.js';
import { newHold, putHold, refuseAnotherHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { areSalesOpen } from '../sales.js';
import { NONE } from '../seat-map.js';
import { categoriesFor, typesOfParty } from '../ticket-types.js';

/** Holds the best seats that the house finds for a party. */
export function applyBestAvailable(
  house: House,
  command: Extract<Command, { type: 'best_available' }>,
  now: number,
): Applied {
  const { rules, map } = house;
  if (!areSalesOpen(rules, now)) return refused({ code: 'sales_closed' });
  if (!isSoldBy(house, command)) return refused({ code: 'channel_closed' });
  if (command.count > rules.seatsPerHold) return refused({ code: 'too_many_seats', limit: rules.seatsPerHold });
  const category = command.category === undefined ? NONE : map.categoryIndex.get(command.category);
  if (category === undefined) return refused({ code: 'unknown_category', name: command.category ?? '' });
  const zone = command.zone === undefined ? NONE : map.zoneIndex.get(command.zone);
  if (zone === undefined) return refused({ code: 'unknown_zone', name: command.zone ?? '' });
  const types = typesOfParty(house, command.count, command.ticketTypes, category);
  if (types !== undefined && isRefusal(types)) return refused(types);
  const another = refuseAnotherHold(house, command.holder, now);
  if (another !== undefined) return refused(another);
  const more = refuseMoreHeld(house, command, command.count, undefined);
  if (more !== undefined) return refused(more);
  const { holder, count, accessible = false } = command;
  const found = bestAvailable(
    house,
    { holder, count, category, zone, categories: types && categoriesFor(house, types) },
    accessible,
  );
  if (found === undefined) return refused({ code: 'none_available' });
  const rests = refuseHeldTooLong(house, found.seats, command, now);
  if (rests !== undefined) return refused(rests);
  noteTaken(house, command, command.newHoldId, found.seats, now);
  return putHold(house, newHold(house, command, found.seats, types, now), found.seats, found.quality);
}
