/**
 * The commands of a house as fast-check makes, runs and shrinks them: a class each. They name what exists by a number
 * (the n-th hold there is), so that a shorter sequence still means something. A stray one names what ended or never was.
 */
import fc from 'fast-check';
import type { Channel } from '../../../src/core/channel.js';
import { Asked, holdOf, idOf, type OfHold, type OnHouse } from './commands-asked.js';
import { commandsOfOrders } from './commands-of-orders.js';
import { REPLAY } from './commands-runs.js';
import { type HouseWorld, PRICE } from './commands-world.js';
import type { Model } from './house-model.js';

class HoldOne extends Asked {
  constructor(f: { readonly holder: string; readonly seat: string; readonly channel: Channel }) {
    const { holder, channel } = f;
    const seats = [f.seat];
    super('HoldOne', f, (_, n) => ({ type: 'hold', holder, seats, channel, newHoldId: `h${n}` }));
  }
}

class HoldSeveral extends Asked {
  constructor(f: { readonly holder: string; readonly seats: readonly string[]; readonly channel: Channel }) {
    super('HoldSeveral', f, (_, n) => ({ type: 'hold', ...f, newHoldId: `h${n}` }));
  }
}

class AddTo extends Asked {
  constructor(f: OfHold & { readonly seats: readonly string[] }) {
    super('AddTo', f, (model, n) => {
      const of = holdOf(model, f);
      return of && { type: 'hold', holder: of.holder, seats: f.seats, newHoldId: `h${n}`, addTo: of.holdId };
    });
  }
}

class BestAvailable extends Asked {
  constructor(f: { readonly holder: string; readonly count: number; readonly channel: Channel }) {
    super('BestAvailable', f, (_, n) => ({ type: 'best_available', ...f, newHoldId: `h${n}` }));
  }
}

class ReleaseWhole extends Asked {
  constructor(f: OfHold) {
    super('ReleaseWhole', f, (model) => {
      const of = holdOf(model, f);
      return of && { type: 'release', holder: of.holder, holdId: of.holdId };
    });
  }
}

class ReleasePart extends Asked {
  constructor(f: OfHold & { readonly mask: number; readonly others: readonly string[] }) {
    super('ReleasePart', f, (model) => {
      const of = holdOf(model, f);
      if (!of) return undefined;
      const seats = [...of.seats.filter((_, place) => (f.mask >> place) % 2 === 1), ...f.others];
      return { type: 'release', holder: of.holder, holdId: of.holdId, seats };
    });
  }
}

class Extend extends Asked {
  constructor(f: OfHold) {
    super('Extend', f, (model) => {
      const of = holdOf(model, f);
      return of && { type: 'extend', holder: of.holder, holdId: of.holdId };
    });
  }
}

class Book extends Asked {
  constructor(f: OfHold) {
    super('Book', f, (model, n) => {
      const of = holdOf(model, f);
      if (!of) return undefined;
      const ids = { newBookingId: `b${n}`, newReference: `R${n}` };
      const price = { amount: PRICE * of.seats.length, currency: 'EUR' };
      return { type: 'book', holder: of.holder, holdId: of.holdId, price, ...ids };
    });
  }
}

class CancelByHolder extends Asked {
  constructor(f: OfHold) {
    super('CancelByHolder', f, ({ bookings }) => {
      const bookingId = idOf(bookings.keys(), 'never', f);
      const holder = f.isStranger ? 'eve' : (bookings.get(bookingId ?? '')?.holder ?? 'ann');
      return bookingId === undefined ? undefined : { type: 'cancel', holder, bookingId, asStaff: false };
    });
  }
}

class CancelByStaff extends Asked {
  constructor(f: OfHold) {
    super('CancelByStaff', f, ({ bookings }) => {
      const bookingId = idOf(bookings.keys(), 'never', f);
      return bookingId === undefined ? undefined : { type: 'cancel', holder: 'staff', bookingId, asStaff: true };
    });
  }
}

class Block extends Asked {
  constructor(f: { readonly seats: readonly string[] }) {
    super('Block', f, () => ({ type: 'block', ...f, reason: 'r' }));
  }
}

class Unblock extends Asked {
  constructor(f: { readonly seats: readonly string[]; readonly count: number }) {
    super('Unblock', f, ({ blocked }) => {
      const seats = [...[...blocked].slice(0, f.count), ...f.seats];
      return seats.length === 0 ? undefined : { type: 'unblock', seats };
    });
  }
}

class TakeAway extends Asked {
  constructor(f: OfHold) {
    super('TakeAway', f, (model) => {
      const holdId = idOf(model.holds.keys(), [...model.ended.keys()].at(-1) ?? 'never', f);
      return holdId === undefined ? undefined : { type: 'take_away', holdId, reason: 'a camera' };
    });
  }
}

class TakeAwaySeats extends Asked {
  constructor(f: { readonly seats: readonly string[] }) {
    super('TakeAwaySeats', f, () => ({ type: 'take_away', seats: f.seats, reason: '' }));
  }
}

/** `kept`: so many seats of the booking are among its new ones. */
class Reseat extends Asked {
  constructor(f: OfHold & { readonly kept: number; readonly seats: readonly string[] }) {
    super('Reseat', f, ({ bookings }) => {
      const bookingId = idOf(bookings.keys(), 'never', f);
      if (bookingId === undefined) return undefined;
      const own = bookings.get(bookingId)?.seats ?? [];
      const others = f.seats.filter((label) => !own.includes(label));
      const seats = [...own.slice(0, f.kept), ...others].slice(0, Math.max(1, f.isStranger ? 1 : own.length));
      return { type: 'reseat', bookingId, seats, reason: 'a broken seat' };
    });
  }
}

