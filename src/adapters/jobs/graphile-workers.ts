import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Runner, run, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import type pg from 'pg';
import { z } from 'zod';
import type { JobWorkers, StepJob } from '../../boxoffice/outbox/job-workers-port.js';
import type { Log } from '../../kernel/log.js';
import { isPostgresFailing } from '../circuit-breaker.js';
import { WorkerLease } from './worker-lease.js';
import { JOBS_SCHEMA, quietLogger } from './worker-options.js';

/** Of each worker, for jobs that it was not notified of: those of another node, behind a pooler that drops notifications. */
const POLL_MS = 1_000;
const RESTART_MS = 1_000;
/** Jobs that take longer when the node stops are left to other nodes. */
const STOP_MS_MAX = 4_000;

const payloadSchema = z.object({ handler: z.string(), subject: z.string(), eventId: z.string() });

interface GraphileWorkersOptions {
  /** Of its own: each worker may have a connection, and one listens. */
  readonly pool: pg.Pool;
  readonly concurrency: number;
  readonly nodeName: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
  /** The pool waits no longer for an answer. */
  readonly answerMsMax: number;
  readonly log: Log;
}

/**
 * Runs the jobs of the queue by graphile-worker 0.17.3. Where its pool of workers ends by itself, another one is started: it does
 * so when one job could not be marked as done, since its retries of that are never made (`batch` in its main.js throws out of
 * its loop). Without batches the failure is an unhandled rejection, which would end this process: hence the delays of 0.
 */
export class GraphileWorkers implements JobWorkers {
  readonly #options: GraphileWorkersOptions;
  readonly #work: (job: StepJob) => Promise<void>;
  readonly #lease: WorkerLease;
  #runner: Runner | undefined;
  #workers: WorkerPool | undefined;
  #isStopped = false;

  private constructor(options: GraphileWorkersOptions, work: (job: StepJob) => Promise<void>) {
    this.#options = options;
    this.#work = work;
    this.#lease = new WorkerLease(options);
    // A connection in use that breaks fails the query that it is used for; without a listener it would end the process.
    options.pool.on('connect', (client) => client.on('error', () => {}));
    options.pool.on('error', () => {});
  }

  /** Where Postgres does not answer yet, the workers start later: a node that comes up on a busy machine sells meanwhile. */
  static async start(options: GraphileWorkersOptions, work: (job: StepJob) => Promise<void>): Promise<GraphileWorkers> {
    const workers = new GraphileWorkers(options, work);
    try {
      await workers.#start();
    } catch (err) {
      if (!isPostgresFailing(err)) {
        await workers.stop();
        throw err;
      }
      workers.#noteNotStarted(err);
      void workers.#restart();
    }
    return workers;
  }

  nudge(jobs: number): void {
    this.#workers?.nudge(jobs);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const runner = this.#runner;
    this.#runner = undefined;
    await Promise.race([runner?.stop().catch(() => {}), sleep(STOP_MS_MAX)]);
    await this.#lease.stop();
  }

  async #start(): Promise<void> {
    const { pool, concurrency, log } = this.#options;
    const events: WorkerEvents = new EventEmitter();
    let workerId: string | undefined;
    events.on('pool:create', ({ workerPool }) => {
      this.#workers = workerPool;
      workerId = workerPool.id;
      this.#lease.hold(workerPool.id);
    });
    events.on('job:start', ({ job }) => this.#lease.jobs.begin(job.id));
    events.on('job:complete', ({ job }) => this.#lease.jobs.end(job.id));
    const runner = await run({
      pgPool: pool,
      schema: JOBS_SCHEMA,
      concurrency,
      pollInterval: POLL_MS,
      noHandleSignals: true,
      // Their names would stay on backends of a pooler.
      noPreparedStatements: true,
      parsedCronItems: [],
      events,
      logger: quietLogger(log),
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      taskList: {
        step: async (payload, { job }) => {
          const step = payloadSchema.parse(payload);
          await this.#work({ ...step, tries: job.attempts, triesMax: job.max_attempts });
        },
      },
    });
    this.#runner = runner;
    void runner.promise
      .catch((err) => err)
      .then(async (err: unknown) => {
        if (workerId !== undefined) await this.#lease.release(workerId);
        if (this.#isStopped) return;
        log.error({ event: 'jobs.workers_ended', err }, 'The workers of this node ended. They are started again.');
        await this.#restart();
      });
  }

  async #restart(): Promise<void> {
    while (!this.#isStopped) {
      await sleep(RESTART_MS, undefined, { ref: false });
      try {
        if (!this.#isStopped) await this.#start();
        // Stopped meanwhile.
        if (this.#isStopped) await this.#runner?.stop();
        return;
      } catch (err) {
        this.#noteNotStarted(err);
      }
    }
  }

  #noteNotStarted(err: unknown): void {
    const message = 'The workers of this node could not be started. They are started again in a second.';
    this.#options.log.warn({ event: 'jobs.not_started', err }, message);
  }
}
