/** The times of the simulated cluster, in milliseconds: those of production, shortened alike. */
export const TIMES = {
  start: 1_760_000_000_000,
  holdTtl: 4_000,
  beat: 150,
  detection: 900,
  lease: 600,
  freeze: 2_700,
  /** Between two looks whether the journal still has everything. */
  look: 300,
  /** For how long after a promotion nobody claims before those who live have looked. */
  recovering: 450,
  commitWait: 1_200,
  termsCheck: 1_000,
  heartbeat: 1_000,
  hello: 1_000,
  passivateAfter: 2_500,
  drain: 1_500,
  /** How long an offer runs, how often lines are compared, and how long the box office asks a house. */
  offer: 2_000,
  waitlist: 400,
  ask: 2_000,
  replayWindow: 900_000,
  /** When a server finds that a silent client is gone. */
  idle: 8_000,
  /** When an SDK asks again for a reply that does not come. */
  replyTimeout: 1_500,
} as const;

/** What the clocks of two nodes may be off, together, that booted while Postgres was far. */
export const CLOCK_ERROR_MS_MAX = 300;
