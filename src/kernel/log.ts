export interface LogFields {
  /** A stable name, `part.what_happened`, that operators search and alert on. It stays when the wording of `message` changes. */
  readonly event: string;
  /** The error with its stack, where there is one. */
  readonly err?: unknown;
  readonly [field: string]: unknown;
}

/** Structured log lines. `message` is a sentence for the operator who reads it at night. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
}
