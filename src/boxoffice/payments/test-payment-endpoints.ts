import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { pageCursor, pageOf } from '../catalogue/page.js';
import type { TestLedger, TestPayment } from './test-ledger.js';
import { testPaymentPageEndpoint } from './test-payment-page.js';
import { refOf } from './test-provider.js';
import type { TestReports } from './test-reports.js';

const PAYMENTS_PER_PAGE = 200;

const money = z.object({ amount: z.int(), currency: z.string() });
const view = {
  paymentRef: z.string(),
  reference: z.string().meta({ description: 'Of the order.' }),
  amount: money,
  state: z.enum(['succeeded', 'failed', 'processing', 'requires_action', 'cancelled']),
  returnUrl: z.string(),
};
const paymentView = z.object(view).meta({ id: 'TestPayment' });
const ledgerView = z
  .object({
    ...view,
    paymentId: z.uuid(),
    orderId: z.uuid(),
    card: z.string(),
    received: money.nullable().meta({ description: 'What the buyer paid; null: nothing.' }),
    refunds: z.array(z.object({ refundId: z.uuid(), amount: z.int() })),
    waiting: z.int().meta({ description: 'Reports that were not made yet.' }),
    createdAt: z.iso.datetime(),
  })
  .meta({ id: 'TestLedgerEntry' });
const outcomes = z.enum(['taken', 'late', 'wrong_sum', 'repeated', 'unknown_payment']);

/** Of anything else there is no payment. */
const REF = /^test_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface TestPaymentParts {
  readonly ledger: TestLedger;
  readonly reports: TestReports;
  /** False in production: nothing of it is there. */
  readonly isAccepted: boolean;
}

/** The test provider's own API: what buyers do on its page, and what a test or a demo asks of its ledger. */
export function testPaymentEndpoints({ ledger, reports, isAccepted }: TestPaymentParts): readonly Endpoint[] {
  const refused = () => (isAccepted ? undefined : wireError('not_found', 'Test payments are not accepted here.'));
  const common = { tag: 'Payments', refused, errors: ['not_found'] } as const;
  const one = { ...common, parameters: { paymentRef: z.string() } } as const;
  const staff = { permission: 'orders.staff' } as const;
  const find = async (ref: string) => (REF.test(ref) ? await ledger.find(ref.slice('test_'.length)) : undefined);
  return [
    { ...testPaymentPageEndpoint(), refused, errors: ['not_found'] },
    endpoint({
      ...one,
      id: 'getTestPayment',
      method: 'GET',
      path: '/v1/test-payments/{paymentRef}',
      summary: 'A test payment, as the page for the further step shows it.',
      access: 'public',
      rate: 'reads',
      reply: paymentView,
      handle: async ({ parameters }) => {
        const payment = await find(parameters.paymentRef);
        return payment ? { ok: true, body: viewOf(payment) } : unknown();
      },
    }),
    endpoint({
      ...one,
      id: 'answerTestPayment',
      method: 'POST',
      path: '/v1/test-payments/{paymentRef}/answer',
      summary: 'The buyer confirms or refuses the further step of a test payment. Only the first answer counts.',
      access: 'public',
      rate: 'reads',
      body: z.strictObject({ outcome: z.enum(['confirmed', 'refused']) }),
      reply: paymentView,
      handle: async ({ parameters, body: { outcome } }) => {
        const asked = await find(parameters.paymentRef);
        if (!asked) return unknown();
        await ledger.decide(asked.id, outcome === 'confirmed');
        // At once, for a buyer who goes back to the order.
        await reports.makeDue(asked.id);
        const payment = await find(parameters.paymentRef);
        return payment ? { ok: true, body: viewOf(payment) } : unknown();
      },
    }),
    endpoint({
      ...one,
      id: 'pushTestPayment',
      method: 'POST',
      path: '/v1/test-payments/{paymentRef}/push',
      summary: 'Makes the reports that wait of a test payment now: late money arrives.',
      access: staff,
      rate: 'commands',
      reply: z.object({ outcomes: z.array(outcomes) }),
      handle: async ({ parameters }) => {
        const payment = await find(parameters.paymentRef);
        return payment ? { ok: true, body: { outcomes: await reports.push(payment.id) } } : unknown();
      },
    }),
    endpoint({
      ...common,
      id: 'listTestPayments',
      method: 'GET',
      path: '/v1/test-payments',
      summary: `The ledger of the test provider, in the order of payment ids, at most ${PAYMENTS_PER_PAGE} a page.`,
      access: staff,
      rate: 'reads',
      parameters: {},
      query: { cursor: pageCursor(z.uuid()).optional() },
      reply: z.object({ payments: z.array(ledgerView), next: z.string().optional() }),
      handle: async ({ query: { cursor } }) => {
        const payments = await ledger.list(cursor, PAYMENTS_PER_PAGE);
        const page = pageOf(payments, PAYMENTS_PER_PAGE, ({ id }) => id, entryOf);
        return { ok: true, body: { payments: page.items, ...(page.next === undefined ? {} : { next: page.next }) } };
      },
    }),
  ];
}

function viewOf({ id, reference, amount, currency, state, returnUrl }: TestPayment) {
  return { paymentRef: refOf(id), reference, amount: { amount, currency }, state, returnUrl };
}

function entryOf(payment: TestPayment) {
  const { id, orderId, card, received, currency, refunds, waiting, createdAt } = payment;
  return {
    ...viewOf(payment),
    paymentId: id,
    orderId,
    card,
    received: received === null ? null : { amount: received, currency },
    refunds: refunds.map((refund) => ({ refundId: refund.id, amount: refund.amount })),
    waiting,
    createdAt,
  };
}

function unknown() {
  return { ok: false, error: wireError('not_found', 'There is no such test payment.') } as const;
}
