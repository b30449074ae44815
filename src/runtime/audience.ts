import type { Change } from '../core/change.js';
import type { Hold, HouseRules } from '../core/house.js';
import type { Recipient } from './outcome.js';

/** A step of the published view: each seq is one more than that before it. */
export interface PublishedDelta {
  readonly seq: number;
  /** Seat index and status code (see core/house.ts). */
  readonly changes: readonly (readonly [seat: number, status: number])[];
}

/** What a house is sold by at one moment, for those who have the seat map already. */
export interface SalesTerms {
  readonly version: number;
  /** By which a relay knows that it read another seat map than the owner sells. Owners of earlier versions do not say it. */
  readonly mapHash?: string | undefined;
  readonly rules: HouseRules;
  readonly salesOpen: boolean;
}

/**
 * Why a house is gone from this node. After `lost` its watchers connect again and find the next epoch; after `moved`
 * the same, and where they find it may be known.
 */
export type EndReason = 'lost' | 'passivated' | 'drained' | 'moved';

/** All who watch one showtime on this node. Called in the order in which things happened, and only with what is durable. */
export interface Audience {
  /** How many watch now. */
  size(): number;
  delta(delta: PublishedDelta): void;
  /** The hold ended by time; `seats` are free again. */
  expired(hold: Hold, seats: readonly number[]): void;
  /** Staff ended the hold; its seats are free again. */
  takenAway(hold: Hold): void;
  /** The holds or bookings of this holder changed; `except` knows already, by its reply. */
  own(holder: string, except: Recipient | undefined): void;
  /** The terms of the host changed, or time opened or closed sales. */
  terms(): void;
  /** What was sent so far cannot be continued: everybody needs a snapshot. */
  restarted(): void;
  /** `url`: the base URL of the node where it lives now, if that is known and clients can reach it. */
  ended(reason: EndReason, url: string | undefined): void;
}

/** All nodes that relay one showtime to watchers of their own; see Audience for when it is called. */
export interface Feed {
  /** How many watch there now. */
  size(): number;
  changed(change: Change, by: Recipient | undefined): void;
  delta(delta: PublishedDelta): void;
  terms(terms: SalesTerms): void;
  ended(reason: EndReason, url: string | undefined): void;
}

/** Of a node that is alone: nobody relays what it owns. */
export const NO_FEED: Feed = {
  size: () => 0,
  changed: () => {},
  delta: () => {},
  terms: () => {},
  ended: () => {},
};

/** Tells an audience of a change, apart from the seats, which come as deltas. */
export function announce(audience: Audience, change: Change, by: Recipient | undefined): void {
  if (change.type === 'hold_dropped' && change.cause === 'expired') audience.expired(change.hold, change.seats);
  else if (change.type === 'hold_taken_away') {
    audience.takenAway(change.hold);
    // A client of before this message learns of it by this one.
    audience.own(change.hold.holder, undefined);
  } else if ('booking' in change) audience.own(change.booking.holder, by);
  else if (change.type === 'hold_put' && change.isOffer) audience.own(change.hold.holder, undefined);
  else if ('hold' in change) audience.own(change.hold.holder, by);
}
