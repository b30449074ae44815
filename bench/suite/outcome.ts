import type { Finding } from './finding.js';

/** What became of one benchmark. */
export interface Outcome {
  readonly name: string;
  readonly seconds: number;
  /** Empty where it failed. */
  readonly findings: readonly Finding[];
  /** Why there are no findings. */
  readonly failure?: string;
}
