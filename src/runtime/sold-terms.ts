import { changeRules } from '../core/change-rules.js';
import type { House } from '../core/house.js';
import { areSalesOpen, nextSalesChange } from '../core/sales.js';
import type { Clock } from '../kernel/clock.js';
import type { Timers } from '../kernel/timers.js';
import { Alarm } from './alarm.js';
import type { SalesTerms } from './audience.js';
import type { Terms } from './playbill-port.js';

/** By what a house sells: terms that may be replaced, and the moments at which time opens and closes its sales. */
export class SoldTerms {
  readonly #house: House;
  readonly #clock: Clock;
  readonly #tell: (terms: SalesTerms) => void;
  readonly #alarm: Alarm;
  #terms: Terms;
  #salesOpen: boolean;

  /** `tell` is called in the turn in which anything of it has changed. */
  constructor(house: House, terms: Terms, clock: Clock, timers: Timers, tell: (terms: SalesTerms) => void) {
    this.#house = house;
    this.#clock = clock;
    this.#tell = tell;
    this.#terms = terms;
    this.#alarm = new Alarm(clock, timers, (now) => this.#turned(now));
    this.#salesOpen = this.#look(clock.now());
  }

  get terms(): Terms {
    return this.#terms;
  }

  get salesOpen(): boolean {
    return this.#salesOpen;
  }

  /** For those who have the seat map. */
  get told(): SalesTerms {
    const { version, rules, mapHash } = this.#terms;
    return { version, rules, mapHash, salesOpen: this.#salesOpen };
  }

  /** Throws, and leaves all as it was, where nobody could sell by these. Older ones are left aside. */
  renew(terms: Terms): void {
    if (terms.version <= this.#terms.version) return;
    changeRules(this.#house, terms.rules);
    this.#terms = { ...terms, map: this.#house.map };
    this.#salesOpen = this.#look(this.#clock.now());
    this.#tell(this.told);
  }

  stop(): void {
    this.#alarm.stop();
  }

  #turned(now: number): void {
    const before = this.#salesOpen;
    this.#salesOpen = this.#look(now);
    // A timer of the host may ring a little before our clock says so: then nothing has turned yet.
    if (this.#salesOpen !== before) this.#tell(this.told);
  }

  /** Whether sales are open, and the next look at the moment when that may turn. */
  #look(now: number): boolean {
    const { rules } = this.#terms;
    this.#alarm.set(nextSalesChange(rules, now));
    return areSalesOpen(rules, now);
  }
}
