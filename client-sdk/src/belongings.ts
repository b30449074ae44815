import type { BookingView, HoldView } from '../../src/protocol/server-messages.js';

const HELD = 1;
const BOOKED = 2;

/** The holds and bookings of this client's holder. The arrays are replaced, never changed, so that a state can keep them. */
export class Belongings {
  holds: readonly HoldView[] = [];
  bookings: readonly BookingView[] = [];

  /** Takes the server's whole word; returns the holds that are no longer there. */
  replace(holds: readonly HoldView[], bookings: readonly BookingView[]): HoldView[] {
    const gone = this.holds.filter((hold) => !holds.some((other) => other.id === hold.id));
    // Spread, so that what is not a list throws here, before anything of it is taken.
    [this.holds, this.bookings] = [[...holds], [...bookings]];
    return gone;
  }

  putHold(hold: HoldView): void {
    this.holds = [...this.holds.filter((other) => other.id !== hold.id), hold];
  }

  /** Returns the hold that was dropped, or undefined where it was gone already. */
  dropHold(holdId: string): HoldView | undefined {
    const hold = this.holds.find((other) => other.id === holdId);
    if (hold) this.holds = this.holds.filter((other) => other !== hold);
    return hold;
  }

  putBooking(booking: BookingView): void {
    this.bookings = [...this.bookings.filter((other) => other.id !== booking.id), booking];
  }

  /** Status codes by seat index of all that is ours. A hold over a cancelled or older booking wins. */
  seats(indexOf: ReadonlyMap<string, number>): Map<number, number> {
    const codes = new Map<number, number>();
    const put = (seats: readonly string[], code: number): void => {
      for (const seat of seats) {
        const index = indexOf.get(seat);
        if (index !== undefined) codes.set(index, code);
      }
    };
    for (const booking of this.bookings) if (booking.status === 'confirmed') put(booking.seats, BOOKED);
    for (const hold of this.holds) put(hold.seats, HELD);
    return codes;
  }
}
