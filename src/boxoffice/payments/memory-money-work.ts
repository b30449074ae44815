import type { MemoryOrderStore } from '../orders/memory-order-store.js';
import type { DueRefund, MoneyWork, OpenPayment } from './money-work-port.js';
import type { ProviderName } from './paid-orders-port.js';

interface Try {
  readonly tries: number;
  readonly after: number;
  /** Of a refund that the provider has accepted. */
  readonly ref: string | null;
}

const NEVER_TRIED: Try = { tries: 0, after: Number.NEGATIVE_INFINITY, ref: null };
const OPEN: readonly string[] = ['created', 'requires_action', 'processing'];

/** The refunds and payments of orders in memory, taken as Postgres has them taken: for the simulation. */
export class MemoryMoneyWork implements MoneyWork {
  readonly #store: MemoryOrderStore;
  readonly #now: () => number;
  readonly #leaseMs: number;
  readonly #tries = new Map<string, Try>();

  constructor(store: MemoryOrderStore, now: () => number, leaseMs: number) {
    this.#store = store;
    this.#now = now;
    this.#leaseMs = leaseMs;
  }

  async takeRefunds(max: number): Promise<DueRefund[]> {
    const due = this.#store.all().flatMap((order) =>
      order.refunds
        .filter(({ id, state }) => state === 'pending' && this.#isDue(id))
        .map(({ id: refundId, paymentId, amount }) => {
          const payment = order.payments.find((one) => one.id === paymentId);
          const provider = (payment?.provider ?? 'none') as ProviderName;
          const currency = payment?.receivedCurrency ?? order.currency;
          return { refundId, paymentId, provider, paymentRef: payment?.providerRef ?? null, amount, currency };
        }),
    );
    return due.slice(0, max).map((refund) => {
      const { tries, ref } = this.#take(refund.refundId);
      return { ...refund, refundRef: ref, tries };
    });
  }

  async postponeRefund(refundId: string, afterMs: number, _failure: string | null, ref: string | null): Promise<void> {
    const before = this.#triesOf(refundId);
    this.#tries.set(refundId, { ...before, after: this.#now() + afterMs, ref: ref ?? before.ref });
  }

  async takePayments(max: number, minAgeMs: number): Promise<OpenPayment[]> {
    const now = this.#now();
    const due = this.#store
      .all()
      .flatMap((order) =>
        order.payments
          .map((payment) => ({ payment, order, ageMs: now - this.#store.startedAt(payment.id) }))
          .filter(({ payment: { id, state }, ageMs }) => OPEN.includes(state) && ageMs >= minAgeMs && this.#isDue(id)),
      );
    return due.slice(0, max).map(({ payment, order: { state, expiresAt }, ageMs }) => ({
      paymentId: payment.id,
      provider: payment.provider as ProviderName,
      providerRef: payment.providerRef ?? null,
      ageMs,
      hasOrderEnded: (state !== 'draft' && state !== 'awaiting_payment') || expiresAt <= now,
      looks: this.#take(payment.id).tries,
    }));
  }

  async postponePayment(paymentId: string, afterMs: number): Promise<void> {
    const now = this.#now();
    const order = this.#store.all().find(({ payments }) => payments.some(({ id }) => id === paymentId));
    const expiresAt = order && order.expiresAt > now ? order.expiresAt : Number.POSITIVE_INFINITY;
    this.#tries.set(paymentId, { ...this.#triesOf(paymentId), after: Math.min(now + afterMs, expiresAt) });
  }

  #isDue(id: string): boolean {
    return this.#triesOf(id).after <= this.#now();
  }

  #take(id: string): Try {
    const before = this.#triesOf(id);
    const taken = { ...before, tries: before.tries + 1, after: this.#now() + this.#leaseMs };
    this.#tries.set(id, taken);
    return taken;
  }

  #triesOf(id: string): Try {
    return this.#tries.get(id) ?? NEVER_TRIED;
  }
}
