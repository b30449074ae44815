/**
 * What befalls a showtime, as fast-check makes, runs and shrinks it: a class each. Buyers name their holds and bookings
 * by how lately they asked for them (0 is the newest), so that a shorter sequence still means something.
 */
import fc from 'fast-check';
import type { Command } from '../../../src/core/command.js';
import { REPLAY } from '../core/commands-runs.js';
import type { Order } from './scheduled-socket.js';
import { type ScheduledWorld, SEATS } from './scheduled-world.js';

/** What was asked for so far: as much of a model as it takes to ask for something that means something. */
export class Asked {
  readonly orders: Order[] = [];

  /** Of those that its buyer does not know to have been refused. */
  newest(who: string, back: number, ...types: string[]): Order | undefined {
    const own = this.orders.filter(
      ({ who: by, command, attempts }) =>
        by === who && types.includes(command.type) && !('addTo' in command) && attempts.at(-1)?.outcome?.ok !== false,
    );
    return own[own.length - 1 - back];
  }

  hold(who: string, back: number): { holder: string; holdId: string; command: Command } | undefined {
    const command = this.newest(who, back, 'hold', 'best_available')?.command;
    return command && 'newHoldId' in command ? { holder: who, holdId: command.newHoldId, command } : undefined;
  }
}

type Happening = fc.AsyncCommand<Asked, ScheduledWorld>;

abstract class Happens implements Happening {
  readonly #text: string;

  constructor(fields: object = {}) {
    this.#text = `${this.constructor.name}[${Object.values(fields).join(' ')}]`;
  }

  check(_asked: Readonly<Asked>): boolean {
    return true;
  }

  abstract happen(world: ScheduledWorld, asked: Asked): void;

  async run(asked: Asked, world: ScheduledWorld): Promise<void> {
    this.happen(world, asked);
  }

  toString(): string {
    return this.#text;
  }
}

interface By {
  readonly who: string;
  readonly window: string;
}

abstract class Asks extends Happens {
  readonly #by: By;

  constructor(fields: By) {
    super(fields);
    this.#by = fields;
  }

  /** Undefined: it would mean nothing now, and is passed over. `n` makes ids. */
  abstract command(asked: Readonly<Asked>, n: number): Command | undefined;

  override check(asked: Readonly<Asked>): boolean {
    return this.command(asked, 0) !== undefined;
  }

