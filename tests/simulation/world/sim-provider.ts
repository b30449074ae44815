import { type Trip, travel } from '../../../src/adapters/memory/trip.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import type { PaymentReport, RefundReport, ReportedState } from '../../../src/boxoffice/payments/paid-orders-port.js';
import type {
  PaymentProvider,
  RefundAnswer,
  RefundAsked,
  StartedPayment,
} from '../../../src/boxoffice/payments/payment-provider-port.js';
import { wireError } from '../../../src/protocol/errors.js';
import type { Life } from './life.js';
import type { Random } from './random.js';
import type { Webhooks } from './webhooks.js';

/** What becomes of payments by each, and how often it is drawn. */
export const CARDS = {
  succeeds: 8,
  declines: 2,
  late: 6,
  twice: 2,
  never: 1,
  silent: 2,
  'other sum': 2,
  'other currency': 1,
  'further step': 2,
} as const;
export type Card = keyof typeof CARDS;

/** How a provider gives a payment back: it says so at once, fails a while before it does, or does it and says so later. */
const REFUNDS = { 'at once': 4, 'after failures': 3, later: 3 } as const;

/** A payment as its provider has it. */
export interface ProvidedPayment {
  readonly id: string;
  readonly orderId: string;
  readonly card: Card;
  readonly refundedBy: keyof typeof REFUNDS;
  readonly amount: number;
  /** Of what arrived. */
  readonly currency: string;
  state: ReportedState;
  received: number;
  readonly refunds: { readonly id: string; readonly amount: number }[];
}

export interface SimProviderOptions {
  readonly time: VirtualTime;
  readonly random: Random;
  readonly webhooks: Webhooks;
  /** Of a call by a node, and whether it is to start a payment, to refund one, or only to look. */
  readonly trip: (call: ProviderCall, life: Life) => Trip;
  /** A start or a refund took effect; its caller does not know yet. */
  readonly acted: (call: 'start' | 'refund', id: string, life: Life) => void;
}

export type ProviderCall = 'start' | 'refund' | 'look';

const REF = 'p ';
const REFUNDS_FAIL = 2;
const LATE_MS = [200, 4_500] as const;
const STEP_MS = [200, 1_500] as const;

/**
 * A provider of payments with its ledger. It is no part of the cluster: it has whatever it did, although nobody was told. Calls
 * are slow and lose their answers; the id of a payment or a refund makes it happen once.
 */
export class SimProvider {
  readonly payments = new Map<string, ProvidedPayment>();
  readonly #options: SimProviderOptions;
  readonly #failed = new Map<string, number>();
  #awaited = 0;

  constructor(options: SimProviderOptions) {
    this.#options = options;
  }

  /** Money that is under way by itself, without anybody's asking. */
  get awaited(): number {
    return this.#awaited;
  }

  /** As a process of a node calls it. */
  reachedFrom(life: Life): PaymentProvider {
    const { time, trip } = this.#options;
    const over = <Answer>(call: ProviderCall, act: () => Answer): Promise<Answer> =>
      life.hears(travel(time, trip(call, life), act));
    return {
      name: 'test',
      isStaffOnly: false,
      start: async (payment) => {
        try {
          return await over('start', () => this.#start(payment, life));
        } catch {
          return { ok: false, error: wireError('outcome_unknown', 'The provider did not answer.') };
        }
      },
      refund: async (refund) => {
        try {
          return await over('refund', () => this.#refund(refund, life));
        } catch {
          return { state: 'failed', failure: 'no_answer', retryable: true };
        }
      },
      find: async ({ paymentId, providerRef }) =>
        await over('look', () => {
          const payment = this.payments.get(providerRef?.slice(REF.length) ?? paymentId);
          return payment && reportOn(payment);
        }),
      findRefund: async ({ refundId, providerRef }) =>
        await over('look', () => {
          const payment = this.payments.get(providerRef.slice(REF.length));
          const isThere = payment?.refunds.some(({ id }) => id === refundId) ?? false;
          return isThere ? { state: 'succeeded', providerRef: refundId } : undefined;
        }),
      cancel: async (providerRef) => await over('look', () => this.#cancel(providerRef.slice(REF.length))),
    };
  }

  #start(asked: Parameters<PaymentProvider['start']>[0], life: Life): StartedPayment {
    const { paymentId: id, orderId, amount, details } = asked;
    const known = this.payments.get(id);
    if (known) return answerOn(known);
    const { card } = details as { readonly card: Card };
    const refundedBy = this.#options.random.weighted(REFUNDS);
    const currency = card === 'other currency' ? 'USD' : amount.currency;
    const money = { amount: amount.amount, currency, received: 0, refunds: [] };
    const payment: ProvidedPayment = { id, orderId, card, refundedBy, state: 'processing', ...money };
    this.payments.set(id, payment);
    this.#options.acted('start', id, life);
    this.#play(payment);
    return card === 'silent' ? { ok: true, providerRef: refOf(payment), state: 'processing' } : answerOn(payment);
  }

  #play(payment: ProvidedPayment): void {
    const { random } = this.#options;
    switch (payment.card) {
      case 'late':
        this.#report(payment);
        this.#later(random.between(...LATE_MS), () => this.#receive(payment));
        return;
      case 'never':
        return;
      case 'further step':
        payment.state = 'requires_action';
        // Some buyers never take it.
        if (random.chance(0.7)) this.#later(random.between(...STEP_MS), () => this.#receive(payment));
        return;
      case 'declines':
        payment.state = 'failed';
        this.#report(payment);
        return;
      default:
        this.#receive(payment);
    }
  }

  /** The money is there: whatever was thought of the payment before. */
  #receive(payment: ProvidedPayment): void {
    const { card, amount } = payment;
    if (payment.state === 'cancelled') return;
    payment.state = 'succeeded';
    payment.received = card === 'other sum' ? amount - 1 : amount;
    if (card === 'silent') return;
    this.#report(payment);
    if (card === 'twice') this.#report(payment, 'again');
  }

