import type { Money } from './money.js';

/**
 * Every error that Usher tells a client, over WebSocket and HTTP alike. The code is stable; the message is for people
 * and may change. `outcome` says whether the command took effect: `unknown` is resolved by sending the same command
 * again with the same `commandId`.
 */
interface ErrorTrait {
  /** The HTTP status of the same error as application/problem+json. */
  readonly status: number;
  /** True where the same command may succeed later without anything else changing. */
  readonly retryable: boolean;
  readonly outcome: 'not-applied' | 'unknown';
}

const refused = (status: number): ErrorTrait => ({ status, retryable: false, outcome: 'not-applied' });
const later = (status: number): ErrorTrait => ({ status, retryable: true, outcome: 'not-applied' });

export const ERRORS = {
  // The message itself.
  bad_message: refused(400),
  unknown_type: refused(400),
  invalid_field: refused(400),
  hello_expected: refused(400),
  frame_too_large: refused(413),
  unsupported_media_type: refused(415),
  not_found: refused(404),
  method_not_allowed: refused(405),
  precondition_required: refused(428),
  stale_version: refused(412),
  // Who is asking.
  unauthorized: refused(401),
  forbidden: refused(403),
  second_factor_missing: refused(403),
  invalid_code: refused(422),
  wrong_credentials: refused(401),
  code_required: refused(401),
  account_disabled: refused(403),
  invalid_link: refused(410),
  weak_password: refused(422),
  // What is asked for.
  unknown_showtime: refused(404),
  unknown_seat: refused(404),
  unknown_category: refused(404),
  unknown_zone: refused(404),
  unknown_ticket_type: refused(404),
  ticket_type_limit: refused(422),
  unknown_hold: refused(404),
  unknown_booking: refused(404),
  unknown_movie: refused(404),
  unknown_venue: refused(404),
  unknown_hall: refused(404),
  unknown_account: refused(404),
  unknown_api_key: refused(404),
  invalid_reference: refused(422),
  wrong_holder: refused(403),
  hold_expired: refused(410),
  hold_in_order: refused(409),
  too_many_seats: refused(422),
  too_many_holds: refused(422),
  too_many_extensions: refused(422),
  too_many_held: refused(422),
  too_many_bookings: refused(422),
  duplicate_seat: refused(422),
  wrong_seat_count: refused(422),
  not_in_hold: refused(422),
  seats_unavailable: refused(409),
  seat_rule: refused(409),
  held_too_long: refused(409),
  none_available: refused(409),
  booking_cancelled: refused(409),
  booking_in_order: refused(409),
  order_closed: refused(409),
  sales_closed: refused(409),
  channel_closed: refused(409),
  allocation_over: refused(422),
  price_changed: refused(409),
  command_reused: refused(422),
  payment_required: refused(402),
  payment_declined: refused(402),
  // What people edit.
  already_exists: refused(409),
  in_use: refused(409),
  last_administrator: refused(409),
  // Plans of halls.
  invalid_plan: refused(422),
  seats_in_use: refused(409),
  unpriced_category: refused(422),
  showtime_overlap: refused(409),
  showtime_past: refused(422),
  showtime_cancelled: refused(409),
  // The service itself.
  rate_limited: later(429),
  overloaded: later(503),
  unavailable: later(503),
  moving: later(503),
  outcome_unknown: { status: 504, retryable: true, outcome: 'unknown' },
  internal: { status: 500, retryable: false, outcome: 'unknown' },
} as const satisfies Record<string, ErrorTrait>;

export type ErrorCode = keyof typeof ERRORS;

/** Why one seat was refused. The first group is its status; the second names the rule that the selection would break. */
export type ConflictReason =
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

export interface Conflict {
  readonly seat: string;
  readonly reason: ConflictReason;
  /** Of a `single_gap`, which names the seat that would be left: the chosen seats that it would be beside. */
  readonly beside?: readonly string[];
}

/** What is wrong with a file, one of them a kind: how often, and the first places. */
export interface Fault {
  readonly code: string;
  readonly count: number;
  readonly examples: readonly { readonly at: string; readonly message: string }[];
}

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly retryable: boolean;
  readonly outcome: 'not-applied' | 'unknown';
  /** Milliseconds to wait before trying again; present on errors of load and outage. */
  readonly retryAfterMs?: number;
  /** Where in the message the fault lies, as a path such as `seats[2]`. */
  readonly field?: string;
  /** Each refused seat and why. */
  readonly conflicts?: readonly Conflict[];
  /** With `price_changed`: what the hold costs, and the seats that it has. */
  readonly price?: Money;
  readonly seats?: readonly string[];
  /** With `too_many_held`, `too_many_bookings` and `ticket_type_limit`: how many there may be; with the first two of whom, and of what. */
  readonly limit?: number;
  readonly scope?: 'account' | 'holder' | 'address';
  readonly of?: 'seats' | 'holds' | 'bookings';
  /** With `unknown_ticket_type` and `ticket_type_limit`: the id of the type. */
  readonly ticketType?: string;
  /** With `invalid_plan`: all that is wrong with the file, by kind. */
  readonly faults?: readonly Fault[];
}

interface ErrorDetail {
  readonly retryAfterMs?: number;
  readonly field?: string;
  readonly conflicts?: readonly Conflict[];
  readonly price?: Money;
  readonly seats?: readonly string[];
  readonly limit?: number;
  readonly scope?: 'account' | 'holder' | 'address';
  readonly of?: 'seats' | 'holds' | 'bookings';
  readonly ticketType?: string;
  /** With `invalid_plan`: all that is wrong with the file, by kind. */
  readonly faults?: readonly Fault[];
}

export function wireError(code: ErrorCode, message: string, detail: ErrorDetail = {}): WireError {
  const { retryable, outcome } = ERRORS[code];
  return { code, message, retryable, outcome, ...detail };
}
