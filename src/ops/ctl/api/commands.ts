import type { ApiCommand } from './api-command.js';
import { bookingCommands } from './booking-commands.js';
import { deadLetterCommands } from './dead-letter-commands.js';
import { demoCommands } from './demo-commands.js';
import { hallCommands } from './hall-commands.js';
import { keyCommands } from './key-commands.js';
import { movieCommands } from './movie-commands.js';
import { ownAccountCommands } from './own-account-commands.js';
import { showtimeCommands } from './showtime-commands.js';
import { userCommands } from './user-commands.js';
import { venueCommands } from './venue-commands.js';

/** Every command over HTTP, in the order of the help. */
export const API_COMMANDS: readonly ApiCommand[] = [
  ...venueCommands,
  ...hallCommands,
  ...movieCommands,
  ...showtimeCommands,
  ...bookingCommands,
  ...ownAccountCommands,
  ...userCommands,
  ...keyCommands,
  ...deadLetterCommands,
  ...demoCommands,
];
