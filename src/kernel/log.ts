/**
 * Structured log lines. `event` is a stable name, `part.what_happened`, that operators search and alert on; it does not change
 * with the wording of `message`. `err` is the error with its stack, where there is one.
 */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}
