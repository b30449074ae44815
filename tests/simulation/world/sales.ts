import { type Trip, travel } from '../../../src/adapters/memory/trip.js';
import type { HouseDesk } from '../../../src/boxoffice/house-desk-port.js';
import { MemoryOrderStore } from '../../../src/boxoffice/orders/memory-order-store.js';
import type { OrderStore } from '../../../src/boxoffice/orders/order-store-port.js';
import type { SalePolicy } from '../../../src/boxoffice/orders/sale-policy.js';
import { MemoryMoneyWork } from '../../../src/boxoffice/payments/memory-money-work.js';
import type { DeskWatch } from '../oracles/desk-watch.js';
import { isLostKind, lostAnswer } from './census.js';
import type { Life } from './life.js';
import type { Random } from './random.js';
import { type ProviderCall, SimProvider } from './sim-provider.js';
import { MONEY_TIMES, ORDER_TIMES } from './times.js';
import { Webhooks } from './webhooks.js';
import type { World } from './world.js';

/** Of calls to the provider while faults last. */
const PROVIDER_SLOW_MS = 800;
const OFTEN = /^(find|due|holdsDue|expire|take|policy)/;
const SELDOM = /^(raiseAttempt|decideRefund|endRefunded|settleRefund|postponeRefund|cancel|prolong)$/;
const LONGER_MS = 2_500;
const HEARD_LATE_MS = 3_000;
/** A commit that takes its time. */
const STORE_SLOW_MS = 300;

/** What all nodes share of the box office: orders in Postgres, and the provider of payments; and who did what of it. */
export class Sales {
  readonly store = new MemoryOrderStore(ORDER_TIMES);
  readonly work: MemoryMoneyWork;
  readonly provider: SimProvider;
  readonly webhooks: Webhooks;
  readonly desk: DeskWatch;
  readonly #world: World;
  readonly #random: Random;
  readonly #isShaky: boolean;
  #troubledUntil = Number.POSITIVE_INFINITY;
  /** Payments and refunds that took effect at the provider, and of which the process that asked has not told the store. */
  readonly #unrecorded = new Map<Life, Map<string, 'start' | 'refund'>>();
  /** Who took the report that paid an order. */
  readonly #takers = new Map<string, Life>();

  constructor(world: World, desk: DeskWatch) {
    this.#world = world;
    this.desk = desk;
    this.#random = world.random('sales');
    this.#isShaky = this.#random.chance(0.6);
    const { time } = world;
    this.work = new MemoryMoneyWork(this.store, () => time.now(), MONEY_TIMES.leaseMs);
    this.webhooks = new Webhooks(time, world.random('webhooks'), () =>
      world.nodes.flatMap(({ life, boxOffice }) => (life.isRunning && boxOffice ? [{ life, ...boxOffice }] : [])),
    );
    this.provider = new SimProvider({
      time,
      random: world.random('provider'),
      webhooks: this.webhooks,
      trip: (call) => this.#providerTrip(call),
      acted: (call, id, life) => this.#acted(call, id, life),
    });
  }

  policyOf(showtimeId: string): SalePolicy {
    // One of them charges nothing besides its prices.
    return showtimeId.endsWith('1') ? {} : { feePerTicket: 50, taxRate: 700 };
  }

  /** The houses, as a process of a node asks them: now and then it hears an answer late, when others have gone on. */
  askedFrom(hosted: HouseDesk, life: Life): HouseDesk {
    const desk = this.desk.over(hosted, life);
    return {
      open: (showtimeId) => desk.open(showtimeId),
      ask: async (showtimeId, command, commandId) => {
        const outcome = await desk.ask(showtimeId, command, commandId);
        if (this.#isTroubled() && this.#random.chance(outcome.ok ? 0.04 : 0.3)) {
          const ms = this.#random.between(100, HEARD_LATE_MS);
          await new Promise<void>((resolve) => void life.timers.after(ms, resolve));
        }
        return outcome;
      },
    };
  }

