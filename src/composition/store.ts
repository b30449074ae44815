import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { AnchoredClock } from '../adapters/anchored-clock.js';
import { startEmbeddedPostgres } from '../adapters/postgres/embedded-postgres.js';
import { migrate } from '../adapters/postgres/migrate.js';
import { PostgresJournal } from '../adapters/postgres/postgres-journal.js';
import { Primary } from '../adapters/postgres/primary.js';
import { KEEPALIVES, primaryPool } from '../adapters/postgres/primary-pool.js';
import { purgeLater } from '../adapters/postgres/purge.js';
import { randomIds } from '../adapters/random-ids.js';
import type { Config } from '../config.js';
import type { Clock } from '../kernel/clock.js';
import type { Ids } from '../kernel/ids.js';
import type { Log } from '../kernel/log.js';
import type { Journal } from '../runtime/journal-port.js';
import { anchorClock } from './anchor-clock.js';

/** What takes down what was built so far, in the order in which it was built. */
export type Undo = (() => void | Promise<void>)[];

export interface Store {
  /** Where Postgres is. */
  readonly primary: Primary;
  readonly pool: pg.Pool;
  readonly journal: Journal & Pick<PostgresJournal, 'claimWaitMs' | 'claimsInFlight'>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Of this life of this node, in the journal. */
  readonly writerId: string;
}

const ANSWER_MS_MAX = 10_000;
/** Command outcomes that a house keeps for replays, and that a claim knows of, bookings not counted. */
export const REPLAYS_MAX = 50_000;

/** Postgres with the newest schema, and what this node writes to it by. */
export async function openStore(
  config: Config,
  nodeName: string,
  migrations: string,
  log: Log,
  undo: Undo,
): Promise<Store> {
  const databaseUrl = config.databaseUrl ?? (await openEmbedded(config.dataDirectory, log, undo));
  await migrate(databaseUrl, migrations, log);
  // One for both: what either finds out about the server, the other acts on.
  const primary = new Primary(databaseUrl);
  const pool = openPool(primary, config.databaseConnections, log);
  undo.push(() => pool.end());
  const writerId = randomUUID();
  let clock = new AnchoredClock(Date.now());
  const journal = new PostgresJournal({
    primary,
    pool,
    log,
    writerId,
    nodeName,
    replayWindowMs: config.replayWindowMs,
    replaysMax: REPLAYS_MAX,
    onServerTime: (serverMs, sentAt, receivedAt) => clock.observe(serverMs, sentAt, receivedAt),
  });
  undo.push(() => journal.close());
  // Before any actor runs: its holds end by Postgres' clock, not by this host's.
  const make = () => {
    clock = new AnchoredClock(Date.now());
    return clock;
  };
  await anchorClock(
    make,
    () => journal.commit({ number: 0, after: 0, slices: [] }),
    () => performance.now(),
  );
  undo.push(purgeLater(pool, config, log));
  return { primary, pool, journal, clock, writerId, ids: randomIds(() => clock.now()) };
}

async function openEmbedded(directory: string, log: Log, undo: Undo): Promise<string> {
  const embedded = await startEmbeddedPostgres({ directory, log });
  undo.push(() => embedded.stop());
  return embedded.url;
}

function openPool(primary: Primary, connections: number, log: Log): pg.Pool {
  const options = {
    max: connections,
    application_name: 'usher',
    connectionTimeoutMillis: 3_000,
    query_timeout: ANSWER_MS_MAX,
    // What this node does not wait for any more is not to go on in Postgres.
    settings: { statement_timeout: String(ANSWER_MS_MAX), ...KEEPALIVES },
  };
  return primaryPool(primary, options, log);
}
