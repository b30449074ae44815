import { z } from 'zod';
import { walletConfig, walletSettings } from './wallet-settings.js';

/** The settings of tickets, as `config.ts` spreads them into its own. */
export const ticketSettings = {
  /** Seals the keys of the codes. Absent: TOKEN_SECRET does, and to change that one makes every sold ticket worthless. */
  TICKET_SECRET: z.string().min(32).optional(),
  /** For how many days a key signs new tickets before a new one does. Old keys are kept. */
  TICKET_KEY_DAYS: z.coerce.number().min(1).max(3_650).default(90),
  /** So long before a showtime begins people are let in. */
  ADMISSION_OPENS_MINUTES: z.coerce.number().min(0).max(10_080).default(120),
  ...walletSettings,
};

const environment = z.object(ticketSettings);

/** The settings as the parts of tickets take them. */
export function ticketConfig(env: z.infer<typeof environment>) {
  return {
    secret: env.TICKET_SECRET,
    keyMs: env.TICKET_KEY_DAYS * 86_400_000,
    admissionMs: env.ADMISSION_OPENS_MINUTES * 60_000,
    wallets: walletConfig(env),
  };
}
