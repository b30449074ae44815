import type { House } from '../house.js';
import { Waiting, type WaitingAtClaim, type WaitingEntry } from './waiting.js';

/** From here on these wait, and whoever joins later. */
export function enterWaiting(house: House, entries: readonly WaitingEntry[]): void {
  if (entries.length === 0) return;
  house.waiting ??= new Waiting(0);
  for (const entry of entries) if (!house.waiting.knows(entry)) house.waiting.join(entry);
}

/**
 * Whom an owner finds: each as what it is by the holds and bookings of the house. Offered where its hold runs, ended where that was
 * booked or has ended, else in the line.
 */
export function resumeWaiting(house: House, { entries, lastPlace }: WaitingAtClaim): void {
  const waiting = new Waiting(lastPlace);
  house.waiting = waiting;
  const booked = bookedHolds(house, entries);
  for (const entry of entries) {
    if (house.holds.has(entry.holdId)) waiting.offered(entry);
    else if (booked.has(entry.holdId)) waiting.end(entry.id, 'taken');
    else if (entry.wasOffered === true) waiting.end(entry.id, 'lapsed');
    else waiting.join(entry);
  }
}

/** Those of their holds that became bookings. */
function bookedHolds(house: House, entries: readonly WaitingEntry[]): ReadonlySet<string> {
  const asked = new Set(entries.map(({ holdId }) => holdId));
  const booked = new Set<string>();
  for (const { holdId } of house.bookings.values()) if (asked.has(holdId)) booked.add(holdId);
  return booked;
}
