import type { SocketLike } from '../../../client-sdk/src/web-socket.js';
import type { ServerMessage } from '../../../src/protocol/server-messages.js';
import type { Ask, Orders } from '../oracles/orders.js';
import type { Random } from '../world/random.js';
import { BALANCER } from '../world/sim-network.js';
import { STAFF_TOKEN } from '../world/tokens.js';
import type { World } from '../world/world.js';
import { describe } from './order.js';

const NAME = 'staff';
const REOPENS_AFTER_MS = 200;

/** Somebody at the box office, who blocks and allocates seats and lets them go, over a socket without an SDK. */
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

  constructor(world: World, orders: Orders) {
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
    this.#world.time.after(this.#random.between(200, 1_500), () => {
      if (this.#isDone) return;
      if (this.#isWelcome) this.#act();
      this.#later();
    });
  }

  #act(): void {
    const type = this.#random.pick(['block', 'unblock', 'allocate', 'deallocate'] as const);
    const seats = [this.#random.pick(this.#world.labels())];
    const id = ++this.#lastId;
    const commandId = `${id.toString(16).padStart(8, '0')}-ffff-4000-8000-000000000000`;
    const showtimeId = this.#showtimeId;
    const order = this.#orders.make({ commandId, who: NAME, holder: STAFF_TOKEN, showtimeId, type, seats });
    this.#world.trace.add(NAME, `asks ${describe(order)}`);
    this.#open.set(id, this.#orders.ask(order, { name: NAME, isClosed: true }));
    const terms = type === 'allocate' ? { channel: 'partner', ...this.#until() } : {};
    this.#socket?.send(JSON.stringify({ type, id, commandId, seats, ...terms }));
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
    if (reply.ok) ask?.heard({ ok: true, seats: reply.seats ?? [] });
    else ask?.heard({ ok: false, code: reply.error.code, outcome: reply.error.outcome });
  }

  #giveUp(): void {
    for (const ask of this.#open.values()) ask.heard({ ok: false, code: 'outcome_unknown', outcome: 'unknown' });
    this.#open.clear();
  }
}
