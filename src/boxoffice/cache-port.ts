/** How many seats of a house have which status, as published at `{epoch, seq}`. */
export interface SeatCounts {
  readonly epoch: number;
  readonly seq: number;
  readonly available: number;
  readonly held: number;
  readonly booked: number;
  readonly blocked: number;
  /** The sum of the four. */
  readonly seats: number;
}

/**
 * What may be forgotten, or be a lie, at any moment: it makes reads cheap and is never asked what is true. Every call ends
 * in bounded time and none rejects. No answer is told apart from nothing there: it is `undefined`, or false.
 */
export interface Cache {
  get(key: string): Promise<{ readonly value: string | undefined } | undefined>;
  /** Kept for at most `ttlMs`, and gone before where room is needed. */
  set(key: string, value: string, ttlMs: number): Promise<boolean>;
  /** The counts of the showtimes whose counts are known. */
  counts(showtimeIds: readonly string[]): Promise<ReadonlyMap<string, SeatCounts> | undefined>;
  /**
   * Files counts by showtime. `unless newer`: those of a later `{epoch, seq}` stay, so that nodes may write in any order;
   * `always` is for who found that what is there is wrong.
   */
  putCounts(
    counts: ReadonlyMap<string, SeatCounts>,
    ttlMs: number,
    overwrite: 'unless newer' | 'always',
  ): Promise<boolean>;
}
