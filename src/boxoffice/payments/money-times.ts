/** When a provider is asked again. The simulation shortens all of them alike. */
export interface MoneyTimes {
  /** After the first try of a refund that failed; it doubles up to the longest. */
  readonly firstRetryMs: number;
  readonly retryMsMax: number;
  /** The provider reports the end of a pending refund. This look is for the case that its report was lost. */
  readonly pendingLookMs: number;
  /** Most payments end by themselves before they are this old. */
  readonly firstLookMs: number;
  readonly lookMsMax: number;
  /** A provider's search may not know a payment yet that it has just made. */
  readonly unknownIsNoneMs: number;
}

export const MONEY_TIMES: MoneyTimes = {
  firstRetryMs: 2_000,
  retryMsMax: 15 * 60_000,
  pendingLookMs: 60 * 60_000,
  firstLookMs: 30_000,
  lookMsMax: 60 * 60_000,
  unknownIsNoneMs: 60 * 60_000,
};
