import { isSoldBy } from '../allocations/channel-of.js';
import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { Hold, House } from '../house.js';
import { noteTaken, refuseHeldTooLong, refuseMoreHeld } from '../limits/refuse-by-limits.js';
import { pricesOf } from '../price.js';
import { newHold, putHold, refuseAnotherHold, refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { areSalesOpen } from '../sales.js';
import { refuseByRules } from '../seat-rules.js';
import { findSeats, refuseOwn, refuseTaken, selectOnce } from '../selection.js';
import { NO_TYPE, typesFor } from '../ticket-types.js';

/** All named seats, or none of them. With `addTo` they join that hold, whose clock runs on. */
export function applyHold(house: House, command: Extract<Command, { type: 'hold' }>, now: number): Applied {
  if (!areSalesOpen(house.rules, now)) return refused({ code: 'sales_closed' });
  if (!isSoldBy(house, command)) return refused({ code: 'channel_closed' });
  const seats = findSeats(house, command.seats);
  if (isRefusal(seats)) return refused(seats);
  const duplicate = selectOnce(house, seats);
  if (duplicate !== undefined) return refused(duplicate);
  let old: Hold | undefined;
  if (command.addTo !== undefined) {
    const found = findHold(house, { holdId: command.addTo, holder: command.holder }, now);
    if (isRefusal(found)) return refused(found);
    const again = refuseOwn(house, seats, found);
    if (again !== undefined) return refused(again);
    old = found;
  }
  const { seatsPerHold } = house.rules;
  const size = seats.length + (old?.seats.length ?? 0);
  if (size > seatsPerHold) return refused({ code: 'too_many_seats', limit: seatsPerHold });
  const types = typesFor(house, seats, command.ticketTypes, old?.ticketTypes);
  if (types !== undefined && isRefusal(types)) return refused(types);
  const refusal =
    (old === undefined ? refuseAnotherHold(house, command.holder, now) : undefined) ??
    refuseMoreHeld(house, command, seats.length, old) ??
    refuseTaken(house, seats) ??
    refuseHeldTooLong(house, seats, command, now) ??
    refuseByRules(house, seats, command.holder, old);
  if (refusal !== undefined) return refused(refusal);
  const hold = old === undefined ? newHold(house, command, seats, types, now) : join(house, old, seats, types);
  noteTaken(house, command, hold.id, seats, now);
  return putHold(house, hold, seats);
}

/** The seats behind those that the hold has. */
function join(house: House, old: Hold, seats: readonly number[], types: readonly string[] | undefined): Hold {
  const prices = [...old.prices, ...pricesOf(house, seats, types)];
  const hold = { ...old, seats: [...old.seats, ...seats], prices };
  if (types === undefined && old.ticketTypes === undefined) return hold;
  const before = old.ticketTypes ?? old.seats.map(() => NO_TYPE);
  return { ...hold, ticketTypes: [...before, ...(types ?? seats.map(() => NO_TYPE))] };
}
