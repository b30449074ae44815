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
  readonly #limit: number;

  constructor(limit: number, known: readonly CommandResult[]) {
    this.#limit = limit;
    for (const result of known) this.put(result, 0);
  }

  get(holder: string, commandId: string): Replay | undefined {
    const key = keyOf(holder, commandId);
    return this.#recent.get(key) ?? this.#bookings.get(key);
  }

  put({ holder, commandId, command, reply }: CommandResult, mark: number): void {
    const kept = command === 'book' ? this.#bookings : this.#recent;
    kept.set(keyOf(holder, commandId), { command, reply, mark });
    if (this.#recent.size <= this.#limit) return;
    for (const oldest of this.#recent.keys()) {
      this.#recent.delete(oldest);
      break;
    }
  }
}

/** A command id is its holder's own: nobody can ask for another's outcome, nor spoil it. */
function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}
