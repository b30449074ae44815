import pg from 'pg';
import type { Log } from '../../kernel/log.js';
import type { Primary } from './primary.js';
import { PrimaryClient, type PrimaryClientConfig } from './primary-client.js';

/** Ends an idle connection of a pool: by an error is how a pool gives one up. */
class Superseded extends Error {}

/** So that Postgres notices within half a minute when the machine of a node is gone, and ends what it left. */
export const KEEPALIVES = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '4',
} as const;

/**
 * A pool of connections to the server that takes writes. When that becomes suspect, all its idle connections are closed,
 * and those in use when they are given back.
 */
export function primaryPool(
  primary: Primary,
  config: PrimaryClientConfig & Pick<pg.PoolConfig, 'idleTimeoutMillis'> & { readonly max: number },
  log: Log,
): pg.Pool {
  class Client extends PrimaryClient {
    constructor() {
      super(primary, config);
    }
  }
  const pool = new pg.Pool({ ...config, Client });
  const idle = new Set<pg.PoolClient>();
  pool.on('acquire', (client) => void idle.delete(client));
  pool.on('remove', (client) => void idle.delete(client));
  pool.on('release', (_error, client) => {
    // A client that is ending is not kept by the pool.
    if (client instanceof PrimaryClient && client.isSuspect) client.end().catch(() => {});
    else idle.add(client);
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', (error) => {
    if (!(error instanceof Superseded))
      log.warn({ event: 'postgres.idle_connection_lost', err: error }, 'An idle database connection was lost.');
  });
  primary.onSuspect(() => {
    for (const client of idle)
      client.emit('error', new Superseded('The server may not be the one to write to any more.'));
    idle.clear();
  });
  return pool;
}
