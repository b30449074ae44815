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
  /** A booking reference for people: eleven signs, the last a check sign; 47 bits of it are random. */
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
  /** The versions of the terms of these showtimes; those that there are not are left out. Rejects as `terms` does. */
  versions(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

export interface Terms {
  readonly map: SeatMap;
  readonly mapHash: string;
  readonly rules: HouseRules;
  /** Rises with every change of the rules; what has a higher one is newer. */
  readonly version: number;
}

/** What a client sent as payment, as it came; only the till reads it. */
export interface Payment {
  readonly method: string;
  readonly token?: string | undefined;
}

/** Takes the money, or says why not. In the same turn: the built-in test payment asks nobody. */
export interface Till {
  charge(
    payment: Payment,
  ):
    | { readonly ok: true; readonly method: string }
    | { readonly ok: false; readonly failure: 'payment_required' | 'payment_declined' };
}

/** What is counted: requests and new sockets of an address, new guest sessions of an address, commands of a holder. */
export type Rate = 'requests' | 'sockets' | 'sessions' | 'commands';

/** Who asks how often, in the whole cluster where there is one. */
export interface Rates {
  /** Undefined: go on. Else how many milliseconds to wait. Answers in bounded time, from this node's counts if need be. */
  take(rate: Rate, key: string): Promise<number | undefined>;
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
  /** Who owns these showtimes, under which epoch, as of a moment within this call. Those never claimed are left out. */
  owners(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, Owner>>;
}

export interface Owner {
  readonly epoch: number;
  /** The name of the node (see `Member`), not of one of its lives. */
  readonly node: string;
}

export class LedgerRefusal extends Error {
  override readonly name = 'LedgerRefusal';
}

export interface Claim {
  readonly epoch: number;
  readonly state: HouseState;
  /** Outcomes for replays: every booking's. */
  readonly results: readonly CommandResult[];
  /** Those of the other commands of the recent past: of the newest at least, as many as a house keeps. */
  readonly recorded: Recorded;
}

/** Outcomes that are on record under earlier epochs, and not read with the claim. */
export interface Recorded {
  /** False: there is none of this command. True: there may be. */
  has(commandId: string): boolean;
  /** Undefined: there is none for this holder. Rejects where the store cannot be reached. */
  recall(holder: string, commandId: string): Promise<CommandResult | undefined>;
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
  /** Those of these seats that the journal has a hold of, from before this slice: it goes. Of the others it has none. */
  readonly heldBefore: ReadonlySet<number>;
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

/** One life of one node of the cluster. */
export interface Member {
  /** Made anew with every start: two lives of a node are two members. */
  readonly id: string;
  /** What people and Postgres call the node; the same in every life. No two live members may share it. */
  readonly name: string;
  /** Where clients reach this very node, such as https://a.tickets.example; absent where only a balancer can be reached. */
  readonly url?: string;
  /** Where other nodes reach its link, as `host:port`; absent where they reach it over Redis only. */
  readonly link?: string;
  /** Its share of the showtimes, relative to the weights of the others; above 0. */
  readonly weight: number;
  /** It gives its showtimes away and takes none. */
  readonly draining: boolean;
  /** Showtimes of its own with so many watchers that others should relay them instead of sending more clients. */
  readonly hot: readonly string[];
  /** Showtimes that run on it, for people to read. */
  readonly showtimes: number;
}

/** What the store of the members says at one moment. It may have forgotten any of it: it is a hint, never a guarantee. */
export interface Roll {
  /** Each member that ever registered and did not leave, with the number of its latest beat. */
  readonly members: readonly { readonly member: Member; readonly beat: number }[];
  /** Showtimes that somebody moved by hand, to the name of the node where they should live. */
  readonly pins: ReadonlyMap<string, string>;
}

/** Who is in the cluster. Every method answers or rejects in bounded time; none waits for a store that is away. */
export interface Membership {
  /** Registers or renews, and reads the roll. `beat` rises with every call of this life. Harmless when it runs twice. */
  beat(self: Member, beat: number): Promise<Roll>;
  leave(memberId: string): Promise<void>;
  /** Takes dead members off the roll, so that it does not grow for ever. */
  forget(memberIds: readonly string[]): Promise<void>;
  /** `nodeName` undefined: let the showtime live where the hash says. */
  pin(showtimeId: string, nodeName: string | undefined): Promise<void>;
}

/**
 * Messages between nodes: at most once, in the order sent where they arrive, lost without a word while a connection is
 * away. While the ways between nodes change, one may come twice or late: users number what must not be taken twice. Payloads are plain data: objects, arrays, strings, numbers, booleans, Uint8Array, undefined left out.
 */
export interface NodeLink {
  /** Receives what is sent to this member; resolves when it does. Once a life. */
  receive(memberId: string, handler: (payload: unknown) => void): Promise<void>;
  send(memberId: string, payload: unknown): void;
  /** To all who follow the topic. */
  publish(topic: string, payload: unknown): void;
  /** Resolves when whatever is published from then on arrives here; rejects in bounded time. Returns the end of it. */
  follow(topic: string, handler: (payload: unknown) => void): Promise<() => void>;
}

/** How many seats of a house have which status, as published at `{epoch, seq}`. */
export interface SeatCounts {
  readonly epoch: number;
  readonly seq: number;
  readonly available: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
  /** The sum of the four. */
  readonly seats: number;
}

/**
 * What may be forgotten, or be a lie, at any moment: it makes reads cheap and is never asked what is true. Every call ends
 * in bounded time and none rejects. No answer is told apart from nothing there: it is `undefined`, or false.
 */
export interface Cache {
  get(key: string): Promise<{ readonly value: string | undefined } | undefined>;
  /** Kept for at most `ttlMs`, and gone before where room is needed. */
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** The counts of those showtimes that have any. */
  counts(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, SeatCounts> | undefined>;
  /**
   * Files counts by showtime. `unless newer`: those of a later `{epoch, seq}` stay, so that nodes may write in any order;
   * `always` is for who found that what is there is wrong.
   */
  putCounts(
    counts: ReadonlyMap<string, SeatCounts>,
    ttlMs: number,
    overwrite: 'unless newer' | 'always',
  ): Promise<boolean>;
}
