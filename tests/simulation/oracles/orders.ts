import { isDeepStrictEqual } from 'node:util';
import type { Hold } from '../../../src/core/house.js';
import type { Reply } from '../../../src/core/reply.js';
import { describe, type Order, type Told } from '../people/order.js';
import { CLOCK_ERROR_MS_MAX } from '../world/times.js';
import type { World } from '../world/world.js';
import { SoldTypes } from './sold-types.js';

/** A connection, or the want of one, and nothing of the house: such a try says nothing of the tries before it. */
const OF_THIS_TRY = new Set(['unavailable', 'overloaded', 'moving', 'rate_limited', 'aborted']);

interface Followed {
  readonly order: Order;
  asks: number;
  readonly told: Told[];
  /** Its effect was lost with a tail of the journal when it was refused: it may be written again after that. */
  wasLost: boolean;
}

interface Has {
  readonly hold: boolean;
  readonly booking: boolean;
  readonly isConfirmed: boolean;
}

/** One asking, in one window. */
export interface Ask {
  /** Of this command. */
  readonly isFirst: boolean;
  heard(told: Told): void;
}

/** All that was asked, and what became of it: one request, one effect, and what is told is so. */
export class Orders {
  readonly #world: World;
  readonly #orders = new Map<string, Followed>();
  readonly #types: SoldTypes;
  #open = 0;

  constructor(world: World) {
    this.#world = world;
    this.#types = new SoldTypes(world);
  }

  get open(): number {
    return this.#open;
  }

