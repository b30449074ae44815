import type { Actor } from '../actor.js';
import type { Outcome, Recipient, Submission } from '../outcome.js';

interface Answered {
  readonly outcome: Outcome;
  readonly isReplay: boolean;
}

/** A session of a client of a relay, as the owner answers it. */
export class RelayedSession implements Recipient {
  readonly id: string;
  readonly holder: string;
  waiting = 0;
  /** By numbers of our own: what the relay calls its commands is nothing to rely on. */
  readonly #open = new Map<number, (answered: Answered) => void>();
  #lastRequest = 0;

  constructor(id: string, holder: string) {
    this.id = id;
    this.holder = holder;
  }

  /** True where no command of it is on its way. */
  get isIdle(): boolean {
    return this.#open.size === 0;
  }

  submit(actor: Actor, submission: Submission): Promise<Answered> {
    const requestId = ++this.#lastRequest;
    return new Promise((resolve) => {
      this.#open.set(requestId, resolve);
      actor.submit({ ...submission, requestId }, this);
    });
  }

  reply(requestId: number, outcome: Outcome, isReplay: boolean): void {
    this.#open.get(requestId)?.({ outcome, isReplay });
    this.#open.delete(requestId);
  }
}
