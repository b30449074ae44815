import { hkdfSync, randomUUID } from 'node:crypto';
import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import type { AccessTokens } from '../boxoffice/access/access-tokens.js';
import { accountEndpoints } from '../boxoffice/accounts/account-endpoints.js';
import type { AccountLimits, AccountParts } from '../boxoffice/accounts/account-parts.js';
import { MailedLinks } from '../boxoffice/accounts/mailed-links.js';
import { findOwnBooking } from '../boxoffice/accounts/own-bookings.js';
import { Passwords } from '../boxoffice/accounts/passwords.js';
import { Sessions } from '../boxoffice/accounts/sessions.js';
import { retryableWhileAway } from '../boxoffice/accounts/while-away.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import type { Config } from '../config.js';
import type { OwnBookings } from '../gateway/endpoints/own-booking-endpoints.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import { openSecondFactor } from './second-factor.js';
import type { Store, Undo } from './store.js';

const QUARTER_MS = 15 * 60_000;
const HOUR_MS = 3_600_000;

interface AccountsNeeds {
  readonly store: Store;
  readonly accessTokens: AccessTokens;
  /** Of the node: keys for other purposes are made from it. */
  readonly tokenSecret: string;
  /** The holder of a guest's session; undefined: it is none, or has expired. */
  readonly guestHolder: (session: string) => Promise<string | undefined>;
  readonly wakeOutbox: () => void;
}

/** Accounts, as one node serves them. */
export interface Accounts {
  readonly endpoints: readonly Endpoint[];
  readonly parts: AccountParts;
  /** Where a booking of an account is, and the holder that it was made by. */
  readonly ownBookings: OwnBookings;
}

export function openAccounts(config: Config, needs: AccountsNeeds, log: Log, undo: Undo): Accounts {
  const { accessTokens, tokenSecret, guestHolder } = needs;
  const { pool } = needs.store;
  const { sessionTtlMs, staffSessionTtlMs, siteUrl } = config.accounts;
  const passwords = new Passwords(config.accounts.hashing);
  undo.push(() => passwords.close());
  const factor = openSecondFactor(needs.store, tokenSecret, { passwords, accessTokens }, log);
  const parts: AccountParts = {
    pool,
    passwords,
    sessions: new Sessions({
      accessTokens,
      refreshKey: Buffer.from(hkdfSync('sha256', tokenSecret, '', 'usher refresh tokens 1', 32)),
      uuid: randomUUID,
      ttlMs: sessionTtlMs,
      staffTtlMs: staffSessionTtlMs,
      log,
    }),
    secondFactor: factor.secondFactor,
    links: new MailedLinks({ siteUrl, tokenSecret, signUpTtlMs: 24 * HOUR_MS, passwordTtlMs: HOUR_MS }),
    wakeOutbox: needs.wakeOutbox,
    audit: postgresAudit,
    guestHolder,
    limits: limitsOf(config),
    // Of version 7: lists of accounts are in the order of their ids, which is that in which they were made.
    uuid: () => needs.store.ids.uuid(),
  };
  const ownBookings: OwnBookings = (accountId, bookingId) => findOwnBooking(pool, accountId, bookingId);
  const endpoints = [...retryableWhileAway(accountEndpoints(parts), isPostgresFailing, log), ...factor.endpoints];
  return { endpoints, parts, ownBookings };
}

function limitsOf({ accounts }: Config): AccountLimits {
  const { failuresPerAccount, failuresPerAddress, mailsPerAccount, mailsPerAddress } = accounts;
  return {
    accountFailures: { what: 'log-ins of account', max: failuresPerAccount, windowMs: QUARTER_MS },
    addressFailures: { what: 'log-ins of address', max: failuresPerAddress, windowMs: QUARTER_MS },
    mails: { what: 'mails to account', max: mailsPerAccount, windowMs: HOUR_MS },
    addressMails: { what: 'mails of address', max: mailsPerAddress, windowMs: HOUR_MS },
  };
}
