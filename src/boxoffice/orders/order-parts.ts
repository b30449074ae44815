import type { HouseRules } from '../../core/house.js';
import type { Clock } from '../../kernel/clock.js';
import type { Ids } from '../../kernel/ids.js';
import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { WireError } from '../../protocol/errors.js';
import type { HouseDesk, Outcome } from '../house-desk-port.js';
import type { PaymentProvider } from '../payments/payment-provider-port.js';
import type { Discounts } from './discounts-port.js';
import type { ExchangeTerms } from './exchanges-port.js';
import type { OrderStore } from './order-store-port.js';
import type { OrderTimes } from './order-times.js';
import type { SalePolicy } from './sale-policy.js';

export interface OrderLimits {
  /** A payment that starts has the seats for so long at least: longer than the slowest answer of a provider. */
  readonly paymentTtlMs: number;
  /** Of one holder, before they are paid. */
  readonly underWayMax: number;
}

/** What orders work with. Nothing else reaches a clock, a timer, randomness or a server: the simulation hands in its own. */
export interface OrderParts {
  readonly store: OrderStore;
  readonly desk: HouseDesk;
  /** What a showtime charges besides its prices. Rejects where Postgres does not answer. */
  readonly policyOf: (showtimeId: string) => Promise<SalePolicy>;
  /** By name. */
  readonly providers: ReadonlyMap<string, PaymentProvider>;
  /** Absent: there are no vouchers and no points. */
  readonly discounts?: Discounts | undefined;
  /** Absent: seats are not exchanged. */
  readonly exchanges?: ExchangeTerms | undefined;
  /** A refusal of a house, or its failure to answer, in the words of the wire. */
  readonly explain: (outcome: Extract<Outcome, { ok: false }>, rules: HouseRules) => WireError;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: OrderLimits;
  /** Absent: `ORDER_TIMES`. */
  readonly times?: OrderTimes | undefined;
  /** Called after something was written to the outbox. */
  readonly wakeOutbox: () => void;
}

export type Refused = { readonly ok: false; readonly error: WireError };
