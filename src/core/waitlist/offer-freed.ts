import { withAllocated } from '../allocations/open-allocated.js';
import type { Change } from '../change.js';
import type { Command } from '../command.js';
import { applyBestAvailable } from '../commands/best-available.js';
import { applyHold } from '../commands/hold.js';
import type { House } from '../house.js';
import type { Applied } from '../reply.js';
import { areSalesOpen } from '../sales.js';
import { offerUntil } from './offer-until.js';
import { hasFree } from './suits.js';
import type { Waiting, WaitingEntry } from './waiting.js';

type Take = Extract<Command, { type: 'hold' | 'best_available' }>;

/** Offers are sold by the web. */
const BY_WEB: Command = { type: 'best_available', holder: '', count: 1, newHoldId: '' };

/** Changes that free no seat. */
const TAKING: ReadonlySet<Change['type']> = new Set(['hold_put', 'booked', 'blocked', 'allocated']);

/**
 * Offers seats that a command freed to those who wait, in the turn in which they came free, so that nobody else ever sees them
 * free. The first in the line whose wish free seats satisfy gets a hold of them, then the next, until nobody is left whom they
 * suit. Whoever cannot be served is passed over and keeps the place.
 */
export function offerFreed(house: House, waiting: Waiting, applied: Applied, now: number): Applied {
  noteEnds(waiting, applied.changes);
  const isDue = waiting.isDue || applied.changes.some(({ type }) => !TAKING.has(type));
  // A refused command changes nothing. What is due stays due, and comes with the next turn.
  if (!isDue || !applied.reply.ok || waiting.line.length === 0) {
    if (waiting.line.length === 0) waiting.isDue = false;
    return applied;
  }
  waiting.isDue = false;
  const offers = withAllocated(house, BY_WEB, () => offerInTurn(house, waiting, now));
  return offers.length === 0 ? applied : { ...applied, changes: [...applied.changes, ...offers] };
}

function noteEnds(waiting: Waiting, changes: readonly Change[]): void {
  for (const change of changes) {
    if (change.type === 'booked') waiting.holdEnded(change.hold.id, 'taken');
    else if (change.type === 'hold_taken_away') waiting.holdEnded(change.hold.id, 'lapsed');
    else if (change.type === 'hold_dropped' && change.rest === undefined) {
      waiting.holdEnded(change.hold.id, change.cause === 'released' ? 'declined' : 'lapsed');
    }
  }
}

function offerInTurn(house: House, waiting: Waiting, now: number): readonly Change[] {
  const changes: Change[] = [];
  if (!areSalesOpen(house.rules, now)) return changes;
  // Of many who wish the same, only the first is looked at where nothing is free.
  const notFree = new Set<string>();
  for (const entry of [...waiting.line]) {
    const wish = JSON.stringify(entry.wish);
    if (notFree.has(wish)) continue;
    if (!hasFree(house, entry.holder, entry.wish)) {
      notFree.add(wish);
      continue;
    }
    // The rules of the house and the limits of this holder may still refuse it.
    const applied = take(house, entry, now);
    if (!applied.reply.ok) continue;
    waiting.offered(entry);
    for (const change of applied.changes)
      changes.push(change.type === 'hold_put' ? { ...change, isOffer: true } : change);
  }
  return changes;
}

function take(house: House, entry: WaitingEntry, now: number): Applied {
  const { wish, holder, holdId: newHoldId, account } = entry;
  const until = offerUntil(house.rules, now, entry.offerMs);
  const common = { holder, newHoldId, until, from: account === undefined ? undefined : { account } };
  if ('seats' in wish) {
    const command: Extract<Take, { type: 'hold' }> = { type: 'hold', ...common, seats: wish.seats };
    return applyHold(house, command, now);
  }
  const { together: _, ...kind } = wish;
  return applyBestAvailable(house, { type: 'best_available', ...common, ...kind }, now);
}
