import type { Channel } from '../channel.js';
import type { Command } from '../command.js';
import type { House } from '../house.js';

/** Whether the showtime is sold by the channel of the command. */
export function isSoldBy(house: House, command: Command): boolean {
  const { channels } = house.rules;
  // As nearly all are.
  if (channels === undefined || channels.length === 0) return true;
  const channel = channelOf(house, command);
  return channel === undefined || channels.includes(channel);
}

/** By which channel the command takes or gives back seats; undefined where it does neither. */
export function channelOf(house: House, command: Command): Channel | undefined {
  switch (command.type) {
    case 'hold':
      if (command.addTo !== undefined) return channelOfHold(house, command.addTo);
      return command.channel ?? 'web';
    case 'best_available':
    case 'retake':
      return command.channel ?? 'web';
    case 'release':
      return channelOfHold(house, command.holdId);
    case 'reseat':
      return house.bookings.get(command.bookingId)?.channel ?? 'web';
    default:
      return undefined;
  }
}

function channelOfHold(house: House, holdId: string): Channel {
  return house.holds.get(holdId)?.channel ?? 'web';
}
