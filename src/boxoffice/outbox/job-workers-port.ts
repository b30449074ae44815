/** The head of a line, to be worked on. */
export interface StepJob {
  readonly handler: string;
  readonly subject: string;
  readonly eventId: string;
  /** From 1. */
  readonly tries: number;
  readonly triesMax: number;
}

/** Workers of this node that take jobs from the queue. */
export interface JobWorkers {
  /** There are jobs, perhaps for so many workers: look now, and not at the next poll. */
  nudge(jobs: number): void;
  /** Takes no more jobs, waits for those under way for a bounded time, and leaves the rest to other nodes. */
  stop(): Promise<void>;
}
