/** Threads for work that takes milliseconds of a core again and again, beside the event loop that answers buyers. */
import { getPriority, platform, setPriority } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';

/** On top of that of the process: a tenth of the weight of its other threads. Not the least: a node that is busy for hours must still draw tickets. */
const NICENESS = 10;
const NICENESS_MAX = 19;

interface Asked<Work> {
  readonly id: number;
  readonly work: Work;
}

type Answered<Made> = { readonly id: number; readonly made: Made } | { readonly id: number; readonly fault: string };

interface Waiting<Made> {
  readonly resolve: (made: Made) => void;
  readonly reject: (error: Error) => void;
}

export interface BackgroundThreadOptions {
  /** The bundle of its entry, which calls `answerInBackground`. */
  readonly script: string;
  /** What it is for, as in "The thread that draws tickets". */
  readonly name: string;
  /** A thread that answers nothing for so long, while something waits for it, is ended. */
  readonly silenceMsMax: number;
  /** Handed to the entry; absent: nothing. */
  readonly workerData?: unknown;
}

/**
 * A thread that is started with the first piece of work, and stays.
 *
 * Invariant: each call ends, with what was made or an error. A thread that dies or is silent for too long fails what it had
 * been given, and the next call starts another.
 */
export class BackgroundThread<Work, Made> {
  readonly #options: BackgroundThreadOptions;
  readonly #waiting = new Map<number, Waiting<Made>>();
  #worker: Worker | undefined;
  #watch: NodeJS.Timeout | undefined;
  #lastId = 0;

  constructor(options: BackgroundThreadOptions) {
    this.#options = options;
  }

  /** Pieces of work that have not ended. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** @throws Error where it could not be done. */
  async do(work: Work): Promise<Made> {
    const id = ++this.#lastId;
    return await new Promise<Made>((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#started().postMessage({ id, work } satisfies Asked<Work>);
      this.#watchOver();
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    this.#fail(new Error('The node stops.'));
    await worker?.terminate();
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const { script, name, workerData } = this.#options;
    const worker = new Worker(script, { workerData });
    worker.on('message', (answered: Answered<Made>) => this.#take(answered));
    const died = (error: Error) => {
      if (this.#worker === worker) this.#fail(error);
    };
    worker.on('error', died);
    worker.on('exit', () => died(new Error(`${name} ended.`)));
    // It does not keep a process alive that has nothing else to do.
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #take(answered: Answered<Made>): void {
    const waiting = this.#waiting.get(answered.id);
    this.#waiting.delete(answered.id);
    this.#watchOver();
    if ('fault' in answered) waiting?.reject(new Error(answered.fault));
    else waiting?.resolve(answered.made);
  }

  /** From now on the thread may be silent for so long. */
  #watchOver(): void {
    clearTimeout(this.#watch);
    if (this.#waiting.size === 0) return;
    this.#watch = setTimeout(() => {
      void this.#worker?.terminate();
      this.#fail(new Error(`${this.#options.name} did not answer.`));
    }, this.#options.silenceMsMax);
  }

  #fail(error: Error): void {
    clearTimeout(this.#watch);
    this.#worker = undefined;
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}

/**
 * For the entry of a thread: does each piece of work as it comes, several at a time where they wait for something.
 *
 * The thread lets all others of the process go first where they want the same core. Without it Linux takes turns with them, and
 * a hold waits until a ticket has been drawn. On Linux a priority is of the calling thread (setpriority(2), "C library/kernel
 * differences"); elsewhere it would be of the whole process, so that nothing is done there.
 */
export function answerInBackground<Work, Made>(make: (work: Work) => Promise<Made>): void {
  if (platform() === 'linux') setPriority(Math.min(NICENESS_MAX, getPriority() + NICENESS));
  parentPort?.on('message', async ({ id, work }: Asked<Work>) => {
    let answered: Answered<Made>;
    try {
      answered = { id, made: await make(work) };
    } catch (error) {
      answered = { id, fault: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
    parentPort?.postMessage(answered);
  });
}
