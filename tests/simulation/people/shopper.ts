import type { AskedOrder } from '../../../src/boxoffice/orders/create-order.js';
import type { Order as SoldOrder } from '../../../src/boxoffice/orders/order-port.js';
import { closedError, type Orders as NodeOrders, type Paid } from '../../../src/boxoffice/orders/orders.js';
import type { AskedHold, AskedQuote, Quote } from '../../../src/boxoffice/orders/quote-order.js';
import type { WireError } from '../../../src/protocol/errors.js';
import type { Orders } from '../oracles/orders.js';
import type { Purchases } from '../oracles/purchases.js';
import type { Random } from '../world/random.js';
import { CARDS, type Card } from '../world/sim-provider.js';
import { ORDER_LIMITS } from '../world/times.js';
import type { World } from '../world/world.js';
import { NodeDoor } from './node-door.js';
import { describe, toldBy } from './order.js';

/** What one request is answered. */
type Answer<Value> = Value | { readonly ok: false; readonly error: WireError };
type Bought = { readonly ok: true; readonly order: SoldOrder; readonly paid: Paid | undefined };

const ASKS_AGAIN_MS = 120;
/** Longer than all faults last. */
const GIVES_UP_MS = 60_000;
const HOLDS_AT_ONCE = 2;

/** Somebody who makes orders of holds over HTTP and pays them: at once, later, twice, too late, by cards of all kinds. */
export class Shopper {
  readonly #world: World;
  readonly #orders: Orders;
  readonly #purchases: Purchases;
  readonly #random: Random;
  readonly #door: NodeDoor;
  readonly #holder: string;
  readonly #number: number;
  #lastId = 0;
  #isDone = false;

  constructor(number: number, world: World, orders: Orders, purchases: Purchases) {
    this.#world = world;
    this.#orders = orders;
    this.#purchases = purchases;
    this.#number = number;
    this.#holder = `guest:shopper-${number}`;
    this.#random = world.random(`shopper ${number}`);
    this.#door = new NodeDoor(world, this.#random);
    this.#later();
  }

  /** Begins nothing more. */
  rest(): void {
    this.#isDone = true;
  }

