/** What commands come to. A refusal is a value: no command ever rejects. */
import type { Conflict, ErrorCode } from '../../src/protocol/errors.js';
import type { Money } from '../../src/protocol/money.js';
import type { BestAvailableQuality, BookingView, HoldView } from '../../src/protocol/server-messages.js';

export interface ClientError {
  /** The server's codes, and `aborted`: the caller's signal stopped the waiting, though not the command. */
  readonly code: ErrorCode | 'aborted';
  /** For people who debug; show your own words by `code`. */
  readonly message: string;
  /** True where the same call may succeed later without anything else changing. */
  readonly retryable: boolean;
  /** `unknown`: the command may have taken effect, and the client could not find out. */
  readonly outcome: 'not-applied' | 'unknown';
  readonly conflicts?: readonly Conflict[];
  readonly retryAfterMs?: number;
  readonly field?: string;
  /** With `price_changed`: what the hold costs and has. */
  readonly price?: Money;
  readonly seats?: readonly string[];
  /** With `unknown_ticket_type` and `ticket_type_limit`: the id of the type; with the latter how many seats of it one hold may have. */
  readonly ticketType?: string;
  readonly limit?: number;
  readonly cause?: unknown;
}

export interface Refused {
  readonly ok: false;
  readonly error: ClientError;
}

export type HoldResult = { readonly ok: true; readonly hold: HoldView } | Refused;
export type BestAvailableResult =
  | { readonly ok: true; readonly hold: HoldView; readonly quality?: BestAvailableQuality }
  | Refused;
/** `hold` is what remains of it, if anything does. */
export type ReleaseResult =
  | { readonly ok: true; readonly seats: readonly string[]; readonly hold?: HoldView }
  | Refused;
export type BookingResult = { readonly ok: true; readonly booking: BookingView } | Refused;

/** Of an act of staff: `hold`, `booking` or `seats`, as its command has it. */
export type ActResult =
  | {
      readonly ok: true;
      readonly hold?: HoldView;
      readonly booking?: BookingView;
      readonly seats?: readonly string[];
      readonly quality?: BestAvailableQuality;
    }
  | Refused;

/** An error of the client's own making. */
export function clientError(
  code: ClientError['code'],
  message: string,
  outcome: ClientError['outcome'] = 'not-applied',
  cause?: unknown,
): ClientError {
  const retryable = code === 'unavailable' || code === 'overloaded' || code === 'outcome_unknown';
  return { code, message, retryable, outcome, ...(cause === undefined ? {} : { cause }) };
}
