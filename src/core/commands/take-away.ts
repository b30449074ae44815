import type { Change } from '../change.js';
import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import { HELD, type Hold, type House } from '../house.js';
import { freeSeat, removeHold } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Refusal } from '../refusal.js';
import type { Applied } from '../reply.js';
import { findSeats, refuseTaken, selectOnce } from '../selection.js';

type TakeAway = Extract<Command, { type: 'take_away' }>;

/**
 * Ends holds of anybody, whole: staff need the seats. Of named seats, one that is available is where it should be and is
 * left out; one that is booked or blocked is a conflict. A hold in an order stays: somebody may be paying for it just now.
 */
export function applyTakeAway(house: House, command: TakeAway, now: number): Applied {
  const holds = 'holdId' in command ? findOne(house, command.holdId, now) : findOn(house, command.seats);
  if (isRefusal(holds)) return refused(holds);
  if (holds.some(({ orderId }) => orderId !== undefined)) return refused({ code: 'hold_in_order' });
  const { reason } = command;
  const seats: number[] = [];
  const changes: Change[] = [];
  for (const hold of holds) {
    for (const seat of hold.seats) freeSeat(house, seat);
    house.tenures?.freed(hold.seats, now);
    seats.push(...hold.seats);
    house.tenures?.freed(hold.seats, now);
    removeHold(house, hold);
    changes.push({ type: 'hold_taken_away', hold, reason });
  }
  return { reply: { ok: true, type: 'seats', seats }, changes };
}

function findOne(house: House, holdId: string, now: number): readonly Hold[] | Refusal {
  const hold = house.holds.get(holdId);
  if (hold !== undefined && hold.expiresAt > now) return [hold];
  return { code: hold !== undefined || house.expired.has(holdId) ? 'hold_expired' : 'unknown_hold' };
}

function findOn(house: House, labels: readonly string[]): readonly Hold[] | Refusal {
  const named = findSeats(house, labels);
  if (isRefusal(named)) return named;
  const others = named.filter((seat) => house.status[seat] !== HELD);
  const refusal = selectOnce(house, named) ?? refuseTaken(house, others);
  if (refusal !== undefined) return refusal;
  const holds = new Set<Hold>();
  for (const seat of named) {
    const hold = house.holds.get(house.ownerOf[seat] ?? '');
    if (hold !== undefined) holds.add(hold);
  }
  return [...holds];
}
