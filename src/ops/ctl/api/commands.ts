import type { ApiCommand } from './api-command.js';
import { bookingCommands } from './booking-commands.js';

/** Every command over HTTP, in the order of the help. */
export const API_COMMANDS: readonly ApiCommand[] = [...bookingCommands];
