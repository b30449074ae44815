import { z } from 'zod';

/** The settings of orders, as `config.ts` spreads them into its own. */
export const orderSettings = {
  /** A payment that starts has the seats for so long at least: longer than the slowest answer of a provider. */
  PAYMENT_TTL_MS: z.coerce.number().int().min(1_000).max(86_400_000).default(600_000),
  /** Orders of one holder that may await their payment at a time. */
  ORDERS_UNDER_WAY: z.coerce.number().int().min(1).max(10_000).default(10),
};
