/** Enough of a Postgres client: the one that the caller's transaction runs on. */
interface RevocationClient {
  query(text: string, values: unknown[]): Promise<unknown>;
}

/** What every node is to refuse from now on. */
export interface Revocation {
  /** A log-in, all access tokens of an account that have fewer grants, or an API key. */
  readonly kind: 'session' | 'account' | 'key';
  /** The id of the session, account or key. */
  readonly subject: string;
  /** Of an account: access tokens with fewer grants are refused. Absent: all of them. */
  readonly grants?: number | undefined;
}

/** Revokes in the transaction that `client` runs. Every node refuses it, and closes its sockets, within two seconds of the commit. */
export async function revoke(client: RevocationClient, { kind, subject, grants }: Revocation): Promise<void> {
  await client.query('INSERT INTO boxoffice.revocations (kind, subject, grants) VALUES ($1, $2, $3)', [
    kind,
    subject,
    grants ?? null,
  ]);
}
