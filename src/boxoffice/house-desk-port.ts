import type { Command } from '../core/command.js';
import type { Booking, Hold } from '../core/house.js';
import type { Reply } from '../core/reply.js';
import type { WireError } from '../protocol/errors.js';
import type { Terms } from '../runtime/playbill-port.js';

/**
 * Why a command got no answer from the house; see `Failure` in `runtime/outcome.ts`. All but `outcome_unknown` and `internal` say
 * that nothing was done, by this try and by those before it.
 */
export type HouseFailure =
  | 'unknown_showtime'
  | 'unavailable'
  | 'moving'
  | 'overloaded'
  | 'outcome_unknown'
  | 'command_reused'
  | 'internal'
  | 'payment_required'
  | 'payment_declined';

/** What a command came to. A refusal is the house's last word on this commandId; a failure is not. */
export type Outcome = Reply | { readonly ok: false; readonly failure: HouseFailure; readonly retryAfterMs?: number };

/** A showtime as the box office reads it, on whichever node it runs. */
export interface OpenedHouse {
  readonly ok: true;
  /** By which it sells now. */
  readonly terms: Terms;
  /** The holds of a holder that have not ended, and confirmed bookings. */
  own(holder: string): { readonly holds: readonly Hold[]; readonly bookings: readonly Booking[] };
  /** Whether what `own` gives after it has all that was acknowledged before, through any node. */
  current(): Promise<boolean>;
}

/** The way of the box office to the houses: the one by which it changes seats. */
export interface HouseDesk {
  /**
   * Has a house carry out a command, wherever it runs. The same `commandId` with the same command has one effect, however often
   * it is asked. Where the house is between owners, overloaded or does not answer, it is asked again for a bounded time; then
   * that failure is the outcome. Never rejects.
   */
  ask(showtimeId: string, command: Command, commandId: string): Promise<Outcome>;
  open(showtimeId: string): Promise<OpenedHouse | { readonly ok: false; readonly error: WireError }>;
}
