import type { OfferView } from '../../core/reply.js';
import type { OfferEnd, Wish } from '../../core/waitlist/waiting.js';

export type EntryState = 'waiting' | 'offered' | OfferEnd | 'left' | 'closed';

/** Somebody who waits, or waited, for seats of a showtime. Times in milliseconds since 1970. */
export interface Entry {
  readonly id: string;
  readonly showtimeId: string;
  readonly holder: string;
  readonly accountId: string | undefined;
  readonly email: string;
  readonly locale: string;
  readonly wish: Wish;
  readonly state: EntryState;
  readonly holdId: string;
  /** That were offered. */
  readonly seats: readonly string[];
  /** The place in the line of its showtime, from 1. Entries that join later have higher places. */
  readonly place: number;
  readonly joinedAt: number;
  readonly offeredAt: number | undefined;
  readonly offerUntil: number | undefined;
  readonly endedAt: number | undefined;
}

export type NewEntry = Pick<
  Entry,
  'id' | 'showtimeId' | 'holder' | 'accountId' | 'email' | 'locale' | 'wish' | 'holdId'
>;

/** Why an entry was not added. */
export type NotAdded = 'unknown_showtime' | 'too_many_of_person' | 'too_many';

export interface Bounds {
  readonly entriesMax: number;
  readonly entriesPerPerson: number;
}

/**
 * The record of who waits. Each change is one transaction, and only goes forward: from waiting to offered to an end. Of two who
 * change one entry at once, one wins. Each rejects where the store cannot be reached.
 */
export interface WaitlistStore {
  /** Adds an entry at the end of the line. A person who already waits for exactly this keeps the place: that entry is the answer. */
  add(entry: NewEntry, bounds: Bounds): Promise<Entry | NotAdded>;
  /** Takes back an entry that the house did not take in. False: it is not waiting any more. */
  takeBack(entryId: string): Promise<boolean>;
  find(entryId: string): Promise<Entry | undefined>;
  /** Those who wait and those with an offer, in the order of the line. */
  line(showtimeId: string): Promise<readonly Entry[]>;
  /** Files the offer, with an event for the mail. False: the entry is not waiting any more. */
  offered(offer: OfferView): Promise<boolean>;
  /** False: it has ended before. */
  ended(entryId: string, end: OfferEnd): Promise<boolean>;
  /** The entry gives up its place. False: it is not waiting any more. */
  left(entryId: string): Promise<boolean>;
  /** Nobody who waits will be offered anything any more. */
  close(showtimeId: string): Promise<number>;
  /** Showtimes whose line was not compared for so long; they count as compared from now on, for every node. */
  toCheck(everyMs: number, max: number): Promise<readonly string[]>;
  /** Nobody waits here, as far as the record says. */
  settle(showtimeId: string): Promise<void>;
}
