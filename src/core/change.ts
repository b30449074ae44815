/**
 * What an applied command changed. One list serves three readers: the journal (what to write), the map (which seats
 * have which status now) and the clients (whose hold ended and why).
 */
import type { Booking, Hold } from './house.js';

export type Change =
  /** The hold is new or replaced; `seats` are those that were available before it. Extending changes no seat. */
  | { readonly type: 'hold_put'; readonly hold: Hold; readonly seats: readonly number[] }
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
  /** The hold became the booking, seat for seat. */
  | { readonly type: 'booked'; readonly booking: Booking; readonly hold: Hold }
  | { readonly type: 'cancelled'; readonly booking: Booking }
  | { readonly type: 'blocked'; readonly seats: readonly number[]; readonly reason: string }
  | { readonly type: 'unblocked'; readonly seats: readonly number[] };
