import { createServer } from 'node:http';
import { Counter, Gauge, Registry } from 'prom-client';
import { addOrderMetrics, type OrderReadings } from './order-metrics.js';

/** What a node knows of itself at one moment. */
export interface Readings {
  /** Postgres has lost what this node acknowledged, and not all of it is written again. */
  readonly isJournalBehind: boolean;
  readonly timesBehind: number;
  readonly bookingsRestored: number;
  readonly holdsRestored: number;
  readonly seatsLost: number;
  readonly claimsInFlight: number;
  /** Of the oldest claim in flight; 0 where there is none. */
  readonly claimWaitMs: number;
  /** Of the flush in flight; 0 where there is none. */
  readonly commitWaitMs: number;
  /** Of the roll of the cluster; undefined on a node that is alone. */
  readonly roll: 'unheard' | 'answering' | 'silent' | undefined;
  readonly showtimes: number;
  readonly outbox: {
    readonly rowsMoved: number;
    readonly stepsDone: number;
    readonly stepsFailed: number;
    readonly stepsBuried: number;
    readonly oldestMs: number;
    readonly lockedLong: number;
    readonly deadLetters: number;
  };
  /** What scheduled jobs of this node did and how often they failed, by their names. */
  readonly schedules: Readonly<Record<string, { readonly done: number; readonly failures: number }>>;
  readonly orders: OrderReadings;
}

const ROLL_STATES = ['unheard', 'answering', 'silent'] as const;

/** The metrics of one node, read when they are asked for. */
export function metricsOf(read: () => Readings): Registry {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: (readings: Readings) => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect: function () {
        this.set(value(read()));
      },
    });
  const counter = (name: string, help: string, total: (readings: Readings) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect: function () {
        this.reset();
        this.inc(total(read()));
      },
    });
  gauge('usher_journal_behind', 'Postgres has lost acknowledged commits, and they are not all restored', (now) =>
    Number(now.isJournalBehind),
  );
  counter(
    'usher_journal_behind_total',
    'How often Postgres was found to have lost acknowledged commits',
    (now) => now.timesBehind,
  );
  counter('usher_restored_bookings_total', 'Lost bookings that were written again', (now) => now.bookingsRestored);
  counter('usher_restored_holds_total', 'Lost holds that were written again', (now) => now.holdsRestored);
  counter(
    'usher_lost_seats_total',
    'Seats that could not be restored; they are in usher.losses',
    (now) => now.seatsLost,
  );
  gauge('usher_claims_in_flight', 'Claims of showtimes that wait for Postgres', (now) => now.claimsInFlight);
  gauge('usher_claim_wait_seconds', 'For how long the oldest claim has waited', (now) => now.claimWaitMs / 1_000);
  gauge('usher_commit_wait_seconds', 'For how long the commit in flight has waited', (now) => now.commitWaitMs / 1_000);
  gauge('usher_showtimes', 'Showtimes that run on this node', (now) => now.showtimes);
  counter('usher_outbox_moved_total', 'Events that this node moved to the job queue', (now) => now.outbox.rowsMoved);
  counter('usher_steps_done_total', 'Events that a handler of this node has handled', (now) => now.outbox.stepsDone);
  counter('usher_steps_failed_total', 'Tries of handlers of this node that failed', (now) => now.outbox.stepsFailed);
  counter('usher_steps_buried_total', 'Events that this node gave up', (now) => now.outbox.stepsBuried);
  gauge(
    'usher_outbox_oldest_seconds',
    'For how long the oldest event has waited to be moved, in the whole database',
    (now) => now.outbox.oldestMs / 1_000,
  );
  gauge(
    'usher_jobs_locked_long',
    'Jobs that a worker has had for minutes, in the whole database',
    (now) => now.outbox.lockedLong,
  );
  gauge(
    'usher_dead_letters',
    'Events that were given up and not tried again, in the whole database',
    (now) => now.outbox.deadLetters,
  );
  for (const [what, help] of [
    ['done', 'Rows that scheduled jobs of this node dealt with'],
    ['failures', 'Runs of scheduled jobs of this node that failed'],
  ] as const) {
    new Counter({
      name: `usher_schedule_${what}_total`,
      help,
      labelNames: ['job'],
      registers,
      collect: function () {
        this.reset();
        for (const [job, totals] of Object.entries(read().schedules)) this.inc({ job }, totals[what]);
      },
    });
  }
  new Gauge({
    name: 'usher_roll',
    help: 'Whether the roll of the cluster answers: 1 at its present state; no series on a node that is alone',
    labelNames: ['state'],
    registers,
    collect: function () {
      const { roll } = read();
      this.reset();
      if (roll) for (const state of ROLL_STATES) this.set({ state }, Number(state === roll));
    },
  });
  addOrderMetrics(registry, () => read().orders);
  return registry;
}

/**
 * Serves the metrics at `/metrics`, on a port of its own: they are for whoever operates the node, and the port that clients
 * reach does not have them. Resolves when it listens; returns the end of it.
 */
export async function serveMetrics(registry: Registry, port: number, host: string): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
