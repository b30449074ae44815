import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { freePort } from '../../../src/adapters/free-port.js';
import { type Grant, SignedAccessTokens } from '../../../src/boxoffice/access/access-tokens.js';
import { SecretBox } from '../../../src/boxoffice/access/secret-box.js';
import { SigningKeys } from '../../../src/boxoffice/access/signing-keys.js';
import { readConfig } from '../../../src/config.js';
import { startNode } from '../../../src/node.js';
import { silentLog } from '../../silent-log.js';
import { SECRET } from '../gateway/sign.js';
import { openStage, type Stage } from '../gateway/stage.js';

/** Two nodes on one database, each with a showtime that it serves. */
export interface TwoNodes {
  readonly stage: Stage;
  readonly pool: pg.Pool;
  readonly nodes: readonly { readonly url: string; readonly liveUrl: string }[];
  close(): Promise<void>;
}

export async function openTwoNodes(environment: Record<string, string> = {}): Promise<TwoNodes> {
  const stage = await openStage(environment);
  const port = await freePort();
  const config = readConfig({
    NODE_ENV: 'test',
    HOST: '127.0.0.1',
    PORT: String(port),
    DATABASE_URL: String(stage.pool.options.connectionString),
    DATABASE_CONNECTIONS: '4',
    TOKEN_SECRET: SECRET,
    DEMO: 'false',
    ...environment,
  });
  const second = await startNode(config, { sql: 'sql', demo: '' }, silentLog);
  const other = await stage.addShowtime();
  const place = (at: number, showtimeId: string) => ({
    url: `http://127.0.0.1:${at}`,
    liveUrl: `ws://127.0.0.1:${at}/v1/showtimes/${showtimeId}/live`,
  });
  return {
    stage,
    pool: stage.pool,
    nodes: [place(stage.port, stage.showtimeId), place(port, other)],
    close: async () => {
      await second.stop();
      await stage.close();
    },
  };
}

/** Access tokens that the nodes of this database take, as their log-in would issue them. */
export async function accessTokensOf(pool: pg.Pool, ttlMs = 600_000): Promise<SignedAccessTokens> {
  const keys = await SigningKeys.open({
    pool,
    box: new SecretBox(SECRET, 'usher signing keys 1'),
    rotateEveryMs: 30 * 86_400_000,
    tokenTtlMs: 600_000,
    now: () => performance.now(),
    log: silentLog,
  });
  return new SignedAccessTokens({ keys, ttlMs, wallMs: Date.now });
}

export const grantOf = (more: Partial<Grant> = {}): Grant => ({
  accountId: randomUUID(),
  sessionId: randomUUID(),
  holder: `account:${randomUUID()}`,
  role: 'customer',
  grants: 1,
  lacksSecondFactor: false,
  ...more,
});
