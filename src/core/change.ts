/**
 * What an applied command changed. One list serves three readers: the journal (what to write), the map (which seats
 * have which status now) and the clients (whose hold ended and why).
 */
import type { Allocation } from './allocations/allocation.js';
import type { Booking, Hold } from './house.js';

export type Change =
  /** The hold is new or replaced; `seats` are those that were available before it. Extending changes no seat. `isOffer`: it was made for somebody who waited. */
  | { readonly type: 'hold_put'; readonly hold: Hold; readonly seats: readonly number[]; readonly isOffer?: true }
  /**
   * Seats left a hold and are available. `rest` is the hold that remains, or undefined where it ended.
   * `hold` is as it was before.
   */
  | {
      readonly type: 'hold_dropped';
      readonly hold: Hold;
      readonly seats: readonly number[];
      readonly rest: Hold | undefined;
      readonly cause: 'released' | 'expired';
    }
  /** Staff ended the whole hold. */
  | { readonly type: 'hold_taken_away'; readonly hold: Hold; readonly reason: string }
  /** The hold became the booking, seat for seat. */
  | { readonly type: 'booked'; readonly booking: Booking; readonly hold: Hold }
  | { readonly type: 'cancelled'; readonly booking: Booking }
  /** The booking goes on without these seats, which are available. `booking` is as it is from then on. */
  | { readonly type: 'partly_cancelled'; readonly booking: Booking; readonly freed: readonly number[] }
  /** The booking has other seats: `freed` are available, `taken` are booked; `from` are all that it had before. */
  | {
      readonly type: 'reseated';
      readonly booking: Booking;
      readonly from: readonly number[];
      readonly freed: readonly number[];
      readonly taken: readonly number[];
      readonly reason: string;
    }
  | { readonly type: 'blocked'; readonly seats: readonly number[]; readonly reason: string }
  | { readonly type: 'unblocked'; readonly seats: readonly number[] }
  /** `taken` were available, and are blocked to all but one channel; the others were allocated before. */
  | {
      readonly type: 'allocated';
      readonly seats: readonly number[];
      readonly taken: readonly number[];
      readonly allocation: Allocation;
    }
  /** `freed` are available; the others are held or booked, and stay so. */
  | {
      readonly type: 'deallocated';
      readonly seats: readonly number[];
      readonly freed: readonly number[];
      readonly cause: 'deallocated' | 'ended';
      readonly reason: string;
    };
