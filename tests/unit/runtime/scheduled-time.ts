/**
 * A clock that moves when told to, and timers that fire when due or later, in whichever order fast-check's scheduler
 * likes: as much as `Timers` promises, and no more. It is also how a network is late: what travels is a timer.
 */
import type fc from 'fast-check';
import type { Clock } from '../../../src/kernel/clock.js';
import type { Timers } from '../../../src/kernel/timers.js';
import { START_MS } from './playhouse.js';

interface Entry {
  readonly at: number;
  readonly fire: () => void;
}

export class ScheduledTime implements Clock {
  /** What threw out of a task. In a node that would end the process. */
  readonly broken: unknown[] = [];
  readonly #scheduler: fc.Scheduler;
  #now = START_MS;
  #entries: Entry[] = [];
  #flowsUntil = 0;

  constructor(scheduler: fc.Scheduler) {
    this.#scheduler = scheduler;
  }

  now(): number {
    return this.#now;
  }

  /** Does it later, among all else that is to be done. */
  someTime(what: string, call: () => void): void {
    void this.#scheduler.schedule(Promise.resolve(), what).then(() => {
      try {
        call();
      } catch (error) {
        this.broken.push(error);
      }
    });
  }

  /** Of a process, or of what is between processes: nothing fires where it is not alive. */
  timers(whose: string, isAlive: () => boolean = () => true): Timers {
    const after = (delayMs: number, call: () => void) => {
      let isOff = false;
      const fire = () => this.someTime(whose, () => void (!isOff && isAlive() && call()));
      if (delayMs <= 0) fire();
      else this.#entries.push({ at: this.#now + delayMs, fire });
      return () => {
        isOff = true;
      };
    };
    return { after, soon: (call) => void after(0, call) };
  }

  /** It is later, at once: everybody stood still meanwhile. What fell due fires some time from here on. */
  jump(ms: number): void {
    this.#now += ms;
    const due = this.#entries.filter(({ at }) => at <= this.#now);
    this.#entries = this.#entries.filter(({ at }) => at > this.#now);
    due.sort((a, b) => a.at - b.at);
    for (const { fire } of due) fire();
  }

  /** It gets later in steps from one due timer to the next, among all else that happens. */
  flow(ms: number): void {
    const isFlowing = this.#flowsUntil > this.#now;
    this.#flowsUntil = Math.max(this.#flowsUntil, this.#now) + ms;
    if (!isFlowing) this.#flowOn();
  }

  /** All that is under way comes to its end, and what falls due within this time. */
  async rest(ms: number): Promise<void> {
    const until = this.#now + ms;
    for (;;) {
      await this.#scheduler.waitIdle();
      const next = Math.min(...this.#entries.map(({ at }) => at));
      if (next > until) break;
      this.jump(next - this.#now);
    }
    this.jump(until - this.#now);
    await this.#scheduler.waitIdle();
  }

  #flowOn(): void {
    this.someTime('the clock', () => {
      const next = Math.min(this.#flowsUntil, ...this.#entries.map(({ at }) => at));
      this.jump(Math.max(0, next - this.#now));
      if (this.#now < this.#flowsUntil) this.#flowOn();
    });
  }
}