  /** A port of the shared store, as a process of a node reaches it. */
  reachedFrom<Port extends object>(port: Port, name: string, life: Life): Port {
    const { time } = this.#world;
    return new Proxy(port, {
      get: (target, property) => {
        const method: unknown = Reflect.get(target, property);
        if (typeof method !== 'function' || typeof property !== 'string') return method;
        return (...given: unknown[]) => {
          const trip = this.trip(property, name);
          const act = async (): Promise<unknown> => {
            const answer: unknown = await method.apply(target, given);
            this.#noted(property, given, answer, life);
            if (trip.lost === 'answer' && isLostKind(property) && answer !== false) {
              this.#world.count(lostAnswer(property));
            }
            return answer;
          };
          return life.hears(travel(time, trip, act));
        };
      },
    });
  }

  /** What befalls a call to the store, besides what befalls all that Postgres is asked. */
  trip(kind: string, name: string): Trip {
    const trip = this.#world.weather.postgres(name, 'owners');
    if (trip.lost !== undefined || !this.#isShaky || !this.#isTroubled()) return trip;
    const random = this.#random;
    // Some calls are many, and some are few: of each some answers shall be lost.
    const chance = SELDOM.test(kind) ? 0.3 : OFTEN.test(kind) ? 0.02 : 0.1;
    if (random.chance(chance)) {
      const lost = random.chance(0.2) ? 'request' : 'answer';
      return { lost, thereMs: random.between(0, STORE_SLOW_MS), brokenAfterMs: random.between(0, STORE_SLOW_MS) };
    }
    return random.chance(0.1) ? { ...trip, backMs: random.between(0, STORE_SLOW_MS) } : trip;
  }

  #providerTrip(call: ProviderCall): Trip {
    const random = this.#random;
    if (!this.#isTroubled()) return { thereMs: random.between(1, 20), backMs: random.between(1, 20) };
    const slow = () => random.between(1, random.chance(0.3) ? PROVIDER_SLOW_MS : 60);
    if (!random.chance(0.25)) return { thereMs: slow(), backMs: slow() };
    const lost = random.chance(0.3) ? 'request' : 'answer';
    if (lost === 'answer' && call !== 'look') this.#world.count('an answer of the provider was lost');
    return { lost, thereMs: slow(), brokenAfterMs: random.between(1, PROVIDER_SLOW_MS) };
  }

  /** While faults last, and for a while longer: money that comes late meets them too. */
  #isTroubled(): boolean {
    const { endOfFaults, time } = this.#world;
    if (!endOfFaults) this.#troubledUntil = time.now() + LONGER_MS;
    return time.now() < this.#troubledUntil;
  }

  #acted(call: 'start' | 'refund', id: string, life: Life): void {
    const { trace } = this.#world;
    trace.add('provider', `${call} of ${id}`);
    if (life.isDead) {
      this.#diedBetween(call);
      return;
    }
    const open = this.#unrecorded.get(life) ?? new Map<string, 'start' | 'refund'>();
    if (!this.#unrecorded.has(life)) {
      this.#unrecorded.set(life, open);
      life.onKill(() => {
        for (const unrecorded of open.values()) this.#diedBetween(unrecorded);
      });
    }
    open.set(id, call);
  }

  #diedBetween(call: 'start' | 'refund'): void {
    const what = call === 'start' ? 'a payment' : 'a refund';
    this.#world.count(`a node died between ${what} and its record`);
  }

  /** What the store was told, by whom, and what came of it. */
  #noted(method: string, given: readonly unknown[], answer: unknown, life: Life): void {
    const [first] = given as readonly unknown[];
    const named = (typeof first === 'string' ? { refundId: first } : (first ?? {})) as Named;
    if (/^(noteStarted|settle|settleRefund|postponeRefund)$/.test(method)) {
      const open = this.#unrecorded.get(life);
      open?.delete(named.paymentId ?? '');
      open?.delete(named.refundId ?? '');
    }
    if (method === 'settle') {
      const { isPaid, orderId } = answer as Awaited<ReturnType<OrderStore['settle']>>;
      if (isPaid && orderId !== undefined) this.#takers.set(orderId, life);
    }
    if (method !== 'fulfil' && method !== 'endRefunded') return;
    const orderId = method === 'fulfil' ? (named.id ?? '') : (named.refundId ?? '');
    if (answer === true) {
      this.#world.trace.add('orders', `${method} ${orderId}`);
      if (this.#takers.get(orderId)?.isDead) this.#world.count('a monitor finished the order of a dead node');
    }
  }
}

interface Named {
  readonly id?: string;
  readonly paymentId?: string;
  readonly refundId?: string;
}
