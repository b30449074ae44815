import type { Log } from '../kernel/log.js';

export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };

/** What is worth a line to whoever sits at the terminal; the fields are for logs. */
export function plainLog(say: (line: string) => void): Log {
  const tell = (_fields: object, message: string) => say(message);
  return { ...silentLog, warn: tell, error: tell };
}
