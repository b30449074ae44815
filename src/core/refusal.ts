import type { Price } from './house.js';

/** Why the house said no. A closed union of values: an exception out of the core is a bug, never a refusal. */
export type SeatRefusalReason =
  | 'held'
  | 'booked'
  | 'blocked'
  | 'unknown'
  | 'duplicate'
  | 'not_in_hold'
  | 'single_gap'
  | 'pair_split'
  | 'companion_alone'
  | 'table_split'
  | 'distancing'
  | 'held_too_long'
  | 'unknown_type'
  | 'type_not_sold';

export interface SeatConflict {
  readonly seat: string;
  readonly reason: SeatRefusalReason;
  /** Of a `single_gap`, which names the seat that would be left: the seats of the selection that it would be beside. */
  readonly beside?: readonly string[];
}

export type Refusal =
  /** Names each refused seat. */
  | {
      readonly code:
        | 'unknown_seat'
        | 'duplicate_seat'
        | 'seats_unavailable'
        | 'seat_rule'
        | 'not_in_hold'
        | 'held_too_long';
      readonly conflicts: readonly SeatConflict[];
    }
  /** `expected`: how many seats the booking has. */
  | { readonly code: 'wrong_seat_count'; readonly expected: number }
  | { readonly code: 'too_many_seats' | 'too_many_holds' | 'too_many_extensions'; readonly limit: number }
  /** Of one account, or of all who come from one address; `of`: what there would be too many of. */
  | {
      readonly code: 'too_many_held';
      readonly limit: number;
      readonly scope: 'account' | 'address';
      readonly of: 'seats' | 'holds';
    }
  | { readonly code: 'too_many_bookings'; readonly limit: number; readonly scope: 'account' | 'holder' | 'address' }
  /**
   * The first of the wished types that cannot be sold. With the seats that it was wished for, where these were named: there is
   * no such type (`unknown_type`), or seats of their category are not sold as it (`type_not_sold`).
   */
  | {
      readonly code: 'unknown_ticket_type';
      readonly ticketType: string;
      readonly conflicts: readonly SeatConflict[];
    }
  | { readonly code: 'ticket_type_limit'; readonly ticketType: string; readonly limit: number }
  /** What the hold costs and has; the buyer was shown something else. */
  | { readonly code: 'price_changed'; readonly price: Price; readonly seats: readonly string[] }
  | { readonly code: 'unknown_category' | 'unknown_zone'; readonly name: string }
  | {
      readonly code:
        | 'unknown_hold'
        | 'hold_expired'
        | 'wrong_holder'
        | 'hold_in_order'
        | 'unknown_booking'
        | 'booking_cancelled'
        | 'booking_in_order'
        | 'none_available'
        | 'sales_closed'
        | 'channel_closed'
        | 'allocation_over';
    };
