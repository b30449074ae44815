import { wireError } from '../../protocol/errors.js';
import { fieldError } from '../../protocol/field-error.js';
import type { PaymentReport, ReportedState } from './paid-orders-port.js';
import type { PaymentProvider, RefundAnswer, RefundAsked } from './payment-provider-port.js';
import { type TestDetails, testDetails } from './test-cards.js';
import type { NewTestPayment, PlannedReport, TestLedger, TestPayment } from './test-ledger.js';

const PREFIX = 'test_';
const RETRY_AFTER_MS = 1_000;

type Start = Parameters<PaymentProvider['start']>[0];

export interface TestProviderParts {
  readonly ledger: TestLedger;
  /** Where the node's pages are, without a slash at the end. */
  readonly siteUrl: string;
  /** Absent in production: it would give seats away. */
  readonly isAccepted: boolean;
}

/** The built-in provider, which moves no money: for the demo, for tests, and to develop against. */
export function testProvider({ ledger, siteUrl, isAccepted }: TestProviderParts): PaymentProvider {
  return {
    name: 'test',
    isStaffOnly: false,
    async start(payment) {
      if (!isAccepted) return refuse('Test payments are not accepted here.');
      const details = testDetails.safeParse(payment.details);
      if (!details.success) return { ok: false, error: fieldError(details.error) };
      const started = newPayment(payment, details.data);
      try {
        const isNew = await ledger.add(started, plannedReport(details.data, payment.amount));
        const ledgered = isNew ? started : await ledger.find(payment.paymentId);
        return answerOf(ledgered ?? started, siteUrl);
      } catch {
        const message = 'The payment provider did not answer.';
        return { ok: false, error: wireError('outcome_unknown', message, { retryAfterMs: RETRY_AFTER_MS }) };
      }
    },
    refund: async (refund) => await refundBy(ledger, refund),
    async find({ paymentId, providerRef }) {
      const found = await ledger.find(providerRef === undefined ? paymentId : idOf(providerRef));
      return found && reportOf(found);
    },
    async findRefund({ refundId, providerRef }) {
      const found = await ledger.find(idOf(providerRef));
      const isThere = found?.refunds.some(({ id }) => id === refundId) ?? false;
      return isThere ? { state: 'succeeded', providerRef: refOf(refundId) } : undefined;
    },
    cancel: async (providerRef) => await ledger.cancel(idOf(providerRef)),
  };
}

function newPayment({ paymentId, orderId, reference, amount, returnUrl }: Start, details: TestDetails): NewTestPayment {
  const { card } = details;
  const state = stateOf(details);
  const other = details.amount ?? Math.max(1, amount.amount - 1);
  return {
    id: paymentId,
    orderId,
    reference,
    ...amount,
    card,
    returnUrl,
    state,
    received: state === 'succeeded' ? (card === 'other_sum' ? other : amount.amount) : null,
  };
}

function stateOf({ card }: TestDetails): ReportedState {
  if (card === 'decline') return 'failed';
  if (card === 'further_step') return 'requires_action';
  return card === 'late' || card === 'never' ? 'processing' : 'succeeded';
}

function plannedReport({ card, delayMs }: TestDetails, { amount }: Start['amount']): PlannedReport | undefined {
  if (card === 'late') return { afterMs: delayMs, received: amount };
  return card === 'twice' ? { afterMs: delayMs, received: null } : undefined;
}

function answerOf(payment: NewTestPayment, siteUrl: string): Awaited<ReturnType<PaymentProvider['start']>> {
  const providerRef = refOf(payment.id);
  // Nobody is told of its money, as if the answer had been lost.
  if (payment.card === 'silent') return { ok: true, providerRef, state: 'processing' };
  const { state } = payment;
  if (state === 'requires_action')
    return { ok: true, providerRef, state, url: `${siteUrl}/test-payment#${providerRef}` };
  return { ok: true, providerRef, state, ...(state === 'processing' ? {} : { report: reportOf(payment) }) };
}

async function refundBy(ledger: TestLedger, { refundId, providerRef, amount }: RefundAsked): Promise<RefundAnswer> {
  try {
    const payment = await ledger.find(idOf(providerRef));
    if (!payment) return { state: 'failed', failure: 'unknown_payment', retryable: false };
    if (payment.card === 'no_refund') return { state: 'failed', failure: 'refund_refused', retryable: false };
    if (payment.currency !== amount.currency) return { state: 'failed', failure: 'wrong_currency', retryable: false };
    const done = await ledger.refund(refundId, payment.id, amount.amount);
    if (done === 'exceeds') return { state: 'failed', failure: 'exceeds_payment', retryable: false };
    return { state: 'succeeded', providerRef: refOf(refundId) };
  } catch {
    return { state: 'failed', failure: 'no_answer', retryable: true };
  }
}

/** The same state of the same payment is one event, however often and by whichever way it is reported. */
export function reportOf({ id, state, received, currency }: NewTestPayment | TestPayment): PaymentReport {
  return {
    provider: 'test',
    eventId: `${refOf(id)}:${state}`,
    kind: `test_payment.${state}`,
    providerRef: refOf(id),
    paymentId: id,
    state,
    ...(received === null ? {} : { received: { amount: received, currency } }),
    ...(state === 'failed' ? { failure: 'card_declined' } : {}),
  };
}

export function refOf(paymentId: string): string {
  return `${PREFIX}${paymentId}`;
}

function idOf(providerRef: string): string {
  return providerRef.slice(PREFIX.length);
}

function refuse(message: string) {
  return { ok: false, error: wireError('payment_required', message) } as const;
}
