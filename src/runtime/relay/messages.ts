/** What nodes say to each other about a showtime that one of them owns and others relay. */
import type { Change } from '../../core/change.js';
import type { Booking, Hold } from '../../core/house.js';
import type { EndReason, PublishedDelta, SalesTerms } from '../audience.js';
import type { Outcome, Submission } from '../outcome.js';

export type StreamEvent =
  /** `by`: the session of a relay whose command it was; see CommandCall. */
  | { readonly type: 'change'; readonly change: Change; readonly by?: string }
  | { readonly type: 'delta'; readonly delta: PublishedDelta }
  | { readonly type: 'terms'; readonly terms: SalesTerms }
  | { readonly type: 'ended'; readonly reason: EndReason; readonly url?: string };

/** A step of what the owner publishes, or with no events a beat, which tells the number of the last step. */
export interface StreamFrame {
  readonly epoch: number;
  /** Counts the frames with events; anything but one more than the last is a gap. */
  readonly n: number;
  readonly events: readonly StreamEvent[];
}

/** Asks to relay: answered with everything that is published, as of frame `n`. */
export interface FollowCall {
  readonly showtimeId: string;
  readonly from: string;
}

export type FollowAnswer =
  | {
      readonly epoch: number;
      readonly n: number;
      readonly seq: number;
      readonly statuses: Uint8Array;
      readonly holds: readonly Hold[];
      readonly bookings: readonly Booking[];
      readonly terms: SalesTerms;
    }
  | { readonly refused: 'not_owner' | 'moving' | 'unavailable' | 'overloaded' | 'unknown_showtime' };

/** A command of a client of a relay. */
export interface CommandCall {
  readonly showtimeId: string;
  /** The client's session, unique in the cluster: replies to one session leave in their order. */
  readonly session: string;
  readonly holder: string;
  /** By the clock that the nodes share: past it nobody waits for it any more, and it is not to be done. */
  readonly until: number;
  readonly submission: Submission;
}

export type CommandAnswer =
  /** `at`: the frame of `epoch` with which what it did is published. `isReplay`: see Recipient. */
  | { readonly outcome: Outcome; readonly isReplay: boolean; readonly epoch: number; readonly at: number }
  | { readonly refused: 'not_owner' };

/** How far the owner's stream is: it has all that was acknowledged before it was asked. */
export type MarkAnswer = { readonly epoch: number; readonly at: number } | { readonly refused: 'not_owner' | 'moving' };

/** Sent by a relay at every beat: it is still there, with so many watchers. */
export interface KeepCast {
  readonly showtimeId: string;
  readonly from: string;
  readonly watchers: number;
}

export function topicOf(showtimeId: string): string {
  return `showtime/${showtimeId}`;
}
