/** What one person and one address may have of a showtime at once, and how long a seat; 0 sets no limit. */
export interface Limits {
  /** Seats in holds, and holds, of all holders that log in to one account. */
  readonly seatsHeldPerAccount: number;
  readonly holdsPerAccount: number;
  /** Confirmed bookings of an account; of a holder who has none, those of the holder. */
  readonly bookingsPerAccount: number;
  /** The same of all who come from one address. */
  readonly seatsHeldPerAddress: number;
  readonly holdsPerAddress: number;
  readonly bookingsPerAddress: number;
  /** Milliseconds for which the same person may hold the same seat in a row without booking it; an address twice that. */
  readonly seatHeldMsMax: number;
  /** Milliseconds for which a seat must be free of a person before a new row begins. */
  readonly seatRestMs: number;
}

/**
 * Who asks, as far as limits count them; absent from a command whose sender is exempt. `account`: the account that the
 * holder is logged in to. `address`: of an IPv6 client the first 64 bits, which are one customer's.
 */
export interface Origin {
  readonly account?: string | undefined;
  readonly address?: string | undefined;
}
