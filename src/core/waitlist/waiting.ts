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
  /** In the line: whoever joins later has a higher one. From 1. */
  readonly place: number;
  /** The id of the hold that it is offered. No other hold has had it. */
  readonly holdId: string;
  /** For how long it may think about an offer; shorter where sales end soon. */
  readonly offerMs: number;
  /** It is on record that it was offered its hold. Absent: nothing is. */
  readonly wasOffered?: boolean;
}

/** Who waits, as on record when an owner claimed the showtime. */
export interface WaitingAtClaim {
  readonly entries: readonly WaitingEntry[];
  /** The last that was given out then. Of these places, whoever is not among the entries has ended. */
  readonly lastPlace: number;
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

  /** Ids of the entries in the line or offered. An entry may come again with the id of another hold. */
  readonly #open = new Set<string>();
  readonly #lastPlace: number;

  /** @param lastPlace see WaitingAtClaim. */
  constructor(lastPlace: number) {
    this.#lastPlace = lastPlace;
  }

  /** Also where it ended under an owner before this one: a message about it may have been on its way for long. */
  knows({ id, place }: Pick<WaitingEntry, 'id' | 'place'>): boolean {
    return place <= this.#lastPlace || this.#open.has(id) || this.ended.has(id);
  }

  /** Puts it into the line at its place. */
  join(entry: WaitingEntry): void {
    const behind = this.line.findIndex(({ place }) => place > entry.place);
    this.line.splice(behind < 0 ? this.line.length : behind, 0, entry);
    this.#open.add(entry.id);
    this.isDue = true;
  }

  /** It has left the line, and does not come back into it. */
  leave(entryId: string): void {
    const place = this.line.findIndex(({ id }) => id === entryId);
    if (place < 0) return;
    this.line.splice(place, 1);
    this.end(entryId, 'declined');
  }

  offered(entry: WaitingEntry): void {
    const place = this.line.indexOf(entry);
    if (place >= 0) this.line.splice(place, 1);
    this.#open.add(entry.id);
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
    this.#open.delete(entryId);
    this.ended.set(entryId, end);
    const [oldest] = this.ended.keys();
    if (this.ended.size > ENDED_MAX && oldest !== undefined) this.ended.delete(oldest);
  }
}
