/** The composition root: everything that one node is made of is built here, and taken down here. */
import os from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { developmentSecret } from './adapters/development-secret.js';
import { nodeTimers } from './adapters/node-timers.js';
import { administrationEndpoints } from './boxoffice/administration/administration-endpoints.js';
import { keepDemoCurrent } from './boxoffice/demo/keep-demo-current.js';
import { erasureEndpoints } from './boxoffice/jobs/erasure-endpoints.js';
import { openAccess } from './composition/access.js';
import { openAccounts } from './composition/accounts.js';
import { openBoxOffice } from './composition/box-office.js';
import { clusteredHouses } from './composition/clustered-houses.js';
import { keepCountsRight } from './composition/counted-houses.js';
import { bringDemoCrowd } from './composition/demo-crowd.js';
import { drainNode } from './composition/drain-node.js';
import { type FirstStart, prepareFirstStart } from './composition/first-start.js';
import { houseParts, loneHouses } from './composition/houses.js';
import { openOutbox } from './composition/outbox.js';
import { openSale } from './composition/sale.js';
import { openSchedules } from './composition/schedules.js';
import type { SharedHouses } from './composition/shared-houses.js';
import { openStore, type Store, type Undo } from './composition/store.js';
import type { Config } from './config.js';
import { Gateway } from './gateway/gateway.js';
import { loadUws } from './gateway/load-uws.js';
import type { Log } from './kernel/log.js';
import { metricsOf, serveMetrics } from './observability/metrics.js';
import type { GroupCommitter } from './runtime/group-committer.js';

export interface NodePaths {
  /** Numbered migrations. */
  readonly sql: string;
  /** The built demo app. */
  readonly demo: string;
  /** The bundle of the thread that reads plans of halls; absent: that of the working directory. */
  readonly planWorker?: string;
  /** The bundle of the thread that draws tickets; absent: that of the working directory. */
  readonly printWorker?: string;
  /** The bundle of `composition/mail-worker.ts`. */
  readonly mailWorker?: string;
}

export interface RunningNode {
  readonly url: string;
  readonly firstStart: FirstStart;
  /** Fails readiness, gives its showtimes away, finishes what was accepted, says goodbye, stops. Safe to call twice. */
  stop(): Promise<void>;
}

const TAKE_DOWN_MS_MAX = 10_000;
/** A standby that lagged is found out so long after its promotion, at the latest. */
const JOURNAL_LOOK_MS = 1_000;

/**
 * Starts a node and resolves when it takes clients.
 * @throws Error with a sentence for whoever started it: the port is taken, Postgres cannot be reached, …
 */
export async function startNode(config: Config, paths: NodePaths, log: Log): Promise<RunningNode> {
  const undo: Undo = [];
  try {
    return await build(config, paths, log, undo);
  } catch (error) {
    await takeDown(undo, log);
    throw error;
  }
}

/** In bounded time, whatever becomes of the single steps: what they would close ends with the process. */
async function takeDown(undo: Undo, log: Log): Promise<void> {
  const allSteps = async () => {
    for (const step of undo.splice(0).reverse()) {
      try {
        await step();
      } catch (error) {
        log.error({ event: 'node.part_not_stopped', err: error }, 'A part of the node did not stop cleanly.');
      }
    }
    return true;
  };
  if (!(await Promise.race([allSteps(), sleep(TAKE_DOWN_MS_MAX, false)]))) {
    log.warn({ event: 'node.stop_timed_out' }, 'Some parts of the node did not stop in time.');
  }
}

async function build(config: Config, paths: NodePaths, log: Log, undo: Undo): Promise<RunningNode> {
  // First of all: where it cannot be loaded nothing else is to be started.
  loadUws();
  const parts = await openParts(config, paths, log, undo);
  const { name, store, outbox, boxOffice, sale } = parts;
  let draining = false;
  let clustered: SharedHouses | undefined;
  const readiness = async () => {
    if (draining || clustered?.cluster.self.draining) return 'draining';
    if (clustered?.cluster.members().store === 'unheard') return 'no roll of the cluster was read yet';
    return await whyNotReady(store, committer, config.commitWaitMsMax);
  };
  const gateway = openGateway(config, paths, parts, readiness, log);
  const housed = houseParts(config, store, boxOffice, gateway.channels.audienceFor, log);
  const { committer } = housed.context;
  if (config.cluster) {
    const url = config.publicUrl === undefined ? {} : { url: config.publicUrl };
    const self = { id: store.ids.uuid(), name, weight: config.cluster.weight, ...url };
    const shared = { primary: store.primary, secret: parts.secret };
    clustered = await clusteredHouses(config.cluster, shared, self, housed, log, undo);
  }
  const houses = clustered ?? loneHouses(housed, undo);
  const { hosts, directory } = houses;
  boxOffice.houses.bind(houses);
  boxOffice.desk.bind(hosts);
  sale.start();
  undo.push(() => gateway.close());
  parts.access.start((revocation) => gateway.signedIn.revoke(revocation));
  keepCountsRight(config, store, boxOffice, directory, committer, log, undo);
  undo.push(committer.lookEvery(JOURNAL_LOOK_MS));
  const changed = () => void boxOffice.generation.changed();
  const schedules = openSchedules(config, store, { wake: () => outbox.wake(), changed }, log, undo);
  if (config.metrics) {
    const read = () => ({
      ...committer.recovery.totals,
      isJournalBehind: committer.recovery.isBehind,
      claimsInFlight: store.journal.claimsInFlight,
      claimWaitMs: store.journal.claimWaitMs,
      commitWaitMs: committer.waitingMs,
      roll: clustered?.cluster.members().store,
      showtimes: directory.size,
      outbox: outbox.read(),
      schedules: schedules(),
      orders: sale.readOrders(),
    });
    undo.push(await serveMetrics(metricsOf(read), config.metrics.port, config.metrics.host));
  }
  await outbox.start(sale.handlers);
  await gateway.listen(hosts);
  // Only now: a second start by accident finds the port taken before the others take it for a new life of this node.
  await clustered?.join();
  if (config.demoCrowd) undo.push(bringDemoCrowd({ pool: store.pool, hosts, ids: store.ids, log }));

  const drain = async () => {
    draining = true;
    const leave = async (deadline: Promise<unknown>) => await clustered?.leave(deadline);
    await drainNode({ leave, gateway, directory, timers: nodeTimers, log }, config.drainMsMax);
    await takeDown(undo, log);
  };
  let stopped: Promise<void> | undefined;
  return {
    url: localUrl(config),
    firstStart: parts.firstStart,
    stop: () => {
      stopped ??= drain();
      return stopped;
    },
  };
}

