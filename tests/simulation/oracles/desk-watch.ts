import type { HouseDesk, Outcome } from '../../../src/boxoffice/house-desk-port.js';
import type { Command } from '../../../src/core/command.js';
import { replyView } from '../../../src/gateway/views.js';
import { describe, type Order, type OrderType, type Told, toldBy } from '../people/order.js';
import type { Life } from '../world/life.js';
import type { World } from '../world/world.js';
import type { Orders } from './orders.js';

const NAME = 'orders';
/** Who asks, to the houses. */
const HOLDER = 'usher:box-office';

type Asked = Command & { readonly type: OrderType; readonly orderId: string; readonly holder: string };

/** Reads along what the orders of nodes ask houses, so that all that is promised of any command is looked up for theirs too. */
export class DeskWatch {
  readonly #world: World;
  readonly #orders: Orders;
  readonly #known = new Map<string, Order>();
  /** Who books for an order right now. */
  readonly #booking = new Map<string, Set<Life>>();

  constructor(world: World, orders: Orders) {
    this.#world = world;
    this.#orders = orders;
  }

  over(desk: HouseDesk, life: Life): HouseDesk {
    return {
      open: (showtimeId) => desk.open(showtimeId),
      ask: async (showtimeId, command, commandId) => {
        const heard = this.#asks(showtimeId, command as Asked, commandId, life);
        const outcome = await desk.ask(showtimeId, command, commandId);
        heard(await this.#told(outcome, showtimeId));
        return outcome;
      },
    };
  }

  #asks(showtimeId: string, command: Asked, commandId: string, life: Life): (told: Told) => void {
    const order = this.#known.get(commandId) ?? this.#make(showtimeId, command, commandId);
    this.#world.trace.add(NAME, `asks ${describe(order)}`);
    const ask = this.#orders.ask(order, { name: NAME, isClosed: true });
    const done = command.type === 'book' ? this.#books(command.orderId, life) : () => {};
    let isOpen = true;
    const heard = (told: Told) => {
      if (isOpen) ask.heard(told);
      isOpen = false;
      done();
    };
    // Nobody hears any more what it came to.
    life.onKill(() => heard({ ok: false, code: 'outcome_unknown', outcome: 'unknown' }));
    return heard;
  }

  #make(showtimeId: string, command: Asked, commandId: string): Order {
    const { type, orderId, holder: customer } = command;
    const { holdId, bookingId, seats } = command as {
      readonly holdId?: string;
      readonly bookingId?: string;
      readonly seats?: readonly string[];
    };
    const named = type === 'retake' ? { seats } : { holdId, bookingId };
    const made = { commandId, who: NAME, holder: HOLDER, customer, orderId, showtimeId, type, ...named };
    const order = this.#orders.make(made);
    this.#known.set(commandId, order);
    return order;
  }

  #books(orderId: string, life: Life): () => void {
    const lives = this.#booking.get(orderId) ?? new Set<Life>();
    this.#booking.set(orderId, lives);
    if ([...lives].some((other) => other !== life)) this.#world.count('two nodes brought on one order at once');
    lives.add(life);
    return () => void lives.delete(life);
  }

  async #told(outcome: Outcome, showtimeId: string): Promise<Told> {
    const terms = await this.#world.playbill.terms(showtimeId);
    if (!terms || ('failure' in outcome && outcome.failure === 'unknown_showtime')) {
      return { ok: false, code: 'unavailable', outcome: 'not-applied' };
    }
    return toldBy(replyView(0, outcome as Parameters<typeof replyView>[1], terms));
  }
}
