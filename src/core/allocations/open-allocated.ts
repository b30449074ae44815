import type { Command } from '../command.js';
import { AVAILABLE, BLOCKED, type House } from '../house.js';
import { closeSeat, openSeat } from '../occupancy.js';
import { channelOf } from './channel-of.js';

/**
 * Decides a command as its channel sees the house: seats that are allocated to the channel are available to it while the
 * command is decided, to the rules and the search as well. To all others they are blocked, which is their status otherwise.
 * O(allocated seats), and O(1) for a channel without allocated seats.
 */
export function withAllocated<Result>(house: House, command: Command, decide: () => Result): Result {
  const channel = channelOf(house, command);
  if (channel === undefined || !house.allocations.hasOf(channel)) return decide();
  const opened: number[] = [];
  for (const [seat, allocation] of house.allocations.entries()) {
    if (allocation.channel !== channel || house.status[seat] !== BLOCKED) continue;
    openSeat(house, seat);
    opened.push(seat);
  }
  try {
    return decide();
  } finally {
    for (const seat of opened) if (house.status[seat] === AVAILABLE) closeSeat(house, seat);
  }
}
