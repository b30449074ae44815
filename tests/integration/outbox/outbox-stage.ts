import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { GraphileWorkers } from '../../../src/adapters/jobs/graphile-workers.js';
import { nodeTimers } from '../../../src/adapters/node-timers.js';
import type { JobWorkers } from '../../../src/boxoffice/outbox/job-workers-port.js';
import { OutboxMover } from '../../../src/boxoffice/outbox/mover.js';
import type { OutboxEvent, OutboxHandler } from '../../../src/boxoffice/outbox/outbox-handler-port.js';
import { StepWork } from '../../../src/boxoffice/outbox/step-work.js';
import { OUTBOX_TOPICS } from '../../../src/boxoffice/outbox/topics.js';
import { type OutboxRow, writeOutbox } from '../../../src/boxoffice/outbox/write-outbox.js';
import type { Log } from '../../../src/kernel/log.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase } from '../database.js';

interface NodeOptions {
  readonly handlers?: readonly OutboxHandler[];
  readonly topics?: readonly string[];
  readonly pollMs?: number;
  readonly concurrency?: number;
  readonly name?: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  readonly log?: Log;
  /** Moves only. */
  readonly isWithoutWorkers?: boolean;
  /** Its workers cannot connect so many times. */
  readonly failedConnects?: number;
}

/** As a pool fails whose server takes longer to accept a connection than it may. */
function failConnects(pool: pg.Pool, times: number): void {
  const connect = pool.connect.bind(pool) as (taken?: (error: Error) => void) => unknown;
  let left = times;
  const failing = (taken?: (error: Error) => void) => {
    if (left-- <= 0) return connect(taken);
    const error = new Error('Connection terminated due to connection timeout');
    return taken ? taken(error) : Promise.reject(error);
  };
  if (times > 0) pool.connect = failing as typeof pool.connect;
}

/** A database of its own, and nodes with what a node has for events. */
export async function openOutboxStage() {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 8 });
  const undo: (() => Promise<unknown>)[] = [];

  async function startNode({
    handlers = [],
    pollMs = 50,
    topics = OUTBOX_TOPICS,
    log = silentLog,
    ...more
  }: NodeOptions) {
    const { concurrency = 4, name = 'node', isWithoutWorkers = false, leaseMs, beatMs, failedConnects = 0 } = more;
    let workers: JobWorkers | undefined;
    const nudge = (jobs: number) => workers?.nudge(jobs);
    const work = new StepWork({ pool, handlers, onEnded: () => nudge(1), log });
    const mover = new OutboxMover({ pool, topics, handlers, pollMs, timers: nodeTimers, onMoved: nudge, log });
    undo.push(() => mover.stop());
    if (!isWithoutWorkers) {
      const jobPool = new pg.Pool({ connectionString: database.url, max: concurrency + 2 });
      undo.push(() => jobPool.end());
      failConnects(jobPool, failedConnects);
      const times = { ...(leaseMs === undefined ? {} : { leaseMs }), ...(beatMs === undefined ? {} : { beatMs }) };
      const options = { pool: jobPool, concurrency, nodeName: name, answerMsMax: 500, log, ...times };
      workers = await GraphileWorkers.start(options, (job) => work.do(job));
    }
    const stop = async () => await workers?.stop();
    undo.push(stop);
    return { mover, work, stop };
  }

  return {
    pool,
    database,
    startNode,
    write: (...rows: readonly OutboxRow[]) => writeOutbox(pool, rows),
    count: async (from: string) => {
      const { rows } = await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${from}`);
      return rows[0]?.n ?? -1;
    },
    /** As if the waits between tries were over. */
    skipWaits: () => pool.query('UPDATE usher_jobs._private_jobs SET run_at = now() WHERE locked_at IS NULL'),
    stopNodes: async () => {
      for (const step of undo.splice(0).reverse()) await step();
    },
    close: async () => {
      for (const step of undo.splice(0).reverse()) await step();
      await pool.end();
      await database.drop();
    },
  };
}

/** A handler that keeps what it got. `fail` may throw. */
export function keeping(
  name: string,
  topics: readonly string[],
  fail: (event: OutboxEvent, tries: number) => void | Promise<void> = () => {},
) {
  const events: OutboxEvent[] = [];
  let tries = 0;
  const handler: OutboxHandler = {
    name,
    topics,
    handle: async (event) => {
      await fail(event, ++tries);
      events.push(event);
    },
  };
  return { handler, events };
}

export async function until(what: () => boolean | Promise<boolean>, msMax = 10_000): Promise<void> {
  const giveUpAt = performance.now() + msMax;
  while (!(await what())) {
    if (performance.now() > giveUpAt) throw new Error(`It did not come true within ${msMax} ms: ${what}`);
    await sleep(10);
  }
}

export const fulfilled = (order: string): OutboxRow => ({
  topic: 'order.fulfilled',
  subject: `order:${order}`,
  payload: { orderId: order },
});
