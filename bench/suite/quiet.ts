import type { Log } from '../../src/kernel/log.js';

/** Errors only: progress and the table are what people come for. */
export const quiet: Log = {
  debug() {},
  info() {},
  warn() {},
  error: (fields, message) => console.error(message, fields),
};
