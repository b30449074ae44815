import { z } from 'zod';

const secrets = z
  .string()
  .transform((text) => text.split(',').map((secret) => secret.trim()))
  .refine((all) => all.every((secret) => /^whsec_\S{8,}$/.test(secret)), {
    error: 'are secrets of webhook endpoints, such as whsec_…, separated by commas',
  });

/** How this server reaches Stripe; spread into the environment by src/config.ts. */
export const stripeSettings = {
  /** Absent: no payments by Stripe. */
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_(live|test)_\S{8,}$/, { error: 'is a secret key of Stripe, such as sk_live_…' })
    .optional(),
  /** Several while one is replaced: an event counts if one of them signed it. */
  STRIPE_WEBHOOK_SECRETS: secrets.optional(),
  /** The connected account that is paid. Absent: the account of the key. */
  STRIPE_ACCOUNT: z
    .string()
    .regex(/^acct_\w+$/, { error: 'is the id of an account of Stripe, such as acct_…' })
    .optional(),
  /** Of a stand-in for Stripe, for tests. */
  STRIPE_API_BASE: z.url({ protocol: /^https?$/ }).optional(),
};
type StripeEnvironment = z.output<z.ZodObject<typeof stripeSettings>>;

export interface StripeConfig {
  readonly secretKey: string;
  readonly isLive: boolean;
  readonly webhookSecrets: readonly string[];
  readonly account: string | undefined;
  readonly apiBase: string | undefined;
}

/** Undefined: there is no Stripe here. */
export function stripeConfigOf(env: StripeEnvironment): StripeConfig | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRETS: webhookSecrets = [] } = env;
  if (secretKey === undefined) return undefined;
  const isLive = /^.k_live_/.test(secretKey);
  return { secretKey, isLive, webhookSecrets, account: env.STRIPE_ACCOUNT, apiBase: env.STRIPE_API_BASE };
}

/** Why production refuses the settings; undefined: it accepts them. The text has no part of a secret. */
export function stripeFault({ isLive, webhookSecrets, apiBase }: StripeConfig): string | undefined {
  if (!isLive)
    return 'STRIPE_SECRET_KEY is a test key, and with it seats are given away. Set TEST_PAYMENTS=true to allow it.';
  if (webhookSecrets.length === 0) return 'Set STRIPE_WEBHOOK_SECRETS: without it no payment is ever reported.';
  return apiBase === undefined ? undefined : 'STRIPE_API_BASE is for tests: unset it, or set TEST_PAYMENTS=true.';
}
