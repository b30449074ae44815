/** Links that are mailed: whoever has one reads the mails of that address. Each works once. */
import { createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import type { Reads } from '../catalogue/reads.js';

interface MailedLinksOptions {
  /** Where the pages of the site are: the links lead there. */
  readonly siteUrl: string;
  /** Of the node: the key of the tokens is made from it. */
  readonly tokenSecret: string;
  readonly signUpTtlMs: number;
  readonly passwordTtlMs: number;
}

/** The page that a link leads to. */
export type LinkPage = 'sign-up' | 'password';

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

/**
 * A link is named by an id that is no secret: its token is a function of the id and a key that is not in the database. So a mail
 * that waits to be sent has no token in it, and a copy of the same mail has the same link.
 */
export class MailedLinks {
  readonly #options: MailedLinksOptions;
  readonly #key: Buffer;

  constructor(options: MailedLinksOptions) {
    this.#options = options;
    this.#key = Buffer.from(hkdfSync('sha256', options.tokenSecret, '', 'usher mailed links 1', 32));
  }

  get signUpTtlMs(): number {
    return this.#options.signUpTtlMs;
  }

  get passwordTtlMs(): number {
    return this.#options.passwordTtlMs;
  }

  /**
   * Keeps a sign-up until its link is opened. It keeps a link that sets a password as well, for the case that the address has an account:
   * whether it has one is found out later, so that the time of the answer does not tell. Returns the id of both.
   */
  async keepSignUp(db: Reads, { email, name, passwordHash, holder }: SignUp): Promise<string> {
    const { signUpTtlMs, passwordTtlMs } = this.#options;
    const linkId = makeLinkId();
    await db.query(
      `INSERT INTO boxoffice.mailed_links (token_hash, purpose, email, name, password_hash, holder, expires_at)
       VALUES ($1, 'sign_up', $3, $4, $5, $6, clock_timestamp() + $7::float8 * interval '1 millisecond'),
              ($2, 'password', $3, NULL, NULL, NULL, clock_timestamp() + $8::float8 * interval '1 millisecond')`,
      [
        hashOf(this.#token('sign-up', linkId)),
        hashOf(this.#token('password', linkId)),
        ...[email, name, passwordHash, holder ?? null, signUpTtlMs, passwordTtlMs],
      ],
    );
    return linkId;
  }

  /** Keeps a link by which the owner of an address sets the password of its account, if it has one. Returns its id. */
  async keepPassword(db: Reads, email: string, ttlMs: number = this.#options.passwordTtlMs): Promise<string> {
    const linkId = makeLinkId();
    await db.query(
      `INSERT INTO boxoffice.mailed_links (token_hash, purpose, email, expires_at)
       VALUES ($1, 'password', $2, clock_timestamp() + $3::float8 * interval '1 millisecond')`,
      [hashOf(this.#token('password', linkId)), email, ttlMs],
    );
    return linkId;
  }

  /** Behind the `#`, which browsers send to no server: the token is in no log and in no `Referer`. */
  urlOf(page: LinkPage, linkId: string): string {
    return `${this.#options.siteUrl}/account#${page}=${this.#token(page, linkId)}`;
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
   * Uses a link up, with all others of its address, in the caller's transaction. Undefined: it was used, or has expired.
   */
  async use(db: Reads, token: string): Promise<{ readonly email: string } | undefined> {
    const hash = hashOf(token);
    const { rows } = await db.query<{ email: string }>(
      'SELECT email FROM boxoffice.mailed_links WHERE token_hash = $1',
      [hash],
    );
    if (!rows[0]) return undefined;
    const { email } = rows[0];
    // Two links of one address, opened at the same moment, would wait for each other's rows.
    await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 1))', [email]);
    const used = await db.query<{ email: string }>(
      `DELETE FROM boxoffice.mailed_links WHERE token_hash = $1 AND expires_at > clock_timestamp() RETURNING email`,
      [hash],
    );
    if (used.rows[0]) await db.query('DELETE FROM boxoffice.mailed_links WHERE email = $1', [email]);
    return used.rows[0];
  }

  /** 256 bits that nobody guesses who has no TOKEN_SECRET: not worth a slow hash. */
  #token(page: LinkPage, linkId: string): string {
    return createHmac('sha256', this.#key).update(`${page} ${linkId}`).digest('base64url');
  }
}

function makeLinkId(): string {
  return randomBytes(16).toString('base64url');
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
