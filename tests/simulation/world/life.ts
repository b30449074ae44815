import type { Timers } from '../../../src/kernel/timers.js';

/**
 * One life of a process. Whatever runs in it comes in through `enter`: a frozen one (SIGSTOP) does it all when it is
 * thawed, a dead one (kill -9) never. What it sent before goes its way in either case.
 */
export class Life {
  readonly #time: Timers;
  #state: 'running' | 'frozen' | 'dead' = 'running';
  #backlog: (() => void)[] = [];
  readonly #mourners: (() => void)[] = [];

  constructor(time: Timers) {
    this.#time = time;
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  enter(call: () => void): void {
    if (this.#state === 'frozen') this.#backlog.push(call);
    else if (this.#state === 'running') call();
  }

  freeze(): void {
    if (this.#state === 'running') this.#state = 'frozen';
  }

  thaw(): void {
    if (this.#state !== 'frozen') return;
    this.#state = 'running';
    // Each in a turn of its own, as an event loop has them; whatever freezes it again meanwhile is obeyed.
    for (const call of this.#backlog.splice(0)) this.#time.soon(() => this.enter(call));
  }

  kill(): void {
    this.#state = 'dead';
    this.#backlog = [];
    for (const call of this.#mourners.splice(0)) call();
  }

  /** Called outside of it when it is dead. */
  onKill(call: () => void): void {
    if (this.isDead) call();
    else this.#mourners.push(call);
  }

  /** The timers of this process: late while it is frozen, silent when it is dead. */
  get timers(): Timers {
    return {
      after: (delayMs, call) => {
        let isCancelled = false;
        const cancel = this.#time.after(delayMs, () => this.enter(() => void (isCancelled || call())));
        return () => {
          isCancelled = true;
          cancel();
        };
      },
      soon: (call) => this.#time.soon(() => this.enter(call)),
    };
  }

  /** An answer from outside, as this process hears it. */
  hears<Answer>(answer: Promise<Answer>): Promise<Answer> {
    return new Promise((resolve, reject) => {
      answer.then(
        (value) => this.enter(() => resolve(value)),
        (error: unknown) => this.enter(() => reject(error)),
      );
    });
  }
}
