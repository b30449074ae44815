import type { Command } from '../command.js';
import { findHold, isRefusal } from '../find-hold.js';
import type { Hold, House } from '../house.js';
import { enterHold, freeSeat, removeHold } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSingleGaps } from '../rules/single-gap.js';
import { NONE } from '../seat-map.js';
import { clearSelection, findSeats, isSelected, refuseNotIn, select, selectOnce } from '../selection.js';
import { NO_TYPE } from '../ticket-types.js';

/**
 * Gives seats back; without `seats`, all of the hold. What may not stay alone goes too: the other half of a pair, the rest
 * of a table that is sold whole, and the companions of a wheelchair space. What remains is judged by the single-gap rule, as if it were chosen now.
 */
export function applyRelease(house: House, command: Extract<Command, { type: 'release' }>, now: number): Applied {
  const hold = findHold(house, command, now);
  if (isRefusal(hold)) return refused(hold);
  if (command.seats === undefined) return drop(house, hold, hold.seats, [], now);
  const named = findSeats(house, command.seats);
  if (isRefusal(named)) return refused(named);
  const duplicate = selectOnce(house, named);
  if (duplicate !== undefined) return refused(duplicate);
  const strange = refuseNotIn(house, named, hold.id);
  if (strange !== undefined) return refused(strange);
  const { tableOf } = house.map;
  const tables = new Set(named.map((seat) => tableOf[seat] ?? NONE).filter((table) => table !== NONE));
  const goes = (seat: number) => {
    const mate = house.map.pairOf[seat] ?? NONE;
    const wheelchair = house.map.wheelchairOf[seat] ?? NONE;
    return (
      isSelected(house, seat) ||
      tables.has(tableOf[seat] ?? NONE) ||
      (mate !== NONE && isSelected(house, mate)) ||
      (wheelchair !== NONE && isSelected(house, wheelchair))
    );
  };
  const gone = hold.seats.filter((seat) => goes(seat));
  if (gone.length === hold.seats.length) return drop(house, hold, gone, [], now);
  const rest = hold.seats.filter((seat) => !goes(seat));
  clearSelection(house);
  for (const seat of rest) select(house, seat);
  const gaps = findSingleGaps(house, rest, hold.id);
  return gaps === undefined ? drop(house, hold, gone, rest, now) : refused({ code: 'seat_rule', conflicts: gaps });
}

function drop(house: House, hold: Hold, seats: readonly number[], remaining: readonly number[], now: number): Applied {
  for (const seat of seats) freeSeat(house, seat);
  house.tenures?.freed(seats, now);
  const rest = remaining.length === 0 ? undefined : keep(hold, remaining);
  if (rest === undefined) removeHold(house, hold);
  else enterHold(house, rest);
  const reply = { ok: true, type: 'release', seats } as const;
  return {
    reply: rest === undefined ? reply : { ...reply, hold: rest },
    changes: [{ type: 'hold_dropped', hold, seats, rest, cause: 'released' }],
  };
}

function keep(hold: Hold, remaining: readonly number[]): Hold {
  const { seats, prices, ticketTypes } = hold;
  const places = remaining.map((seat) => seats.indexOf(seat));
  const rest = { ...hold, seats: remaining, prices: places.map((place) => prices[place] ?? 0) };
  return ticketTypes ? { ...rest, ticketTypes: places.map((place) => ticketTypes[place] ?? NO_TYPE) } : rest;
}
