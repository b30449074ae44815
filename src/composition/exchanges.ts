import { postgresAudit } from '../boxoffice/audit/audit.js';
import { PostgresExchangeTerms } from '../boxoffice/exchanges/exchange-terms.js';
import { PostgresExchanges } from '../boxoffice/exchanges/postgres-exchanges.js';
import type { HouseDesk } from '../boxoffice/house-desk-port.js';
import type { Exchanges, ExchangeTerms } from '../boxoffice/orders/exchanges-port.js';
import { FreeSeats } from '../boxoffice/returns/free-seats.js';
import type { ReturnedDiscounts } from '../boxoffice/returns/returns.js';
import type { Log } from '../kernel/log.js';
import type { Store } from './store.js';

interface ExchangesNeeds {
  readonly store: Store;
  readonly desk: HouseDesk;
  readonly discounts?: ReturnedDiscounts | undefined;
  readonly wakeOutbox: () => void;
}

/** What orders and returns share: seats of one order that pay for another. */
export interface OpenedExchanges {
  readonly terms: ExchangeTerms;
  readonly exchanges: Exchanges;
  /** Frees what was returned, by whichever way. */
  readonly seats: FreeSeats;
  /** To be called after a return was committed. */
  readonly onDecided: (returnId: string) => void;
}

export function openExchanges({ store, desk, discounts, wakeOutbox }: ExchangesNeeds, log: Log): OpenedExchanges {
  const { pool, clock } = store;
  const seats = new FreeSeats({ pool, desk, log });
  const onDecided = (returnId: string) => {
    wakeOutbox();
    seats.begin(returnId);
  };
  return {
    terms: new PostgresExchangeTerms({ pool, desk, now: () => clock.now() }),
    exchanges: new PostgresExchanges({ audit: postgresAudit, discounts, onDecided }),
    ...{ seats, onDecided },
  };
}
