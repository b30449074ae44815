import { type Channel, otherChannel } from './channel.js';
import { noteExpiry } from './expiry.js';
import { HELD, type Hold, type House } from './house.js';
import { invariant } from './invariant.js';
import { enterHold, takeSeat } from './occupancy.js';
import { pricesOf } from './price.js';
import type { Refusal } from './refusal.js';
import type { Applied, SearchQuality } from './reply.js';

interface NewHold {
  readonly newHoldId: string;
  readonly holder: string;
  readonly until?: number;
  readonly channel?: Channel;
}

/** The new hold of a holder. The seats are available and the rules allow them. */
export function newHold(
  house: House,
  asked: NewHold,
  seats: readonly number[],
  types: readonly string[] | undefined,
  now: number,
): Hold {
  const { newHoldId: id, holder } = asked;
  // Ids are made by the caller and unique; a second hold under one id would orphan the seats of the first.
  invariant(!house.holds.has(id), 'a hold with this id exists');
  const expiresAt = asked.until ?? now + house.rules.holdTtlMs;
  const hold = { id, holder, seats, prices: pricesOf(house, seats, types), expiresAt, extensions: 0 };
  const channel = otherChannel(asked.channel);
  // As nearly all are.
  if (types === undefined && channel === undefined) return hold;
  return { ...hold, ...(types ? { ticketTypes: types } : {}), ...(channel ? { channel } : {}) };
}

/** Takes `seats` into `hold`, which is new or replaces the one of the same id. */
export function putHold(house: House, hold: Hold, seats: readonly number[], quality?: SearchQuality): Applied {
  for (const seat of seats) takeSeat(house, seat, HELD, hold.id);
  const before = house.holds.get(hold.id);
  enterHold(house, hold);
  if (before?.expiresAt !== hold.expiresAt) noteExpiry(house, hold);
  const reply = { ok: true, type: 'hold', hold } as const;
  return {
    reply: quality === undefined ? reply : { ...reply, quality },
    changes: [{ type: 'hold_put', hold, seats }],
  };
}

/** Refuses a holder whose live holds are as many as the rules allow. */
export function refuseAnotherHold(house: House, holder: string, now: number): Refusal | undefined {
  const { holdsPerHolder } = house.rules;
  const ids = house.holdsOf.get(holder);
  if (ids === undefined || ids.size < holdsPerHolder) return undefined;
  let live = 0;
  for (const id of ids) if ((house.holds.get(id)?.expiresAt ?? 0) > now) live++;
  return live >= holdsPerHolder ? { code: 'too_many_holds', limit: holdsPerHolder } : undefined;
}

export function refused(refusal: Refusal): Applied {
  return { reply: { ok: false, refusal }, changes: [] };
}
