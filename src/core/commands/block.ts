import type { Command } from '../command.js';
import { isRefusal } from '../find-hold.js';
import { BLOCKED, type House } from '../house.js';
import { takeSeat } from '../occupancy.js';
import { refused } from '../put-hold.js';
import type { Applied } from '../reply.js';
import { findSeats, refuseTaken, selectOnce } from '../selection.js';

/** Takes seats off sale. Only available ones: what somebody holds or has bought is not taken away by a block. */
export function applyBlock(house: House, command: Extract<Command, { type: 'block' }>): Applied {
  const seats = findSeats(house, command.seats);
  if (isRefusal(seats)) return refused(seats);
  const refusal = selectOnce(house, seats) ?? refuseTaken(house, seats);
  if (refusal !== undefined) return refused(refusal);
  for (const seat of seats) takeSeat(house, seat, BLOCKED, undefined);
  const { reason } = command;
  return { reply: { ok: true, type: 'seats', seats }, changes: [{ type: 'blocked', seats, reason }] };
}
