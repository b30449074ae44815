import { postgresAudit } from '../boxoffice/audit/audit.js';
import { OrderDiscounts } from '../boxoffice/discounts/order-discounts.js';
import { pointsEndpoint } from '../boxoffice/loyalty/points-endpoint.js';
import { voucherEndpoints } from '../boxoffice/vouchers/voucher-endpoints.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Store } from './store.js';

/** Vouchers and points of loyalty, as one node has them. */
export interface OpenedDiscounts {
  readonly endpoints: readonly Endpoint[];
  readonly discounts: OrderDiscounts;
}

export function openDiscounts({ loyalty }: Config, { pool, ids }: Store): OpenedDiscounts {
  return {
    endpoints: [
      ...voucherEndpoints({ pool, audit: postgresAudit, uuid: () => ids.uuid() }),
      pointsEndpoint(pool, loyalty),
    ],
    discounts: new OrderDiscounts({ pool, loyalty, now: Date.now }),
  };
}
