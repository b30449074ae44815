import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import type { Caller } from '../../http/access.js';
import { versionTag } from '../../http/if-match.js';
import type { Mail } from '../accounts/mail-port.js';
import type { MailedLinks } from '../accounts/mailed-links.js';
import type { Passwords } from '../accounts/passwords.js';
import type { Audit } from '../audit/audit.js';
import { type Edited, refuse } from '../catalogue/edit-parts.js';
import { type AccountRow, viewOf } from './account-records.js';

/** What the endpoints of administrators work with. */
export interface AdminParts {
  readonly pool: Pool;
  readonly audit: Audit;
  readonly passwords: Pick<Passwords, 'hash'>;
  readonly links: Pick<MailedLinks, 'forPassword'>;
  readonly mail: Mail;
  readonly uuid: () => string;
}

export const managing = {
  tag: 'Administration',
  access: { permission: 'accounts.manage' },
  rate: 'commands',
} as const;

export const accountId = z.uuid().toLowerCase().meta({ type: 'string', format: 'uuid' });

/** The answer that shows an account, with its ETag. */
export function answer(done: Edited<AccountRow>) {
  if (!done.ok) return done;
  return { ok: true, body: viewOf(done.value), etag: versionTag(done.value.version) } as const;
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
