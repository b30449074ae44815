import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../../../src/ops/misuse.js';
import type { FaultLine } from '../checker/history.js';
import type { Stage } from '../stage/stage.js';
import { FAILOVER_FAULTS, mayCoincide } from './all-faults.js';
import type { Fault, MakeFault } from './fault.js';
import { FaultDeck, type PlannedFault } from './fault-deck.js';

export interface FaultWitness {
  fault(name: string, phase: FaultLine['phase'], detail?: string): void;
}

/** Breaks things and mends them, one or two at a time. */
export class Nemesis {
  readonly #stage: Stage;
  readonly #witness: FaultWitness;
  readonly #known: Readonly<Record<string, MakeFault>>;
  readonly #random: () => number;
  readonly #deck: FaultDeck;

  /** @param known the faults by their names */
  constructor(
    stage: Stage,
    witness: FaultWitness,
    kinds: readonly string[],
    random: () => number,
    known: Readonly<Record<string, MakeFault>> = FAILOVER_FAULTS,
    coincide: (a: string, b: string) => boolean = mayCoincide,
  ) {
    this.#stage = stage;
    this.#witness = witness;
    this.#known = known;
    this.#random = random;
    this.#deck = new FaultDeck(kinds, random, coincide);
  }

  /** Resolves when all that was broken is mended. */
  async strike(): Promise<void> {
    await Promise.all(this.#deck.next().map((planned) => this.#suffer(planned)));
  }

  async #suffer({ name, delayMs, lastsMs }: PlannedFault): Promise<void> {
    const make = this.#known[name];
    if (!make) throw new Error(`There is no fault called ${name}.`);
    // Before anything is waited for, so that what it picks follows from the seed.
    const fault: Fault = make(this.#stage, this.#random);
    await sleep(delayMs);
    this.#witness.fault(name, 'start', fault.detail);
    try {
      await fault.start();
      await sleep(lastsMs);
    } catch (error) {
      // What the other fault has ended cannot be broken: then it was broken enough.
      this.#witness.fault(name, 'failed', sentenceOf(error));
    } finally {
      await fault.heal();
      this.#witness.fault(name, 'heal');
    }
  }
}
