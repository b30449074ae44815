/** The composition root: everything that one node is made of is built here, and taken down here. */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AnchoredClock } from './adapters/anchored-clock.js';
import { nodeTimers } from './adapters/node-timers.js';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './adapters/postgres/embedded-postgres.js';
import { migrate } from './adapters/postgres/migrate.js';
import { PostgresLedger } from './adapters/postgres/postgres-ledger.js';
import { purgeLater } from './adapters/postgres/purge.js';
import { randomIds } from './adapters/random-ids.js';
import { listMovies } from './boxoffice/catalogue/movies.js';
import { seatMapDocument } from './boxoffice/catalogue/seat-maps.js';
import { showtimePlaybill } from './boxoffice/catalogue/showtime-playbill.js';
import { findShowtime, listShowtimes } from './boxoffice/catalogue/showtimes.js';
import { keepDemoCurrent } from './boxoffice/demo/keep-demo-current.js';
import { chargeTestPayment } from './boxoffice/payments/test-payment.js';
import type { Config } from './config.js';
import type { Till } from './gateway/command-intake.js';
import { Gateway } from './gateway/gateway.js';
import type { Listings } from './gateway/http/listings.js';
import { Tokens } from './gateway/tokens.js';
import { wireError } from './protocol/errors.js';
import { Directory } from './runtime/directory.js';
import { GroupCommitter } from './runtime/group-committer.js';
import type { Clock, Ids, Log } from './runtime/ports.js';

export interface NodePaths {
  /** Numbered migrations. */
  readonly sql: string;
  /** The built demo app. */
  readonly demo: string;
}

export interface RunningNode {
  readonly url: string;
  /** Fails readiness, finishes what was accepted, says goodbye, stops. Safe to call twice. */
  stop(): Promise<void>;
}

const ACTOR_LIMITS = {
  gatedMax: 20_000,
  immediateWatchersMax: 50,
  tickMs: 40,
  // 14 to 19 bytes a change in JSON, so under 16 KiB.
  changesPerDeltaMax: 700,
  historyMax: 256,
  replaysMax: 50_000,
} as const;

/** A bound on memory, and not a target: what nobody watches is dropped long before. */
const ACTORS_MAX = 20_000;

/**
 * Starts a node and resolves when it takes clients.
 * @throws Error with a sentence for whoever started it: the port is taken, Postgres cannot be reached, …
 */
export async function startNode(config: Config, paths: NodePaths, log: Log): Promise<RunningNode> {
  const undo: Undo = [];
  try {
    return await build(config, paths, log, undo);
  } catch (error) {
    for (const step of undo.reverse()) await step();
    throw error;
  }
}

/** What takes down what was built so far, in the order in which it was built. */
type Undo = (() => void | Promise<void>)[];

async function build(config: Config, paths: NodePaths, log: Log, undo: Undo): Promise<RunningNode> {
  const store = await openStore(config, paths, log, undo);
  if (config.demo) undo.push(await keepDemoCurrent(store.pool, log));
  const committer = new GroupCommitter(store.ledger, store.clock, nodeTimers, log);
  const secret = config.tokenSecret ?? (await developmentSecret(config.dataDirectory));
  let draining = false;
  const gateway = new Gateway({
    host: config.host,
    port: config.port,
    allowedOrigins: config.allowedOrigins,
    limits: config.live,
    httpRates: config.httpRates,
    tokens: new Tokens(secret, config.guestTtlMs, randomUUID, Date.now),
    till: testTill(config.testPayments),
    listings: listingsOf(store.pool),
    readiness: async () => (draining ? 'draining' : await whyNotReady(store.pool, committer, config.commitWaitMsMax)),
    clock: store.clock,
    ids: store.ids,
    log,
    ...(config.demo ? { demoDirectory: paths.demo } : {}),
  });
  const directory = openDirectory(config, store, committer, gateway, log);
  await gateway.listen(directory);

  const drain = async () => {
    draining = true;
    gateway.stopListening();
    const flushed = await Promise.race([directory.drain().then(() => true), sleep(config.drainMsMax, false)]);
    if (!flushed) log.warn({}, 'not everything was flushed in time; what was acknowledged is safe');
    // The goodbyes leave with this turn; what is left after it is cut.
    await sleep(50);
    gateway.close();
    for (const step of undo.reverse()) await step();
  };
  let stopped: Promise<void> | undefined;
  const host = config.host === '0.0.0.0' || config.host === '::' ? 'localhost' : config.host;
  return {
    url: `http://${host}:${config.port}`,
    stop: () => {
      stopped ??= drain();
      return stopped;
    },
  };
}

