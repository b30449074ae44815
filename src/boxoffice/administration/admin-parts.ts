import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { versionTag } from '../../http/if-match.js';
import type { MailedLinks } from '../accounts/mailed-links.js';
import type { Passwords } from '../accounts/passwords.js';
import type { Audit } from '../audit/audit.js';
import { type Edited, refuse } from '../catalogue/edit-parts.js';
import type { Reads } from '../catalogue/reads.js';
import { type AccountRecord, findRecord, viewOf } from './account-records.js';

/** What the endpoints of administrators work with. */
export interface AdminParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly links: Pick<MailedLinks, 'keepPassword'>;
  /** Of the outbox: to be called after the commit of a transaction that wrote a mail. */
  readonly wakeOutbox: () => void;
  readonly uuid: () => string;
}

export const managing = {
  tag: 'Administration',
  access: { permission: 'accounts.manage' },
  rate: 'commands',
} as const;

export const accountId = z.uuid().toLowerCase().meta({ type: 'string', format: 'uuid' });

/** An account as an answer shows it; the same after JSON. */
export interface Shown {
  readonly body: AccountRecord;
  readonly etag: string;
}

/** In the transaction that changed it. */
export async function show(db: Reads, id: string): Promise<Edited<Shown>> {
  const row = await findRecord(db, id);
  return row ? { ok: true, value: { body: viewOf(row), etag: versionTag(row.version) } } : unknownAccount();
}

export function answer(done: Edited<Shown>) {
  return done.ok ? ({ ok: true, ...done.value } as const) : done;
}

export function unknownAccount() {
  return refuse('unknown_account', 'There is no such account.');
}

export function lastAdministrator() {
  return refuse('last_administrator', 'This is the only administrator who can log in. Make another one first.');
}

export async function record(
  { audit }: AdminParts,
  client: PoolClient,
  { caller, action, account }: { readonly caller: Caller; readonly action: string; readonly account: string },
  before?: object,
  after?: object,
): Promise<void> {
  await audit.write(client, { caller, action, subject: `account:${account}`, before, after });
}
