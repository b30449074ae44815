import { isDeepStrictEqual } from 'node:util';
import type { Hold } from '../../../src/core/house.js';
import type { Slice } from '../../../src/runtime/journal-port.js';
import { CLOCK_ERROR_MS_MAX } from '../world/times.js';

/** Under which the box office asks, as the history of seats tells it. */
const BOX_OFFICE = 'usher:box-office';
const PROMISE = "the hold of an order is nobody else's";

type Rows = ReadonlyMap<number, Hold>;

/** What becomes of holds in orders, commit by commit: only their orders end or change them, and time. */
export class HeldOrders {
  readonly #violate: (promise: string, what: string) => void;

  constructor(violate: (promise: string, what: string) => void) {
    this.#violate = violate;
  }

  /** `before` and `after` the commit of the slice. One that was fenced, or that comes again, changes nothing. */
  look(slice: Slice, before: Rows, after: Rows, now: number): void {
    for (const [seat, hold] of before) {
      const there = after.get(seat);
      if (hold.orderId === undefined || there === hold || hold.expiresAt <= now + CLOCK_ERROR_MS_MAX) continue;
      if (isKept(hold, there) || isByOrder(slice, hold)) continue;
      const what = `seat ${seat} of ${hold.id} in ${hold.orderId} was ${JSON.stringify(hold)}, came to be ${JSON.stringify(there)}`;
      this.#violate(PROMISE, what);
    }
  }
}

/** The same hold, kept for as long as before or longer. */
function isKept(hold: Hold, there: Hold | undefined): boolean {
  if (there === undefined || there.expiresAt < hold.expiresAt) return false;
  return isDeepStrictEqual(bySeat(there), bySeat(hold));
}

/** A house that was loaded again has the seats of a hold in the order of the rows of the journal. */
function bySeat({ expiresAt: _, seats, prices, ticketTypes, ...rest }: Hold) {
  const sold = seats.map((seat, at) => [seat, prices[at], ticketTypes?.[at]] as const);
  return { ...rest, sold: sold.toSorted(([one], [other]) => one - other) };
}

/** The order itself booked, released or returned it in this flush. */
function isByOrder({ booked, acts, results }: Slice, { id, orderId }: Hold): boolean {
  return (
    booked.some(({ booking }) => booking.holdId === id && booking.orderId === orderId) ||
    acts.some(({ act, hold, by }) => act === 'released' && hold === id && by === BOX_OFFICE) ||
    results.some(({ holder, command, reply }) => {
      return holder === BOX_OFFICE && command === 'return_hold' && 'hold' in reply && reply.hold?.id === id;
    })
  );
}
