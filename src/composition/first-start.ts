import type { Passwords } from '../boxoffice/accounts/passwords.js';
import { offerSetupLink, type SetupLink } from '../boxoffice/administration/setup-link.js';
import { addDemoStaff, DEMO_STAFF } from '../boxoffice/demo/demo-staff.js';
import type { Config } from '../config.js';
import type { Log } from '../kernel/log.js';
import type { Store } from './store.js';

/** What whoever started the node is to be told, and nobody else: it is in no log. */
export interface FirstStart {
  /** Present while there is no administrator. */
  readonly setupLink?: SetupLink | undefined;
  /** Present when this node has just made the account of the demo cinema's staff. */
  readonly demoStaffPassword?: string | undefined;
}

/** A failure keeps no node from selling: it is logged. */
export async function prepareFirstStart(
  config: Config,
  { pool, ids }: Store,
  tokenSecret: string,
  passwords: Pick<Passwords, 'hash'>,
  log: Log,
): Promise<FirstStart> {
  try {
    const setupLink = await offerSetupLink(pool, tokenSecret);
    const hasDemoStaff = config.demo && !config.production;
    const demoStaffPassword = hasDemoStaff ? await addDemoStaff(pool, passwords, () => ids.uuid()) : undefined;
    return { setupLink, demoStaffPassword };
  } catch (error) {
    const message =
      'The link for the first administrator could not be made. May this server write boxoffice.setup_link?';
    log.warn({ event: 'setup.not_prepared', err: error }, message);
    return {};
  }
}

/** For a terminal. `url` is that of the node. */
export function firstStartText(url: string, { setupLink, demoStaffPassword }: FirstStart): string {
  const parts: string[] = [];
  if (setupLink) {
    const body = `{"token":"${setupLink.token}","email":"you@example.com","name":"You","password":"…"}`;
    parts.push(
      '  There is no administrator yet. This link makes the first one, once,',
      `  until ${setupLink.expiresAt.toISOString()}:`,
      '',
      `    ${url}/setup#${setupLink.token}`,
      '',
      '  The same with curl:',
      '',
      `    curl ${url}/v1/setup -H 'content-type: application/json' \\`,
      `      -d '${body}'`,
      '',
    );
  }
  if (demoStaffPassword !== undefined) {
    parts.push(
      '  The demo cinema has an account for its staff. This is the only time that its password is shown:',
      '',
      `    ${DEMO_STAFF}   ${demoStaffPassword}`,
      '',
    );
  }
  return parts.map((line) => `${line}\n`).join('');
}
