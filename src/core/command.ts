import type { Channel } from './channel.js';
import type { Price } from './house.js';
import type { Origin } from './limits/limit-rules.js';
import type { WaitingEntry } from './waitlist/waiting.js';

/** `asStaff` cancels anybody's booking. `orderId`, server only: the order that it belongs to. */
type Cancel = {
  readonly type: 'cancel';
  readonly holder: string;
  readonly bookingId: string;
  readonly asStaff: boolean;
  readonly orderId?: string;
} & (
  | { readonly seats?: never; readonly amount?: never }
  /** Server only: these seats alone are given back, and the price of the booking falls by `amount` minor units. */
  | { readonly seats: readonly string[]; readonly amount: number }
);

/** What an order asks of a hold. Server only: the wire has no such commands. */
type OrderCommand =
  /** The hold goes into the order, and is kept until `until` at least, in milliseconds since 1970. */
  | {
      readonly type: 'check_out';
      readonly holder: string;
      readonly holdId: string;
      readonly orderId: string;
      readonly until: number;
      /** What the buyer was shown; absent: whatever the hold costs. */
      readonly price?: Price;
      readonly seats?: readonly string[];
      readonly from?: Origin | undefined;
    }
  /** The hold leaves the order, and ends at `expiresAt` or when it would have, whichever is sooner. */
  | {
      readonly type: 'return_hold';
      readonly holder: string;
      readonly holdId: string;
      readonly orderId: string;
      readonly expiresAt: number;
    }
  /** Exactly these seats are held again for an order whose hold has ended, at what they cost then. */
  | {
      readonly type: 'retake';
      readonly holder: string;
      readonly seats: readonly string[];
      /** Minor units by position in `seats`. */
      readonly prices: readonly number[];
      /** By position in `seats`; absent: the seats were sold as no type. */
      readonly ticketTypes?: readonly string[];
      readonly newHoldId: string;
      readonly orderId: string;
      readonly until: number;
      readonly channel?: Channel;
      readonly from?: Origin | undefined;
    };

/**
 * What a house can be asked. Ids and references are made by the caller before the first try, so that the same command
 * can be journalled again without a second effect; the core has no randomness of its own.
 */
export type Command =
  | {
      readonly type: 'hold';
      readonly holder: string;
      readonly seats: readonly string[];
      /** The id of the hold if a new one is made. */
      readonly newHoldId: string;
      /** Server only. When a new hold ends, in milliseconds since 1970; absent: one hold time from now. */
      readonly until?: number;
      /** Add to this hold, whose clock runs on, instead of making a new one. */
      readonly addTo?: string;
      /** Of a new hold; absent: the web. A hold that is added to keeps its own. */
      readonly channel?: Channel;
      readonly from?: Origin | undefined;
      /** Ids by position in `seats`, as many; absent: the first type for all. */
      readonly ticketTypes?: readonly string[];
    }
  | {
      readonly type: 'best_available';
      readonly holder: string;
      readonly count: number;
      readonly newHoldId: string;
      /** As of `hold`. */
      readonly until?: number;
      readonly category?: string;
      readonly zone?: string;
      readonly accessible?: boolean;
      readonly channel?: Channel;
      readonly from?: Origin | undefined;
      /** Ids, as many as `count`; absent: the first type for all. They go to the seats in the order in which these are found. */
      readonly ticketTypes?: readonly string[];
    }
  /** Without seats: the whole hold. `orderId`, server only: the order that the hold is in. */
  | {
      readonly type: 'release';
      readonly holder: string;
      readonly holdId: string;
      readonly seats?: readonly string[];
      readonly orderId?: string;
    }
  /** Sells these seats of a hold as other ticket types: ids by position in `seats`, as many. */
  | {
      readonly type: 'retype';
      readonly holder: string;
      readonly holdId: string;
      readonly seats: readonly string[];
      readonly ticketTypes: readonly string[];
    }
  | { readonly type: 'extend'; readonly holder: string; readonly holdId: string }
  | {
      readonly type: 'book';
      readonly holder: string;
      readonly holdId: string;
      /** What the buyer was shown: the sum, and the labels of the seats in any order. Another hold is not booked. */
      readonly price: Price;
      readonly seats?: readonly string[];
      readonly newBookingId: string;
      readonly newReference: string;
      readonly from?: Origin | undefined;
      /** Server only. The order that the hold is in; absent: it is in none. */
      readonly orderId?: string;
      /** Server only. How it was paid for, where no till is asked. */
      readonly paymentMethod?: string;
    }
  | Cancel
  | OrderCommand
  | { readonly type: 'block'; readonly seats: readonly string[]; readonly reason: string }
  | { readonly type: 'unblock'; readonly seats: readonly string[] }
  /** Ends a hold of anybody: the one with this id, or each that has one of these seats. */
  | { readonly type: 'take_away'; readonly holdId: string; readonly reason: string }
  | { readonly type: 'take_away'; readonly seats: readonly string[]; readonly reason: string }
  /** Moves a booking of anybody to other seats. */
  | {
      readonly type: 'reseat';
      readonly bookingId: string;
      readonly seats: readonly string[];
      readonly reason: string;
    }
  /** From now on these seats are sold by this channel only, until then or until somebody ends it. */
  | {
      readonly type: 'allocate';
      readonly seats: readonly string[];
      readonly channel: Channel;
      readonly until?: number;
      readonly reason: string;
      readonly by: string;
    }
  | { readonly type: 'deallocate'; readonly seats: readonly string[]; readonly reason: string }
  /**
   * Server only. The owner is to know that these wait, as is on record. `joins`: they are new, and are not entered where what they
   * wish is free.
   */
  | { readonly type: 'wait'; readonly entries: readonly WaitingEntry[]; readonly joins?: boolean }
  | { readonly type: 'stop_waiting'; readonly entryId: string }
  /** Drops every hold and allocation whose time has come. */
  | { readonly type: 'expire' };
