import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sign } from '../../../integration/gateway/sign.js';
import { pick } from '../../nemesis/fault.js';
import { TOKEN_SECRET } from '../../stage/staged-node.js';
import { type MoneyHouse, STRIPE_KEY } from '../stage/money-stage.js';
import { count, type MoneyTally } from './money-tally.js';
import type { DoorAnswer, ShopDoor } from './shop-door.js';

const THINK_MS_MAX = 600;
const SEATS_MAX = 3;
const SEVERAL_SHARE = 0.15;
/** Buyers who confirm a further step take their time: many of them too long. */
const CONFIRM_MS_MAX = 8_000;
const RETURNS_SHARE = 0.2;
const HOT_RETURNS_SHARE = 0.8;

export interface ShopperParts {
  readonly door: ShopDoor;
  readonly houses: readonly MoneyHouse[];
  readonly providerUrl: string;
  readonly random: () => number;
  readonly tally: MoneyTally;
  /** To be called with each order that was fulfilled: staff may give something of it back. */
  readonly onFulfilled: (orderId: string) => void;
}

interface Order {
  readonly id: string;
  readonly isHot: boolean;
}

/** Somebody who buys again and again, in every way in which people do, and gives some of it back. */
export class Shopper {
  readonly #parts: ShopperParts;
  #buying: Promise<void> = Promise.resolve();
  #isStopped = true;

  constructor(parts: ShopperParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#isStopped = false;
    this.#buying = this.#buy();
  }

  /** Resolves when what was begun has come to something. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#buying;
  }

  async #buy(): Promise<void> {
    const { random, tally } = this.#parts;
    const session = await sign(`guest:${randomUUID()}`, {
      secret: TOKEN_SECRET,
      expiresAt: Date.now() / 1_000 + 86_400,
    });
    while (!this.#isStopped) {
      const way = this.#draw();
      const order = await this.#order(session, way);
      if (order) {
        count(tally.ways, way);
        await this.#pay(session, order, way);
        await this.#bring(session, order);
      }
      await sleep(random() * THINK_MS_MAX);
    }
  }

  #draw(): Way {
    const dice = this.#parts.random() * sumOfWeights;
    let sum = 0;
    for (const [way, weight] of WEIGHTS) {
      sum += weight;
      if (dice < sum) return way;
    }
    return 'pays';
  }

  async #order(session: string, way: Way): Promise<Order | undefined> {
    const { door, random } = this.#parts;
    const holds: object[] = [];
    const wanted = random() < SEVERAL_SHARE ? 2 : 1;
    let isHot = false;
    for (let at = 0; at < wanted; at++) {
      const house = pick(
        this.#parts.houses.filter(({ isDoomed }) => !isDoomed || random() < 0.7),
        random,
      );
      const seats = this.#seatsOf(house);
      const held = await door.ask(session, 'POST', `/v1/showtimes/${house.id}/holds`, { seats });
      if (held?.json.hold) {
        holds.push({ showtimeId: house.id, holdId: held.json.hold.id });
        isHot ||= house.isHot;
      }
    }
    if (holds.length === 0) return undefined;
    const quote = await door.ask(session, 'POST', '/v1/orders/quote', { holds });
    if (!quote?.json.total) return this.#refused(quote);
    const pay = way === 'pays at once' ? { pay: this.#payment('pm_card_visa') } : {};
    const body = { holds, total: quote.json.total, email: `${randomUUID()}@buyers.example`, ...pay };
    const made = await door.ask(session, 'POST', '/v1/orders', body);
    return made?.json.order ? { id: made.json.order.id, isHot } : this.#refused(made);
  }

  #refused(answer: DoorAnswer | undefined): undefined {
    count(this.#parts.tally.refusals, String(answer?.json.code ?? 'no answer'));
    return undefined;
  }

  /** In a hot house they are all near the front. */
  #seatsOf({ labels }: MoneyHouse): readonly string[] {
    const seats = 1 + Math.floor(this.#parts.random() * SEATS_MAX);
    const first = Math.floor(this.#parts.random() * (labels.length - seats + 1));
    return labels.slice(first, first + seats);
  }

  #payment(paymentMethod: string) {
    return { provider: 'stripe', details: { paymentMethod } };
  }

