import { z } from 'zod';

/** The settings of loyalty, as `config.ts` spreads them into its own. */
export const loyaltySettings = {
  /** Points that an account gets for 100 minor units paid; 0: there are no points. */
  LOYALTY_POINTS_PER_100: z.coerce.number().int().min(0).max(10_000).default(0),
  /** What a point lowers an order by, in minor units. */
  LOYALTY_POINT_VALUE: z.coerce.number().int().min(1).max(1_000_000).default(1),
  /** Points are got and redeemed with orders in this currency only. */
  LOYALTY_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: 'is a code of ISO 4217, such as EUR' })
    .default('EUR'),
};
