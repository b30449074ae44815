/** What all visitors were told, added up: by it Postgres is judged at quiet points. */
export class Accounts {
  commands = 0;
  /** Commands whose outcome nobody knows, by showtime: so far the books may differ. */
  readonly unknown = new Map<string, number>();
  readonly refusals = new Map<string, number>();
  readonly done = new Map<string, number>();
  /** Confirmed bookings, and their seats, by showtime. */
  readonly #bookings = new Map<string, { bookings: number; seats: number }>();
  readonly #broken = new Map<string, number>();

  booked(showtimeId: string, seats: number): void {
    this.#add(showtimeId, 1, seats);
  }

  cancelled(showtimeId: string, seats: number): void {
    this.#add(showtimeId, -1, -seats);
  }

  bookingsOf(showtimeId: string): { readonly bookings: number; readonly seats: number } {
    return this.#bookings.get(showtimeId) ?? { bookings: 0, seats: 0 };
  }

  /** A line that the server broke, and how. */
  broke(why: string): void {
    count(this.#broken, why);
  }

  get broken(): ReadonlyMap<string, number> {
    return this.#broken;
  }

  /** Refusals that no choice of seats explains. */
  get faults(): ReadonlyMap<string, number> {
    return new Map([...this.refusals].filter(([code]) => !EXPECTED.has(code)));
  }

  #add(showtimeId: string, bookings: number, seats: number): void {
    const before = this.bookingsOf(showtimeId);
    this.#bookings.set(showtimeId, { bookings: before.bookings + bookings, seats: before.seats + seats });
  }
}

/** What people hear because others were faster, or their own time was over. */
const EXPECTED: ReadonlySet<string> = new Set([
  'seats_unavailable',
  'none_available',
  'too_many_extensions',
  'too_many_holds',
  'hold_expired',
  'unknown_hold',
]);

export function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1);
}
