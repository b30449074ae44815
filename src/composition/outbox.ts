import { GraphileWorkers } from '../adapters/jobs/graphile-workers.js';
import { nodeTimers } from '../adapters/node-timers.js';
import { KEEPALIVES, primaryPool } from '../adapters/postgres/primary-pool.js';
import { postgresAudit } from '../boxoffice/audit/audit.js';
import { deadLetterEndpoints } from '../boxoffice/outbox/dead-letter-endpoints.js';
import type { JobWorkers } from '../boxoffice/outbox/job-workers-port.js';
import { OutboxMover } from '../boxoffice/outbox/mover.js';
import type { OutboxHandler } from '../boxoffice/outbox/outbox-handler-port.js';
import { OutboxWatch } from '../boxoffice/outbox/outbox-watch.js';
import { StepWork } from '../boxoffice/outbox/step-work.js';
import { OUTBOX_TOPICS } from '../boxoffice/outbox/topics.js';
import type { Config } from '../config.js';
import type { Endpoint } from '../http/endpoint.js';
import type { Log } from '../kernel/log.js';
import type { Store, Undo } from './store.js';

/** What another node committed, or this one without a wake, is moved after so long. */
const POLL_MS = 500;
const ANSWER_MS_MAX = 10_000;

/** For `/metrics`: of this node since its start, and of the database as of the last look. */
export interface OutboxReadings {
  readonly rowsMoved: number;
  readonly stepsDone: number;
  readonly stepsFailed: number;
  readonly stepsBuried: number;
  readonly oldestMs: number;
  readonly lockedLong: number;
  readonly deadLetters: number;
}

export interface Outbox {
  readonly endpoints: readonly Endpoint[];
  /** Call it after the commit of a transaction that wrote to the outbox: its rows are moved at once. */
  wake(): void;
  /** Once, when all handlers are there. */
  start(handlers: readonly OutboxHandler[]): Promise<void>;
  read(): OutboxReadings;
}

/** Every node moves the outbox; those with JOBS handle what it has. */
export function openOutbox(config: Config, store: Store, nodeName: string, log: Log, undo: Undo): Outbox {
  let mover: OutboxMover | undefined;
  let workers: JobWorkers | undefined;
  let work: StepWork | undefined;
  let watch: OutboxWatch | undefined;
  const { pool } = store;
  const timers = nodeTimers;
  return {
    endpoints: deadLetterEndpoints({ pool, audit: postgresAudit }),
    wake: () => mover?.wake(),
    start: async (handlers) => {
      const steps = new StepWork({ pool, handlers, onEnded: () => workers?.nudge(1), log });
      work = steps;
      const onMoved = (rows: number) => workers?.nudge(rows);
      const moves = new OutboxMover({ pool, topics: OUTBOX_TOPICS, handlers, pollMs: POLL_MS, timers, onMoved, log });
      mover = moves;
      undo.push(() => moves.stop());
      watch = new OutboxWatch({ pool, timers, log });
      undo.push(watch.stop);
      if (!config.jobs.isOn) return;
      const { concurrency } = config.jobs;
      const jobPool = openJobPool(store, concurrency, log);
      undo.push(() => jobPool.end());
      workers = await GraphileWorkers.start(
        { pool: jobPool, concurrency, nodeName, answerMsMax: ANSWER_MS_MAX, log },
        (job) => steps.do(job),
      );
      undo.push(() => workers?.stop());
    },
    read: () => ({
      rowsMoved: mover?.rowsMoved ?? 0,
      stepsDone: work?.totals.done ?? 0,
      stepsFailed: work?.totals.failed ?? 0,
      stepsBuried: work?.totals.buried ?? 0,
      ...(watch?.reading ?? { oldestMs: 0, lockedLong: 0, deadLetters: 0 }),
    }),
  };
}

function openJobPool({ primary }: Store, concurrency: number, log: Log) {
  const options = {
    // One listens for new jobs, one says that the workers are alive.
    max: concurrency + 2,
    application_name: 'usher-jobs',
    connectionTimeoutMillis: 3_000,
    query_timeout: ANSWER_MS_MAX,
    settings: { statement_timeout: String(ANSWER_MS_MAX), ...KEEPALIVES },
  };
  return primaryPool(primary, options, log);
}
