import type { BookingView, HoldView } from '../../../src/protocol/server-messages.js';
import type { Orders } from '../oracles/orders.js';
import type { ToldStates } from '../oracles/told-states.js';
import type { Random } from '../world/random.js';
import type { World } from '../world/world.js';
import { describe, type Order, type OrderType } from './order.js';
import { Window } from './window.js';

const THINKS_MS = { hasty: [5, 60], calm: [100, 900] } as const;

/** Of an order that is no booking. */
const NOTHING = { amount: 0, currency: 'EUR' };

/** Relative weights of what somebody does next. */
const WISHES = {
  hold: 8,
  best_available: 4,
  add: 3,
  release: 3,
  part: 2,
  retype: 2,
  extend: 2,
  book: 5,
  'book late': 2,
  cancel: 2,
  again: 3,
  twice: 2,
  reload: 1,
  'another window': 1,
  leave: 1,
} as const;

/** One holder who holds, books and changes their mind, in a window or two, by a stream of chance. */
export class Buyer {
  readonly name: string;
  readonly showtimeId: string;
  windows: Window[] = [];
  readonly #world: World;
  readonly #states: ToldStates;
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #thinksMs: readonly [number, number];
  #windowsOpened = 0;
  #ids = 0;
  #isDone = false;

  constructor(index: number, world: World, states: ToldStates, orders: Orders) {
    this.name = `buyer-${index}`;
    this.#world = world;
    this.#states = states;
    this.#orders = orders;
    this.#random = world.random(this.name);
    this.showtimeId = this.#random.pick(world.showtimes);
    this.#thinksMs = this.#random.chance(0.3) ? THINKS_MS.hasty : THINKS_MS.calm;
    this.#openWindow();
    this.#later(this.#random.between(0, 400));
  }

  /** Every window of one person says hello with the same session, which names the holder. */
  get holder(): string {
    return `guest:${this.name}`;
  }

  /** Asks nothing more of its own accord. */
  rest(): void {
    this.#isDone = true;
    if (this.windows.length === 0) this.#openWindow();
  }

  /** Asks for a seat now; undefined where no window is there. */
  probe(): Order {
    const order = this.#make('best_available', {});
    this.#ask(order, this.#window());
    return order;
  }

