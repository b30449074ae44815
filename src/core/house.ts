import type { Allocation, Allocations } from './allocations/allocation.js';
import type { Channel, OtherChannel } from './channel.js';
import type { ExpiryHeap } from './expiry-heap.js';
import type { Limits } from './limits/limit-rules.js';
import type { Tallies } from './limits/tallies.js';
import type { Tenures } from './limits/tenures.js';
import type { SeatMap } from './seat-map.js';
import type { Waiting, WaitingAtClaim } from './waitlist/waiting.js';

/** Seat status codes as stored a byte a seat; the order is that of the wire. */
export const AVAILABLE = 0;
export const HELD = 1;
export const BOOKED = 2;
export const BLOCKED = 3;

export interface Price {
  /** Integer minor units of `currency`. */
  readonly amount: number;
  readonly currency: string;
}

/** Whom a seat is sold to, such as adults or students, and what it costs them. */
export interface TicketType {
  /** Unique among the types of a showtime; what commands, holds and bookings name. Never empty. */
  readonly id: string;
  /** What the buyer reads. */
  readonly name: string;
  /** What the buyer has to know before choosing it, such as "with student card". */
  readonly note?: string;
  /** The most seats of this type in one hold; absent: as many as the hold may have. */
  readonly maxPerHold?: number;
  /** Minor units a seat by category index; null: seats of this category are not sold as this type. */
  readonly prices: readonly (number | null)[];
}

export interface HouseRules {
  readonly holdTtlMs: number;
  readonly seatsPerHold: number;
  readonly holdsPerHolder: number;
  readonly extensionsPerHold: number;
  /**
   * The single-gap rule: `strict` refuses every selection that leaves one lone seat that was not alone before;
   * `lenient` allows it where the gap is at an aisle or wall; `off` allows all. None ever blocks the last sale.
   */
  readonly singleGap: 'off' | 'lenient' | 'strict';
  /** Free seats that must stay between two parties in a row; 0 is none. */
  readonly distancing: number;
  /** Minor units a seat by category index. Where there are ticket types, these are the prices of the first. */
  readonly prices: readonly number[];
  /** The ordinary one first: it is sold in every category. Absent: all buyers pay `prices`. Never empty. */
  readonly ticketTypes?: readonly TicketType[];
  readonly currency: string;
  /** The switch of the box office. False: hold, best_available, extend and book are refused with sales_closed. */
  readonly salesOpen: boolean;
  /** The showtime does not take place: sales are closed, and every hold ends at once. Absent: it does. */
  readonly cancelled?: boolean;
  /** Milliseconds since 1970. Before this moment sales are closed as well; absent: they open at once. */
  readonly salesOpenAt?: number;
  /** Milliseconds since 1970. From this moment on sales are closed as well; absent: they never end by time. */
  readonly salesCloseAt?: number;
  /** True: a hold that runs when `salesCloseAt` comes can still be booked until it ends. */
  readonly bookAfterClose: boolean;
  /** By which it is sold; absent or empty: by all. */
  readonly channels?: readonly Channel[];
  /** Per account and per address; absent: no limit. */
  readonly limits?: Limits;
}

export interface Hold {
  readonly id: string;
  readonly holder: string;
  /** In the order in which they were taken. Never empty: an empty hold is gone. */
  readonly seats: readonly number[];
  /** Minor units by position in `seats`: what each cost when it was taken, and costs until the hold ends. */
  readonly prices: readonly number[];
  /**
   * Ids by position in `seats`: what each is sold as; an empty text where the showtime had no types when the seat was taken.
   * Absent where that is so of all of them.
   */
  readonly ticketTypes?: readonly string[];
  /** Milliseconds since 1970; the hold is over when `now >= expiresAt`. */
  readonly expiresAt: number;
  readonly extensions: number;
  /** Absent: the web. */
  readonly channel?: OtherChannel;
  /** The order that it is in: only that order can release, book or prolong it. Absent: none. */
  readonly orderId?: string;
}

export interface Booking {
  readonly id: string;
  readonly reference: string;
  readonly holder: string;
  readonly holdId: string;
  readonly seats: readonly number[];
  readonly price: Price;
  /** As in `Hold`. */
  readonly ticketTypes?: readonly string[];
  readonly status: 'confirmed' | 'cancelled';
  /** Of the hold that became it. Absent: the web. */
  readonly channel?: OtherChannel;
  /** The seats that were booked, where the booking has been reseated or cancelled in part since. */
  readonly firstSeats?: readonly number[];
  /** What was booked, where the booking has been cancelled in part since: minor units, and types by position in `firstSeats`. */
  readonly firstAmount?: number;
  readonly firstTicketTypes?: readonly string[];
  /** Of the order that it belongs to: only that order can cancel it. Absent: none. */
  readonly orderId?: string;
}

/**
 * The live state of all seats of one showtime. Mutated by `apply` only. Holds and bookings are immutable values that
 * are replaced, so that a published view can share them without copying.
 */
export interface House {
  readonly map: SeatMap;
  /** Replaced by `changeRules` only. */
  rules: HouseRules;
  readonly status: Uint8Array;
  /** The hold or booking that each held or booked seat belongs to. */
  readonly ownerOf: (string | undefined)[];
  readonly holds: Map<string, Hold>;
  readonly holdsOf: Map<string, Set<string>>;
  readonly bookings: Map<string, Booking>;
  /** With distancing, the ids of the confirmed bookings of each holder: a party may sit beside itself. Empty without. */
  readonly bookingsOf: Map<string, Set<string>>;
  /** Holds that ended by time, id to holder: a late command of the holder gets `hold_expired`, not `unknown_hold`. Bounded. */
  readonly expired: Map<string, string>;
  available: number;
  /** Available seats by block and by standing area: what lets a search skip most of a full hall. */
  readonly freeInBlock: Int32Array;
  readonly freeInArea: Int32Array;
  /** What `search/runs.ts` knows of each block; 0 where a seat of it changed since. */
  readonly runsInBlock: Int32Array;
  /** How many seats those runs have. */
  readonly openInBlock: Int32Array;
  /** When holds end, soonest first; may know ends that no longer apply. */
  readonly expiries: ExpiryHeap;
  /** Seats that one channel alone sells. */
  readonly allocations: Allocations;
  /** What the limits of accounts and addresses count; undefined where the rules set none. */
  tallies: Tallies | undefined;
  /** For how long each seat was held by the same person; undefined where the rules do not limit it. */
  tenures: Tenures | undefined;
  /** Who waits for seats; undefined where nobody ever did, as in nearly all houses. */
  waiting: Waiting | undefined;
}

/** A hold as Postgres remembers it. A seat without a price was written by a version that stored none. */
export type StoredHold = Omit<Hold, 'prices'> & { readonly prices: readonly (number | null)[] };

/** What Postgres remembers of a house, as read at activation. */
export interface HouseState {
  readonly holds: readonly StoredHold[];
  readonly bookings: readonly Booking[];
  readonly blocked: readonly number[];
  /** Absent: none. */
  readonly allocations?: readonly (readonly [seat: number, allocation: Allocation])[];
  /** Holder to account, of those who have an account and something of the house; absent: none is known. */
  readonly accounts?: ReadonlyMap<string, string>;
  /** Absent: nobody ever waited. */
  readonly waiting?: WaitingAtClaim;
}
