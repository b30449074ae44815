import type { Outcome, Recipient } from '../../runtime/outcome.js';

/** One HTTP request, as somebody whom an actor answers once. */
export class HttpRecipient implements Recipient {
  readonly holder: string;
  waiting = 0;
  readonly outcome: Promise<Outcome>;
  #settle: (outcome: Outcome) => void = () => {};

  constructor(holder: string) {
    this.holder = holder;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  reply(_requestId: number, outcome: Outcome): void {
    this.#settle(outcome);
  }
}