/** Everything that needs no live house yet. */
async function openParts(config: Config, paths: NodePaths, log: Log, undo: Undo) {
  const name = config.nodeName ?? `${os.hostname()}:${config.port}`;
  const store = await openStore(config, name, paths.sql, log, undo);
  const outbox = openOutbox(config, store, name, log, undo);
  const secret = config.tokenSecret ?? (await developmentSecret(config.dataDirectory));
  const access = await openAccess(config, store, secret, log, undo);
  const { accessTokens, guestHolder } = access;
  const identified = { store, accessTokens, tokenSecret: secret, guestHolder, wakeOutbox: outbox.wake };
  const accounts = openAccounts(config, identified, log, undo);
  const firstStart = await prepareFirstStart(config, store, secret, accounts.parts.passwords, log);
  const boxOffice = openBoxOffice(config, store, resolve(paths.planWorker ?? 'dist/plan-worker.js'), log, undo);
  const { desk, generation } = boxOffice;
  const printWorker = resolve(paths.printWorker ?? 'dist/print-worker.js');
  const mailWorker = resolve(paths.mailWorker ?? 'dist/mail-worker.js');
  const { links } = accounts.parts;
  const selling = { store, tokenSecret: secret, desk, links, outbox, printWorker, mailWorker };
  const sale = await openSale(config, selling, log, undo);
  if (config.demo) undo.push(await keepDemoCurrent(store.pool, () => generation.changed(), log));
  return { name, store, outbox, secret, access, accounts, firstStart, boxOffice, sale };
}

type Parts = Awaited<ReturnType<typeof openParts>>;

function openGateway(
  config: Config,
  paths: NodePaths,
  { store, outbox, access, accounts, boxOffice, sale }: Parts,
  readiness: () => Promise<string | undefined>,
  log: Log,
): Gateway {
  return new Gateway({
    host: config.host,
    port: config.port,
    sharedPort: config.sharedPort,
    allowedOrigins: config.allowedOrigins,
    limits: config.live,
    rates: boxOffice.rates,
    proxyHops: config.proxyHops,
    tokens: access.tokens,
    authenticate: access.authenticate,
    endpoints: [
      ...access.endpoints,
      ...accounts.endpoints,
      ...administrationEndpoints(accounts.parts),
      ...boxOffice.endpoints,
      ...sale.endpoints,
      ...outbox.endpoints,
      ...erasureEndpoints(accounts.parts),
    ],
    messages: sale.messages,
    isRevoked: access.isRevoked,
    ownBookings: accounts.ownBookings,
    checkAnswers: config.checkAnswers,
    isOn: (part) => boxOffice.toggles.isOn(part),
    readiness,
    clock: store.clock,
    ids: store.ids,
    log,
    ...(config.demo ? { demoDirectory: paths.demo } : {}),
  });
}

function localUrl({ host, port }: Config): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `http://${host === '0.0.0.0' || host === '::' ? 'localhost' : address}:${port}`;
}

async function whyNotReady(
  { pool, journal }: Store,
  committer: GroupCommitter,
  waitMsMax: number,
): Promise<string | undefined> {
  if (committer.recovery.isBehind) return 'the journal lost commits; this node writes them again';
  if (committer.waitingMs > waitMsMax) return 'the journal does not answer';
  if (journal.claimWaitMs > waitMsMax)
    return 'Postgres lets claims of showtimes wait: is its synchronous standby away?';
  return await pool.query('SELECT').then(
    () => undefined,
    () => 'Postgres does not answer',
  );
}
