import type { Outcome } from '../../../src/boxoffice/house-desk-port.js';
import { HostedDesk } from '../../../src/composition/house-desk.js';
import type { Command } from '../../../src/core/command.js';
import type { Hold } from '../../../src/core/house.js';
import { replyView } from '../../../src/gateway/views.js';
import type { Orders } from '../oracles/orders.js';
import type { Random } from '../world/random.js';
import { TIMES } from '../world/times.js';
import type { World } from '../world/world.js';
import { describe, type Order, type OrderType, type Told, toldBy } from './order.js';

const NAME = 'desk';
/** Who asks, to the houses. */
const HOLDER = 'usher:box-office';
const ASKS_AGAIN_MS = 50;
/** Longer than all faults last. */
const GIVES_UP_MS = 60_000;
const WISHES = {
  'check out': 10,
  prolong: 3,
  return: 3,
  release: 2,
  book: 9,
  retake: 9,
  part: 6,
  cancel: 3,
  again: 3,
} as const;

/** One order: of one hold, which may be another after its first has ended. */
interface Sale {
  readonly orderId: string;
  readonly showtimeId: string;
  readonly customer: string;
  readonly seats: readonly string[];
  readonly prices: readonly number[];
  readonly ticketTypes: readonly string[] | undefined;
  readonly expiresAt: number;
  holdId: string;
  attempt: number;
  state: 'new' | 'held' | 'ended' | 'booked' | 'over';
  /** What its booking has. */
  sold: readonly string[];
  isBusy: boolean;
}

/**
 * The box office: takes holds of buyers into orders and books, returns, releases or retakes them, now and then in part. It asks
 * whichever node runs, and the next where that one dies, under the ids that it made before the first try: as an order has it,
 * which any node may carry on.
 */
export class OrderDesk {
  readonly #world: World;
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #sales: Sale[] = [];
  /** What was asked, to be asked once more. */
  readonly #asked: (readonly [order: Order, command: Command])[] = [];
  #lastId = 0;
  #isDone = false;

  constructor(world: World, orders: Orders) {
    this.#world = world;
    this.#orders = orders;
    this.#random = world.random(NAME);
    this.#later();
  }

  /** Begins nothing more; what it asked it goes on asking until it knows. */
  rest(): void {
    this.#isDone = true;
  }

