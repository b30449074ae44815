import { setTimeout as sleep } from 'node:timers/promises';
import { sentenceOf } from '../../../src/ops/misuse.js';
import type { Recorder } from '../clients/recorder.js';
import type { Stage } from '../stage/stage.js';
import { FAILOVER_FAULTS, mayCoincide } from './all-faults.js';
import type { Fault } from './fault.js';
import { FaultDeck, type PlannedFault } from './fault-deck.js';

/** Breaks things and mends them, one or two at a time. */
export class Nemesis {
  readonly #stage: Stage;
  readonly #recorder: Recorder;
  readonly #random: () => number;
  readonly #deck: FaultDeck;

  constructor(stage: Stage, recorder: Recorder, kinds: readonly string[], random: () => number) {
    this.#stage = stage;
    this.#recorder = recorder;
    this.#random = random;
    this.#deck = new FaultDeck(kinds, random, mayCoincide);
  }

  /** Resolves when all that was broken is mended. */
  async strike(): Promise<void> {
    await Promise.all(this.#deck.next().map((planned) => this.#suffer(planned)));
  }

  async #suffer({ name, delayMs, lastsMs }: PlannedFault): Promise<void> {
    const make = FAILOVER_FAULTS[name];
    if (!make) throw new Error(`There is no fault called ${name}.`);
    // Before anything is waited for, so that what it picks follows from the seed.
    const fault: Fault = make(this.#stage, this.#random);
    await sleep(delayMs);
    this.#recorder.fault(name, 'start', fault.detail);
    try {
      await fault.start();
      await sleep(lastsMs);
    } catch (error) {
      // What the other fault has ended cannot be broken: then it was broken enough.
      this.#recorder.fault(name, 'failed', sentenceOf(error));
    } finally {
      await fault.heal();
      this.#recorder.fault(name, 'heal');
    }
  }
}
