import { Acknowledged } from '../oracle/acknowledged.js';
import type { Documented } from '../oracle/documented.js';
import { Tally } from '../oracle/tally.js';
import { Violations } from '../oracle/violations.js';
import type { Showtime } from '../target/target.js';

/** A showtime under attack, and what was acknowledged of it. */
export interface House extends Showtime {
  readonly told: Acknowledged;
}

export interface Counts {
  readonly frames: Tally;
  readonly phases: Tally;
  readonly answers: Tally;
  readonly closes: Tally;
  readonly messages: Tally;
}

/** What all attackers share. */
export class Attack {
  readonly counts: Counts = {
    frames: new Tally(),
    phases: new Tally(),
    answers: new Tally(),
    closes: new Tally(),
    messages: new Tally(),
  };
  readonly violations = new Violations();
  #next: number;
  #end: number;

  constructor(
    readonly seed: number,
    readonly documented: Documented,
  ) {
    this.#next = 0;
    this.#end = 0;
  }

  /** The frames from the last one so far up to, not including, `end`; or from `first`. */
  upTo(end: number, first = this.#end): void {
    this.#next = first;
    this.#end = end;
  }

  /** The number of the next frame that nobody has sent; undefined: there are no more. */
  take(): number | undefined {
    return this.#next < this.#end && !this.violations.tooMany ? this.#next++ : undefined;
  }

  get sent(): number {
    return this.counts.frames.total;
  }
}

export function houseOf(showtime: Showtime): House {
  return { ...showtime, told: new Acknowledged() };
}