  override happen(world: ScheduledWorld, asked: Asked): void {
    const command = this.command(asked, asked.orders.length);
    if (!command) return;
    const order = world.order(this.#by.who, command);
    asked.orders.push(order);
    world.send(this.#by.window, order);
  }
}

const named = (seats: readonly number[]) => seats.map((seat) => `S-${seat}`);

type OnSeats = By & { readonly seats: readonly number[] };
type OnHold = By & { readonly back: number };

class Hold extends Asks {
  constructor(readonly f: OnSeats) {
    super(f);
  }

  command(_: Asked, n: number): Command {
    return { type: 'hold', holder: this.f.who, seats: named(this.f.seats), newHoldId: `h${n}` };
  }
}

class AddTo extends Asks {
  constructor(readonly f: OnSeats & OnHold) {
    super(f);
  }

  command(asked: Asked, n: number): Command | undefined {
    const of = asked.hold(this.f.who, this.f.back);
    const seats = named(this.f.seats);
    return of && { type: 'hold', holder: of.holder, seats, newHoldId: `h${n}`, addTo: of.holdId };
  }
}

class BestAvailable extends Asks {
  constructor(readonly f: By & { readonly count: number }) {
    super(f);
  }

  command(_: Asked, n: number): Command {
    return { type: 'best_available', holder: this.f.who, count: this.f.count, newHoldId: `h${n}` };
  }
}

class Release extends Asks {
  constructor(readonly f: OnHold) {
    super(f);
  }

  command(asked: Asked): Command | undefined {
    const of = asked.hold(this.f.who, this.f.back);
    return of && { type: 'release', holder: of.holder, holdId: of.holdId };
  }
}

class ReleasePart extends Asks {
  constructor(readonly f: OnHold) {
    super(f);
  }

  command(asked: Asked): Command | undefined {
    const of = asked.hold(this.f.who, this.f.back);
    if (of?.command.type !== 'hold') return undefined;
    return { type: 'release', holder: of.holder, holdId: of.holdId, seats: of.command.seats.slice(0, 1) };
  }
}

class Extend extends Asks {
  constructor(readonly f: OnHold) {
    super(f);
  }

  command(asked: Asked): Command | undefined {
    const of = asked.hold(this.f.who, this.f.back);
    return of && { type: 'extend', holder: of.holder, holdId: of.holdId };
  }
}

class Book extends Asks {
  constructor(readonly f: OnHold) {
    super(f);
  }

  command(asked: Asked, n: number): Command | undefined {
    const of = asked.hold(this.f.who, this.f.back);
    const ids = { newBookingId: `b${n}`, newReference: `R${n}` };
    const price = { amount: 0, currency: 'EUR' };
    return of && { type: 'book', holder: of.holder, holdId: of.holdId, price, ...ids };
  }
}

/** A payment that comes about when the hold ends: all stood still until then. */
class LatePayment extends Asks {
  constructor(readonly f: OnHold & { readonly afterMs: number }) {
    super(f);
  }

  command(asked: Asked, n: number): Command | undefined {
    return this.#end(asked) === undefined ? undefined : new Book(this.f).command(asked, n);
  }

  override happen(world: ScheduledWorld, asked: Asked): void {
    const until = (this.#end(asked) ?? 0) + this.f.afterMs - world.time.now();
    if (until > 0) world.time.jump(until);
    super.happen(world, asked);
  }

  /** When the hold ends, as its holder was told. */
  #end(asked: Asked): number | undefined {
    const order = asked.newest(this.f.who, this.f.back, 'hold', 'best_available');
    const told = order?.attempts.find(({ outcome }) => outcome?.ok)?.outcome;
    return told?.ok && told.type === 'hold' ? told.hold.expiresAt : undefined;
  }
}

class Cancel extends Asks {
  constructor(readonly f: OnHold) {
    super(f);
  }

  command(asked: Asked): Command | undefined {
    const booked = asked.newest(this.f.who, this.f.back, 'book')?.command;
    if (booked?.type !== 'book') return undefined;
    return { type: 'cancel', holder: this.f.who, bookingId: booked.newBookingId, asStaff: false };
  }
}

class Block extends Asks {
  constructor(readonly f: OnSeats) {
    super(f);
  }

  command(): Command {
    return { type: 'block', seats: named(this.f.seats), reason: 'r' };
  }
}

class Unblock extends Asks {
  constructor(readonly f: OnSeats) {
    super(f);
  }

  command(): Command {
    return { type: 'unblock', seats: named(this.f.seats) };
  }
}

/** The same order again, from this window or another one, whatever came of it. */
class Replay extends Happens {
  constructor(readonly f: OnHold) {
    super(f);
  }

  #order(asked: Readonly<Asked>): Order | undefined {
    return asked.orders.filter(({ who }) => who === this.f.who).at(-1 - this.f.back);
  }

  override check(asked: Readonly<Asked>): boolean {
    return this.#order(asked) !== undefined;
  }

  happen(world: ScheduledWorld, asked: Asked): void {
    const order = this.#order(asked);
    if (order) world.send(this.f.window, order);
  }
}

class Reconnect extends Happens {
  constructor(readonly f: By & { readonly losesSent: boolean }) {
    super(f);
  }

  override check(asked: Readonly<Asked>): boolean {
    return asked.orders.some(({ who }) => who === this.f.who);
  }

