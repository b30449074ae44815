import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { developmentSecret } from '../../adapters/development-secret.js';
import { Primary } from '../../adapters/postgres/primary.js';
import { primaryPool } from '../../adapters/postgres/primary-pool.js';
import { databaseUrlFault } from '../../adapters/postgres/server-urls.js';
import { offerSetupLink } from '../../boxoffice/administration/setup-link.js';
import { DATA_DIRECTORY, readClusterFile } from '../cluster-file.js';
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

/**
 * By the environment where that names a database, else by the folder of `npm run cluster`.
 * @throws Misuse where neither says it.
 */
export async function readSetupLinkRequest(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SetupLinkRequest> {
  const text = { type: 'string' } as const;
  const options = { url: text, 'data-dir': text, json: { type: 'boolean' } } as const;
  const { values } = parsed(() => parseArgs({ args: [...argv], options }));
  const url = (values.url ?? (environment['USHER_URL'] || USUAL_URL)).replace(/\/+$/, '');
  return { ...(await storeOf(environment, values['data-dir'])), url, json: values.json ?? false };
}

async function storeOf(
  { DATABASE_URL: databaseUrl = '', TOKEN_SECRET: tokenSecret = '' }: Readonly<Record<string, string | undefined>>,
  dataDirectory: string | undefined,
): Promise<Pick<SetupLinkRequest, 'databaseUrl' | 'tokenSecret'>> {
  if (databaseUrl === '' || dataDirectory !== undefined) {
    const folder = resolve(dataDirectory ?? DATA_DIRECTORY);
    const local = await readClusterFile(folder);
    if (local?.databaseUrl === undefined) throw new Misuse(WHAT_IT_NEEDS);
    return { databaseUrl: local.databaseUrl, tokenSecret: tokenSecret || (await developmentSecret(folder)) };
  }
  if (tokenSecret === '') throw new Misuse(WHAT_IT_NEEDS);
  // Never its value: it may have a password in it.
  const fault = databaseUrlFault(databaseUrl);
  if (fault !== undefined) throw new Misuse(`DATABASE_URL cannot be used: ${fault}.`);
  return { databaseUrl, tokenSecret };
}

const WHAT_IT_NEEDS =
  'setup-link needs DATABASE_URL and TOKEN_SECRET as the server has them, or a local cluster that runs (--data-dir). A server on its embedded Postgres prints the link when it starts.';

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
