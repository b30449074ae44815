import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { retryableWhileAway } from '../boxoffice/accounts/while-away.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import type { HouseDesk } from '../boxoffice/house-desk-port.js';
import { CancelledShowtimes } from '../boxoffice/returns/cancelled-showtimes.js';
import { type ReturnEndpointParts, returnEndpoints } from '../boxoffice/returns/return-endpoints.js';
import { type ReturnedDiscounts, Returns } from '../boxoffice/returns/returns.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { OpenedExchanges } from './exchanges.js';
import type { Store, Undo } from './store.js';

interface ReturnsNeeds {
  readonly store: Store;
  readonly desk: HouseDesk;
  readonly findOrder: ReturnEndpointParts['findOrder'];
  readonly discounts?: ReturnedDiscounts | undefined;
  readonly exchanges: Pick<OpenedExchanges, 'seats' | 'onDecided'>;
}

/** Returns and refunds, as one node serves them. */
export interface OpenedReturns {
  readonly endpoints: readonly Endpoint[];
  /** Once the houses can be asked. */
  start(): void;
}

export function openReturns(
  { store, desk, findOrder, discounts, exchanges: { seats, onDecided } }: ReturnsNeeds,
  log: Log,
  undo: Undo,
): OpenedReturns {
  const { pool, clock } = store;
  const returns = new Returns({ pool, desk, audit: postgresAudit, discounts, now: () => clock.now(), onDecided });
  const showtimes = new CancelledShowtimes({ pool, returns, log });
  return {
    endpoints: retryableWhileAway(returnEndpoints({ returns, findOrder }), isPostgresFailing, log, 'returns'),
    start: () => undo.push(seats.start(nodeTimers), showtimes.start(nodeTimers)),
  };
}
