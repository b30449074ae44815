/** What one client can do at any of the systems that are raced: the same for all of them. */
export interface Shop {
  /** Resolves when the house is in view. Rejects where that is not to be. */
  connect(): Promise<void>;
  /** Status by seat index, as this client knows it: 0 available, 1 held, 2 booked, 3 blocked. */
  seats(): Uint8Array;
  /**
   * @param sent called just before the request is written
   * @returns the id of the hold, or undefined where one of the seats is taken
   * @throws Error where the connection broke: whether it took effect is unknown
   */
  hold(seats: readonly number[], sent: () => void): Promise<string | undefined>;
  /** @returns whether the seats are booked, in Postgres. @throws as `hold` does. */
  book(holdId: string): Promise<boolean>;
  /** When the doors open: keeps its map up to date from now on, where nobody else does that for it. */
  follow(): void;
  /** Reads what has come, where that is not read all the time; to be called every few seconds. */
  look(): void;
  close(): void;
}

/**
 * Follows the map for all clients of a process: what a system sends to everybody is the same. It sends it to each of them
 * all the same, but to read and decode it thousands of times over would measure the load and not the system.
 */
export interface Observer {
  connect(): Promise<void>;
  seats(): Uint8Array;
  close(): void;
}

export type System = 'usher' | 'express-postgres' | 'socket-io' | 'colyseus';
