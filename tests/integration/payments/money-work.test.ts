import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MONEY_TIMES } from '../../../src/boxoffice/payments/money-times.js';
import { OpenPayments } from '../../../src/boxoffice/payments/open-payments.js';
import type { PaymentReport, RefundReport } from '../../../src/boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../../../src/boxoffice/payments/payment-provider-port.js';
import { PostgresMoneyWork } from '../../../src/boxoffice/payments/postgres-money-work.js';
import { type MoneyParts, RefundRunner } from '../../../src/boxoffice/payments/refund-runner.js';
import { stripeClient } from '../../../src/boxoffice/payments/stripe/stripe-client.js';
import { stripeProvider } from '../../../src/boxoffice/payments/stripe/stripe-provider.js';
import { StripeStandIn } from '../../kit/stripe/stripe-stand-in.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';
import { addPayment, addRefund } from './rows.js';

const amount = { amount: 1_250, currency: 'EUR' };

let database: TestDatabase;
let pool: pg.Pool;
let standIn: StripeStandIn;
let stripe: PaymentProvider;
let parts: MoneyParts;
let reports: PaymentReport[];
let settled: RefundReport[];
let errors: string[];
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 4 });
  standIn = await StripeStandIn.start({ secret: 'whsec_of_the_tests' });
  const config = { secretKey: 'sk_test_of_the_tests', isLive: false, webhookSecrets: [], account: undefined };
  stripe = stripeProvider(stripeClient({ ...config, apiBase: standIn.url }), silentLog);
});
afterAll(async () => {
  await standIn.close();
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  reports = [];
  settled = [];
  errors = [];
  const orders = {
    settled: async (report: PaymentReport) => {
      reports.push(report);
      const received = report.received?.amount ?? null;
      const to = [report.paymentId, report.state, received];
      await pool.query('UPDATE boxoffice.payments SET state = $2, received = $3 WHERE id = $1', to);
      return 'taken' as const;
    },
    refundSettled: async (report: RefundReport) => {
      settled.push(report);
      const { rowCount } = await pool.query(
        `UPDATE boxoffice.refunds SET state = $2 WHERE id = $1 AND state = 'pending'`,
        [report.refundId, report.state],
      );
      return rowCount === 1 ? ('taken' as const) : ('repeated' as const);
    },
  };
  const log = { ...silentLog, error: ({ event }: { event: string }) => void errors.push(event) };
  const providers = new Map([['stripe', stripe]] as const);
  parts = { work: new PostgresMoneyWork(pool, 60_000), providers, orders, random: () => 0, log };
});

const start = async (paymentMethod = 'pm_card_visa', paymentId = randomUUID()) => {
  const order = { orderId: paymentId, reference: 'K7MQ2-RX4TD-5', returnUrl: 'https://tickets.example' };
  const started = await stripe.start({ paymentId, ...order, amount, details: { paymentMethod } });
  return { paymentId, started, providerRef: started.ok ? started.providerRef : null };
};
const paid = async (method?: string) => {
  const { paymentId, providerRef } = await start(method);
  return { ...(await addPayment(pool, { paymentId, providerRef, state: 'succeeded' })), providerRef: providerRef! };
};
const refundsAt = (providerRef: string) =>
  [...standIn.ledger.refunds.values()].filter((refund) => refund.payment_intent === providerRef);
const dueNow = () => pool.query('UPDATE boxoffice.refunds SET try_after = clock_timestamp()');
const rowOf = async (refundId: string) =>
  (await pool.query('SELECT state, tries, failure, provider_ref FROM boxoffice.refunds WHERE id = $1', [refundId]))
    .rows[0];

