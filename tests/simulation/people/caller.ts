import type { CommandMessage } from '../../../src/protocol/client-messages.js';
import type { ReplyMessage } from '../../../src/protocol/server-messages.js';
import type { Orders } from '../oracles/orders.js';
import type { Random } from '../world/random.js';
import type { SimNode } from '../world/sim-node.js';
import { TIMES } from '../world/times.js';
import type { World } from '../world/world.js';
import { describe, type Order, type OrderType, type Told, toldBy } from './order.js';

const NAME = 'caller';
const HOLDER = 'guest:caller';
const LOOKS_EVERY_MS = 40;
const ASKS_AGAIN_MS = 20;

/**
 * Somebody without an SDK who asks nodes by their names, one after the other: an application with its own connections to
 * each of them. Drives the owner of a showtime and its successor into believing both that they have it.
 */
export class Caller {
  readonly #world: World;
  readonly #orders: Orders;
  readonly #random: Random;
  #lastId = 0;

  constructor(world: World, orders: Orders) {
    this.#world = world;
    this.#orders = orders;
    this.#random = world.random(NAME);
  }

  /**
   * `first` owns the showtime and is cut off from the others, but not from its commits. Has another node take over, then `first` claim it back, which it does
   * as it knows no better, and asks the other for what `first` acknowledged: its lease runs on.
   */
  async claimBack(showtimeId: string, first: SimNode, withinMs: number): Promise<void> {
    const until = this.#world.time.now() + withinMs;
    const second = await this.#takenOver(showtimeId, first, until);
    if (!second) return;
    const held = await this.#ask(first, this.#order(showtimeId, 'best_available'), true, until);
    const { id: holdId, price } = (held?.ok ? held.hold : undefined) ?? {};
    if (holdId === undefined || !this.#isOvertaken(second, showtimeId)) return;
    this.#world.count('an overtaken owner was asked for what the next one acknowledged');
    const type = this.#random.pick(['release', 'extend', 'book', 'cancel'] as const);
    const answeredBy = this.#world.time.now() + TIMES.replyTimeout;
    if (type !== 'cancel') {
      await this.#ask(second, this.#order(showtimeId, type, { holdId, price }), false, answeredBy);
      return;
    }
    const booked = await this.#ask(first, this.#order(showtimeId, 'book', { holdId, price }), true, answeredBy);
    const bookingId = booked?.ok ? booked.booking?.id : undefined;
    if (bookingId) await this.#ask(second, this.#order(showtimeId, 'cancel', { bookingId }), false, answeredBy);
  }

  /** The node that took over from `first`, once one did and `first` has found out. */
  async #takenOver(showtimeId: string, first: SimNode, until: number): Promise<SimNode | undefined> {
    const { nodes, journal } = this.#world;
    return await this.#until(until, async () => {
      for (const node of nodes) if (node !== first && node.life.isRunning) void node.gateway.look(showtimeId);
      const owner = journal.owners([showtimeId]).get(showtimeId)?.node;
      const isEnded = first.houses?.directory.running(showtimeId) === undefined;
      return isEnded ? nodes.find(({ name }) => name === owner && name !== first.name) : undefined;
    });
  }

  #isOvertaken({ houses }: SimNode, showtimeId: string): boolean {
    const epoch = houses?.directory.running(showtimeId)?.epoch;
    return epoch !== undefined && epoch < this.#world.journal.peek(showtimeId).epoch;
  }

  async #until<Found>(until: number, look: () => Promise<Found | undefined>): Promise<Found | undefined> {
    const { time } = this.#world;
    while (time.now() < until) {
      const found = await look();
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => void time.after(LOOKS_EVERY_MS, resolve));
    }
    return undefined;
  }

  #order(
    showtimeId: string,
    type: OrderType,
    names: Partial<Pick<Order, 'holdId' | 'bookingId' | 'price'>> = {},
  ): Order {
    const commandId = `${(++this.#lastId).toString(16).padStart(8, '0')}-eeee-4000-8000-000000000000`;
    return this.#orders.make({ commandId, who: NAME, holder: HOLDER, showtimeId, type, ...names });
  }

  /** Asks until it hears something certain; undefined where nobody answers. */
  async #ask(node: SimNode, order: Order, overHttp: boolean, until: number): Promise<Told | undefined> {
    this.#world.trace.add(NAME, `asks ${node.name} ${describe(order)}`);
    const { heard } = this.#orders.ask(order, { name: NAME, isClosed: true });
    let told: Told | undefined;
    let isUnresolved = false;
    for (let isFirst = true; ; isFirst = false) {
      const reply = await this.#send(node, order, overHttp || !isFirst, until);
      if (reply) told = toldBy(reply);
      const isCertain =
        told?.ok || (told?.outcome === 'not-applied' && !/moving|unavailable|overloaded/.test(told.code));
      if (isCertain) isUnresolved = false;
      else if (!reply || (told && !told.ok && told.outcome === 'unknown')) isUnresolved = true;
      if (isCertain || this.#world.time.now() >= until) break;
      await new Promise<void>((resolve) => void this.#world.time.after(ASKS_AGAIN_MS, resolve));
    }
    // A later try that was turned away settles nothing: the first is as unresolved as before.
    heard(told && !isUnresolved ? told : { ok: false, code: 'outcome_unknown', outcome: 'unknown' });
    return told;
  }

  async #send(
    { life, gateway }: SimNode,
    order: Order,
    again: boolean,
    until: number,
  ): Promise<ReplyMessage | undefined> {
    const { time } = this.#world;
    const gaveUp = new Promise<undefined>((resolve) => void time.after(until - time.now(), () => resolve(undefined)));
    const answer = new Promise<ReplyMessage | undefined>((resolve) => {
      life.enter(() => {
        const who = { holder: HOLDER, role: 'guest' } as const;
        void life.hears(gateway.ask(order.showtimeId, messageOf(order, again), who)).then(resolve);
      });
    });
    return await Promise.race([answer, gaveUp]);
  }
}

/** Of an order that is no booking. */
const NOTHING = { amount: 0, currency: 'EUR' };

function messageOf(
  { type, commandId, holdId = '', bookingId = '', price = NOTHING }: Order,
  again: boolean,
): CommandMessage {
  const envelope = { id: 0, commandId, ...(again ? { again } : {}) } as const;
  switch (type) {
    case 'best_available':
      return { type, ...envelope, count: 1 };
    case 'release':
    case 'extend':
      return { type, ...envelope, holdId };
    case 'book':
      return { type, ...envelope, holdId, payment: { method: 'test' }, price };
    case 'cancel':
      return { type, ...envelope, bookingId };
    default:
      throw new Error(`No caller asks for ${type}.`);
  }
}
