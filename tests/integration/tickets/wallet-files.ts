import { execFile } from 'node:child_process';
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
export const ISSUER = '3388000000012345678';
export const GOOGLE_EMAIL = 'wallet@usher-tickets.iam.gserviceaccount.com';
const PASS_SUBJECT = '/UID=pass.org.example.cinema/CN=Pass Type ID/OU=TEAM123456/O=Example/C=DE';

export interface WalletFiles {
  readonly directory: string;
  /** What Apple hands out, by an authority of the tests: certificate, key, certificate of the authority. */
  readonly parts: { readonly certificate: string; readonly key: string; readonly authority: string };
  readonly google: { readonly publicKey: KeyObject; readonly file: string };
  /** The settings of a node with both wallets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly remove: () => Promise<void>;
}

export async function makeWalletFiles(): Promise<WalletFiles> {
  const directory = await mkdtemp(join(tmpdir(), 'usher-wallets-'));
  const openssl = (...args: string[]) => run('openssl', args, { cwd: directory });
  const ca = ['-subj', '/CN=WWDR of the tests/O=Example', '-keyout', 'ca.key', '-out', 'ca.pem'];
  await openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...ca);
  await openssl(
    'req',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    PASS_SUBJECT,
    '-keyout',
    'pass.key',
    '-out',
    'pass.csr',
  );
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'];
  await openssl('x509', '-req', '-in', 'pass.csr', ...by, '-days', '2', '-out', 'pass.pem');
  const read = (name: string) => readFile(join(directory, name), 'utf8');
  const parts = { certificate: await read('pass.pem'), key: await read('pass.key'), authority: await read('ca.pem') };
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  const file = JSON.stringify({
    type: 'service_account',
    client_email: GOOGLE_EMAIL,
    private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  });
  // The authority first: the order of the blocks is nobody's business.
  await writeFile(join(directory, 'all.pem'), [parts.authority, parts.key, parts.certificate].join('\n'));
  await writeFile(join(directory, 'google.json'), file);
  return {
    directory,
    parts,
    google: { publicKey, file },
    environment: {
      APPLE_PASS_CERTIFICATES: join(directory, 'all.pem'),
      GOOGLE_WALLET_KEY: join(directory, 'google.json'),
      GOOGLE_WALLET_ISSUER: ISSUER,
    },
    remove: () => rm(directory, { recursive: true }),
  };
}
