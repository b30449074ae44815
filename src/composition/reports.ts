import pg from 'pg';
import { isPostgresFailing } from '../adapters/circuit-breaker.js';
import { KEEPALIVES, primaryPool } from '../adapters/postgres/primary-pool.js';
import { reportEndpoints } from '../boxoffice/reports/report-endpoints.js';
import { SnapshotReads } from '../boxoffice/reports/snapshot-reads.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

/** Of each server: more reports at a time wait, so that they take nothing from those who buy. */
const CONNECTIONS = 2;
const CONNECT_MS_MAX = 3_000;
/** A report that is ended by Postgres is told as such: the driver waits longer than Postgres. */
const GRACE_MS = 5_000;

/** Reports, with pools of their own. */
export function openReports(config: Config, { primary, clock }: Store, log: Log, undo: Undo): readonly Endpoint[] {
  const { replicaUrl, statementMsMax } = config.reports;
  const options = {
    max: CONNECTIONS,
    application_name: 'usher-reports',
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: statementMsMax + GRACE_MS,
  };
  const own = primaryPool(primary, { ...options, settings: { ...KEEPALIVES } }, log);
  undo.push(() => own.end());
  const replica = replicaUrl === undefined ? undefined : replicaPool({ ...options, connectionString: replicaUrl }, log);
  if (replica) undo.push(() => replica.end());
  const reads = new SnapshotReads({ primary: own, replica, statementMsMax, isAway: isPostgresFailing, log });
  return reportEndpoints({ reads, isAway: isPostgresFailing, now: () => clock.now(), log });
}

function replicaPool(options: pg.PoolConfig, log: Log): pg.Pool {
  const pool = new pg.Pool(options);
  // Whoever uses a connection hears of its break by the next query; without a listener that of an idle one ends the process.
  pool.on('error', (error) => {
    const event = 'reports.replica_connection_lost';
    log.warn({ event, err: error }, 'An idle connection to the replica broke. Reports make another one.');
  });
  return pool;
}
