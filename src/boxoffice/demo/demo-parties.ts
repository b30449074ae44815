/** The people of the demo cinema who were there first: who they are, how many, and whether they pay. */
import { createHash } from 'node:crypto';

export interface Party {
  /** Who holds and books: the same party of the same showtime is the same holder after a restart. */
  readonly holder: string;
  readonly seats: number;
  /** Where in the hall they would like to sit, as a share of its seats, from 0 up to and without 1. */
  readonly taste: number;
  /** Most do; the others hold their seats until the time is up. */
  readonly pays: boolean;
}

/** More parties than this would keep a start busy for no more to look at. */
const PARTIES_MAX = 150;
const SEATS_A_PARTY = 2.6;

/** How many parties come to a showtime: from an eighth of the house to a good half, another share each time. */
export function partiesOf(showtimeId: string, seats: number): number {
  const share = 0.12 + 0.45 * chance(showtimeId);
  return Math.min(PARTIES_MAX, Math.round((seats * share) / SEATS_A_PARTY));
}

export function partyOf(showtimeId: string, number: number): Party {
  const luck = (what: string) => chance(`${showtimeId} ${number} ${what}`);
  return {
    holder: `demo:${number}`,
    // Mostly two, some alone, some families.
    seats: [1, 2, 2, 2, 2, 2, 3, 3, 4, 5][Math.floor(luck('seats') * 10)] ?? 2,
    taste: luck('taste'),
    pays: luck('pays') < 0.85,
  };
}

/** A number from 0 up to and without 1 that follows from the text. */
function chance(text: string): number {
  return createHash('sha256').update(`usher demo ${text}`).digest().readUInt32BE(0) / 2 ** 32;
}
