import type { Money } from '../../../src/protocol/money.js';
import type { Told, Verb, Wish } from '../checker/history.js';

/** An answer as it comes over the wire or from the SDK; more fields than these are ignored. */
export interface Answer {
  readonly ok: boolean;
  readonly hold?:
    | { readonly id: string; readonly seats: readonly string[]; readonly expiresAt: number; readonly price: Money }
    | undefined;
  readonly booking?: { readonly id: string; readonly seats: readonly string[] } | undefined;
  readonly seats?: readonly string[] | undefined;
  readonly error?: {
    readonly code: string;
    readonly outcome: string;
    readonly conflicts?: readonly { readonly seat: string; readonly reason: string }[] | undefined;
  };
}

export const UNKNOWN: Told = { phase: 'unknown' };

export function toldBy({ ok, hold, booking, seats, error }: Answer): Told {
  if (!ok) {
    if (error?.outcome !== 'not-applied') return { phase: 'unknown', error: error?.code ?? 'no reason' };
    const conflicts = error.conflicts ? { conflicts: error.conflicts } : {};
    return { phase: 'fail', error: error.code, ...conflicts };
  }
  if (booking) return { phase: 'ok', bookingId: booking.id, seats: booking.seats };
  // A release tells what is free again, and what is left of the hold.
  if (seats) return { phase: 'ok', seats, ...(hold ? { rest: hold.seats, price: hold.price } : {}) };
  if (hold) return { phase: 'ok', holdId: hold.id, seats: hold.seats, expiresAt: hold.expiresAt, price: hold.price };
  return { phase: 'ok' };
}

const WIRE_TYPE: Partial<Record<Verb, string>> = { hold_many: 'hold' };

/** The command as the protocol spells it. */
export function messageOf({ f, seats, count, holdId, bookingId, price }: Wish): { readonly type: string } {
  return {
    type: WIRE_TYPE[f] ?? f,
    ...(seats === undefined ? {} : { seats }),
    ...(count === undefined ? {} : { count }),
    ...(holdId === undefined ? {} : { holdId }),
    ...(bookingId === undefined ? {} : { bookingId }),
    ...(f === 'book' ? { payment: { method: 'test' }, price } : {}),
  };
}
