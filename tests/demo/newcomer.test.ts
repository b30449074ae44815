/** The lines of the README under "Buy a ticket", as a newcomer pastes them into a shell. */
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { SECRET } from '../integration/gateway/sign.js';
import { readQr } from '../integration/tickets/read-qr.js';
import { readPdfCodes } from '../kit/pdf/read-pdf-codes.js';
import { type ServerProcess, startServer } from '../server-process.js';

const run = promisify(execFile);
const GRACE_MS = 15 * 60_000;

let database: TestDatabase;
let server: ServerProcess;
let folder: string;
beforeAll(async () => {
  database = await createDatabase();
  folder = await mkdtemp(join(tmpdir(), 'usher-newcomer-'));
  server = await startServer({
    DATABASE_URL: database.url,
    TOKEN_SECRET: SECRET,
    DATA_DIR: join(folder, '.usher'),
    NODE_ENV: 'development',
    DEMO: 'true',
    // As a newcomer has it: showtimes that began are listed, and not sold.
    SALES_GRACE_MS: String(GRACE_MS),
  });
});
afterAll(async () => {
  await server?.kill('SIGTERM');
  await database?.drop();
  await rm(folder, { recursive: true, force: true });
});

const hasJq = await run('jq', ['--version']).then(
  () => true,
  () => false,
);

it.skipIf(!hasJq)('buys a ticket whose code is valid, is in the picture and the PDF, and is mailed', async () => {
  const readme = await readFile('README.md', 'utf8');
  const [, lines = ''] = /## Buy a ticket[\s\S]*?```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(lines).toContain('/v1/orders/quote');
  const script = `${lines.replaceAll('localhost:8080', new URL(server.url).host)}\necho $TICKET | jq -r .code`;
  const { stdout } = await run('bash', ['-c', script], { cwd: folder });
  const [state, result, code] = stdout.trim().split('\n');
  expect([state, result]).toEqual(['"fulfilled"', '"valid"']);
  expect(await readQr(await readFile(join(folder, 'ticket.png')))).toBe(code);
  expect(await readPdfCodes(await readFile(join(folder, 'ticket.pdf')))).toEqual([code]);
  await expect.poll(() => readdir(join(folder, '.usher/mail')).catch(() => []), { timeout: 10_000 }).toHaveLength(1);
});
