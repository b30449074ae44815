import { z } from 'zod';

/** The settings of webhooks, as `config.ts` spreads them into its own. */
export const webhookSettings = {
  /** Whether webhooks may go to addresses of the own network and of this machine. */
  WEBHOOKS_ALLOW_PRIVATE: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false),
  /** Requests under way to one endpoint, of one node. */
  WEBHOOKS_PER_ENDPOINT: z.coerce.number().int().min(1).max(100).default(4),
  /** An endpoint that took nothing for so long is switched off. */
  WEBHOOKS_FAILING_HOURS: z.coerce.number().positive().max(720).default(24),
};
