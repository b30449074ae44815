/** What an order asks of a house, as fast-check makes it: see commands-on-house.ts. The wire has no such commands. */
import fc from 'fast-check';
import { Asked, holdOf, idOf, type OfHold, type OnHouse } from './commands-asked.js';
import { PRICE } from './commands-world.js';
import type { Model } from './house-model.js';

/** The order that is meant: that of the hold or booking, or another by mistake. */
interface OfOrder extends OfHold {
  readonly order: string;
}

function orderOf(model: Readonly<Model>, holdId: string, { order, isStranger }: OfOrder): string {
  const own = model.holds.get(holdId)?.orderId;
  return isStranger || own === undefined ? order : own;
}

/** A hold in an order where there is one, and where not, any. */
function holdInOrder(model: Readonly<Model>, f: OfOrder) {
  const of = holdOf(model, { ...f, isStranger: false });
  const inOrder = [...model.holds].filter(([, { orderId }]) => orderId !== undefined);
  const [holdId, hold] = inOrder[f.nth % inOrder.length] ?? [];
  if (f.isStray || holdId === undefined || hold === undefined) return of;
  return { holdId, holder: hold.holder, seats: hold.seats };
}

class CheckOut extends Asked {
  constructor(f: OfOrder & { readonly until: number }) {
    super('CheckOut', f, (model) => {
      const of = holdOf(model, { ...f, isStranger: false });
      if (!of) return undefined;
      const { holder, holdId, seats } = of;
      const price = { amount: PRICE * seats.length, currency: 'EUR' };
      const shown = f.nth % 2 === 0 && seats.length > 0 ? { price, seats } : {};
      return { type: 'check_out', holder, holdId, orderId: orderOf(model, holdId, f), until: f.until, ...shown };
    });
  }
}

class ReturnHold extends Asked {
  constructor(f: OfOrder & { readonly until: number }) {
    super('ReturnHold', f, (model) => {
      const of = holdInOrder(model, f);
      if (!of) return undefined;
      const { holder, holdId } = of;
      return { type: 'return_hold', holder, holdId, orderId: orderOf(model, holdId, f), expiresAt: f.until };
    });
  }
}

class Retake extends Asked {
  constructor(f: OfOrder & { readonly seats: readonly string[]; readonly holder: string; readonly until: number }) {
    super('Retake', f, (model, n) => {
      const { holder, order: orderId, until } = f;
      // No seat rule is asked, since the hold that ended kept them: so nothing is retaken here that would break one.
      const seats = f.seats.filter((label) => !model.hall.mates.has(label));
      const known = idOf(model.holds.keys(), `h${n}`, { ...f, isStray: !f.isStray && f.nth % 2 === 0 });
      const prices = seats.map(() => PRICE);
      return { type: 'retake', holder, seats, prices, newHoldId: known ?? `h${n}`, orderId, until };
    });
  }
}

class BookOrder extends Asked {
  constructor(f: OfOrder) {
    super('BookOrder', f, (model, n) => {
      const of = holdInOrder(model, f);
      if (!of) return undefined;
      const { holder, holdId, seats } = of;
      const price = { amount: PRICE * seats.length, currency: 'EUR' };
      const made = { newBookingId: `b${n}`, newReference: `R${n}`, orderId: orderOf(model, holdId, f) };
      return { type: 'book', holder, holdId, price, ...made, paymentMethod: 'test' };
    });
  }
}

class ReleaseOrder extends Asked {
  constructor(f: OfOrder) {
    super('ReleaseOrder', f, (model) => {
      const of = holdInOrder(model, f);
      if (!of) return undefined;
      const { holder, holdId } = of;
      return { type: 'release', holder, holdId, orderId: orderOf(model, holdId, f) };
    });
  }
}

/** `mask`: which seats of the booking; of all of them it is cancelled whole. */
class CancelPart extends Asked {
  constructor(f: OfOrder & { readonly mask: number; readonly others: readonly string[] }) {
    super('CancelPart', f, ({ bookings }) => {
      const bookingId = idOf(bookings.keys(), 'never', f);
      const booking = bookings.get(bookingId ?? '');
      if (bookingId === undefined || booking === undefined) return undefined;
      const named = booking.seats.filter((_, place) => (f.mask >> place) % 2 === 1);
      const seats = [...named, ...f.others];
      const order = f.isStranger ? f.order : booking.orderId;
      // The others may by chance be seats of the booking too.
      const { length } = seats.filter((seat) => booking.seats.includes(seat));
      const asked = { holder: booking.holder, bookingId, asStaff: false, amount: PRICE * length };
      return { type: 'cancel', ...asked, seats, ...(order === undefined ? {} : { orderId: order }) };
    });
  }
}

class HoldUntil extends Asked {
  constructor(f: { readonly holder: string; readonly seats: readonly string[]; readonly until: number }) {
    super('HoldUntil', f, (_, n) => ({ type: 'hold', ...f, newHoldId: `h${n}` }));
  }
}

export function commandsOfOrders(
  of: {
    readonly nth: fc.Arbitrary<number>;
    readonly isStray: fc.Arbitrary<boolean>;
    readonly isStranger: fc.Arbitrary<boolean>;
  },
  seats: fc.Arbitrary<readonly string[]>,
  holder: fc.Arbitrary<string>,
): fc.Arbitrary<OnHouse> {
  // The clock of the world begins at 1,000.
  const until = fc.integer({ min: 990, max: 1_400 });
  const ofOrder = { ...of, order: fc.constantFrom('o1', 'o2', 'o3') };
  const mask = fc.nat({ max: 15 });
  const others = fc.oneof({ weight: 9, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: seats });
  return fc.oneof<fc.Arbitrary<OnHouse>[]>(
    fc.record({ ...ofOrder, until }).map((f) => new CheckOut(f)),
    fc.record({ ...ofOrder, until }).map((f) => new CheckOut(f)),
    fc.record({ ...ofOrder, until }).map((f) => new ReturnHold(f)),
    fc.record({ ...ofOrder, until, seats, holder }).map((f) => new Retake(f)),
    fc.record(ofOrder).map((f) => new BookOrder(f)),
    fc.record(ofOrder).map((f) => new ReleaseOrder(f)),
    fc.record({ ...ofOrder, mask, others }).map((f) => new CancelPart(f)),
    fc.record({ holder, seats, until }).map((f) => new HoldUntil(f)),
  );
}
