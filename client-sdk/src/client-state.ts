import type { Conflict } from '../../src/protocol/errors.js';
import type {
  BookingView,
  HoldView,
  Limits,
  SeatRules,
  TermsView,
  Welcome,
} from '../../src/protocol/server-messages.js';
import type { Command } from './commands.js';
import type { ConnectionState } from './connection-state.js';
import type { SeatChange, SeatCounts } from './local-house.js';
import type { ClientError } from './results.js';

/** What the client knows, as one immutable value: the same object until something changes. */
export interface ClientState {
  readonly connection: ConnectionState;
  /** True where the seats are not live: before the first snapshot, and while the connection is away. */
  readonly stale: boolean;
  /** Undefined until the first snapshot. */
  readonly epoch: number | undefined;
  readonly seq: number | undefined;
  readonly seatMap: Welcome['seatMap'] | undefined;
  /** A status code a seat, by index: 0 available, 1 held, 2 booked, 3 blocked. Own seats are held or booked. */
  readonly statuses: Uint8Array;
  readonly counts: SeatCounts;
  /** This holder's own, from whichever of its sessions. */
  readonly holds: readonly HoldView[];
  readonly bookings: readonly BookingView[];
  /** A command of this client that may change its holds is on its way: do not let anybody pay for what is shown. */
  readonly busy: boolean;
  readonly limits: Limits | undefined;
  /** The hall's rules on choosing seats, to be told before a choice is refused. */
  readonly rules: SeatRules | undefined;
  /** Prices and sales, as they are now; another object after each change. */
  readonly terms: TermsView | undefined;
  readonly session: string | undefined;
  readonly holder: string | undefined;
}

export interface ClientEvents {
  /** What changed to the eye since the last `delta` or `snapshot`, for painters that repaint single seats. */
  delta: { readonly changes: readonly SeatChange[] };
  /** All seats may have changed: repaint. */
  snapshot: { readonly epoch: number; readonly seq: number };
  connection: ConnectionState;
  /** A command was refused for certain seats. */
  conflict: { readonly command: Command; readonly conflicts: readonly Conflict[]; readonly error: ClientError };
  /** An own hold ended by time. */
  expire: { readonly holdId: string; readonly seats: readonly string[] };
  /** An own hold ended, and the buyer did nothing: staff took it, or, by its `cause`, the showtime was cancelled. */
  takenaway: { readonly holdId: string; readonly seats: readonly string[]; readonly cause?: 'showtime_cancelled' };
  /** A complaint of the server that belongs to no command, or an error thrown by a listener (as `cause`). */
  error: ClientError;
}
