import type { Change } from '../core/change.js';
import type { Outcome, Recipient } from './outcome.js';

/** An output that leaves when the journal has reached its mark. */
export interface GatedOutput {
  readonly mark: number;
  /** The mark that the outcome itself depends on; where it is lower than `mark`, the output only waits its turn. */
  readonly restsOn: number;
  /** When it was queued, on the node's clock. */
  readonly at: number;
  readonly changes: readonly Change[];
  readonly requestId: number;
  readonly outcome: Outcome | undefined;
  /** See Recipient. */
  readonly isReplay: boolean;
  /** Absent for expiry, and once the recipient was told that it takes too long. */
  recipient: Recipient | undefined;
}

/** Outputs in the order in which their commands were applied; they leave in that order and no other. */
export class OutputGate {
  #queue: GatedOutput[] = [];
  /** Index of the first that waits: shifting an array of thousands at each release would cost more than the release. */
  #head = 0;

  get length(): number {
    return this.#queue.length - this.#head;
  }

  push(output: GatedOutput): void {
    if (output.recipient) output.recipient.waiting++;
    this.#queue.push(output);
  }

  /** Lets out all up to `mark`. */
  release(mark: number, emit: (output: GatedOutput) => void): void {
    for (;;) {
      const output = this.#queue[this.#head];
      if (!output || output.mark > mark) break;
      this.#head++;
      if (output.recipient) output.recipient.waiting--;
      emit(output);
    }
    if (this.#head === this.#queue.length) this.#queue = [];
    else if (this.#head > 1024) this.#queue.splice(0, this.#head);
    else return;
    this.#head = 0;
  }

  /**
   * Answers those who wait since before `since`: the outcome itself where it rests on nothing past `durable` and only waited
   * its turn, else `unknown`. The outputs stay, to be published once they are durable.
   */
  giveUp(since: number, durable: number, unknown: Outcome): void {
    this.#answer(since, ({ outcome, restsOn }) => (outcome && restsOn <= durable ? outcome : unknown));
  }

  /** Answers all who wait that it is not known: a refusal may rest on what never gets to the journal. */
  abandon(unknown: Outcome): void {
    this.#answer(Number.POSITIVE_INFINITY, () => unknown);
  }

  #answer(since: number, answerOf: (output: GatedOutput) => Outcome): void {
    for (let i = this.#head; i < this.#queue.length; i++) {
      const output = this.#queue[i];
      if (!output || output.at > since) break;
      if (!output.recipient) continue;
      const { recipient } = output;
      output.recipient = undefined;
      recipient.waiting--;
      recipient.reply(output.requestId, answerOf(output), output.isReplay);
    }
  }
}
