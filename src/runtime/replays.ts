import type { CoreReply } from '../core/reply.js';
import type { CommandResult } from './ports.js';

export interface Replay {
  readonly command: string;
  readonly reply: CoreReply;
  /** The journal mark that the reply depends on; 0 where it was durable from the start. */
  readonly mark: number;
}

/**
 * The outcomes of commands that took effect, by holder and command id: one request, one effect. Bookings are kept for
 * the life of the actor, as Postgres keeps them for ever; of the others the newest `limit`, which Postgres keeps for
 * the replay window.
 */
export class Replays {
  readonly #bookings = new Map<string, Replay>();
  readonly #recent = new Map<string, Replay>();
  /**
   * The keys of `#recent` by age, as a ring. The map knows that order too, but not its oldest key at once: it looks for it
   * among the places of all that were forgotten, which takes 15 µs where 50,000 are kept.
   */
  readonly #keys: string[] = [];
  #oldest = 0;
  readonly #limit: number;

  /** `known`: the oldest first. `limit`: one or more. */
  constructor(limit: number, known: readonly CommandResult[]) {
    this.#limit = limit;
    for (const result of known) this.put(result, 0);
  }

  get(holder: string, commandId: string): Replay | undefined {
    const key = keyOf(holder, commandId);
    return this.#recent.get(key) ?? this.#bookings.get(key);
  }

  put({ holder, commandId, command, reply }: CommandResult, mark: number): void {
    const key = keyOf(holder, commandId);
    if (command === 'book') {
      this.#bookings.set(key, { command, reply, mark });
      return;
    }
    if (!this.#recent.has(key)) this.#makeRoom(key);
    this.#recent.set(key, { command, reply, mark });
  }

  #makeRoom(key: string): void {
    if (this.#keys.length < this.#limit) {
      this.#keys.push(key);
      return;
    }
    this.#recent.delete(this.#keys[this.#oldest] ?? '');
    this.#keys[this.#oldest] = key;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }
}

/** A command id is its holder's own: nobody can ask for another's outcome, nor spoil it. */
function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}
