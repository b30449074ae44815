import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { inject } from 'vitest';

const DISCONNECTED_MS_MAX = 500;

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A fresh database with the newest schema, copied from the template. */
export async function createDatabase(): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(adminUrl, (admin) => admin.query(`CREATE DATABASE ${name} TEMPLATE template_usher`));
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () => withClient(adminUrl, (admin) => dropDatabase(admin, name)),
  };
}

export async function dropDatabase(admin: pg.Client, name: string): Promise<void> {
  await disconnected(admin, name);
  await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
}

/**
 * Waits for a moment until nobody is connected. A pool that has ended has said goodbye on its connections and not closed
 * them yet: to force those is an error event that nobody listens for any more.
 */
async function disconnected(admin: pg.Client, name: string): Promise<void> {
  const giveUpAt = performance.now() + DISCONNECTED_MS_MAX;
  while (performance.now() < giveUpAt) {
    const { rowCount } = await admin.query('SELECT FROM pg_stat_activity WHERE datname = $1', [name]);
    if (rowCount === 0) return;
    await sleep(10);
  }
}

async function withClient(url: string, use: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await use(client);
  } finally {
    await client.end();
  }
}