class Allocate extends Asked {
  constructor(f: { readonly seats: readonly string[]; readonly channel: Channel; readonly until: number | undefined }) {
    const { seats, channel, until } = f;
    const command = { type: 'allocate', seats, channel, reason: 'r', by: 'staff' } as const;
    super('Allocate', f, () => (until === undefined ? command : { ...command, until }));
  }
}

class Deallocate extends Asked {
  constructor(f: { readonly seats: readonly string[]; readonly count: number }) {
    super('Deallocate', f, ({ allocated }) => {
      const seats = [...[...allocated.keys()].slice(0, f.count), ...f.seats];
      return seats.length === 0 ? undefined : { type: 'deallocate', seats, reason: '' };
    });
  }
}

class Expire extends Asked {
  constructor() {
    super('Expire', {}, () => ({ type: 'expire' }));
  }
}

class TimePasses implements OnHouse {
  readonly #ms: number;

  constructor(ms: number) {
    this.#ms = ms;
  }

  check(): boolean {
    return true;
  }

  run(model: Model, world: HouseWorld): void {
    world.pass(model, this.#ms);
  }

  toString(): string {
    return `TimePasses[${this.#ms}]`;
  }
}

class Reload implements OnHouse {
  readonly #withoutDue: boolean;

  constructor(withoutDue: boolean) {
    this.#withoutDue = withoutDue;
  }

  check(model: Readonly<Model>): boolean {
    return model.holds.size + model.bookings.size + model.blocked.size > 0;
  }

  run(model: Model, world: HouseWorld): void {
    world.reload(model, this.#withoutDue);
  }

  toString(): string {
    return `Reload[${this.#withoutDue ? 'without what is due' : ''}]`;
  }
}

const rarely = fc.nat({ max: 11 }).map((n) => n === 11);

/** Sequences on a hall of these seats. */
export function commandsOn(all: readonly string[]): fc.Arbitrary<Iterable<OnHouse>> {
  const seat = fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom(...all) },
    { weight: 1, arbitrary: fc.constant('Q-9') },
  );
  // Neighbours mostly: pairs, companions and gaps are met side by side.
  const row = fc
    .tuple(fc.nat({ max: all.length - 1 }), fc.integer({ min: 1, max: 5 }))
    .map(([at, count]) => all.slice(at, at + count));
  const seats = fc.oneof({ weight: 3, arbitrary: row }, { weight: 2, arbitrary: fc.array(seat, { maxLength: 5 }) });
  const holder = fc.constantFrom('ann', 'ann', 'bob');
  const count = fc.integer({ min: 1, max: 5 });
  const of = { nth: fc.nat({ max: 7 }), isStray: rarely, isStranger: rarely };
  const channel = fc.constantFrom<Channel>('web', 'web', 'web', 'partner');
  // The clock of the world begins at 1,000.
  const until = fc.option(fc.integer({ min: 990, max: 1_400 }), { nil: undefined });
  const one: fc.Arbitrary<OnHouse> = fc.oneof(
    { weight: 2, arbitrary: fc.record({ holder, seat, channel }).map((f) => new HoldOne(f)) },
    { weight: 5, arbitrary: fc.record({ holder, seats, channel }).map((f) => new HoldSeveral(f)) },
    { weight: 4, arbitrary: fc.record({ ...of, seats }).map((f) => new AddTo(f)) },
    { weight: 4, arbitrary: fc.record({ holder, count, channel }).map((f) => new BestAvailable(f)) },
    { weight: 1, arbitrary: fc.record(of).map((f) => new ReleaseWhole(f)) },
    {
      weight: 4,
      arbitrary: fc
        .record({ ...of, mask: fc.nat({ max: 15 }), others: fc.array(seat, { maxLength: 1 }) })
        .map((f) => new ReleasePart(f)),
    },
    { weight: 3, arbitrary: fc.record(of).map((f) => new Extend(f)) },
    { weight: 3, arbitrary: fc.record(of).map((f) => new Book(f)) },
    { weight: 2, arbitrary: fc.record(of).map((f) => new CancelByHolder(f)) },
    { weight: 1, arbitrary: fc.record(of).map((f) => new CancelByStaff(f)) },
    { weight: 1, arbitrary: fc.record({ seats }).map((f) => new Block(f)) },
    {
      weight: 2,
      arbitrary: fc
        .record({ seats: fc.array(seat, { maxLength: 2 }), count: fc.nat({ max: 2 }) })
        .map((f) => new Unblock(f)),
    },
    { weight: 1, arbitrary: fc.record(of).map((f) => new TakeAway(f)) },
    { weight: 1, arbitrary: fc.record({ seats }).map((f) => new TakeAwaySeats(f)) },
    {
      weight: 3,
      arbitrary: fc.record({ ...of, kept: fc.nat({ max: 2 }), seats }).map((f) => new Reseat(f)),
    },
    { weight: 2, arbitrary: fc.record({ seats, channel, until }).map((f) => new Allocate(f)) },
    {
      weight: 1,
      arbitrary: fc
        .record({ seats: fc.array(seat, { maxLength: 2 }), count: fc.nat({ max: 2 }) })
        .map((f) => new Deallocate(f)),
    },
    { weight: 8, arbitrary: commandsOfOrders(of, seats, holder) },
    { weight: 6, arbitrary: fc.constantFrom(1, 5, 10, 20, 40).map((ms) => new TimePasses(ms)) },
    { weight: 2, arbitrary: fc.constant(new Expire()) },
    { weight: 2, arbitrary: fc.boolean().map((withoutDue) => new Reload(withoutDue)) },
  );
  return fc.commands([one], { maxCommands: 60, size: 'max', ...REPLAY });
}
