import type { Caller } from '../../http/access.js';

/** Enough of a Postgres client to write with: the one that the caller's transaction runs on. */
export interface AuditClient {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** One privileged act. */
export interface AuditEntry {
  readonly caller: Pick<Caller, 'holder' | 'accountId' | 'sessionId' | 'address'> & { readonly role: string };
  /** What was done, as part and verb: `showtime.cancel`. */
  readonly action: string;
  /** What it was done to, as kind and id: `showtime:0197…`. */
  readonly subject: string;
  /** The subject, or the members that changed, before and after; undefined where there was or is none. */
  readonly before?: object | undefined;
  readonly after?: object | undefined;
}

/** The record of privileged acts. */
export interface Audit {
  /**
   * Adds an entry in the transaction that `client` runs, so that an act and its entry are both there or neither is.
   * Neither `before` nor `after` may have a secret in it: entries are never removed.
   */
  write(client: AuditClient, entry: AuditEntry): Promise<void>;
}

export const postgresAudit: Audit = {
  async write(client, { caller, action, subject, before, after }) {
    const { holder, role, accountId = null, sessionId = null, address = null } = caller;
    await client.query(
      `INSERT INTO boxoffice.audit_log (holder, role, account_id, session_id, address, action, subject, before, after)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [holder, role, accountId, sessionId, address, action, subject, jsonOf(before), jsonOf(after)],
    );
  },
};

/** As text: the driver would send an array as an array of Postgres. */
function jsonOf(value: object | undefined): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
