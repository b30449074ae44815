import { MemoryRoll } from '../../../src/adapters/memory/memory-membership.js';
import type { Roll } from '../../../src/runtime/cluster/membership-port.js';

/** The roll of a Redis that may tell what was, in place of what is: a replica that lags, or one that came back old. */
export class SimRoll extends MemoryRoll {
  #past: Roll | undefined;

  tellPast(): void {
    this.#past ??= super.read();
  }

  tellPresent(): void {
    this.#past = undefined;
  }

  override read(): Roll {
    return this.#past ?? super.read();
  }
}
