import type { SeatMapDocument } from '../../src/protocol/seat-map-document.js';
import type { SeatStatus } from '../../src/protocol/seat-status.js';
import type { HoldView } from '../../src/protocol/server-messages.js';
import type { ClientEvents, ClientState } from './client-state.js';
import type { BestAvailableWish, CommandOptions, HoldOptions, Payment, StaffCommand } from './commands.js';
import type { ConnectionState } from './connection-state.js';
import type { TimeLeft } from './countdown.js';
import type { Environment } from './environment.js';
import type { ActResult, BestAvailableResult, BookingResult, HoldResult, ReleaseResult } from './results.js';
import type { TokenSource } from './session.js';
import type { SessionStore } from './session-store.js';
import type { WebSocketConstructor } from './web-socket.js';

export interface ClientOptions {
  /** The server's base URL, http or https; in a browser by default the page's origin. */
  readonly url?: string | URL;
  readonly showtimeId: string;
  /** A session token that lasts for as long as the client does. Without one the server makes a guest session. */
  readonly session?: string;
  /**
   * Answers with the session token of a signed-in user. It is asked before every attempt to connect, and once more where
   * the server refuses what it answered. Where it throws or rejects, the client tries again later.
   */
  readonly token?: TokenSource;
  /** Where a guest session is kept; by default nowhere. See `browserSessionStore`. */
  readonly sessionStore?: SessionStore;
  /** What the server shall send; both say the same, `msgpack` (the default) in fewer bytes. */
  readonly encoding?: 'msgpack' | 'json';
  /** After how long without a reply a command is asked again; 8000 by default. */
  readonly replyTimeoutMs?: number;
  /** The default for the option of the same name of each command; 0, which is: fail at once. */
  readonly waitForConnectionMs?: number;
  readonly WebSocket?: WebSocketConstructor;
  readonly fetch?: typeof fetch;
  /** Replaces parts of the surroundings, for tests. */
  readonly environment?: Partial<Environment>;
}

/** A hold of `getSnapshot().holds`; the seats may be left out, the price may not. */
export type ShownHold = Pick<HoldView, 'id' | 'price'> & Partial<Pick<HoldView, 'seats'>>;

/**
 * One showtime, live. Commands never reject: whatever they come to is their value. Without a live connection they fail
 * at once with `unavailable`, `not-applied`; once sent they are pursued over reconnects until their outcome is known.
 */
export interface ShowtimeClient {
  /**
   * Starts, also again after `close()` or a failure; starts nothing while running. Resolves when the map is live, with
   * `connected`, or when there is nothing more to wait for, with `failed` or `closed`. Never rejects.
   */
  connect(): Promise<ConnectionState>;
  /** Ends; commands in flight come to `outcome_unknown`. */
  close(): void;
  getSnapshot(): ClientState;
  /** Calls back after every change of the state. Returns what ends that. */
  subscribe(listener: () => void): () => void;
  on<Name extends keyof ClientEvents>(name: Name, listener: (value: ClientEvents[Name]) => void): () => void;
  /** By index, or by label once the seat map is loaded; undefined where there is no such seat or it is not known yet. */
  statusOf(seat: string | number): SeatStatus | undefined;
  /** Waits for the first welcome. Rejects where the client fails or is closed before, or the map cannot be loaded. */
  seatMap(): Promise<SeatMapDocument>;
  /** All seats or none. With `holdId` they are added to that hold, whose clock runs on. */
  hold(seats: readonly string[], options?: HoldOptions): Promise<HoldResult>;
  /** Holds what the server finds best. */
  bestAvailable(wish: BestAvailableWish, options?: CommandOptions): Promise<BestAvailableResult>;
  /**
   * Holds `count` places of a standing area, by its index in the seat map; the client or the server chooses which. Needs the
   * seat map to be loaded.
   */
  holdPlaces(area: number, count: number, options?: CommandOptions & { readonly holdId?: string }): Promise<HoldResult>;
  /** Without seats: the whole hold. */
  release(holdId: string, seats?: readonly string[], options?: CommandOptions): Promise<ReleaseResult>;
  /**
   * Sells seats of a hold as other ticket types: `ticketTypes` has one for each of `seats`, in their order. A seat that changes
   * its type costs what that type costs now; the clock of the hold runs on.
   */
  retype(
    holdId: string,
    seats: readonly string[],
    ticketTypes: readonly string[],
    options?: CommandOptions,
  ): Promise<HoldResult>;
  extend(holdId: string, options?: CommandOptions): Promise<HoldResult>;
  /**
   * `hold` as the buyer was shown it. Where it costs or has something else by now, nothing is booked: `price_changed`,
   * with the `price` and `seats` that it has.
   */
  book(hold: ShownHold, payment: Payment, options?: CommandOptions): Promise<BookingResult>;
  cancel(bookingId: string, options?: CommandOptions): Promise<BookingResult>;
  /** An act of staff, also for a customer. What it comes to is not this client's own, and does not show in its state. */
  act(command: StaffCommand, options?: CommandOptions): Promise<ActResult>;
  /** The label of the seat to offer in place of this one, but none of `except`; undefined without a loaded seat map. */
  nearestAvailable(seat: string, except?: Iterable<string>): string | undefined;
  /** Milliseconds since 1970 on the server's clock. */
  serverNow(): number;
  /** Milliseconds that a hold has left, shown slightly short; 0 for one that is over or not ours. */
  remainingMs(holdId: string): number;
  /**
   * Calls back with the time left of the hold that ends first: now if there is one, then once a second, and with undefined
   * when no hold is left. It keeps up in the background too, where browsers ring a page's own timers once a minute.
   * Returns what ends that.
   */
  countdown(listener: (left: TimeLeft | undefined) => void): () => void;
}
