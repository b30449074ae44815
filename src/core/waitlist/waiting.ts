/** What somebody waits for: these very seats, or so many of some kind. `together`: in one row. */
export type Wish =
  | { readonly seats: readonly string[] }
  | { readonly count: number; readonly category?: string; readonly zone?: string; readonly together: boolean };

/** Somebody who waits for seats of a showtime. An entry is offered seats once at most. */
export interface WaitingEntry {
  readonly id: string;
  readonly holder: string;
  /** That the holder is logged in to; absent: none. */
  readonly account?: string;
  readonly wish: Wish;
  /** When it joined, in milliseconds since 1970. Equal times are in the order of the ids. */
  readonly since: number;
  /** The id of the hold that it is offered. No other hold has had it. */
  readonly holdId: string;
  /** For how long it may think about an offer; shorter where sales end soon. */
  readonly offerMs: number;
  /** It is on record that it was offered its hold. Absent: nothing is. */
  readonly wasOffered?: boolean;
}

/** `taken`: the offer was booked. `declined`: its holder released it. `lapsed`: it ended by time, or staff ended it. */
export type OfferEnd = 'taken' | 'declined' | 'lapsed';

/** Ends that are remembered for those who ask late; what is older is on record. */
const ENDED_MAX = 10_000;

/**
 * Who waits for seats of one house, as its owner knows it. The record is elsewhere: entries come from there, and what becomes of
 * them goes there.
 *
 * Invariant: an entry is in the line, offered, or ended, and only ever goes forward.
 */
export class Waiting {
  /** In the order in which they joined. */
  readonly line: WaitingEntry[] = [];
  /** By the id of the hold. */
  readonly offers = new Map<string, WaitingEntry>();
  /** By the id of the entry, oldest end first. */
  readonly ended = new Map<string, OfferEnd>();
  /** Free seats may suit somebody, and nobody has looked since: they are offered before anything else happens. */
  isDue = true;

  isInLine({ id }: Pick<WaitingEntry, 'id'>): boolean {
    return this.line.some((other) => other.id === id);
  }

  /** Puts it into the line at its place. */
  join(entry: WaitingEntry): void {
    const behind = this.line.findIndex((other) => isAhead(entry, other));
    this.line.splice(behind < 0 ? this.line.length : behind, 0, entry);
    this.isDue = true;
  }

  leave(entryId: string): void {
    const place = this.line.findIndex(({ id }) => id === entryId);
    if (place >= 0) this.line.splice(place, 1);
  }

  offered(entry: WaitingEntry): void {
    this.leave(entry.id);
    this.offers.set(entry.holdId, entry);
  }

  /** A hold has ended. Nothing happens where it was no offer. */
  holdEnded(holdId: string, end: OfferEnd): void {
    const entry = this.offers.get(holdId);
    if (entry === undefined) return;
    this.offers.delete(holdId);
    this.end(entry.id, end);
  }

  end(entryId: string, end: OfferEnd): void {
    this.ended.set(entryId, end);
    const [oldest] = this.ended.keys();
    if (this.ended.size > ENDED_MAX && oldest !== undefined) this.ended.delete(oldest);
  }
}

/** Whether the first joined before the second. */
export function isAhead(first: WaitingEntry, second: WaitingEntry): boolean {
  return first.since === second.since ? first.id < second.id : first.since < second.since;
}
