import { MemoryHub } from '../../../src/adapters/memory/memory-node-link.js';
import type { Log } from '../../../src/kernel/log.js';
import type { Timers } from '../../../src/kernel/timers.js';
import type { Census } from './census.js';
import type { Random } from './random.js';

/** Redis' pub/sub as it can be: messages are lost by chance, and come twice, which its port does not even allow. */
export class SimHub extends MemoryHub {
  readonly #random: Random;
  readonly #census: Census;
  lossShare = 0;
  repeatShare = 0;

  constructor(timers: Timers, log: Log, random: Random, census: Census) {
    super(timers, log);
    this.#random = random;
    this.#census = census;
  }

  override takes(): boolean {
    const isTaken = super.takes() && !(this.lossShare > 0 && this.#random.chance(this.lossShare));
    if (!isTaken) this.#census.count('messages between nodes were lost');
    return isTaken;
  }

  /** For receivers: whether what arrived just now arrives once more. */
  repeats(): boolean {
    return this.repeatShare > 0 && this.#random.chance(this.repeatShare);
  }
}