  #later(): void {
    this.#world.time.after(this.#random.between(100, 1_500), () => {
      if (this.#isDone) return;
      void this.#purchases.during(() => this.#shop());
      this.#later();
    });
  }

  async #shop(): Promise<void> {
    const found = this.#random.chance(0.4) ? this.#holdsOfSomebody() : await this.#ownHolds();
    if (!found || found.holds.length === 0) return;
    const asked: AskedQuote = {
      ...{ accountId: undefined, address: undefined, channel: 'web', vouchers: [], points: undefined },
      ...found,
    };
    const quote = await this.#request((orders): Promise<Answer<Quote>> => orders.quote(asked));
    if (!quote?.ok) return;
    await this.#order(asked, quote);
  }

  /** A buyer goes on to pay what they hold, in their windows or here. */
  #holdsOfSomebody(): { readonly holder: string; readonly holds: readonly AskedHold[] } | undefined {
    const held = this.#world.showtimes.flatMap((showtimeId) =>
      [...this.#world.journal.peek(showtimeId).holds.values()].map((hold) => ({ showtimeId, hold })),
    );
    if (held.length === 0) return undefined;
    const { holder } = this.#random.pick(held).hold;
    const theirs = new Map(
      held
        .filter(({ hold }) => hold.holder === holder && hold.orderId === undefined)
        .map(({ showtimeId, hold }) => [hold.id, { showtimeId, holdId: hold.id }]),
    );
    return { holder, holds: [...theirs.values()].slice(0, HOLDS_AT_ONCE) };
  }

  async #ownHolds(): Promise<{ readonly holder: string; readonly holds: readonly AskedHold[] }> {
    const { showtimes } = this.#world;
    const first = this.#random.between(0, showtimes.length - 1);
    const wished = Array.from({ length: this.#random.between(1, HOLDS_AT_ONCE) }, (_, at) => {
      return showtimes[(first + at) % showtimes.length] ?? '';
    });
    const holds: AskedHold[] = [];
    for (const showtimeId of new Set(wished)) {
      const holdId = await this.#hold(showtimeId);
      if (holdId !== undefined) holds.push({ showtimeId, holdId });
    }
    return { holder: this.#holder, holds };
  }

  async #hold(showtimeId: string): Promise<string | undefined> {
    const commandId = this.#id('9999');
    const holder = this.#holder;
    const of = { commandId, who: holder, holder, showtimeId, type: 'best_available' } as const;
    const order = this.#orders.make(of);
    this.#world.trace.add(holder, `asks ${describe(order)}`);
    const { heard } = this.#orders.ask(order, { name: holder, isClosed: true });
    const message = { type: 'best_available', id: 0, commandId, again: true, count: 1 } as const;
    const reply = await this.#door.ask((node) => node.gateway.ask(showtimeId, message, { holder, role: 'guest' }));
    const told = reply ? toldBy(reply) : ({ ok: false, code: 'outcome_unknown', outcome: 'unknown' } as const);
    heard(told);
    return told.ok ? told.hold?.id : undefined;
  }

  async #order(asked: AskedQuote, { sums, currency }: Quote): Promise<void> {
    const key = this.#id('8888');
    const card = this.#random.chance(0.6) ? this.#random.weighted(CARDS) : undefined;
    const isWrong = this.#random.chance(0.03);
    const request: AskedOrder = {
      ...asked,
      total: { amount: sums.total + (isWrong ? 1 : 0), currency },
      ...{ email: undefined, name: '', locale: 'en', orderedBy: undefined, staff: undefined, from: undefined, key },
      sender: asked.holder,
      asked: `${key} ${asked.holds.length}`,
      provider: card && 'test',
    };
    const bought = await this.#send(request, card);
    if (!bought?.ok) return;
    const { order, paid } = bought;
    if (this.#random.chance(0.12)) this.#afterwards(0, 1_500, () => this.#cancel(order));
    // In another tab, since nothing seems to happen there.
    if (card && this.#random.chance(0.25)) this.#afterwards(0, 800, () => this.#pay(order));
    const isDeclined = paid?.ok && paid.payment.state === 'failed';
    // A part of them pays late, or never.
    const latest = this.#random.chance(0.4) ? ORDER_LIMITS.paymentTtlMs + 600 : 500;
    if ((!card && this.#random.chance(0.9)) || isDeclined) this.#afterwards(0, latest, () => this.#pay(order));
  }

  /** As `POST /v1/orders` has it, to one node or, by somebody who clicks twice, to two. */
  async #send(request: AskedOrder, card: Card | undefined): Promise<Answer<Bought> | undefined> {
    const send = () => this.#request((orders): Promise<Answer<Bought>> => buy(orders, request, card));
    const isTwice = this.#random.chance(0.2);
    if (isTwice) this.#world.count('a request for an order was sent twice');
    const answers = await Promise.all(isTwice ? [send(), send()] : [send()]);
    for (const answer of answers) {
      if (!answer?.ok) continue;
      this.#purchases.told(answer.order);
      if (answer.paid?.ok) this.#purchases.toldOfPayment(answer.paid.order, answer.paid.payment);
    }
    return answers.find((answer) => answer?.ok) ?? answers[0];
  }

  async #pay(order: SoldOrder): Promise<void> {
    const asked = {
      provider: 'test',
      details: { card: this.#random.weighted(CARDS) },
      returnUrl: '',
      isStaff: false,
      staff: undefined,
    };
    const key = this.#id('7777');
    const paid = await this.#request(async (orders): Promise<Answer<Paid & { readonly ok: true }> | undefined> => {
      const found = await orders.find(order.id);
      return found && (await orders.pay(found, { ...asked, key }));
    });
    if (paid?.ok) this.#purchases.toldOfPayment(paid.order, paid.payment);
  }

  async #cancel({ id }: SoldOrder): Promise<void> {
    const ended = await this.#request(
      async (orders): Promise<Answer<{ readonly ok: true; readonly order: SoldOrder }>> => {
        const found = await orders.find(id);
        const order = found && ((await orders.cancel(found, 'cancelled')) ?? (await orders.find(id)));
        return order?.state === 'cancelled'
          ? { ok: true, order }
          : { ok: false, error: closedError(order ?? { state: 'draft' }) };
      },
    );
    if (ended?.ok) this.#purchases.told(ended.order);
  }

  #afterwards(minMs: number, maxMs: number, act: () => Promise<void>): void {
    void this.#purchases.during(async () => {
      await new Promise<void>((resolve) => void this.#world.time.after(this.#random.between(minMs, maxMs), resolve));
      await act();
    });
  }

  /** Asks one node after the other until one says something that another try would not change; a part gives up before. */
  async #request<Value extends { readonly ok: boolean }>(
    send: (orders: NodeOrders) => Promise<Value | undefined>,
  ): Promise<Value | undefined> {
    const until = this.#world.time.now() + (this.#random.chance(0.15) ? 0 : GIVES_UP_MS);
    return await this.#door.until(until, ASKS_AGAIN_MS, async () => {
      const answer = await this.#door.ask(async ({ boxOffice }) => boxOffice && (await send(boxOffice.orders)));
      if (answer && !answer.ok) {
        const { error } = answer as unknown as { readonly error: WireError };
        if (error.retryable || error.outcome === 'unknown') return undefined;
      }
      return answer;
    });
  }

  /** Unique among all shoppers; of the form of a UUID, as keys of requests are. */
  #id(kind: string): string {
    const maker = this.#number.toString(16).padStart(4, '0');
    return `${(++this.#lastId).toString(16).padStart(8, '0')}-${kind}-4000-8000-${maker.padStart(12, '0')}`;
  }
}

async function buy(orders: NodeOrders, request: AskedOrder, card: Card | undefined): Promise<Answer<Bought>> {
  const created = await orders.create(request);
  if (!created.ok) return created;
  const { order } = created;
  if (!card) return { ok: true, order, paid: undefined };
  const pay = {
    provider: 'test',
    details: { card },
    returnUrl: '',
    key: request.key,
    isStaff: false,
    staff: undefined,
  };
  const paid = await orders.pay(order, pay);
  return { ok: true, order: paid.ok ? paid.order : order, paid };
}