  async #pay(session: string, { id }: Order, way: Way): Promise<void> {
    const { door } = this.#parts;
    const pay = (method: string) => door.ask(session, 'POST', `/v1/orders/${id}/payments`, this.#payment(method));
    const cancel = () => door.ask(session, 'POST', `/v1/orders/${id}/cancel`);
    switch (way) {
      case 'pays at once':
      case 'walks away':
        return;
      case 'pays':
        await pay('pm_card_visa');
        return;
      case 'pays, with refunds that take a while':
        await pay('pm_card_pendingRefund');
        return;
      case 'is declined':
        await pay('pm_card_chargeDeclined');
        await pay('pm_card_visa');
        return;
      case 'pays twice':
        await Promise.all([pay('pm_card_visa'), pay('pm_card_visa')]);
        return;
      case 'confirms a further step':
        await this.#confirm(await pay('pm_card_authenticationRequired'));
        return;
      case 'cancels':
        await cancel();
        return;
      case 'cancels while paying':
        await Promise.all([pay('pm_card_visa'), cancel()]);
        return;
      case 'cancels, and confirms all the same': {
        const step = await pay('pm_card_authenticationRequired');
        await Promise.all([this.#confirm(step), cancel()]);
      }
    }
  }

  /** The page of the provider, which the house has no part in. */
  async #confirm(step: DoorAnswer | undefined): Promise<void> {
    const { random, providerUrl } = this.#parts;
    const [intent] = String(step?.json.payment?.clientSecret ?? '').split('_secret_');
    if (!intent) return;
    await sleep(random() * CONFIRM_MS_MAX);
    await fetch(`${providerUrl}/v1/payment_intents/${intent}/buyer`, {
      method: 'POST',
      headers: { authorization: `Bearer ${STRIPE_KEY}` },
      body: new URLSearchParams({ confirmed: String(random() < 0.85) }),
      signal: AbortSignal.timeout(3_000),
    }).catch(() => {});
  }

  /** Looks at what it has bought, and perhaps gives it back. */
  async #bring(session: string, { id, isHot }: Order): Promise<void> {
    const { door, random, onFulfilled } = this.#parts;
    const seen = await door.ask(session, 'GET', `/v1/orders/${id}`);
    if (seen?.json.state !== 'fulfilled') return;
    onFulfilled(id);
    if (random() > (isHot ? HOT_RETURNS_SHARE : RETURNS_SHARE)) return;
    await sleep(random() * THINK_MS_MAX);
    const all = (seen.json.lines as { line: number }[]).map(({ line }) => line);
    const lines = all.slice(random() < 0.5 ? 0 : -1);
    const quote = await door.ask(session, 'POST', `/v1/orders/${id}/return/quote`, { lines });
    if (!quote?.json.refund) return this.#refused(quote);
    const back = () => door.ask(session, 'POST', `/v1/orders/${id}/return`, { lines, price: quote.json.refund });
    // Two at once: one of them comes too late.
    await Promise.all(random() < 0.2 ? [back(), back()] : [back()]);
  }
}

const WEIGHTS = [
  ['pays at once', 18],
  ['pays', 18],
  ['pays, with refunds that take a while', 8],
  ['is declined', 8],
  ['pays twice', 10],
  ['confirms a further step', 18],
  ['cancels', 5],
  ['cancels while paying', 5],
  ['cancels, and confirms all the same', 5],
  ['walks away', 5],
] as const;
type Way = (typeof WEIGHTS)[number][0];
const sumOfWeights = WEIGHTS.reduce((sum, [, weight]) => sum + weight, 0);
