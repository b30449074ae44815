import type { SocketLike } from '../../../client-sdk/src/web-socket.js';
import type { ServerMessage } from '../../../src/protocol/server-messages.js';
import type { Ask, Orders } from '../oracles/orders.js';
import type { Random } from '../world/random.js';
import { BALANCER } from '../world/sim-network.js';
import { STAFF_TOKEN } from '../world/tokens.js';
import type { World } from '../world/world.js';
import type { Buyer } from './buyer.js';
import { describe, type Order, type OrderType } from './order.js';

const NAME = 'staff';
const WISHES = { block: 25, unblock: 35, allocate: 25, deallocate: 25, take_away: 12, reseat: 45, hold: 12 } as const;

/** Whom staff hold for. */
type Customer = Pick<Buyer, 'holder' | 'showtimeId'>;
const REOPENS_AFTER_MS = 200;

/**
 * Somebody at the box office, over a socket without an SDK: blocks and allocates seats and lets them go, takes holds away, moves bookings and
 * holds for customers.
 */
export class Staff {
  readonly name = NAME;
  readonly isClosed = false;
  readonly #world: World;
  readonly #orders: Orders;
  readonly #random: Random;
  readonly #showtimeId: string;
  readonly #open = new Map<number, Ask>();
  #socket: SocketLike | undefined;
  #isWelcome = false;
  #isDone = false;
  #lastId = 0;

  readonly #customers: () => readonly Customer[];

  constructor(world: World, orders: Orders, customers: () => readonly Customer[]) {
    this.#customers = customers;
    this.#world = world;
    this.#orders = orders;
    this.#random = world.random(NAME);
    this.#showtimeId = this.#random.pick(world.showtimes);
    this.#connect(`ws://${BALANCER}/v1/showtimes/${this.#showtimeId}/live`);
    this.#later();
  }

  /** Goes home; who does not retry need not be told. */
  leave(): void {
    this.#isDone = true;
    this.#socket?.close();
    this.#giveUp();
  }

  #later(): void {
    this.#world.time.after(this.#random.between(150, 1_000), () => {
      if (this.#isDone) return;
      if (this.#isWelcome) this.#act();
      this.#later();
    });
  }

  #act(): void {
    const wish = this.#random.weighted(WISHES);
    if (wish === 'reseat') this.#reseat();
    else if (wish === 'hold') this.#holdForSomebody();
    else this.#ask(wish, { seats: [this.#random.pick(this.#world.labels())] });
  }

  #reseat(): void {
    const labels = this.#world.labels();
    const { bookings } = this.#world.journal.peek(this.#showtimeId);
    const confirmed = [...bookings.values()].filter(({ booking }) => booking.status === 'confirmed');
    if (confirmed.length === 0) return;
    const { booking } = this.#random.pick(confirmed);
    const own = booking.seats.map((seat) => labels[seat] ?? '');
    const others = labels.filter((label) => !own.includes(label));
    // One seat stays now and then: it is what moving along in a row comes to.
    const kept = own.slice(0, this.#random.chance(0.3) ? own.length - 1 : 0);
    const first = this.#random.between(0, others.length - 1);
    const seats = [...kept, ...others.slice(first), ...others].slice(0, own.length);
    this.#ask('reseat', { bookingId: booking.id, seats });
  }

  #holdForSomebody(): void {
    const here = this.#customers().filter(({ showtimeId }) => showtimeId === this.#showtimeId);
    if (here.length === 0) return;
    const { holder } = this.#random.pick(here);
    const seats = [this.#random.pick(this.#world.labels())];
    this.#ask('hold', { seats }, { customer: holder, channel: 'walk_in' });
  }

  #ask(type: OrderType, fields: Pick<Order, 'bookingId' | 'seats'>, more: object = {}): void {
    const id = ++this.#lastId;
    const commandId = `${id.toString(16).padStart(8, '0')}-ffff-4000-8000-000000000000`;
    const showtimeId = this.#showtimeId;
    const order = this.#orders.make({ commandId, who: NAME, holder: STAFF_TOKEN, showtimeId, type, ...fields });
    this.#world.trace.add(NAME, `asks ${describe(order)}`);
    this.#open.set(id, this.#orders.ask(order, { name: NAME, isClosed: true }));
    const terms = type === 'allocate' ? { channel: 'partner', ...this.#until() } : {};
    this.#socket?.send(JSON.stringify({ type, id, commandId, ...fields, ...more, ...terms }));
  }

  /** Some allocations end while the world runs, some never. */
  #until(): { readonly until?: number } {
    return this.#random.chance(0.6) ? { until: this.#world.time.now() + this.#random.between(100, 5_000) } : {};
  }

  #connect(url: string): void {
    const socket = this.#world.network.socket(NAME, url, []);
    let movedTo: string | undefined;
    this.#socket = socket;
    socket.addEventListener('open', () => socket.send(JSON.stringify({ type: 'hello', token: STAFF_TOKEN })));
    socket.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as ServerMessage;
      if (message.type === 'welcome') this.#isWelcome = true;
      if (message.type === 'moved') movedTo = message.url;
      if (message.type === 'reply') this.#heard(message);
    });
    socket.addEventListener('close', () => {
      this.#isWelcome = false;
      this.#giveUp();
      const next = movedTo ?? `ws://${BALANCER}/v1/showtimes/${this.#showtimeId}/live`;
      this.#world.time.after(REOPENS_AFTER_MS, () => void (this.#isDone || this.#connect(next)));
    });
  }

  #heard(reply: ServerMessage & { readonly type: 'reply' }): void {
    const ask = this.#open.get(reply.id);
    this.#open.delete(reply.id);
    const { type: _type, id: _id, ...told } = reply;
    if (told.ok) ask?.heard(told);
    else ask?.heard({ ok: false, code: told.error.code, outcome: told.error.outcome });
  }

  #giveUp(): void {
    for (const ask of this.#open.values()) ask.heard({ ok: false, code: 'outcome_unknown', outcome: 'unknown' });
    this.#open.clear();
  }
}
