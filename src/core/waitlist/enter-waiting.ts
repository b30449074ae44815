import type { House } from '../house.js';
import { Waiting, type WaitingEntry } from './waiting.js';

/**
 * Makes the house know these entries, each as what it is by the holds and bookings of the house: offered where its hold runs,
 * ended where that was booked or has ended, else in the line. Entries that the house knows already stay what they are.
 */
export function enterWaiting(house: House, entries: readonly WaitingEntry[]): void {
  if (entries.length === 0) return;
  house.waiting ??= new Waiting();
  const { waiting } = house;
  const inLine = new Set(waiting.line.map(({ id }) => id));
  const news = entries.filter(
    ({ id, holdId }) => !inLine.has(id) && !waiting.offers.has(holdId) && !waiting.ended.has(id),
  );
  if (news.length === 0) return;
  const booked = bookedHolds(house, news);
  for (const entry of news) {
    if (house.holds.has(entry.holdId)) waiting.offers.set(entry.holdId, entry);
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
