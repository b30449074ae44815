/**
 * Orders over houses of the real core and a store in memory, where everything waits for its turn: before each call to the store,
 * a house or the provider, and again before its answer. Whoever runs the world says whose turn it is, and who dies.
 */

import type { HouseDesk } from '../../../../src/boxoffice/house-desk-port.js';
import { MemoryOrderStore } from '../../../../src/boxoffice/orders/memory-order-store.js';
import { OrderMonitor } from '../../../../src/boxoffice/orders/order-monitor.js';
import type { OrderParts } from '../../../../src/boxoffice/orders/order-parts.js';
import type { Order } from '../../../../src/boxoffice/orders/order-port.js';
import { Orders } from '../../../../src/boxoffice/orders/orders.js';
import { leftOf } from '../../../../src/boxoffice/orders/pricing.js';
import type { PaymentReport } from '../../../../src/boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../../../../src/boxoffice/payments/payment-provider-port.js';
import { apply } from '../../../../src/core/apply.js';
import type { Command } from '../../../../src/core/command.js';
import { compileSeatMap } from '../../../../src/core/compile-seat-map.js';
import type { House } from '../../../../src/core/house.js';
import type { Reply } from '../../../../src/core/reply.js';
import type { WireError } from '../../../../src/protocol/errors.js';
import { wireError } from '../../../../src/protocol/errors.js';
import { hall } from '../../../integration/gateway/hall.js';
import { silentLog } from '../../../silent-log.js';
import { houseOf } from '../../core/halls.js';

export const SHOWTIMES = ['00000000-0000-4000-8000-00000000000a', '00000000-0000-4000-8000-00000000000b'] as const;
export const PAYMENT_TTL_MS = 600_000;
export const HOLD_TTL_MS = 60_000;

/** Whatever is sold can be exchanged, for what it is worth. */
const TERMS: NonNullable<OrderParts['exchanges']> = {
  judge: async ({ of, lines }) => {
    const chosen = of.lines.filter(({ line, state }) => state === 'sold' && (lines?.includes(line) ?? true));
    return { ok: true, lines: chosen.map((line) => ({ line: line.line, paid: leftOf(line), kept: 0 })) };
  },
  whyGone: async () => undefined,
};

interface Turn {
  readonly worker: number;
  readonly go: () => void;
}

export class OrderWorld {
  now = 1_000_000;
  /** What the provider answers to the start of a payment. */
  answers: 'succeeded' | 'processing' = 'succeeded';
  /** Houses that do not answer. */
  readonly away = new Set<string>();
  readonly store = new MemoryOrderStore();
  readonly houses: ReadonlyMap<string, House>;
  readonly #map = compileSeatMap(hall(1, 4));
  readonly #answered = new Map<string, Reply>();
  readonly #charged = new Map<string, number>();
  #ids = 0;
  #turns: Turn[] = [];
  readonly #dead = new Set<number>();

