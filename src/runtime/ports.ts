/** What the runtime needs from the outside, each with its guarantee. Adapters make them real; tests make them lie. */
import type { Booking, Hold, HouseRules, HouseState } from '../core/house.js';
import type { CoreReply } from '../core/reply.js';
import type { SeatMap } from '../core/seat-map.js';

export interface Clock {
  /** Milliseconds since 1970, never going back, anchored to Postgres: jumps of the host's clock do not show in it. */
  now(): number;
}

export interface Timers {
  /** Calls once after `delayMs` (not before; late under load). Returns the cancel. */
  after(delayMs: number, call: () => void): () => void;
  /** Calls once when the input that is already here has been handled: work gathered meanwhile forms one batch. */
  soon(call: () => void): void;
}

export interface Ids {
  /** UUID v7: ids of a later millisecond sort after those of an earlier, which keeps the indexes of Postgres local. */
  uuid(): string;
  /** A booking reference for people: ten letters and digits without look-alikes, unguessable. */
  reference(): string;
}

export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What is on and at what terms: read-only for the runtime. */
export interface Playbill {
  /** Undefined: there is no such showtime. Rejects where the store cannot be reached. */
  terms(showtimeId: string): Promise<Terms | undefined>;
}

export interface Terms {
  readonly map: SeatMap;
  readonly mapHash: string;
  readonly rules: HouseRules;
}

/** The journal of all houses. */
export interface Ledger {
  /**
   * Makes this node the owner under a new epoch and returns everything that was committed under the ones before; nothing
   * can be added to those any more. Rejects where the store cannot be reached, or another claimed while this one read;
   * the claim may then have happened, which harms nobody.
   */
  claim(showtimeId: string): Promise<Claim>;
  /**
   * Writes the slices whose epoch still stands, all of them at once and durably, and names those that are fenced.
   * Exactly once by `batch.number`: after any rejection but `LedgerRefusal` the outcome is unknown, and the same batch
   * must be given again until it resolves.
   * @throws LedgerRefusal: the data broke a guard of the store; nothing of the batch was written, nor ever will be.
   */
  commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }>;
}

export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
}

export interface Claim {
  readonly epoch: number;
  readonly state: HouseState;
  /** Outcomes for replays: those of the recent past, and every booking's. */
  readonly results: readonly CommandResult[];
}

export interface Batch {
  /** Rises by at least one with every new batch of this node's life. */
  readonly number: number;
  readonly slices: readonly Slice[];
}

/** The pending changes of one showtime, coalesced by seat to their final state. */
export interface Slice {
  readonly showtimeId: string;
  readonly epoch: number;
  /** Seat index to the hold that it now belongs to, or undefined where it belongs to none any more. */
  readonly holds: ReadonlyMap<number, Hold | undefined>;
  /** Seat index to the reason for which it is blocked, or undefined where it is not any more. */
  readonly blocks: ReadonlyMap<number, string | undefined>;
  readonly booked: readonly BookedWrite[];
  /** Ids of bookings cancelled, those made in this very slice included. */
  readonly cancelled: readonly string[];
  readonly results: readonly CommandResult[];
}

export interface BookedWrite {
  readonly booking: Booking;
  readonly commandId: string;
  readonly paymentMethod: string;
}

/** One request, one effect: what the command with this id was answered. */
export interface CommandResult {
  readonly holder: string;
  readonly commandId: string;
  /** The command's type; the same id under another type is an error of the client. */
  readonly command: string;
  readonly reply: CoreReply;
}