interface Store {
  readonly pool: pg.Pool;
  readonly ledger: PostgresLedger;
  readonly clock: Clock;
  readonly ids: Ids;
}

/** Postgres with the newest schema, and what this node writes to it by. */
async function openStore(config: Config, paths: NodePaths, log: Log, undo: Undo): Promise<Store> {
  const { databaseUrl, embedded } = await openDatabase(config, log);
  if (embedded) undo.push(() => embedded.stop());
  await migrate(databaseUrl, paths.sql, log);
  const pool = openPool(databaseUrl, config.databaseConnections, log);
  undo.push(() => pool.end());
  const clock = new AnchoredClock(Date.now());
  const ledger = new PostgresLedger({
    databaseUrl,
    pool,
    log,
    writerId: randomUUID(),
    nodeName: `${os.hostname()}:${config.port}`,
    replayWindowMs: config.replayWindowMs,
    onServerTime: (serverMs, sentAt, receivedAt) => clock.observe(serverMs, sentAt, receivedAt),
  });
  undo.push(() => ledger.close());
  // Before any actor runs: its holds end by Postgres' clock, not by this host's.
  await ledger.commit({ number: 0, slices: [] });
  undo.push(purgeLater(pool, config.replayWindowMs, log));
  return { pool, ledger, clock, ids: randomIds(() => clock.now()) };
}

function openDirectory(
  config: Config,
  { pool, ledger, clock }: Store,
  committer: GroupCommitter,
  gateway: Gateway,
  log: Log,
): Directory {
  const limits = { ...ACTOR_LIMITS, commitWaitMsMax: config.commitWaitMsMax };
  return new Directory({
    ledger,
    playbill: showtimePlaybill(pool, config.rules),
    context: { clock, timers: nodeTimers, log, committer, limits },
    audienceFor: gateway.channels.audienceFor,
    passivateAfterMs: config.passivateAfterMs,
    actorsMax: ACTORS_MAX,
  });
}

async function whyNotReady(pool: pg.Pool, committer: GroupCommitter, waitMsMax: number): Promise<string | undefined> {
  if (committer.waitingMs > waitMsMax) return 'the journal does not answer';
  return await pool.query('SELECT').then(
    () => undefined,
    () => 'Postgres does not answer',
  );
}

async function openDatabase(
  config: Config,
  log: Log,
): Promise<{ databaseUrl: string; embedded: EmbeddedPostgres | undefined }> {
  if (config.databaseUrl !== undefined) return { databaseUrl: config.databaseUrl, embedded: undefined };
  const embedded = await startEmbeddedPostgres({ directory: config.dataDirectory, log });
  return { databaseUrl: embedded.url, embedded };
}

function openPool(databaseUrl: string, connections: number, log: Log): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    application_name: 'usher',
    connectionTimeoutMillis: 3_000,
    query_timeout: 10_000,
    keepAlive: true,
  });
  // An idle connection that breaks is replaced at the next query; without a listener it would end the process.
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  return pool;
}

function listingsOf(pool: pg.Pool): Listings {
  return {
    movies: () => listMovies(pool),
    showtimes: (filter) => listShowtimes(pool, filter),
    showtime: (id) => findShowtime(pool, id),
    seatMapDocument: (hash) => seatMapDocument(pool, hash),
  };
}

function testTill(accepted: boolean): Till {
  return {
    charge({ token }) {
      const charge = chargeTestPayment(token, accepted);
      if (charge.ok) return charge;
      const error =
        charge.reason === 'declined'
          ? wireError('payment_declined', 'The payment was declined; the hold is still yours.')
          : wireError('payment_required', 'This service takes no test payments.', { field: 'payment.method' });
      return { ok: false, error };
    },
  };
}

/** Made once for a data folder, so that sessions outlive a restart on a developer's machine. */
async function developmentSecret(directory: string): Promise<string> {
  const file = join(directory, 'token-secret');
  await mkdir(directory, { recursive: true });
  const made = `${randomUUID()}${randomUUID()}`;
  await writeFile(file, made, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return (await readFile(file, 'utf8')).trim();
}
