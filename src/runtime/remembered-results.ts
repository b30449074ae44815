import type { Reply } from '../core/reply.js';
import type { CommandResult } from './journal-port.js';

export interface RememberedResult {
  readonly command: string;
  readonly reply: Reply;
  /** The journal mark that the reply depends on; 0 where it was durable from the start. */
  readonly mark: number;
}

export type CommandOfBooking = Pick<CommandResult, 'commandId' | 'holder'>;

/** Kept by this owner alone and never written: enough for the copies of a command that are on their way at one time. */
const REFUSALS_MIN = 5_000;

/**
 * The outcomes of commands, by holder and command id: one request, one effect. Bookings are kept for the life of the
 * actor, as Postgres keeps them for ever; of the others that took effect the newest `limit`, which Postgres keeps for the
 * replay window. Refusals apart from these, so that in a rush they do not push them out.
 */
export class RememberedResults {
  readonly #bookings = new Map<string, RememberedResult>();
  readonly #effects: Newest;
  readonly #refusals = new Refusals();

  /** `known`: the oldest first. `limit`: one or more. */
  constructor(limit: number, known: readonly CommandResult[]) {
    this.#effects = new Newest(limit);
    for (const result of known) this.put(result, 0);
  }

  get(holder: string, commandId: string): RememberedResult | undefined {
    const key = keyOf(holder, commandId);
    return this.#effects.get(key) ?? this.#bookings.get(key) ?? this.#refusals.get(key);
  }

  /** The id of each booking to the command that made it, and the holder who asked. */
  commandsOfBookings(): ReadonlyMap<string, CommandOfBooking> {
    const commands = new Map<string, CommandOfBooking>();
    for (const [key, { reply }] of this.#bookings) {
      if (!reply.ok || reply.type !== 'booking') continue;
      const space = key.indexOf(' ');
      commands.set(reply.booking.id, { commandId: key.slice(0, space), holder: key.slice(space + 1) });
    }
    return commands;
  }

  put({ holder, commandId, command, reply }: CommandResult, mark: number): void {
    const key = keyOf(holder, commandId);
    const replay = { command, reply, mark };
    if (!reply.ok) this.#refusals.put(key, replay);
    else if (command === 'book') this.#bookings.set(key, replay);
    else this.#effects.put(key, replay);
  }
}

/**
 * The last REFUSALS_MIN and up to as many before them. In a rush nine of ten answers go in here: two generations, of which
 * the older is let go as a whole, cost half of a ring that forgets one for each new one.
 */
class Refusals {
  #young = new Map<string, RememberedResult>();
  #old = new Map<string, RememberedResult>();

  get(key: string): RememberedResult | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  put(key: string, replay: RememberedResult): void {
    this.#young.set(key, replay);
    if (this.#young.size < REFUSALS_MIN) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}

/** So many, and the oldest is forgotten for a new one. */
class Newest {
  readonly #limit: number;
  readonly #remembered = new Map<string, RememberedResult>();
  /**
   * The keys by age, as a ring. The map knows that order too, but not its oldest key at once: it looks for it among the
   * places of all that were forgotten, which takes 15 µs where 50,000 are kept.
   */
  readonly #keys: string[] = [];
  #oldest = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: string): RememberedResult | undefined {
    return this.#remembered.get(key);
  }

  put(key: string, replay: RememberedResult): void {
    if (!this.#remembered.has(key)) this.#makeRoom(key);
    this.#remembered.set(key, replay);
  }

  #makeRoom(key: string): void {
    if (this.#keys.length < this.#limit) {
      this.#keys.push(key);
      return;
    }
    this.#remembered.delete(this.#keys[this.#oldest] ?? '');
    this.#keys[this.#oldest] = key;
    this.#oldest = (this.#oldest + 1) % this.#limit;
  }
}

/** A command id is its holder's own: nobody can ask for another's outcome, nor spoil it. */
function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}
