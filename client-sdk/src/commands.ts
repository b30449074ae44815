/**
 * The commands as this client sends them. Spelt here and not taken from the schemas, so that neither the bundle nor the
 * published types need zod; a test holds them to the schemas.
 */

import type { Money } from '../../src/protocol/money.js';

/** The built-in test payment; the token `decline` is refused. */
export interface Payment {
  readonly method: 'test';
  readonly token?: string;
}

export interface BestAvailableWish {
  readonly count: number;
  /** By name, as in the seat map. */
  readonly category?: string;
  readonly zone?: string;
  /** One wheelchair space, and the other seats beside it. */
  readonly accessible?: boolean;
  /** How many seats of each ticket type, by its id, `count` in all; by default all are of the first type. */
  readonly ticketTypes?: Readonly<Record<string, number>>;
  /** For staff. */
  readonly channel?: Channel;
}

/** By which way seats are sold: any but `web` is for staff. A hold keeps it, and so does its booking. */
export type Channel = 'web' | 'walk_in' | 'pos' | 'partner';

export type Command =
  | {
      readonly type: 'hold';
      readonly seats: readonly string[];
      readonly holdId?: string | undefined;
      readonly ticketTypes?: readonly string[] | undefined;
      readonly channel?: Channel | undefined;
    }
  | {
      readonly type: 'best_available';
      readonly count: number;
      readonly category?: string | undefined;
      readonly zone?: string | undefined;
      readonly accessible?: boolean | undefined;
      readonly ticketTypes?: Readonly<Record<string, number>> | undefined;
      readonly channel?: Channel | undefined;
    }
  | {
      readonly type: 'retype';
      readonly holdId: string;
      readonly seats: readonly string[];
      readonly ticketTypes: readonly string[];
    }
  | { readonly type: 'release'; readonly holdId: string; readonly seats?: readonly string[] | undefined }
  | { readonly type: 'extend'; readonly holdId: string }
  | {
      readonly type: 'book';
      readonly holdId: string;
      readonly payment: Payment;
      readonly price: Money;
      readonly seats?: readonly string[] | undefined;
    }
  | { readonly type: 'cancel'; readonly bookingId: string };

/** What only staff may ask. With `customer`, a holder, any command is for them: the hold or booking is theirs. */
export type StaffCommand =
  | { readonly type: 'block'; readonly seats: readonly string[]; readonly reason?: string | undefined }
  | { readonly type: 'unblock'; readonly seats: readonly string[] }
  | { readonly type: 'take_away'; readonly holdId: string; readonly reason?: string | undefined }
  | { readonly type: 'take_away'; readonly seats: readonly string[]; readonly reason?: string | undefined }
  | {
      readonly type: 'reseat';
      readonly bookingId: string;
      readonly seats: readonly string[];
      readonly reason?: string | undefined;
    }
  | (Command & { readonly customer: string });

/** What seats are held in, and as. */
export interface HoldOptions extends CommandOptions {
  /** Adds the seats to this hold, whose clock runs on. */
  readonly holdId?: string;
  /** Ids of ticket types, one for each seat, in their order; by default all are of the first type. */
  readonly ticketTypes?: readonly string[];
  /** Of a new hold, for staff. */
  readonly channel?: Channel;
}

export interface CommandOptions {
  /** Stops the waiting, not the command: what it comes to still shows in the state. */
  readonly signal?: AbortSignal;
  /** Repeats an earlier command whose outcome stayed unknown; by default each call is a new command. */
  readonly commandId?: string;
  /** How long a call may wait for a connection that is being made; by default none, and never for longer than this. */
  readonly waitForConnectionMs?: number;
}
