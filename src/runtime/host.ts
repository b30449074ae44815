import type { EndReason, PublishedDelta } from './audience.js';
import type { Recipient, Submission } from './outcome.js';
import type { Terms } from './playbill-port.js';
import type { Own } from './published-view.js';

/** A house as clients meet it on this node: its actor runs here, or it is relayed from the node where it does. */
export interface Host {
  readonly showtimeId: string;
  readonly epoch: number;
  readonly seq: number;
  /** By which the house sells now; another object after each change. */
  readonly terms: Terms;
  /** Whether time and the switch let seats be taken, as last told to who watches. */
  readonly salesOpen: boolean;
  /** Why it is gone; undefined while it is not. */
  readonly ended: EndReason | undefined;
  /** False while it may have been taken over, or lost touch with its owner: nothing of it may be told to anybody. */
  readonly confirmed: boolean;
  /** Status codes at `seq`; read it, or copy it, in the same turn. */
  readonly statuses: Uint8Array;
  /** The holder's holds that have not ended by the clock, and confirmed bookings. */
  own(holder: string): Own;
  /**
   * Resolves with true when what is shown here has all that was acknowledged, through any node, before the call; with false
   * where that cannot be learned within a bound.
   */
  current(): Promise<boolean>;
  /**
   * Resolves with true when what is shown here is no older than that, or is current (nobody can have seen more). Resolves with
   * false where neither can be learned within a bound: the client must not be let in, or it would see the house go back in time.
   */
  reached(epoch: number, seq: number): Promise<boolean>;
  /** The deltas after `seq` of this epoch, or undefined where a snapshot is needed. */
  since(epoch: number, seq: number): readonly PublishedDelta[] | undefined;
  /** Every submission is answered once, now or later, unless the recipient is gone by then. Never throws. */
  submit(submission: Submission, recipient: Recipient): void;
}
