import type { Finding } from './finding.js';
import type { Stage } from './stage.js';

/** One question that is asked of the running product, beside what it is to be compared with. */
export interface Benchmark {
  /** As in `npm run bench -- contended`. */
  readonly name: string;
  /** What is measured, in a sentence without its full stop. */
  readonly question: string;
  /**
   * Starts what it needs on the stage, measures, and checks that the work was done.
   * @throws Error where it was not: a figure of work that went wrong is none.
   */
  run(stage: Stage): Promise<readonly Finding[]>;
}