  #report(payment: ProvidedPayment, more = ''): void {
    const report = reportOn(payment);
    this.#options.webhooks.send({ payment: { ...report, eventId: `${report.eventId}${more}` } });
  }

  #refund({ refundId, paymentId, amount }: RefundAsked, life: Life): RefundAnswer {
    const payment = this.payments.get(paymentId);
    if (!payment) return { state: 'failed', failure: 'unknown_payment', retryable: false };
    const isDone = payment.refunds.some(({ id }) => id === refundId);
    if (!isDone && payment.refundedBy === 'after failures') {
      const failures = (this.#failed.get(refundId) ?? 0) + 1;
      this.#failed.set(refundId, failures);
      if (failures <= REFUNDS_FAIL) return { state: 'failed', failure: 'busy', retryable: true };
    }
    const left = payment.received - payment.refunds.reduce((sum, refund) => sum + refund.amount, 0);
    if (amount.currency !== payment.currency) return { state: 'failed', failure: 'wrong_currency', retryable: false };
    if (!isDone && amount.amount > left) return { state: 'failed', failure: 'exceeds_payment', retryable: false };
    if (!isDone) {
      payment.refunds.push({ id: refundId, amount: amount.amount });
      this.#options.acted('refund', refundId, life);
    }
    if (payment.refundedBy !== 'later') return { state: 'succeeded', providerRef: refundId };
    if (!isDone) this.#later(this.#options.random.between(...STEP_MS), () => this.#reportRefund(refundId));
    return { state: 'pending', providerRef: refundId };
  }

  #reportRefund(refundId: string): void {
    const eventId = `${refundId}:succeeded`;
    const told = { eventId, kind: 'refund.succeeded', refundId, providerRef: refundId, state: 'succeeded' } as const;
    const refund: RefundReport = { provider: 'test', ...told };
    this.#options.webhooks.send({ refund });
  }

  /** What is processed already goes on, as with real providers. */
  #cancel(id: string): void {
    const payment = this.payments.get(id);
    if (payment?.state === 'requires_action' || payment?.card === 'never') payment.state = 'cancelled';
  }

  #later(ms: number, act: () => void): void {
    this.#awaited++;
    this.#options.time.after(ms, () => {
      this.#awaited--;
      act();
    });
  }
}

function answerOn(payment: ProvidedPayment): StartedPayment {
  const { state } = payment;
  const isOpen = state === 'processing' || state === 'requires_action';
  return { ok: true, providerRef: refOf(payment), state, ...(isOpen ? {} : { report: reportOn(payment) }) };
}

function reportOn(payment: ProvidedPayment): PaymentReport {
  const { id, state, received, currency } = payment;
  return {
    provider: 'test',
    eventId: `${id}:${state}`,
    kind: `payment.${state}`,
    providerRef: refOf(payment),
    paymentId: id,
    state,
    ...(state === 'succeeded' ? { received: { amount: received, currency } } : {}),
    ...(state === 'failed' ? { failure: 'card_declined' } : {}),
  };
}

function refOf({ id }: ProvidedPayment): string {
  return `${REF}${id}`;
}
