import type { Allocation } from '../core/allocations/allocation.js';
import type { Booking, Hold, HouseState } from '../core/house.js';
import type { Reply } from '../core/reply.js';
import type { ActsWrite, SeatAct } from '../core/seat-act.js';

/**
 * The journal of all houses. It can lose its tail: where Postgres fails over to a standby that lagged, the newest commits
 * and claims are gone, those that were acknowledged too.
 */
export interface Journal {
  /**
   * Makes this node the owner under a new epoch and returns everything that was committed under the ones before; nothing
   * can be added to those any more. `after` as in `Batch`. Rejects where the store cannot be reached, or another claimed
   * while this one read; the claim may then have happened, which harms nobody.
   * @throws JournalBehind: nothing was claimed, and what would be read lacks what this node acknowledged.
   * @throws JournalRecovering: nothing was claimed; other nodes may still have to write again what the journal lost.
   */
  claim(showtimeId: string, after: number): Promise<Claim>;
  /**
   * Writes the slices whose epoch still stands, all of them at once and durably, and names those that are fenced.
   * Exactly once by `batch.number`: after any rejection but those below the outcome is unknown, and the same batch
   * must be given again until it resolves.
   * @throws JournalRefusal: the data broke a guard of the store; nothing of the batch was written, nor ever will be.
   * @throws JournalBehind: nothing of the batch was written, nor ever will be under this number.
   */
  commit(batch: Batch): Promise<{ readonly fenced: readonly Slice[] }>;
  /** Who owns these showtimes, under which epoch, as of a moment within this call. Those never claimed are left out. */
  owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>>;
  /** Where the journal stands, as of a moment within this call. */
  position(): Promise<Position>;
  /**
   * Says that this node has found all that it acknowledged up to `after` on this timeline, or wrote it again. False where
   * it cannot be so: then look again.
   */
  confirm(after: number, timeline: number): Promise<boolean>;
  /**
   * Writes again what is remembered of one showtime, and takes it over. Exactly once, like `commit`.
   * @throws JournalBehind: nothing was written, nor ever will be under this number.
   */
  restore(number: number, after: number, restoration: Restoration): Promise<Restored>;
}

/** Where the journal stands, for this writer. */
export interface Position {
  /** The number of its last batch that the journal has; 0 where it has none. */
  readonly has: number;
  /** Each promotion of a standby begins a new one. */
  readonly timeline: number;
  /** The timeline that this writer last confirmed; 0 where it has confirmed none. */
  readonly confirmed: number;
  /** How many standbys read along, or have a slot to; undefined where the store does not say. */
  readonly standbys: number | undefined;
  /** How far the journal goes; only compared with `replayed`. */
  readonly written: number | undefined;
  /** How far every standby that reads along has it; undefined where the store does not say. */
  readonly replayed: number | undefined;
}

export interface Owner {
  readonly epoch: number;
  /** The name of the node (see `Member`), not of one of its lives. */
  readonly node: string;
  /** It is this very life of this node. */
  readonly isMine: boolean;
  /** On which it was claimed. */
  readonly timeline: number;
  /** The epoch that it had when that timeline began; 0 where it had none. */
  readonly cutEpoch: number;
}

export class JournalRefusal extends Error {
  override readonly name = 'JournalRefusal';
}

/** The journal does not have what this node acknowledged. */
export class JournalBehind extends Error {
  override readonly name = 'JournalBehind';
  /** The number of the last batch of this writer that it has. */
  readonly has: number;

  constructor(has: number) {
    super(`The journal has batches of this node up to ${has} only, and more were acknowledged.`);
    this.has = has;
  }
}

/** A standby was promoted a moment ago, and somebody who lives has not looked yet whether something is lost. */
export class JournalRecovering extends Error {
  override readonly name = 'JournalRecovering';
  readonly retryAfterMs: number;

  constructor(retryAfterMs: number) {
    super('A standby of Postgres was promoted; other nodes still look whether something is lost.');
    this.retryAfterMs = retryAfterMs;
  }
}

export interface Claim {
  readonly epoch: number;
  /** On which it was made: see `Position`. */
  readonly timeline: number;
  readonly state: HouseState;
  /** Outcomes for replays: every booking's. */
  readonly results: readonly CommandResult[];
  /** Those of the other commands of the recent past: of the newest at least, as many as a house keeps. */
  readonly recorded: RecordedResults;
}