describe('the refund runner', () => {
  it('gives money back once, at however many nodes it runs', async () => {
    const payment = await paid();
    const refundId = await addRefund(pool, payment, 1_000);
    const nodes = Array.from({ length: 4 }, () => new RefundRunner(parts));
    await Promise.all(nodes.map((node) => node.runDue()));
    await dueNow();
    await Promise.all(nodes.map((node) => node.runDue()));
    expect(refundsAt(payment.providerRef)).toMatchObject([{ amount: 1_000, metadata: { refund_id: refundId } }]);
    expect(settled).toMatchObject([{ refundId, state: 'succeeded' }]);
  });

  it('finds the refund whose answer was lost, also after Stripe has forgotten its key', async () => {
    const payment = await paid();
    const refundId = await addRefund(pool, payment, 700);
    standIn.control({ faults: { lost_answer: 1 } });
    await new RefundRunner(parts).runDue();
    standIn.control({ faults: {} });
    expect(settled).toEqual([]);
    expect(await rowOf(refundId)).toMatchObject({ state: 'pending', tries: 1 });
    standIn.ledger.answers.clear();
    await dueNow();
    await new RefundRunner(parts).runDue();
    expect(refundsAt(payment.providerRef)).toHaveLength(1);
    expect(settled).toMatchObject([{ refundId, state: 'succeeded' }]);
  });

  it('waits for a refund that is pending, and looks again in case its report was lost', async () => {
    const payment = await paid('pm_card_pendingRefund');
    const refundId = await addRefund(pool, payment, 700);
    await new RefundRunner(parts).runDue();
    expect(await rowOf(refundId)).toMatchObject({ state: 'pending', provider_ref: expect.stringMatching(/^re_/) });
    await new RefundRunner(parts).runDue();
    expect(settled).toEqual([]);
    standIn.control({ settleRefunds: 'succeeded' });
    await dueNow();
    await new RefundRunner(parts).runDue();
    expect(refundsAt(payment.providerRef)).toHaveLength(1);
    expect(settled).toMatchObject([{ refundId, state: 'succeeded' }]);
  });

  it('raises an alarm where the provider refuses for good', async () => {
    const payment = await paid();
    const refundId = await addRefund(pool, payment, 5_000);
    await new RefundRunner(parts).runDue();
    expect(settled).toMatchObject([{ refundId, state: 'failed', failure: 'amount_too_large' }]);
    expect(errors).toEqual(['refunds.refused']);
  });

  it('tries again later where the provider is not there', async () => {
    const payment = await addPayment(pool, { provider: 'test', providerRef: 'test_1', state: 'succeeded' });
    const refundId = await addRefund(pool, payment, 10);
    await new RefundRunner(parts).runDue();
    expect(await rowOf(refundId)).toMatchObject({ state: 'pending', tries: 1, failure: 'provider_not_configured' });
    expect(settled).toEqual([]);
  });
});

describe('the look at open payments', () => {
  const look = () => new OpenPayments({ ...parts, times: { ...MONEY_TIMES, firstLookMs: 1_000 } }).lookDue();

  it('finds money whose report and whose answer were lost', async () => {
    standIn.control({ faults: { lost_answer: 1 } });
    const { paymentId, started } = await start();
    standIn.control({ faults: {} });
    expect(started).toMatchObject({ ok: false, error: { outcome: 'unknown' } });
    await addPayment(pool, { paymentId, state: 'created', ageMs: 60_000 });
    await Promise.all([look(), look(), look()]);
    expect(reports).toMatchObject([{ paymentId, state: 'succeeded', received: amount }]);
  });

  it('leaves what is new, and what still waits for its buyer', async () => {
    const fresh = await start();
    await addPayment(pool, { paymentId: fresh.paymentId, providerRef: fresh.providerRef, state: 'processing' });
    const waiting = await start('pm_card_authenticationRequired');
    await addPayment(pool, { ...waiting, state: 'requires_action', ageMs: 60_000 });
    await look();
    expect(reports).toEqual([]);
    expect(standIn.ledger.intents.get(waiting.providerRef!)?.status).toBe('requires_action');
  });

  it('cancels what is open when its order has ended', async () => {
    const waiting = await start('pm_card_authenticationRequired');
    await addPayment(pool, { ...waiting, state: 'requires_action', orderState: 'expired', ageMs: 60_000 });
    await look();
    expect(reports).toMatchObject([{ paymentId: waiting.paymentId, state: 'cancelled' }]);
    expect(standIn.ledger.intents.get(waiting.providerRef!)?.status).toBe('canceled');
  });

  it('ends a payment that the provider never made, an hour after, when its order has ended', async () => {
    const young = await addPayment(pool, { state: 'created', orderState: 'expired', ageMs: 60_000 });
    const old = await addPayment(pool, { state: 'created', orderState: 'expired', ageMs: 2 * 3_600_000 });
    await look();
    const ended = reports.map(({ paymentId, state }) => ({ paymentId, state }));
    expect(ended).toContainEqual({ paymentId: old.paymentId, state: 'cancelled' });
    expect(ended).not.toContainEqual(expect.objectContaining({ paymentId: young.paymentId }));
  });
});
