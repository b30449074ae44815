import type { Wish } from '../../../src/core/waitlist/waiting.js';
import type { Line } from '../oracles/line.js';
import type { Orders } from '../oracles/orders.js';
import type { Random } from '../world/random.js';
import type { SimNode } from '../world/sim-node.js';
import type { World } from '../world/world.js';

const WISHES = { join: 6, take: 4, decline: 2, leave: 2 } as const;

/** Somebody who waits for seats, by whatever node answers; without a window. */
export class Waiter {
  readonly name: string;
  readonly holder: string;
  readonly #world: World;
  readonly #line: Line;
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #showtimeId: string;
  #lastId = 0;
  #isDone = false;

  constructor(index: number, world: World, line: Line, orders: Orders) {
    this.name = `waiter-${index}`;
    this.holder = `guest:${this.name}`;
    this.#world = world;
    this.#line = line;
    this.#orders = orders;
    this.#random = world.random(this.name);
    this.#showtimeId = this.#random.pick(world.showtimes);
    this.#later();
  }

  rest(): void {
    this.#isDone = true;
  }

  #later(): void {
    this.#world.time.after(this.#random.between(30, 700), () => {
      if (this.#isDone) return;
      this.#act();
      this.#later();
    });
  }

  #act(): void {
    const node = this.#random.pick(this.#world.nodes);
    const wish = this.#random.weighted(WISHES);
    const mine = this.#world.waitlist.line(this.#showtimeId).filter(({ holder }) => holder === this.holder);
    const [first] = mine;
    if (!node.life.isRunning || !node.waiting) return;
    if (wish === 'join') {
      if (mine.length < 2) this.#join(node);
    } else if (first && wish === 'leave') this.#leave(node, first.id);
    else if (first?.state === 'offered' && wish === 'decline') this.#leave(node, first.id);
    else if (first?.state === 'offered' && wish === 'take') this.#take(node, first.holdId, first.seats);
  }

  #join({ life, waiting }: SimNode): void {
    const number = (++this.#lastId).toString(16).padStart(12, '0');
    const id = `00000000-${this.name.slice(7).padStart(4, 'a')}-7000-8000-${number}`;
    const holdId = `00000000-${this.name.slice(7).padStart(4, 'b')}-7000-8000-${number}`;
    const { holder } = this;
    const wish = this.#wish();
    const entry = {
      id,
      holdId,
      showtimeId: this.#showtimeId,
      holder,
      accountId: undefined,
      email: '',
      locale: 'en',
      wish,
    };
    this.#world.trace.add(this.name, `joins ${id.slice(-4)} ${JSON.stringify(wish)}`);
    life.enter(() => {
      void waiting?.join(entry).then(
        (joined) => {
          this.#world.trace.add(this.name, `hears ${id.slice(-4)} ${joined.ok ? 'waits' : joined.why}`);
          if (joined.ok) this.#line.joined(id);
        },
        () => this.#world.trace.add(this.name, `hears ${id.slice(-4)} that it failed`),
      );
    });
  }

  #leave({ life, waiting }: SimNode, id: string): void {
    this.#line.leaves(id);
    this.#world.trace.add(this.name, `leaves ${id.slice(-4)}`);
    life.enter(() => {
      const showtimeId = this.#showtimeId;
      void waiting?.leave({ id, showtimeId }).then(
        (left) => this.#world.trace.add(this.name, `hears ${id.slice(-4)} ${left}`),
        () => this.#world.trace.add(this.name, `hears ${id.slice(-4)} that it failed`),
      );
    });
  }

  /** Books what it is offered, and asks once: what becomes of it the journal knows. */
  #take({ life, gateway }: SimNode, holdId: string, seats: readonly string[]): void {
    const price = { amount: seats.length * 1_000, currency: 'EUR' };
    const commandId = `${(++this.#lastId).toString(16).padStart(8, '0')}-${this.name.slice(7).padStart(4, 'c')}-4000-8000-000000000000`;
    const made = {
      commandId,
      who: this.name,
      holder: this.holder,
      showtimeId: this.#showtimeId,
      holdId,
      price,
    } as const;
    const order = this.#orders.make({ ...made, type: 'book' });
    const { heard } = this.#orders.ask(order, { name: this.name, isClosed: true });
    this.#line.takes(holdId);
    let isHeard = false;
    const hear: typeof heard = (told) => {
      if (!isHeard) heard(told);
      isHeard = true;
    };
    this.#world.time.after(5_000, () => hear({ ok: false, code: 'outcome_unknown', outcome: 'unknown' }));
    life.enter(() => {
      const who = { holder: this.holder, role: 'guest' } as const;
      const message = { type: 'book', id: 0, commandId, holdId, payment: { method: 'test' }, price } as const;
      void life.hears(gateway.ask(this.#showtimeId, message, who)).then((reply) => {
        if (!reply) return;
        if (reply.ok) hear({ ok: true, ...(reply.booking ? { booking: reply.booking } : {}) });
        else hear({ ok: false, code: reply.error.code, outcome: reply.error.outcome });
      });
    });
  }

  #wish(): Wish {
    if (this.#random.chance(0.5)) return { count: this.#random.between(1, 2), together: this.#random.chance(0.5) };
    return { seats: [this.#random.pick(this.#world.labels())] };
  }
}
