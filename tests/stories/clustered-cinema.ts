import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../src/adapters/free-port.js';
import { createDatabase } from '../integration/database.js';
import { Receiver } from '../integration/webhooks/receiver.js';
import type { ReadMail } from '../kit/smtp/read-mail.js';
import { openSmtpInbox, type SmtpInbox } from '../kit/smtp/smtp-inbox.js';
import { startRedis } from '../redis/redis.js';
import { type ServerProcess, startServer } from '../server-process.js';
import { setupTokenOf } from './empty-cinema.js';

const WAIT_MS_MAX = 30_000;

/** Two nodes over one Postgres and one Redis, each at an address of its own; mails go to a mail server. */
export interface ClusteredCinema {
  readonly nodes: readonly [ServerProcess, ServerProcess];
  readonly inbox: SmtpInbox;
  readonly receiver: Receiver;
  readonly setupToken: string;
  /** Waits for the mail to this address whose subject has these words. */
  mail(email: string, words: string): Promise<ReadMail>;
  /** The token in the newest link that was mailed to this address. */
  mailedToken(email: string): Promise<string>;
  close(): Promise<void>;
}

export async function openClusteredCinema(environment: Readonly<Record<string, string>>): Promise<ClusteredCinema> {
  const [database, redis, inbox, receiver] = await Promise.all([
    createDatabase(),
    startRedis(),
    openSmtpInbox(),
    Receiver.open(),
  ]);
  const directory = await mkdtemp(join(tmpdir(), 'usher-story-'));
  const operator = { DATABASE_URL: database.url, TOKEN_SECRET: randomBytes(32).toString('base64') };
  const ports = [await freePort(), await freePort()];
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const start = (at: number) =>
    startServer({
      ...operator,
      PORT: String(ports[at]),
      NODE_NAME: `node-${at + 1}`,
      PUBLIC_URL: urls[at] ?? '',
      SITE_URL: urls[0] ?? '',
      REDIS_URL: redis.url,
      // Nobody dies in these stories: on a busy machine a node that is slow keeps its showtimes.
      CLUSTER_DETECTION_MS: '15000',
      SMTP_URL: inbox.url,
      DATA_DIR: join(directory, String(at)),
      DATABASE_CONNECTIONS: '6',
      NODE_ENV: 'development',
      HTTP_REQUESTS_PER_SECOND: '1000',
      PROXY_HOPS: '1',
      WEBHOOKS_ALLOW_PRIVATE: 'true',
      ...environment,
    });
  const nodes = await Promise.all([start(0), start(1)]);
  const mailsTo = (email: string) => inbox.mails.filter(({ headers }) => headers['to'] === email);
  return {
    nodes,
    inbox,
    receiver,
    setupToken: await setupTokenOf(operator),
    mail: (email, words) =>
      eventually(`a mail to ${email} about "${words}"`, async () =>
        mailsTo(email).find(({ headers }) => headers['subject']?.includes(words)),
      ),
    mailedToken: (email) =>
      eventually(`a link for ${email}`, async () =>
        mailsTo(email)
          .map(({ text }) => /#[a-z-]+=([\w-]{43})\n/.exec(text)?.[1])
          .findLast((token) => token !== undefined),
      ),
    close: async () => {
      await Promise.all(nodes.map((node) => node.kill('SIGTERM')));
      await Promise.all([redis.stop(), inbox.close(), receiver.close(), database.drop()]);
      await rm(directory, { recursive: true });
    },
  };
}

/** Asks until there is an answer. @throws Error that says what did not come. */
export async function eventually<Value>(what: string, ask: () => Promise<Value | undefined | false>): Promise<Value> {
  const giveUpAt = performance.now() + WAIT_MS_MAX;
  for (;;) {
    const value = await ask();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > giveUpAt) throw new Error(`There was not in time: ${what}.`);
    await sleep(30);
  }
}