  happen(world: ScheduledWorld): void {
    world.reconnect(this.f.who, this.f.window, this.f.losesSent);
  }
}

class TimePasses extends Happens {
  constructor(readonly f: { readonly ms: number; readonly how: 'at once' | 'by and by' }) {
    super(f);
  }

  happen(world: ScheduledWorld): void {
    if (this.f.how === 'at once') world.time.jump(this.f.ms);
    else world.time.flow(this.f.ms);
  }
}

class Crash extends Happens {
  happen(world: ScheduledWorld): void {
    world.crash();
  }
}

class TakeOver extends Happens {
  happen(world: ScheduledWorld): void {
    world.takeOver();
  }
}

/** Somebody asks a node that was overtaken. */
class Zombie extends Happens {
  constructor(readonly f: { readonly seat: number }) {
    super(f);
  }

  happen(world: ScheduledWorld, asked: Asked): void {
    const n = asked.orders.length;
    const command: Command = { type: 'hold', holder: 'zoe', seats: named([this.f.seat]), newHoldId: `h${n}` };
    if (!world.zombie) return;
    const order = world.order('zoe', command);
    asked.orders.push(order);
    world.sendToZombie(order);
  }
}

const by = { who: fc.constantFrom('ann', 'bob', 'cid'), window: fc.constantFrom('1', '1', '2') };
const ofStaff = { who: fc.constant('staff'), window: fc.constant('1') };
const back = fc.constantFrom(0, 0, 0, 1);
const seat = fc.nat({ max: SEATS - 1 });
const several = fc.uniqueArray(seat, { minLength: 2, maxLength: 3 });
const one = seat.map((only) => [only]);
const onHold = fc.record({ ...by, back });
const ms = fc.constantFrom(1, 20, 120, 500, 2_500, 8_000);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ ...by, seats: one }).map((f) => new Hold(f)) },
  { weight: 4, arbitrary: fc.record({ ...by, seats: several }).map((f) => new Hold(f)) },
  { weight: 3, arbitrary: fc.record({ ...by, back, seats: one }).map((f) => new AddTo(f)) },
  {
    weight: 3,
    arbitrary: fc.record({ ...by, count: fc.integer({ min: 1, max: 3 }) }).map((f) => new BestAvailable(f)),
  },
  { weight: 1, arbitrary: onHold.map((f) => new Release(f)) },
  { weight: 2, arbitrary: onHold.map((f) => new ReleasePart(f)) },
  { weight: 3, arbitrary: onHold.map((f) => new Extend(f)) },
  { weight: 3, arbitrary: onHold.map((f) => new Book(f)) },
  {
    weight: 1,
    arbitrary: fc.record({ ...by, back, afterMs: fc.constantFrom(-1, 0, 1, 30) }).map((f) => new LatePayment(f)),
  },
  { weight: 2, arbitrary: onHold.map((f) => new Cancel(f)) },
  { weight: 1, arbitrary: fc.record({ ...ofStaff, seats: one }).map((f) => new Block(f)) },
  { weight: 1, arbitrary: fc.record({ ...ofStaff, seats: several }).map((f) => new Unblock(f)) },
  { weight: 3, arbitrary: onHold.map((f) => new Replay(f)) },
  { weight: 2, arbitrary: fc.record({ ...by, losesSent: fc.boolean() }).map((f) => new Reconnect(f)) },
  {
    weight: 6,
    arbitrary: fc
      .record({ ms, how: fc.constantFrom('by and by' as const, 'at once' as const) })
      .map((f) => new TimePasses(f)),
  },
  { weight: 1, arbitrary: fc.constant(new Crash()) },
  { weight: 1, arbitrary: fc.constant(new TakeOver()) },
  { weight: 1, arbitrary: fc.record({ seat }).map((f) => new Zombie(f)) },
);

export const happenings = fc.commands([happening], { maxCommands: 60, size: 'max', ...REPLAY });
