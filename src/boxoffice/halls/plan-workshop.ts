import { Worker } from 'node:worker_threads';
import type { PlanWork, PlanWorked } from './plan-work.js';

interface WorkshopLimits {
  readonly workMsMax: number;
  readonly heapMbMax: number;
  /** So much work may be under way or wait. */
  readonly waitingMax: number;
}

const LIMITS: WorkshopLimits = {
  // The largest plan that is taken needs a few seconds; what needs this long is a file made to take long.
  workMsMax: 60_000,
  // For a file of 50 MB, what it is parsed to, and the plan that is made of it.
  heapMbMax: 1_024,
  // A node runs one at a time, since it has sales to do.
  waitingMax: 8,
};

/** The work did not end in time or in memory, or too much work waits. */
export class WorkshopFailure extends Error {
  override readonly name = 'WorkshopFailure';

  constructor(readonly reason: 'too complex' | 'busy') {
    super(reason === 'busy' ? 'Other plans are being read.' : 'The plan took too long or too much memory to read.');
  }
}

/**
 * Reads plans in a thread: a plan of 50,000 seats takes more than a second, and the event loop that live maps are sent from
 * must not stop for it. One thread at a time, each for one plan: it ends with all that it allocated.
 */
export class PlanWorkshop {
  readonly #script: string;
  readonly #limits: WorkshopLimits;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** @param script the bundle of plan-worker.ts. */
  constructor(script: string, limits = LIMITS) {
    this.#script = script;
    this.#limits = limits;
  }

  async plan(work: PlanWork): Promise<PlanWorked> {
    return (await this.#inTurn(work)) as PlanWorked;
  }

  async picture(document: string): Promise<string> {
    return (await this.#inTurn({ document })) as string;
  }

  async #inTurn(work: PlanWork | { readonly document: string }): Promise<unknown> {
    if (this.#waiting >= this.#limits.waitingMax) throw new WorkshopFailure('busy');
    this.#waiting++;
    const turn = this.#last.then(() => this.#run(work));
    this.#last = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      this.#waiting--;
    }
  }

  #run(workerData: PlanWork | { readonly document: string }): Promise<unknown> {
    const { workMsMax, heapMbMax } = this.#limits;
    return new Promise((resolve, reject) => {
      const worker = new Worker(this.#script, { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMbMax } });
      const late = setTimeout(() => end(() => reject(new WorkshopFailure('too complex'))), workMsMax);
      const end = (settle: () => void) => {
        clearTimeout(late);
        void worker.terminate();
        settle();
      };
      worker.once('message', (message) => end(() => resolve(message)));
      worker.once('error', (error: Error & { readonly code?: string }) => {
        const isTooLarge = error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error instanceof RangeError;
        end(() => reject(isTooLarge ? new WorkshopFailure('too complex') : error));
      });
      worker.once('exit', () => end(() => reject(new Error('The thread that reads plans ended without an answer.'))));
    });
  }
}