  get all(): readonly Order[] {
    return [...this.#orders.values()].map(({ order }) => order);
  }

  make(order: Order): Order {
    this.#types.made(order);
    this.#orders.set(order.commandId, { order, asks: 0, told: [], wasLost: false });
    return order;
  }

  of(who: string): readonly Order[] {
    return this.all.filter((order) => order.who === who);
  }

  told(order: Order): readonly Told[] {
    return this.#orders.get(order.commandId)?.told ?? [];
  }

  /** `window` closed: whoever goes away need not be told. */
  ask(order: Order, window: { readonly name: string; readonly isClosed: boolean }): Ask {
    const followed = this.#orders.get(order.commandId);
    if (!followed) throw new Error(`${order.commandId} was never made.`);
    followed.asks++;
    this.#open++;
    const first = followed.told.find(({ ok }) => ok);
    const had = this.#has(order);
    return {
      isFirst: followed.asks === 1,
      heard: (told) => {
        this.#open--;
        followed.told.push(told);
        followed.wasLost ||= !told.ok && this.#world.tails.lost(order) !== undefined;
        this.#world.trace.add(window.name, `hears ${order.commandId.slice(0, 13)} ${said(told)}`);
        this.#census(order, told, first);
        if (told.ok) {
          this.#checkCommitted(order, told);
          this.#checkChannel(order, told);
          this.#types.heard(order, told);
        } else if (told.outcome === 'unknown' && !window.isClosed) this.#unresolved(order, told.code);
        this.#checkReplay(order, first, told);
        this.#checkNotDenied(order, told, had);
      },
    };
  }

  /** Once all is at rest. */
  check(): void {
    for (const { order, asks, told, wasLost } of this.#orders.values()) {
      const result = this.#result(order);
      const [only] = told;
      // Of one that was asked twice, one may be refused and the other not: a refusal is decided anew. So may one that took
      // effect at a primary that is no more: whoever wrote it may come and write it again after the next owner refused it.
      if (asks === 1 && only && !only.ok && only.outcome === 'not-applied' && result && !wasLost) {
        this.#world.violate('what was refused did not happen', `${describe(order)} was ${only.code}, and took effect`);
      }
    }
  }

  #checkCommitted(order: Order, told: Told & { readonly ok: true }): void {
    const { tails } = this.#world;
    if (this.#changedNothing(order, told)) return;
    if (!tails.isReplicated(order) && !tails.lost(order)) {
      this.#world.violate('what is acknowledged is on the synchronous standby', `${describe(order)} is not`);
    }
    // What was acknowledged by a primary that is no more, and told only now, was committed all the same.
    const recorded = [this.#result(order)?.reply, tails.lost(order)?.reply].flatMap((reply) =>
      reply?.ok ? reply : [],
    );
    if (recorded.some((reply) => this.#isTold(reply, told))) return;
    const what = `${describe(order)} was told ${JSON.stringify(told)}, and the journal has ${JSON.stringify(recorded)}`;
    this.#world.violate('what is acknowledged is committed', what);
  }

  /** Each by the channel of its hold. Where a tail was lost, an allocation may have been written again over their hold. */
  #checkChannel({ showtimeId }: Order, { hold }: Told & { readonly ok: true }): void {
    if (!hold || this.#world.tails.happened) return;
    const { holds, allocations } = this.#world.journal.peek(showtimeId);
    for (const [seat, { id }] of holds) {
      const channel = allocations.get(seat)?.channel;
      if (id !== hold.id || channel === undefined || channel === (hold.channel ?? 'web')) continue;
      this.#world.violate('a seat is sold by its channel only', `seat ${seat} is in ${id}, and is of ${channel}`);
    }
  }

  /** A yes that changes nothing has nothing to be recorded. */
  #changedNothing(order: Order, told: Told & { readonly ok: true }): boolean {
    const { type, showtimeId, holder, commandId } = order;
    const { booking, seats } = told;
    if (seats?.length === 0) return true;
    const { journal } = this.#world;
    if (type !== 'reseat' || journal.resultOf(showtimeId, holder, commandId)) return false;
    // Two alike were on their way: the first moved it.
    const others = this.all.filter((other) => other.type === 'reseat' && other.commandId !== commandId);
    return others.some(
      (other) => booking !== undefined && other.bookingId === booking.id && isSame(other.seats, booking.seats),
    );
  }

  #isTold(recorded: Reply & { readonly ok: true }, { hold, booking, seats }: Told & { readonly ok: true }): boolean {
    const wasHold = 'hold' in recorded ? recorded.hold : undefined;
    const wasBooking = recorded.type === 'booking' ? recorded.booking : undefined;
    const wasSeats = 'seats' in recorded ? this.#labels(recorded.seats) : undefined;
    return (
      hold?.id === wasHold?.id &&
      isDeepStrictEqual(hold?.seats, wasHold && this.#labels(wasHold.seats)) &&
      hold?.expiresAt === wasHold?.expiresAt &&
      hold?.orderId === wasHold?.orderId &&
      booking?.orderId === wasBooking?.orderId &&
      booking?.price.amount === wasBooking?.price.amount &&
      isDeepStrictEqual(hold?.ticketTypes, wasHold?.ticketTypes) &&
      booking?.reference === wasBooking?.reference &&
      isDeepStrictEqual(booking?.seats, wasBooking && this.#labels(wasBooking.seats)) &&
      isDeepStrictEqual(booking?.ticketTypes, wasBooking?.ticketTypes) &&
      isDeepStrictEqual(seats, wasSeats)
    );
  }

  #checkReplay(order: Order, first: Told | undefined, told: Told): void {
    if (!first || isDeepStrictEqual(first, told) || this.#world.tails.mayDiffer(order)) return;
    if (!told.ok && (told.outcome === 'unknown' || OF_THIS_TRY.has(told.code))) return;
    const what = `${describe(order)} was told ${JSON.stringify(first)}, and asked again ${JSON.stringify(told)}`;
    this.#world.violate('one request, one effect', what);
  }

  /** A hold or booking that the journal had when a command named it, and still has, is denied by nobody. */
  #checkNotDenied(order: Order, told: Told, had: Has): void {
    // A journal that is behind still has what was given back, until that is written again.
    if (told.ok || told.outcome !== 'not-applied' || this.#world.journal.isBehind) return;
    const has = this.#has(order);
    const isDenied =
      (/^(unknown_hold|hold_expired)$/.test(told.code) && had.hold && has.hold) ||
      (told.code === 'unknown_booking' && had.booking && has.booking) ||
      (told.code === 'booking_cancelled' && has.isConfirmed);
    if (!isDenied) return;
    this.#world.violate('what is acknowledged is not denied', `${describe(order)} was ${told.code}`);
  }

  /** What the journal has of what a command names, and will have for as long as clocks may differ. */
  #has({ showtimeId, holder, customer = holder, holdId, bookingId = '' }: Order): Has {
    const { journal, time } = this.#world;
    const { holds, bookings } = journal.peek(showtimeId);
    const endsAfter = time.now() + CLOCK_ERROR_MS_MAX;
    const isTheirs = (hold: Hold) => hold.id === holdId && hold.holder === customer && hold.expiresAt > endsAfter;
    const booking = bookings.get(bookingId)?.booking;
    return {
      hold: holdId !== undefined && [...holds.values()].some(isTheirs),
      booking: booking !== undefined,
      isConfirmed: booking?.status === 'confirmed',
    };
  }

  #unresolved(order: Order, code: string): void {
    this.#world.violate('an unknown outcome resolves itself', `${describe(order)} stayed ${code}`);
  }

  #census(order: Order, told: Told, first: Told | undefined): void {
    if (told.ok) {
      if (first) this.#world.count('a replay was given the first outcome');
      if (order.type === 'retype') this.#world.count('a seat was sold as another type');
      if (order.type === 'cancel') this.#world.count('a booking was cancelled');
      if (order.type === 'block') this.#world.count('seats were blocked');
      if (order.type === 'allocate') this.#world.count('seats were allocated');
      if (order.type === 'take_away' && told.seats?.length !== 0) this.#world.count('a hold was taken away');
      if (order.type === 'check_out') this.#world.count('a hold went into an order');
      if (order.type === 'return_hold') this.#world.count('a hold left its order');
      if (order.type === 'retake') this.#world.count('an order took its seats again');
      if (order.type === 'book' && order.orderId) this.#world.count('an order was booked');
      if (order.type === 'cancel_part') this.#world.count('a booking was cancelled in part');
      if (order.type === 'reseat') this.#world.count('a booking was reseated');
      if (told.hold?.channel === 'walk_in' && order.type === 'hold') this.#world.count('staff held for a customer');
    } else if (told.code === 'hold_in_order') this.#world.count('a hold in an order was refused to another');
    else if (told.code === 'booking_in_order') this.#world.count('a booking of an order was refused to another');
    else if (told.code === 'seats_unavailable') this.#world.count('a hold was refused for another');
    else if (told.code === 'hold_expired' && order.type === 'book') this.#world.count('a payment came late');
  }

  #result({ showtimeId, holder, commandId }: Order) {
    return this.#world.journal.resultOf(showtimeId, holder, commandId);
  }

  #labels(seats: readonly number[]): readonly string[] {
    const labels = this.#world.labels();
    return seats.map((seat) => labels[seat] ?? '?');
  }
}

function isSame(some: readonly string[] | undefined, others: readonly string[]): boolean {
  return some?.length === others.length && others.every((label) => some.includes(label));
}

function said(told: Told): string {
  return told.ok ? 'ok' : `${told.code}, ${told.outcome}`;
}
