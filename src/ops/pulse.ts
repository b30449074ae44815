import type { Roll } from '../runtime/cluster/membership-port.js';

interface Felt {
  readonly beat: number;
  /** When that beat was first seen here. */
  readonly since: number;
  readonly rose: boolean;
}

/**
 * Who lives, by the rule of the nodes themselves: a beat that rises is a sign of life, and a member without one for longer
 * than `detectionMs` is dead. One roll alone says nothing, for the dead stay on it for a while.
 */
export class Pulse {
  readonly #detectionMs: number;
  #felt: ReadonlyMap<string, Felt> = new Map();

  constructor(detectionMs: number) {
    this.#detectionMs = detectionMs;
  }

  /** `now`: milliseconds of a clock that never goes back. */
  observe(roll: Roll, now: number): void {
    const felt = new Map<string, Felt>();
    for (const { member, beat } of roll.members) {
      const before = this.#felt.get(member.id);
      if (!before) felt.set(member.id, { beat, since: now, rose: false });
      else felt.set(member.id, beat > before.beat ? { beat, since: now, rose: true } : before);
    }
    this.#felt = felt;
  }

  /** Undefined: it was not looked at for long enough. A member that is not on the latest roll does not live. */
  isAlive(memberId: string, now: number): boolean | undefined {
    const felt = this.#felt.get(memberId);
    if (!felt || now - felt.since > this.#detectionMs) return false;
    return felt.rose || undefined;
  }
}