  #later(): void {
    this.#world.time.after(this.#random.between(40, 300), () => {
      if (this.#isDone) return;
      this.#act();
      this.#later();
    });
  }

  #act(): void {
    const wish = this.#random.weighted(WISHES);
    if (wish === 'check out') this.#begin();
    else if (wish === 'again') this.#again();
    else {
      const state = {
        prolong: 'held',
        return: 'held',
        release: 'held',
        book: 'held',
        retake: 'ended',
        part: 'booked',
        cancel: 'booked',
      } as const;
      const sales = this.#sales.filter((sale) => sale.state === state[wish] && !sale.isBusy);
      if (sales.length > 0) void this.#step(wish, this.#random.pick(sales));
    }
  }

  /** Takes some hold into an order. It may be in one, or gone when the command arrives. */
  #begin(): void {
    const showtimeId = this.#random.pick(this.#world.showtimes);
    const rows = [...this.#world.journal.peek(showtimeId).holds];
    if (rows.length === 0) return;
    const [, { id: holdId, holder: customer, expiresAt, ticketTypes }] = this.#random.pick(rows);
    const own = rows.filter(([, hold]) => hold.id === holdId);
    const labels = this.#world.labels();
    const sale: Sale = {
      orderId: this.#id('aaaa'),
      showtimeId,
      customer,
      seats: own.map(([seat]) => labels[seat] ?? ''),
      prices: own.map(([seat, hold]) => priceIn(hold, seat)),
      ticketTypes: ticketTypes && own.map(([seat, hold]) => hold.ticketTypes?.[hold.seats.indexOf(seat)] ?? ''),
      expiresAt,
      holdId,
      attempt: 0,
      state: 'new',
      sold: [],
      isBusy: false,
    };
    this.#sales.push(sale);
    void this.#checkOut(sale);
  }

  async #checkOut(sale: Sale): Promise<void> {
    const { orderId, customer, holdId, seats } = sale;
    const until = this.#world.time.now() + this.#random.between(300, 3_000);
    const shown = { price: priceOf(sale), seats };
    const command = { type: 'check_out', holder: customer, holdId, orderId, until, ...shown } as const;
    const told = await this.#ask(sale, 'check_out', command, { holdId });
    if (told.ok) sale.state = 'held';
    else if (sale.state === 'new') sale.state = 'over';
  }

  async #step(wish: Exclude<keyof typeof WISHES, 'check out' | 'again'>, sale: Sale): Promise<void> {
    const { holdId, orderId, customer: holder } = sale;
    const of = { holder, holdId, orderId };
    sale.isBusy = true;
    if (wish === 'prolong') await this.#checkOut(sale);
    else if (wish === 'return') {
      const told = await this.#ask(
        sale,
        'return_hold',
        { type: 'return_hold', ...of, expiresAt: sale.expiresAt },
        { holdId },
      );
      sale.state = told.ok ? 'over' : 'ended';
    } else if (wish === 'release') {
      await this.#ask(sale, 'release', { type: 'release', ...of }, { holdId });
      sale.state = 'over';
    } else if (wish === 'book') await this.#book(sale);
    else if (wish === 'retake') await this.#retake(sale);
    else await this.#giveBack(wish, sale);
    sale.isBusy = false;
  }

  async #book(sale: Sale): Promise<void> {
    const { holdId, orderId, customer: holder } = sale;
    // A part of them pays late.
    if (this.#random.chance(0.3)) await this.#wait(this.#random.between(300, 3_500));
    const made = { newBookingId: bookingOf(sale), newReference: `O${orderId.slice(0, 8)}` };
    const command = {
      type: 'book',
      holder,
      holdId,
      orderId,
      price: priceOf(sale),
      ...made,
      paymentMethod: 'card',
    } as const;
    const told = await this.#ask(sale, 'book', command, { holdId });
    sale.state = told.ok ? 'booked' : 'ended';
    if (told.ok) sale.sold = told.booking?.seats ?? [];
  }

  async #retake(sale: Sale): Promise<void> {
    const { orderId, customer: holder, seats, prices, ticketTypes } = sale;
    sale.attempt++;
    const newHoldId = `${orderId.slice(0, 8)}-bbbb-4000-8000-${String(sale.attempt).padStart(12, '0')}`;
    const until = this.#world.time.now() + this.#random.between(300, 3_000);
    const types = ticketTypes ? { ticketTypes } : {};
    const command = { type: 'retake', holder, seats, prices, ...types, newHoldId, orderId, until } as const;
    const told = await this.#ask(sale, 'retake', command, { seats });
    sale.state = told.ok ? 'held' : 'over';
    if (told.ok) sale.holdId = newHoldId;
  }

  async #giveBack(wish: 'part' | 'cancel', sale: Sale): Promise<void> {
    const { orderId, customer: holder, sold } = sale;
    const bookingId = bookingOf(sale);
    const cancel = { type: 'cancel', holder, bookingId, asStaff: false, orderId } as const;
    if (wish === 'part' && sold.length > 1) {
      const seats = sold.slice(0, 1);
      const told = await this.#ask(sale, 'cancel_part', { ...cancel, seats, amount: 100 }, { bookingId, seats });
      if (told.ok) sale.sold = told.booking?.seats ?? [];
    } else if (wish === 'cancel') {
      await this.#ask(sale, 'cancel', cancel, { bookingId });
      sale.state = 'over';
    }
  }

  /** Somebody else carries an order on, and asks what was asked before. */
  #again(): void {
    if (this.#asked.length === 0) return;
    this.#world.count('a command was sent more than once');
    void this.#send(...this.#random.pick(this.#asked.slice(-8)));
  }

  async #ask(
    { showtimeId, customer, orderId }: Sale,
    type: OrderType,
    command: Command,
    names: Partial<Pick<Order, 'holdId' | 'bookingId' | 'seats'>>,
  ): Promise<Told> {
    const commandId = this.#id('dddd');
    const order = { commandId, who: NAME, holder: HOLDER, customer, orderId, showtimeId, type, ...names };
    this.#orders.make(order);
    this.#asked.push([order, command]);
    return await this.#send(order, command);
  }

  /** Asks one node after the other until one is certain. */
  async #send(order: Order, command: Command): Promise<Told> {
    this.#world.trace.add(NAME, `asks ${describe(order)}`);
    const { heard } = this.#orders.ask(order, { name: NAME, isClosed: true });
    const until = this.#world.time.now() + GIVES_UP_MS;
    for (;;) {
      const told = await this.#try(order, command);
      if (told && (told.ok || isCertain(told))) {
        heard(told);
        return told;
      }
      if (this.#world.time.now() >= until) break;
      await this.#wait(ASKS_AGAIN_MS);
    }
    const unknown: Told = { ok: false, code: 'outcome_unknown', outcome: 'unknown' };
    heard(unknown);
    return unknown;
  }

  async #try({ showtimeId, commandId }: Order, command: Command): Promise<Told | undefined> {
    const nodes = this.#world.nodes.filter(({ life, houses }) => life.isRunning && houses);
    if (nodes.length === 0) return undefined;
    const { life, houses } = this.#random.pick(nodes);
    const { time } = this.#world;
    const desk = new HostedDesk({ clock: time, timers: life.timers, askMsMax: 1_000, answerMsMax: TIMES.replyTimeout });
    if (houses) desk.bind(houses.hosts);
    const answer = new Promise<Outcome>((resolve) => {
      life.enter(() => void life.hears(desk.ask(showtimeId, command, commandId)).then(resolve));
    });
    const outcome = await Promise.race([answer, this.#wait(4_000)]);
    const terms = await this.#world.playbill.terms(showtimeId);
    if (!outcome || !terms || ('failure' in outcome && outcome.failure === 'unknown_showtime')) return undefined;
    return toldBy(replyView(0, outcome as Parameters<typeof replyView>[1], terms));
  }

  async #wait(ms: number): Promise<undefined> {
    await new Promise<void>((resolve) => void this.#world.time.after(ms, resolve));
    return undefined;
  }

  #id(kind: string): string {
    return `${(++this.#lastId).toString(16).padStart(8, '0')}-${kind}-4000-8000-000000000000`;
  }
}

function isCertain(told: Told & { readonly ok: false }): boolean {
  return told.outcome === 'not-applied' && !/moving|unavailable|overloaded/.test(told.code);
}

function priceIn({ seats, prices }: Hold, seat: number): number {
  return prices[seats.indexOf(seat)] ?? 0;
}

function priceOf({ prices }: Sale) {
  return { amount: prices.reduce((sum, price) => sum + price, 0), currency: 'EUR' };
}

/** Made before the first try, so that whoever books for the order books this. */
function bookingOf({ orderId }: Sale): string {
  return `${orderId.slice(0, 8)}-cccc-4000-8000-000000000000`;
}
