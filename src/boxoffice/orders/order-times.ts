/** How long the steps of an order may take. The simulation shortens all of them alike. */
export interface OrderTimes {
  /** Between two looks of the monitor of a node. */
  readonly lookMs: number;
  /** For so long the node that took an order on itself has it alone. */
  readonly claimMs: number;
  /** A request makes an order in a few seconds, or its node died. */
  readonly draftMsMax: number;
  /** Whoever took the report of the money fulfils the order at once; after that the monitor does. */
  readonly paidMsMax: number;
  /** A paid order that is older hangs: a house or Postgres does not answer, or there is a bug. */
  readonly hangsMs: number;
  /** Between two looks at the money, and for how long what was settled is left alone: it may be under way. */
  readonly moneyLookMs: number;
  readonly moneyRestMs: number;
  /** A hold that is taken again is booked at once. */
  readonly retakenMs: number;
  /** For so long a request waits for its booking. The order goes on without it. */
  readonly fulfilWaitMs: number;
}

export const ORDER_TIMES: OrderTimes = {
  lookMs: 1_000,
  claimMs: 30_000,
  draftMsMax: 60_000,
  paidMsMax: 5_000,
  hangsMs: 60_000,
  moneyLookMs: 60_000,
  moneyRestMs: 60_000,
  retakenMs: 60_000,
  fulfilWaitMs: 10_000,
};
