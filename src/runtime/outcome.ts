import type { Command } from '../core/command.js';
import type { Reply } from '../core/reply.js';
import type { Payment } from './till-port.js';

/**
 * Why a command got no answer from the house. `unavailable` and `overloaded`: not applied, try again later.
 * `moving`: not applied, as the showtime is on its way to another owner; ask again soon.
 * `outcome_unknown`: it may or may not have taken effect; the same command with the same id tells.
 * `command_reused`: the id belongs to another command. `internal`: a bug of ours, logged; a replay tells whether it was applied.
 * `payment_required`, `payment_declined`: what the till said; not applied.
 */
export type Failure =
  | 'unavailable'
  | 'moving'
  | 'overloaded'
  | 'outcome_unknown'
  | 'command_reused'
  | 'internal'
  | 'payment_required'
  | 'payment_declined';

/** What a command came to. */
export type Outcome = Reply | { readonly ok: false; readonly failure: Failure; readonly retryAfterMs?: number };

export interface Submission {
  /** The sender's number for this request, given back with the reply. */
  readonly requestId: number;
  /** The sender's id for the effect: the same again gets the first outcome again. */
  readonly commandId: string;
  readonly command: Command;
  /** An earlier try may have taken effect: it is refused only by who is certain to be the owner. */
  readonly again?: boolean | undefined;
  /** For `book`: charged by the owner, and not for a replay. */
  readonly payment?: Payment;
}

/** Who is answered: one socket, or one HTTP request. */
export interface Recipient {
  readonly holder: string;
  /** Replies of the actor that still wait for the journal. Kept by the actor: a later refusal must not overtake them. */
  waiting: number;
  /** `isReplay`: an earlier try had this effect, and it may have been undone since. */
  reply(requestId: number, outcome: Outcome, isReplay: boolean): void;
}
