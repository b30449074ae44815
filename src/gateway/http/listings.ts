import type { MovieView, ShowtimeView } from '../../protocol/http.js';

export interface ShowtimeFilter {
  readonly movieId?: string;
  readonly from?: Date;
  readonly until?: Date;
}

/**
 * What is on, for people to choose from. Reads only; rejects where the store cannot be reached. Lists are never changed
 * once they were given, and given again while they are still right.
 */
export interface Listings {
  movies(): Promise<readonly MovieView[]>;
  showtimes(filter: ShowtimeFilter): Promise<readonly Listed[]>;
  showtime(id: string): Promise<Listed | undefined>;
  /** The document of a seat map, as JSON text. */
  seatMapDocument(hash: string): Promise<string | undefined>;
}

/** A showtime without the addresses, which are the gateway's business. */
export type Listed = Omit<ShowtimeView, 'live' | 'seatMap'> & {
  readonly seatMap: { readonly hash: string; readonly seats: number };
};