/** Outcomes that are on record under earlier epochs, and not read with the claim. */
export interface RecordedResults {
  /** False: there is none of this command. True: there may be. */
  has(commandId: string): boolean;
  /** Undefined: there is none for this holder. Rejects where the store cannot be reached. */
  recall(holder: string, commandId: string): Promise<CommandResult | undefined>;
}

export interface Batch {
  /** Rises by at least one with every new batch of this node's life. */
  readonly number: number;
  /** The number of the last batch that was acknowledged; 0 where none was. */
  readonly after: number;
  readonly slices: readonly Slice[];
}

/** The pending changes of one showtime, coalesced by seat to their final state. */
export interface Slice {
  readonly showtimeId: string;
  readonly epoch: number;
  /** Seat index to the hold that it now belongs to, or undefined where it belongs to none any more. */
  readonly holds: ReadonlyMap<number, Hold | undefined>;
  /** Those of these seats that the journal has a hold of, from before this slice: it goes. Of the others it has none. */
  readonly heldBefore: ReadonlySet<number>;
  /** Seat index to the reason for which it is blocked, or undefined where it is not any more. */
  readonly blocks: ReadonlyMap<number, string | undefined>;
  /** Seat index to its allocation, or undefined where it has none any more. Absent where no allocation changed. */
  readonly allocations?: ReadonlyMap<number, Allocation | undefined>;
  readonly booked: readonly BookedWrite[];
  /** Ids of bookings cancelled, those made in this very slice included. */
  readonly cancelled: readonly string[];
  /** By id, bookings with the seats that they have now; made or cancelled in this very slice, some of them. */
  readonly reseated: ReadonlyMap<string, Booking>;
  readonly results: readonly CommandResult[];
  /** See ActsWrite. */
  readonly firstAct: number;
  readonly acts: readonly SeatAct[];
}

export interface BookedWrite {
  readonly booking: Booking;
  readonly commandId: string;
  readonly paymentMethod: string;
  /** The holder whose command it was, where that is not the booking's: staff, for a customer. */
  readonly askedBy?: string;
}

/** One request, one effect: what the command with this id was answered. */
export interface CommandResult {
  readonly holder: string;
  readonly commandId: string;
  /** The command's type; the same id under another type is an error of the client. */
  readonly command: string;
  readonly reply: Reply;
}

/**
 * What a node remembers of one showtime, for a journal that has lost some of it: what was acknowledged, and nothing else.
 * An owner that does not know that it was overtaken may have done more, which the journal would have refused.
 */
export interface Restoration {
  readonly showtimeId: string;
  /** The newest under which any of it was written, or which this node owned. */
  readonly epoch: number;
  /** It is the whole house: seats that it does not name are free. */
  readonly isWhole: boolean;
  /** Seats are only taken by it, and none freed: it was written again once, and others may have sold since. */
  readonly isAdditive: boolean;
  /** With their status. */
  readonly bookings: ReadonlyMap<string, BookedWrite>;
  readonly cancelled: ReadonlySet<string>;
  /** By id, bookings with the seats that they got under this epoch. */
  readonly reseated: ReadonlyMap<string, Reseated>;
  /** Seats as in `Slice`, here and below. */
  readonly holds: ReadonlyMap<number, Hold | undefined>;
  readonly blocks: ReadonlyMap<number, string | undefined>;
  readonly allocations: ReadonlyMap<number, Allocation | undefined>;
  /** Of one flush each. */
  readonly results: readonly (readonly CommandResult[])[];
  /** Of one flush each. */
  readonly acts: readonly ActsWrite[];
}

export interface Reseated {
  readonly booking: Booking;
  readonly epoch: number;
}

export interface Restored {
  /**
   * `overtaken`: another had taken the showtime over before the loss, so nothing was lost. `nothing missing`: others wrote
   * it again before.
   */
  readonly outcome: 'restored' | 'overtaken' | 'nothing missing';
  /** The present one of the showtime: what was restored is part of what the journal has under it. */
  readonly epoch: number;
  readonly bookings: number;
  readonly holds: number;
  /** What could not be brought back. */
  readonly losses: readonly Loss[];
}

/** One seat that somebody was promised. */
export interface Loss {
  readonly showtimeId: string;
  readonly kind: 'booking' | 'hold' | 'block' | 'cancellation';
  /** The booking or the hold; of a block the showtime. */
  readonly subject: string;
  /** -1 where nobody knows it: of a cancellation. */
  readonly seat: number;
  readonly reference?: string | null;
  readonly holder?: string | null;
  readonly reason: string;
}
