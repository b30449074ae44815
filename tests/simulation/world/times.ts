import type { OrderLimits } from '../../../src/boxoffice/orders/order-parts.js';
import type { OrderTimes } from '../../../src/boxoffice/orders/order-times.js';
import type { MoneyTimes } from '../../../src/boxoffice/payments/money-times.js';

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
  /** Between two rounds of refunds, and of looks at open payments. */
  refunds: 250,
  openPayments: 500,
  /** When a server finds that a silent client is gone. */
  idle: 8_000,
  /** When an SDK asks again for a reply that does not come. */
  replyTimeout: 1_500,
} as const;

/** What the clocks of two nodes may be off, together, that booted while Postgres was far. */
export const CLOCK_ERROR_MS_MAX = 300;

export const ORDER_LIMITS: OrderLimits = { paymentTtlMs: 2_500, underWayMax: 4 };

export const ORDER_TIMES: OrderTimes = {
  lookMs: 300,
  claimMs: 1_500,
  draftMsMax: 2_000,
  paidMsMax: 400,
  hangsMs: 30_000,
  moneyLookMs: 1_000,
  moneyRestMs: 500,
  retakenMs: 1_500,
  fulfilWaitMs: 2_000,
};

export const MONEY_TIMES: MoneyTimes & { readonly leaseMs: number } = {
  firstRetryMs: 150,
  retryMsMax: 600,
  pendingLookMs: 3_000,
  firstLookMs: 1_000,
  lookMsMax: 1_500,
  unknownIsNoneMs: 3_000,
  /** Longer than three calls to the provider take. */
  leaseMs: 5_000,
};
