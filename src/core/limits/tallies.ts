/** Of a house, what is counted here. */
interface Counted {
  readonly holds: ReadonlyMap<string, Held>;
  readonly holdsOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly bookings: ReadonlyMap<string, Booked>;
}
interface Held {
  readonly id: string;
  readonly holder: string;
  readonly seats: readonly number[];
  readonly orderId?: string;
}
interface Booked {
  readonly id: string;
  readonly holder: string;
  readonly status: 'confirmed' | 'cancelled';
}

/** So many holders have their account remembered; past it, those who have nothing of the house are forgotten. */
const IDLE_MAX = 10_000;

/**
 * How much each account and each address has of a house. Invariant: the counts of an account are those of the holds of
 * all holders that are known to log in to it. Counts only, in maps: a command makes no object here.
 *
 * Addresses are known in memory only, and to this owner only: the next one counts from nothing. They are personal data
 * that a journal of sales has no need of.
 */
export class Tallies {
  readonly seatsOfAccount = new Map<string, number>();
  readonly holdsOfAccount = new Map<string, number>();
  readonly seatsOfAddress = new Map<string, number>();
  readonly holdsOfAddress = new Map<string, number>();
  /** By account, and by holder for those who have none. A hold in an order counts as the booking that it is to become. */
  readonly bookingsOfPerson = new Map<string, number>();
  readonly bookingsOfAddress = new Map<string, number>();
  readonly #accountOf = new Map<string, string>();
  /** Hold or booking to the address that it was made from. */
  readonly #addressOf = new Map<string, string>();
  #idleMax = IDLE_MAX;

  accountOf(holder: string): string | undefined {
    return this.#accountOf.get(holder);
  }

  addressOf(id: string): string | undefined {
    return this.#addressOf.get(id);
  }

  /** From now on what the holder has counts for the account. Without an account the holder keeps the one it had. */
  logsIn(house: Counted, holder: string, account: string | undefined): void {
    if (account === undefined) return;
    const before = this.#accountOf.get(holder);
    if (before === account) return;
    if (this.#accountOf.size > this.#idleMax) this.#forgetIdle(house);
    const ids = house.holdsOf.get(holder) ?? [];
    for (const id of ids) {
      const seats = house.holds.get(id)?.seats.length ?? 0;
      if (before !== undefined) this.#countForAccount(before, -1, -seats);
      this.#countForAccount(account, 1, seats);
    }
    const booked = this.#bookingsOf(house, holder, before);
    add(this.bookingsOfPerson, before ?? holder, -booked);
    add(this.bookingsOfPerson, account, booked);
    this.#accountOf.set(holder, account);
  }

  /** Before the hold is entered. */
  comesFrom(holdId: string, address: string | undefined): void {
    if (address !== undefined) this.#addressOf.set(holdId, address);
  }

  /** A hold is new, or takes the place of `before`. */
  entered(before: Held | undefined, hold: Held): void {
    const seats = hold.seats.length - (before?.seats.length ?? 0);
    this.#count(hold, before === undefined ? 1 : 0, seats);
    this.#countBookings(hold, hold.id, inOrder(hold) - inOrder(before));
  }

  removed(hold: Held): void {
    this.#count(hold, -1, -hold.seats.length);
    this.#countBookings(hold, hold.id, -inOrder(hold));
    this.#addressOf.delete(hold.id);
  }

  /** A booking is new, or was cancelled. */
  bookingEntered(booking: Booked, before: Booked | undefined): void {
    const confirmed = booking.status === 'confirmed' ? 1 : 0;
    const by = confirmed - (before?.status === 'confirmed' ? 1 : 0);
    this.#countBookings(booking, booking.id, by);
    if (by < 0) this.#addressOf.delete(booking.id);
  }

  #countBookings({ holder }: { readonly holder: string }, id: string, by: number): void {
    if (by === 0) return;
    add(this.bookingsOfPerson, this.#accountOf.get(holder) ?? holder, by);
    const address = this.#addressOf.get(id);
    if (address !== undefined) add(this.bookingsOfAddress, address, by);
  }

  #count(hold: Held, holds: number, seats: number): void {
    const account = this.#accountOf.get(hold.holder);
    if (account !== undefined) this.#countForAccount(account, holds, seats);
    const address = this.#addressOf.get(hold.id);
    if (address === undefined) return;
    add(this.holdsOfAddress, address, holds);
    add(this.seatsOfAddress, address, seats);
  }

  #countForAccount(account: string, holds: number, seats: number): void {
    add(this.holdsOfAccount, account, holds);
    add(this.seatsOfAccount, account, seats);
  }

  /** Those of a holder without an account are counted by the holder. One that changes its account is looked for: that is rare. */
  #bookingsOf(house: Counted, holder: string, account: string | undefined): number {
    if (account === undefined) return this.bookingsOfPerson.get(holder) ?? 0;
    let booked = 0;
    for (const booking of house.bookings.values()) {
      if (booking.holder === holder && booking.status === 'confirmed') booked++;
    }
    for (const id of house.holdsOf.get(holder) ?? []) booked += inOrder(house.holds.get(id));
    return booked;
  }

  #forgetIdle(house: Counted): void {
    const booked = new Set<string>();
    for (const { holder } of house.bookings.values()) booked.add(holder);
    for (const holder of this.#accountOf.keys()) {
      if (!house.holdsOf.has(holder) && !booked.has(holder)) this.#accountOf.delete(holder);
    }
    // Where nearly all have something, the next look comes when there are twice as many.
    this.#idleMax = Math.max(IDLE_MAX, 2 * this.#accountOf.size);
  }
}

function inOrder(hold: Held | undefined): number {
  return hold?.orderId === undefined ? 0 : 1;
}

/** Keys without anything are dropped, so that a map is no larger than what there is. */
function add(counts: Map<string, number>, key: string, by: number): void {
  if (by === 0) return;
  const sum = (counts.get(key) ?? 0) + by;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}
