import { z } from 'zod';

const count = z.coerce.number().int();

/** The settings of the waitlist, as `config.ts` spreads them into its own. */
export const waitlistSettings = {
  /** For how long an offer runs; shorter where sales end soon. */
  WAITLIST_OFFER_MS: count
    .min(1_000)
    .max(7 * 86_400_000)
    .default(15 * 60_000),
  /** Open entries of one showtime, and of one holder or e-mail address in it. */
  WAITLIST_ENTRIES_MAX: count.min(1).max(10_000).default(1_000),
  WAITLIST_ENTRIES_PER_PERSON: count.min(1).max(100).default(3),
  /** How often each line is compared with what its owner knows. */
  WAITLIST_CHECK_MS: count.min(100).max(3_600_000).default(5_000),
};

export interface WaitlistLimits {
  readonly offerMs: number;
  readonly entriesMax: number;
  readonly entriesPerPerson: number;
}

type Read = z.infer<z.ZodObject<typeof waitlistSettings>>;

export function waitlistOf(env: Read): WaitlistLimits & { readonly checkMs: number } {
  return {
    offerMs: env.WAITLIST_OFFER_MS,
    entriesMax: env.WAITLIST_ENTRIES_MAX,
    entriesPerPerson: env.WAITLIST_ENTRIES_PER_PERSON,
    checkMs: env.WAITLIST_CHECK_MS,
  };
}