  constructor() {
    const rules = { holdTtlMs: HOLD_TTL_MS, singleGap: 'off', prices: [1_000, 1_000] } as const;
    this.houses = new Map(SHOWTIMES.map((id) => [id, houseOf(this.#map, rules)]));
  }

  /** A node: its calls wait for their turns under this number. */
  worker(number: number) {
    const parts = this.#parts(number);
    const orders = new Orders(parts);
    return { orders, monitor: new OrderMonitor(orders, parts) };
  }

  /** What nobody else can come in between of. */
  alone() {
    const parts = this.#parts(undefined);
    const orders = new Orders(parts);
    return { orders, monitor: new OrderMonitor(orders, parts) };
  }

  /** Whose turn it could be, the first that waits first. */
  get waiting(): readonly number[] {
    return this.#turns.map(({ worker }) => worker);
  }

  /** Lets the one at this place go on, and waits until everybody waits again. */
  async step(at: number): Promise<void> {
    const [turn] = this.#turns.splice(at, 1);
    turn?.go();
    await this.settle();
  }

  async settle(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** The node ends: what it asked for may have happened, and it does nothing more. */
  kill(worker: number): void {
    this.#dead.add(worker);
    this.#turns = this.#turns.filter((turn) => turn.worker !== worker);
  }

  /** By a client, and at once. */
  ask(showtimeId: string, command: Command): Reply {
    return this.#apply(showtimeId, command);
  }

  holdSeats(showtimeId: string, holder: string, seats: readonly string[]): string {
    const newHoldId = this.#uuid();
    const reply = this.ask(showtimeId, { type: 'hold', holder, seats, newHoldId });
    if (!reply.ok) throw new Error(JSON.stringify(reply));
    return newHoldId;
  }

  get charged(): number {
    return this.#charged.size;
  }

  report(order: Order, eventId = 'e1', state: 'succeeded' | 'processing' = 'succeeded'): PaymentReport {
    const [payment] = order.payments;
    const received = { amount: order.total, currency: order.currency };
    const paymentId = payment?.id ?? '';
    return {
      provider: 'test',
      eventId,
      kind: 'paid',
      providerRef: `ref ${paymentId}`,
      paymentId,
      state,
      ...(state === 'succeeded' ? { received } : {}),
    };
  }

  #parts(worker: number | undefined): OrderParts {
    const desk: HouseDesk = {
      ask: async (showtimeId, command, commandId) =>
        this.away.has(showtimeId) ? { ok: false, failure: 'unavailable' } : this.#once(showtimeId, command, commandId),
      open: async (showtimeId) => {
        const house = this.houses.get(showtimeId) as House;
        return {
          ok: true,
          terms: { map: this.#map, mapHash: '', rules: house.rules, version: 1 },
          own: (holder) => ({
            holds: [...house.holds.values()].filter((hold) => hold.holder === holder),
            bookings: [],
          }),
          current: async () => true,
        };
      },
    };
    const gated = <Port extends object>(port: Port): Port => (worker === undefined ? port : this.#gated(worker, port));
    return {
      store: gated<OrderParts['store']>(this.store),
      desk: gated(desk),
      policyOf: async () => ({}),
      exchanges: TERMS,
      providers: new Map([['test', gated(this.#provider())]]),
      explain: (outcome): WireError =>
        'refusal' in outcome ? wireError(outcome.refusal.code, outcome.refusal.code) : wireError('unavailable', 'away'),
      clock: { now: () => this.now },
      timers: { after: () => () => {}, soon: (call) => call() },
      ids: { uuid: () => this.#uuid(), reference: () => `R${++this.#ids}` },
      log: silentLog,
      limits: { paymentTtlMs: PAYMENT_TTL_MS, underWayMax: 10 },
      wakeOutbox: () => {},
    };
  }

  #gated<Port extends object>(worker: number, port: Port): Port {
    const turn = () =>
      new Promise<void>((resolve) => {
        if (!this.#dead.has(worker)) this.#turns.push({ worker, go: resolve });
      });
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...given: unknown[]) => {
          await turn();
          const answer: unknown = await value.apply(target, given);
          await turn();
          return answer;
        };
      },
    });
  }

  #provider(): PaymentProvider {
    return {
      name: 'test',
      isStaffOnly: false,
      start: async ({ paymentId, amount }) => {
        this.#charged.set(paymentId, amount.amount);
        if (this.answers === 'processing') return { ok: true, providerRef: `ref ${paymentId}`, state: 'processing' };
        const report = {
          ...({
            provider: 'test',
            eventId: `ok ${paymentId}`,
            kind: 'paid',
            providerRef: `ref ${paymentId}`,
            paymentId,
          } as const),
          ...({ state: 'succeeded', received: amount } as const),
        };
        return { ok: true, providerRef: `ref ${paymentId}`, state: 'succeeded', report };
      },
      refund: async () => ({ state: 'succeeded', providerRef: 'r' }),
      find: async () => undefined,
      findRefund: async () => undefined,
      cancel: async () => {},
    };
  }

  /** As an actor does: what took effect under a command id is told again. */
  #once(showtimeId: string, command: Command, commandId: string): Reply {
    const before = this.#answered.get(commandId);
    if (before) return before;
    const reply = this.#apply(showtimeId, command);
    if (reply.ok) this.#answered.set(commandId, reply);
    return reply;
  }

  #apply(showtimeId: string, command: Command): Reply {
    const house = this.houses.get(showtimeId) as House;
    apply(house, { type: 'expire' }, this.now);
    return apply(house, command, this.now).reply;
  }

  #uuid(): string {
    return `00000000-0000-7000-8000-${String(++this.#ids).padStart(12, '0')}`;
  }
}