  #later(ms = this.#random.between(...this.#thinksMs)): void {
    this.#world.time.after(ms, () => {
      if (this.#isDone) return;
      this.#act();
      this.#later();
    });
  }

  #act(): void {
    const random = this.#random;
    const wish = random.weighted(WISHES);
    const window = this.#window();
    const { holds, bookings } = window.client.getSnapshot();
    const hold = holds.length > 0 ? random.pick(holds) : undefined;
    if (wish === 'hold') this.#ask(this.#make('hold', this.#typed(this.#someSeats())), window);
    else if (wish === 'best_available') this.#ask(this.#make('best_available', {}), window);
    else if (wish === 'again') this.#again(window);
    else if (wish === 'twice') this.#twice(hold);
    else if (wish === 'cancel') this.#cancel(bookings, window);
    else if (wish === 'reload' || wish === 'another window' || wish === 'leave') this.#changeWindows(wish, window);
    else if (hold) this.#withHold(wish, hold, window);
  }

  #withHold(
    wish: 'add' | 'release' | 'part' | 'retype' | 'extend' | 'book' | 'book late',
    hold: HoldView,
    window: Window,
  ): void {
    const holdId = hold.id;
    if (wish === 'add') this.#ask(this.#make('add', { holdId, ...this.#typed(this.#someSeats()) }), window);
    else if (wish === 'retype') {
      const seats = hold.seats.slice(0, this.#random.between(1, 2));
      this.#ask(this.#make('retype', { holdId, ...this.#typed(seats, true) }), window);
    } else if (wish === 'release') this.#ask(this.#make('release', { holdId }), window);
    else if (wish === 'part') this.#ask(this.#make('release', { holdId, seats: hold.seats.slice(0, 1) }), window);
    else if (wish === 'extend') this.#ask(this.#make('extend', { holdId }), window);
    else if (wish === 'book') this.#ask(this.#make('book', { holdId, price: hold.price }), window);
    else {
      // About when it ends, by a little on either side.
      const delayMs = hold.expiresAt - window.client.serverNow() + this.#random.between(-30, 30);
      this.#world.time.after(Math.max(0, delayMs), () => {
        if (!this.#isDone) this.#ask(this.#make('book', { holdId, price: hold.price }), this.#window());
      });
    }
  }

  #cancel(bookings: readonly BookingView[], window: Window): void {
    if (bookings.length === 0) return;
    this.#ask(this.#make('cancel', { bookingId: this.#random.pick(bookings).id }), window);
  }

  /** A command of before, with the same id: whatever it came to, it may not happen twice. */
  #again(window: Window): void {
    const recent = this.#orders.of(this.name).slice(-6);
    if (recent.length === 0) return;
    const order = this.#random.pick(recent);
    this.#world.count('a command was sent more than once');
    this.#ask(order, window);
  }

  /** One command in two windows at once. */
  #twice(hold: HoldView | undefined): void {
    while (this.windows.length < 2) this.#openWindow();
    const order = hold
      ? this.#make('book', { holdId: hold.id, price: hold.price })
      : this.#make('hold', { seats: this.#someSeats() });
    this.#world.count('a command was asked by two windows at once');
    for (const window of this.windows.slice(-2)) this.#ask(order, window);
  }

  #changeWindows(wish: 'reload' | 'another window' | 'leave', window: Window): void {
    if (wish === 'another window') {
      if (this.windows.length < 3) this.#openWindow();
      return;
    }
    window.close();
    this.windows = this.windows.filter((other) => other !== window);
    if (wish === 'reload') this.#openWindow();
  }

  #window(): Window {
    return this.windows.length > 0 ? this.#random.pick(this.windows) : this.#openWindow();
  }

  #openWindow(): Window {
    const name = `${this.name}/${++this.#windowsOpened}`;
    const { showtimeId } = this;
    const random = this.#world.random(name);
    const view = this.#states.follow(name, showtimeId);
    const window = new Window({ name, showtimeId, random, onState: view }, this.holder, this.#world);
    this.windows.push(window);
    return window;
  }

  #someSeats(): readonly string[] {
    const labels = this.#world.labels();
    const first = this.#random.between(0, labels.length - 1);
    return labels.slice(first, first + this.#random.between(1, 3));
  }

  /** Some of them for children; half of the time nothing is said, and all are adults. */
  #typed(seats: readonly string[], isSaid = this.#random.chance(0.5)): Pick<Order, 'seats' | 'ticketTypes'> {
    return isSaid ? { seats, ticketTypes: seats.map(() => this.#random.pick(['adult', 'child'])) } : { seats };
  }

  #make(
    type: OrderType,
    fields: Partial<Pick<Order, 'holdId' | 'bookingId' | 'price' | 'seats' | 'ticketTypes'>>,
  ): Order {
    const id = (++this.#ids).toString(16).padStart(8, '0');
    const maker = Number(this.name.slice('buyer-'.length)).toString(16).padStart(4, '0');
    const commandId = `${id}-${maker}-4000-8000-000000000000`;
    const { showtimeId, holder } = this;
    return this.#orders.make({ commandId, who: this.name, holder, showtimeId, type, ...fields });
  }

  #ask(order: Order, window: Window): void {
    this.#world.trace.add(window.name, `asks ${describe(order)}`);
    const { isFirst, heard } = this.#orders.ask(order, window);
    // As a page has it: the SDK makes up the id of a new command, and is given that of one that comes again.
    const answer = isFirst
      ? window.plan(order.commandId, () => this.#send(order, window, {}))
      : this.#send(order, window, { commandId: order.commandId });
    void answer.then((result) =>
      heard(result.ok ? result : { ok: false, code: result.error.code, outcome: result.error.outcome }),
    );
  }

  #send(
    { type, holdId = '', bookingId = '', price = NOTHING, seats = [], ticketTypes }: Order,
    { client }: Window,
    options: { readonly commandId?: string },
  ) {
    switch (type) {
      case 'hold':
        return client.hold(seats, ticketTypes ? { ...options, ticketTypes } : options);
      case 'add':
        return client.hold(seats, { ...options, holdId, ...(ticketTypes ? { ticketTypes } : {}) });
      case 'retype':
        return client.retype(holdId, seats, ticketTypes ?? [], options);
      case 'best_available':
        return client.bestAvailable({ count: 1 }, options);
      case 'release':
        return client.release(holdId, seats.length > 0 ? seats : undefined, options);
      case 'extend':
        return client.extend(holdId, options);
      case 'book':
        return client.book({ id: holdId, price }, { method: 'test' }, options);
      case 'cancel':
        return client.cancel(bookingId, options);
      default:
        throw new Error(`No buyer may ask for ${type}.`);
    }
  }
}
