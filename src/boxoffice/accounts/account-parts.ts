import type { Pool } from 'pg';
import { z } from 'zod';
import { type WireError, wireError } from '../../protocol/errors.js';
import { type AttemptLimit, countAttempt } from '../access/attempts.js';
import type { Audit } from '../audit/audit.js';
import type { SecondFactor } from '../second-factor/second-factor.js';
import type { MailedLinks } from './mailed-links.js';
import type { Passwords } from './passwords.js';
import type { LoggedIn, Sessions } from './sessions.js';

/** What the endpoints of accounts work with. */
export interface AccountParts {
  readonly pool: Pool;
  readonly passwords: Passwords;
  readonly sessions: Sessions;
  readonly secondFactor: SecondFactor;
  readonly links: MailedLinks;
  /** Of the outbox: to be called after the commit of a transaction that wrote a mail. */
  readonly wakeOutbox: () => void;
  readonly audit: Audit;
  /** The holder of a guest's session; undefined: it is no session of a guest, or has expired. */
  readonly guestHolder: (session: string) => Promise<string | undefined>;
  readonly limits: AccountLimits;
  readonly uuid: () => string;
}

export interface AccountLimits {
  /** Log-ins that failed, by e-mail address, whether it has an account or not. */
  readonly accountFailures: AttemptLimit;
  /** Log-ins that failed, by the client's address. */
  readonly addressFailures: AttemptLimit;
  /** Mails that somebody asked for, by e-mail address, whether it has an account or not. */
  readonly mails: AttemptLimit;
  /** Mails that somebody asked for, by the client's address. */
  readonly addressMails: AttemptLimit;
}

/** The error once something was tried too often, by any of these subjects; undefined: go on. Every try is counted. */
export async function refuseTooMany(
  pool: Pool,
  counted: readonly (readonly [AttemptLimit, string])[],
): Promise<WireError | undefined> {
  const attempts = await Promise.all(counted.map(([limit, subject]) => countAttempt(pool, limit, subject)));
  const waits = attempts.flatMap((attempt) => (attempt.ok ? [] : [attempt.retryAfterMs]));
  if (waits.length === 0) return undefined;
  return wireError('rate_limited', 'This was tried too often.', { retryAfterMs: Math.max(...waits) });
}

const milliseconds = z.int().meta({ description: 'Milliseconds since 1970, UTC.' });

export const loggedInSchema = z
  .object({
    accountId: z.uuid(),
    role: z.enum(['customer', 'staff', 'manager', 'admin']),
    holder: z.string().meta({ description: 'Whose holds and bookings this log-in makes.' }),
    lacksSecondFactor: z.boolean().meta({
      description: 'The role needs a second factor, and this log-in had none: until then its permissions do not count.',
    }),
    accessToken: z.string().meta({ description: 'Send it as `Authorization: Bearer …`, and in `hello`.' }),
    accessExpiresAt: milliseconds,
    refreshToken: z.string().meta({ description: 'Makes the next pair of tokens, once. Keep it secret.' }),
    refreshExpiresAt: milliseconds.meta({ description: 'The log-in ends then. Milliseconds since 1970, UTC.' }),
  })
  .meta({ id: 'LoggedIn' }) satisfies z.ZodType<LoggedIn>;

export const guestSessionSchema = z
  .string()
  .max(4_096)
  .optional()
  .meta({ description: 'A session of a guest, whose holds and bookings become those of the account.' });
