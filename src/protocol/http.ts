/** Bodies of the HTTP API that are not already wire messages. Errors are application/problem+json: see Problem. */
import type { ErrorCode, WireError } from './errors.js';
import type { BookingView, HoldView, Money } from './server-messages.js';

export interface MovieView {
  readonly id: string;
  readonly title: string;
  readonly year: number;
  readonly runtimeMinutes: number;
  readonly director: string;
  readonly genres: readonly string[];
  readonly synopsis: string;
}

export interface ShowtimeView {
  readonly id: string;
  readonly movie: { readonly id: string; readonly title: string };
  readonly venue: { readonly id: string; readonly name: string; readonly city: string };
  readonly hall: { readonly id: string; readonly name: string };
  /** RFC 3339, UTC. */
  readonly startsAt: string;
  readonly seatMap: { readonly hash: string; readonly url: string; readonly seats: number };
  readonly prices: readonly { readonly category: string; readonly price: Money }[];
  readonly live: { readonly url: string };
  /** How full it was a moment ago, where that is known: a hint, and no promise. */
  readonly availability?: { readonly available: number; readonly seats: number };
}

export interface SeatsView {
  readonly epoch: number;
  readonly seq: number;
  /** A letter a seat, by index: `.` available, `h` held, `b` booked, `x` blocked. */
  readonly seats: string;
  readonly counts: {
    readonly available: number;
    readonly held: number;
    readonly booked: number;
    readonly blocked: number;
  };
}

export interface SessionView {
  readonly session: string;
  readonly holder: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

export interface OwnView {
  readonly holds: readonly HoldView[];
  readonly bookings: readonly BookingView[];
}

/** RFC 9457. `type` is `about:blank`-free and stable: `/problems/{code}`; the other members are the wire error's. */
export interface Problem extends Omit<WireError, 'message'> {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: ErrorCode;
}

/** Where the sockets of a showtime connect best: a whole URL of the node that owns it, or a path on this server. */
export interface ConnectView {
  readonly live: { readonly url: string };
}
