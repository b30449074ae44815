import type pg from 'pg';
import { freePort } from '../../src/adapters/free-port.js';
import { connected, type PostgresServer } from './postgres-server.js';

/**
 * What a killed primary had committed, read from itself: it is started once more at a port that nobody else knows, and
 * ended again. It recovers from its crash by that, so that it must be rebuilt before it serves anybody.
 */
export async function readDeadServer<Result>(
  server: PostgresServer,
  database: string,
  read: (client: pg.Client) => Promise<Result>,
): Promise<Result> {
  const port = await freePort();
  await server.start(port);
  try {
    const url = new URL(server.urlOf(database));
    url.port = String(port);
    return await connected(url.href, read);
  } finally {
    await server.kill();
  }
}
