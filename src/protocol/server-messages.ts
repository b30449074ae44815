/** What the server sends. Field names are the same in both encodings; only `snapshot.seats` differs in form. */
import type { WireError } from './errors.js';
import type { Money } from './money.js';
import type { SeatStatus } from './seat-status.js';

export interface HoldView {
  readonly id: string;
  readonly seats: readonly string[];
  /** Milliseconds since 1970 on the server's clock. */
  readonly expiresAt: number;
  readonly extensionsLeft: number;
  readonly price: Money;
  /** By position in `seats`, the id of what each is sold as. Only of a showtime with ticket types; an empty text: of none. */
  readonly ticketTypes?: readonly string[];
  /** Absent: the web. */
  readonly channel?: OtherChannel | undefined;
  /** The order that it is in: until it leaves that, nothing but the order changes it. Absent: none. */
  readonly orderId?: string | undefined;
}

export interface BookingView {
  readonly id: string;
  /** What people read out: eleven signs without look-alikes, the last a check sign. */
  readonly reference: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly seats: readonly string[];
  readonly price: Money;
  /** As in a hold. */
  readonly ticketTypes?: readonly string[];
  /** Absent: the web. */
  readonly channel?: OtherChannel | undefined;
  /** The order that it belongs to, and is cancelled by. Absent: none. */
  readonly orderId?: string | undefined;
}

/** By which way seats are sold, where it is not the web. */
export type OtherChannel = 'walk_in' | 'pos' | 'partner';

export interface Limits {
  readonly holdTtlMs: number;
  readonly seatsPerHold: number;
  readonly holdsPerHolder: number;
  readonly extensionsPerHold: number;
  readonly messagesPerSecond: number;
  readonly frameBytes: number;
  readonly heartbeatMs: number;
}

/** Whom a seat is sold to, and what it costs them. */
export interface TicketTypeView {
  readonly id: string;
  readonly name: string;
  /** What the buyer has to know, such as "with student card". */
  readonly note?: string;
  /** The most seats of this type in one hold. */
  readonly maxPerHold?: number;
  readonly prices: readonly { readonly category: string; readonly price: Money }[];
}

/** What a showtime is sold by. */
export interface TermsView {
  /** Counts up with every change of prices, rules or sales; time that opens or closes sales is no change. */
  readonly version: number;
  /** What a seat of each category costs from now on; holds keep the price that they were made with. */
  readonly prices: readonly { readonly category: string; readonly price: Money }[];
  /**
   * Whom seats are sold to, the ordinary type first: it costs `prices`. A category that a type has no price for is not sold
   * to it. Absent: there are no types.
   */
  readonly ticketTypes?: readonly TicketTypeView[];
  /** Whether seats can be taken now. */
  readonly salesOpen: boolean;
  /** True: the showtime does not take place. Sales stay closed, and all holds ended. */
  readonly cancelled?: boolean;
  /** Milliseconds since 1970: sales open then, at the earliest. */
  readonly salesOpenAt?: number;
  /** Milliseconds since 1970: sales end then, at the latest. */
  readonly salesCloseAt?: number;
}

export interface Welcome {
  readonly type: 'welcome';
  /** The token to say hello with next time; a fresh guest session where none was given. */
  readonly session: string;
  readonly holder: string;
  readonly serverTime: number;
  readonly seatMap: { readonly hash: string; readonly url: string; readonly seats: number };
  readonly limits: Limits;
  readonly terms: TermsView;
  readonly rules: SeatRules;
  /** True: the missed deltas follow and no snapshot does. False: a snapshot follows. */
  readonly recovered: boolean;
}

/** The terms changed, or time opened or closed sales. It replaces what `welcome` said. */
export interface Terms {
  readonly type: 'terms';
  readonly terms: TermsView;
  readonly limits: Limits;
  readonly rules: SeatRules;
}

/** The hall's rules on choosing seats, told before any choice. Pairs and companions are in the seat map. */
export interface SeatRules {
  readonly singleGap: 'off' | 'lenient' | 'strict';
  /** Free seats that must stay between two parties in a row; 0 is none. */
  readonly distancing: number;
}

export interface Snapshot {
  readonly type: 'snapshot';
  readonly epoch: number;
  readonly seq: number;
  /** JSON: a letter a seat (`.hbx`). MessagePack: 2 bits a seat, see seat-status.ts. */
  readonly seats: string | Uint8Array;
  /** The reader's own holds and bookings only. */
  readonly holds: readonly HoldView[];
  readonly bookings: readonly BookingView[];
}

export interface Delta {
  readonly type: 'delta';
  readonly epoch: number;
  /** One more than the delta before it. Anything else is a gap: take a snapshot. */
  readonly seq: number;
  readonly changes: readonly (readonly [seat: number, status: SeatStatus])[];
}

/** The reader's own holds and bookings, whole, after another of its sessions changed them. */
export interface Own {
  readonly type: 'own';
  readonly holds: readonly HoldView[];
  readonly bookings: readonly BookingView[];
}

/** What a command came to. Which fields an ok reply has follows from its command; see PROTOCOL.md. */
export type ReplyMessage =
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly ok: true;
      readonly hold?: HoldView;
      readonly booking?: BookingView;
      readonly seats?: readonly string[];
      /** How far a best-available search had to relax its wishes. */
      readonly quality?: BestAvailableQuality;
      readonly serverTime?: number;
    }
  | { readonly type: 'reply'; readonly id: number; readonly ok: false; readonly error: WireError };

/** In the order in which they are tried. */
export type BestAvailableQuality = 'adjacent' | 'adjacent_leaves_gap' | 'same_row' | 'nearby' | 'scattered';

export interface HoldExpired {
  readonly type: 'hold_expired';
  readonly holdId: string;
  readonly seats: readonly string[];
}

/** Staff ended one of the reader's holds, or all holds of a showtime that is cancelled. An `own` follows. */
export interface HoldTakenAway {
  readonly type: 'hold_taken_away';
  readonly holdId: string;
  readonly seats: readonly string[];
  /** Absent: staff took it. */
  readonly cause?: 'showtime_cancelled';
}

export interface Moved {
  readonly type: 'moved';
  readonly url: string;
}

export interface Heartbeat {
  readonly type: 'heartbeat';
  readonly epoch: number;
  readonly seq: number;
  readonly serverTime: number;
}

/** A fault that belongs to no command: a frame that could not be read, or why the socket is about to be closed. */
export interface Fault {
  readonly type: 'error';
  readonly error: WireError;
}

export type ServerMessage =
  | Welcome
  | Terms
  | Snapshot
  | Delta
  | Own
  | ReplyMessage
  | HoldExpired
  | HoldTakenAway
  | Moved
  | Heartbeat
  | Fault;
