import type { Log } from '../../kernel/log.js';
import { WorkQueue } from './work-queue.js';

const RUNNING = 2;
const WAITING_MAX = 100;

/**
 * Work that goes on after the answer was sent, so that its length tells nobody whether an account exists. Bounded; the node
 * waits for it before it stops.
 */
export class Background {
  readonly #queue = new WorkQueue({ running: RUNNING, waiting: WAITING_MAX });
  readonly #running = new Set<Promise<unknown>>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** False: too much waits, and `work` will not be done. A failure is logged as `event`. */
  start(event: string, work: () => Promise<void>): boolean {
    const started = this.#queue.run(async () => {
      try {
        await work();
      } catch (error) {
        this.#log.error({ event, err: error }, 'Something that was promised could not be done; nobody was told.');
      }
    });
    if (started === undefined) return false;
    this.#running.add(started);
    void started.finally(() => this.#running.delete(started));
    return true;
  }

  /** Resolves when all that was started is done. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }
}
