import type { Pool } from 'pg';
import type { Log } from '../../kernel/log.js';
import type { StepJob } from './job-workers-port.js';
import { HandlerGaveUp, type OutboxHandler } from './outbox-handler-port.js';

const ERROR_LENGTH_MAX = 2_000;

interface StepWorkOptions {
  readonly pool: Pick<Pool, 'query'>;
  readonly handlers: readonly OutboxHandler[];
  /** The end of a step queues the next one: there may be a job. */
  readonly onEnded: () => void;
  readonly log: Log;
}

interface StepRow {
  readonly topic: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}

/** Does the steps that the job queue hands out: calls the handler, and ends the step. */
export class StepWork {
  readonly totals = { done: 0, failed: 0, buried: 0 };
  readonly #options: StepWorkOptions;
  readonly #handlers: ReadonlyMap<string, OutboxHandler>;

  /** @throws Error where two handlers have the same name: each would do half of what is meant for both. */
  constructor(options: StepWorkOptions) {
    this.#options = options;
    this.#handlers = new Map(options.handlers.map((handler) => [handler.name, handler]));
    if (this.#handlers.size < options.handlers.length)
      throw new Error('Two handlers of the outbox have the same name.');
  }

  /** @throws whatever the handler threw, where another try follows: the queue waits, and hands the job out again. */
  async do(job: StepJob): Promise<void> {
    const { pool } = this.#options;
    const { rows } = await pool.query<StepRow>(
      `SELECT topic, payload, created_at AS "createdAt" FROM boxoffice.outbox_steps
        WHERE handler = $1 AND subject = $2 AND event_id = $3`,
      [job.handler, job.subject, job.eventId],
    );
    // Ended before: the worker died, or was unlocked, between that and the end of the job.
    if (!rows[0]) return;
    const error = await this.#handle(job, rows[0]);
    await this.#end(job, error);
    if (error === undefined) this.totals.done++;
    else this.totals.buried++;
    this.#options.onEnded();
  }

  /** Resolves with why the step is given up; undefined: it is done. */
  async #handle(job: StepJob, { topic, payload, createdAt }: StepRow): Promise<string | undefined> {
    const { log } = this.#options;
    const { handler: name, subject, eventId, tries, triesMax } = job;
    const step = { handler: name, subject, eventId, topic, tries };
    try {
      const handler = this.#handlers.get(name);
      // A newer version has it, perhaps: nodes of it take the job at one of its next tries.
      if (!handler) throw new Error(`This version has no handler ${name}.`);
      await handler.handle({ id: eventId, topic, subject, payload, createdAt });
      return undefined;
    } catch (err) {
      this.totals.failed++;
      if (!(err instanceof HandlerGaveUp) && tries < triesMax) {
        log.warn({ event: 'outbox.step_failed', ...step, err }, 'An event could not be handled. It is tried again.');
        throw err;
      }
      log.error(
        { event: 'outbox.dead_letter', ...step, err },
        'An event was given up. Read it with `ctl dead-letters`, and have it tried again when the cause is mended.',
      );
      return (err instanceof Error ? err.message : String(err)).slice(0, ERROR_LENGTH_MAX);
    }
  }

  async #end({ handler, subject, eventId }: StepJob, error: string | undefined): Promise<void> {
    await this.#options.pool.query('SELECT boxoffice.end_step($1, $2, $3, $4)', [
      handler,
      subject,
      eventId,
      error ?? null,
    ]);
  }
}
