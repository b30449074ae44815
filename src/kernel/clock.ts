export interface Clock {
  /** Milliseconds since 1970, never going back, anchored to Postgres: jumps of the host's clock do not show in it. */
  now(): number;
}
