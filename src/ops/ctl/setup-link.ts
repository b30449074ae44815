import { parseArgs } from 'node:util';
import { Primary } from '../../adapters/postgres/primary.js';
import { primaryPool } from '../../adapters/postgres/primary-pool.js';
import { databaseUrlFault } from '../../adapters/postgres/server-urls.js';
import { offerSetupLink } from '../../boxoffice/administration/setup-link.js';
import { Misuse } from '../misuse.js';
import { parsed } from '../option-values.js';
import { silentLog } from '../plain-log.js';
import type { Report } from './report.js';

const DATABASE_MS_MAX = 5_000;
const USUAL_URL = 'http://localhost:8080';

export interface SetupLinkRequest {
  readonly databaseUrl: string;
  readonly tokenSecret: string;
  /** Of the server, for the link. */
  readonly url: string;
  readonly json: boolean;
}

/** @throws Misuse where the settings of the server are not there. */
export function readSetupLinkRequest(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SetupLinkRequest {
  const options = { url: { type: 'string' }, json: { type: 'boolean' } } as const;
  const { values } = parsed(() => parseArgs({ args: [...argv], options }));
  const { DATABASE_URL: databaseUrl = '', TOKEN_SECRET: tokenSecret = '', USHER_URL } = environment;
  if (databaseUrl === '' || tokenSecret === '') {
    throw new Misuse(
      'setup-link needs DATABASE_URL and TOKEN_SECRET as the server has them. A server on its embedded Postgres prints the link when it starts.',
    );
  }
  // Never its value: it may have a password in it.
  const fault = databaseUrlFault(databaseUrl);
  if (fault !== undefined) throw new Misuse(`DATABASE_URL cannot be used: ${fault}.`);
  const url = (values.url ?? (USHER_URL || USUAL_URL)).replace(/\/+$/, '');
  return { databaseUrl, tokenSecret, url, json: values.json ?? false };
}

/** Reads the link for the first administrator from Postgres, or makes it: the same as every node has. */
export async function setupLink({ databaseUrl, tokenSecret, url }: SetupLinkRequest): Promise<Report> {
  const options = { max: 1, connectionTimeoutMillis: DATABASE_MS_MAX, query_timeout: DATABASE_MS_MAX };
  const pool = primaryPool(new Primary(databaseUrl), { ...options, application_name: 'usher-ctl' }, silentLog);
  try {
    const link = await offerSetupLink(pool, tokenSecret);
    if (!link) return { ok: false, json: { link: null }, lines: ['There is an administrator already.'] };
    const { token, expiresAt } = link;
    const lines = [
      `${url}/setup#${token}`,
      `It makes the first administrator, once, until ${expiresAt.toISOString()}.`,
    ];
    return { ok: true, json: { url: `${url}/setup#${token}`, token, expiresAt: expiresAt.toISOString() }, lines };
  } finally {
    await pool.end();
  }
}
