/** Links that are mailed: whoever has one reads the mails of that address. Each works once. */
import { createHash, randomBytes } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';
import type { Account } from './account-store.js';
import type { MailMessage } from './mail-port.js';

interface MailedLinksOptions {
  /** Where the pages of the site are: the links lead there. */
  readonly siteUrl: string;
  readonly signUpTtlMs: number;
  readonly passwordTtlMs: number;
}

export interface SignUp {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  /** The guest who signed up. */
  readonly holder: string | undefined;
}

interface SignUpRow {
  readonly email: string;
  readonly name: string;
  readonly passwordHash: string;
  readonly holder: string | null;
}

export class MailedLinks {
  readonly #options: MailedLinksOptions;

  constructor(options: MailedLinksOptions) {
    this.#options = options;
  }

  /** Keeps a sign-up until its link is opened, and gives the mail for it. */
  async forSignUp(db: Reads, { email, name, passwordHash, holder }: SignUp): Promise<MailMessage> {
    const { signUpTtlMs } = this.#options;
    const token = makeToken();
    await db.query(
      `INSERT INTO boxoffice.mailed_links (token_hash, purpose, email, name, password_hash, holder, expires_at)
       VALUES ($1, 'sign_up', $2, $3, $4, $5, clock_timestamp() + $6::float8 * interval '1 millisecond')`,
      [hashOf(token), email, name, passwordHash, holder ?? null, signUpTtlMs],
    );
    return {
      to: email,
      subject: 'Confirm your e-mail address',
      text: `Somebody, probably you, has signed up with this address. To confirm it, open this link within ${spell(signUpTtlMs)}, and type the password that you chose:

${this.#url('sign-up', token)}

If you did not sign up, do nothing: no account is made.`,
    };
  }

  /** A link by which the owner of an account sets a password, and the mail for it. `intro` says why it is sent. */
  async forPassword(
    db: Reads,
    { id, email }: Pick<Account, 'id' | 'email'>,
    intro: string,
    ttlMs: number = this.#options.passwordTtlMs,
  ): Promise<MailMessage> {
    const token = makeToken();
    await db.query(
      `INSERT INTO boxoffice.mailed_links (token_hash, purpose, email, account_id, expires_at)
       VALUES ($1, 'password', $2, $3, clock_timestamp() + $4::float8 * interval '1 millisecond')`,
      [hashOf(token), email, id, ttlMs],
    );
    return {
      to: email,
      subject: 'Set your password',
      text: `${intro} To set a new password, open this link within ${spell(ttlMs)}:

${this.#url('password', token)}

If you do not want that, do nothing: your password stays as it is.`,
    };
  }

  /** What was signed up for; undefined: there is no such link, or it has expired. */
  async findSignUp(db: Reads, token: string): Promise<SignUpRow | undefined> {
    const { rows } = await db.query<SignUpRow>(
      `SELECT email, coalesce(name, '') AS name, password_hash AS "passwordHash", holder FROM boxoffice.mailed_links
        WHERE token_hash = $1 AND purpose = 'sign_up' AND expires_at > clock_timestamp()`,
      [hashOf(token)],
    );
    return rows[0];
  }

  /** The e-mail address of the account whose password may be set; undefined: there is no such link, or it has expired. */
  async findPassword(db: Reads, token: string): Promise<string | undefined> {
    const { rows } = await db.query<{ email: string }>(
      `SELECT email FROM boxoffice.mailed_links
        WHERE token_hash = $1 AND purpose = 'password' AND expires_at > clock_timestamp()`,
      [hashOf(token)],
    );
    return rows[0]?.email;
  }

  /**
   * Uses a link up, with all others of its address, in the caller's transaction. Undefined: it was used, or has
   * expired. `accountId` is null for a sign-up.
   */
  async use(db: Reads, token: string): Promise<{ readonly accountId: string | null } | undefined> {
    const hash = hashOf(token);
    const { rows } = await db.query<{ email: string }>(
      'SELECT email FROM boxoffice.mailed_links WHERE token_hash = $1',
      [hash],
    );
    if (!rows[0]) return undefined;
    const { email } = rows[0];
    // Two links of one address, opened at the same moment, would wait for each other's rows.
    await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [email]);
    const used = await db.query<{ accountId: string | null }>(
      `DELETE FROM boxoffice.mailed_links WHERE token_hash = $1 AND expires_at > clock_timestamp()
       RETURNING account_id AS "accountId"`,
      [hash],
    );
    if (used.rows[0]) await db.query('DELETE FROM boxoffice.mailed_links WHERE email = $1', [email]);
    return used.rows[0];
  }

  /** Behind the `#`, which browsers send to no server: the token is in no log and in no `Referer`. */
  #url(page: string, token: string): string {
    return `${this.#options.siteUrl}/account#${page}=${token}`;
  }
}

/** 256 random bits: neither guessed nor worth a slow hash. */
function makeToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function spell(ms: number): string {
  const hours = Math.round(ms / 3_600_000);
  if (hours <= 0) return `${Math.max(1, Math.round(ms / 60_000))} minutes`;
  return hours === 1 ? 'an hour' : hours % 24 === 0 && hours > 24 ? `${hours / 24} days` : `${hours} hours`;
}
