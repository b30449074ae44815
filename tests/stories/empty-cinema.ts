import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCtl } from '../../src/ops/ctl/run-ctl.js';
import { createDatabase } from '../integration/database.js';
import { type ServerProcess, startServer } from '../server-process.js';

const MAIL_MS_MAX = 10_000;

/** A server over an empty database, as somebody starts it who has nothing yet. */
export interface EmptyCinema {
  readonly server: ServerProcess;
  /** Of the database and the secret, as an operator has it. */
  readonly environment: Readonly<Record<string, string>>;
  /** What `ctl setup-link` says stands behind the `#` of the link for the first administrator. */
  readonly setupToken: string;
  /** The token of the newest mail to this address. */
  mailedToken(email: string): Promise<string>;
  close(): Promise<void>;
}

export async function openEmptyCinema(environment: Readonly<Record<string, string>> = {}): Promise<EmptyCinema> {
  const database = await createDatabase();
  const directory = await mkdtemp(join(tmpdir(), 'usher-story-'));
  const operator = { DATABASE_URL: database.url, TOKEN_SECRET: randomBytes(32).toString('base64') };
  const server = await startServer({
    ...operator,
    DATA_DIR: directory,
    NODE_ENV: 'development',
    HTTP_REQUESTS_PER_SECOND: '1000',
    ...environment,
  });
  return {
    server,
    environment: { ...operator, USHER_URL: server.url },
    setupToken: await setupTokenOf(operator),
    mailedToken: async (email) => {
      const giveUpAt = performance.now() + MAIL_MS_MAX;
      for (;;) {
        const names = (await readdir(join(directory, 'mail')).catch(() => [])).filter((name) => name.endsWith('.eml'));
        const mails = await Promise.all(names.sort().map((name) => readFile(join(directory, 'mail', name), 'utf8')));
        const mail = mails.findLast((text) => text.includes(`\r\nTo: ${email}\r\n`));
        const token = /#[a-z-]+=([\w-]{43})\r\n/.exec(mail ?? '')?.[1];
        if (token !== undefined) return token;
        if (performance.now() > giveUpAt) throw new Error(`${email} got no mail.`);
        await sleep(20);
      }
    },
    close: async () => {
      await server.kill('SIGTERM');
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

/** The token in the link for the first administrator. */
export async function setupTokenOf(environment: Readonly<Record<string, string>>): Promise<string> {
  let said = '';
  const keep = (text: string) => {
    said += text;
  };
  await runCtl(['setup-link'], { environment, out: keep, err: keep });
  return /#([\w-]{43})/.exec(said)?.[1] ?? '';
}
