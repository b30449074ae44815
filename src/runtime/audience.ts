import type { Hold } from '../core/house.js';
import type { Recipient } from './outcome.js';

/** A step of the published view: each seq is one more than that before it. */
export interface PublishedDelta {
  readonly seq: number;
  /** Seat index and status code (see core/house.ts). */
  readonly changes: readonly (readonly [seat: number, status: number])[];
}

/** Why an actor is gone. After `lost` its watchers connect again and find the next epoch. */
export type EndReason = 'lost' | 'passivated' | 'drained';

/** All who watch one showtime. Called in the order in which things happened, and only with what is durable. */
export interface Audience {
  /** How many watch now. */
  size(): number;
  delta(delta: PublishedDelta): void;
  /** The hold ended by time; `seats` are free again. */
  expired(hold: Hold, seats: readonly number[]): void;
  /** The holds or bookings of this holder changed; `except` knows already, by its reply. */
  own(holder: string, except: Recipient | undefined): void;
  ended(reason: EndReason): void;
}
