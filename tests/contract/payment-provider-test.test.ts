import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cashProvider } from '../../src/boxoffice/payments/cash-provider.js';
import type { PaymentReport, Settled } from '../../src/boxoffice/payments/paid-orders-port.js';
import type { PaymentProvider } from '../../src/boxoffice/payments/payment-provider-port.js';
import { TEST_CARDS } from '../../src/boxoffice/payments/test-cards.js';
import { TestLedger } from '../../src/boxoffice/payments/test-ledger.js';
import { testProvider } from '../../src/boxoffice/payments/test-provider.js';
import { TestReports } from '../../src/boxoffice/payments/test-reports.js';
import { createDatabase, type TestDatabase } from '../integration/database.js';
import { silentLog } from '../silent-log.js';
import { paymentProviderSuite } from './payment-provider-suite.js';

const siteUrl = 'https://tickets.example';

async function openLedger() {
  const database = await createDatabase();
  const pool = new pg.Pool({ connectionString: database.url, max: 4 });
  const close = async () => {
    await pool.end();
    await database.drop();
  };
  return { ledger: new TestLedger(pool), close };
}

paymentProviderSuite('the test provider', async () => {
  const { ledger, close } = await openLedger();
  return {
    provider: testProvider({ ledger, siteUrl, isAccepted: true }),
    details: {
      succeeds: { card: '4242 4242 4242 4242' },
      declines: { card: 'decline' },
      waits: { card: 'further_step' },
    },
    answer: (providerRef, isConfirmed) => ledger.decide(providerRef.slice('test_'.length), isConfirmed),
    close,
  };
});

describe('the cards of the test provider', () => {
  let opened: { ledger: TestLedger; close: TestDatabase['drop'] };
  let provider: PaymentProvider;
  let reports: TestReports;
  let reported: PaymentReport[] = [];
  let fails = false;
  beforeAll(async () => {
    opened = await openLedger();
    provider = testProvider({ ledger: opened.ledger, siteUrl, isAccepted: true });
    const settled = async (report: PaymentReport): Promise<Settled> => {
      if (fails) throw new Error('Postgres is away');
      reported.push(report);
      return 'taken';
    };
    reports = new TestReports({
      ledger: opened.ledger,
      orders: { settled, refundSettled: async () => 'taken' },
      log: silentLog,
    });
  });
  afterAll(() => opened?.close());

  const start = async (details: object, paymentId = randomUUID(), by = provider) => {
    const amount = { amount: 1_000, currency: 'EUR' };
    const order = { orderId: randomUUID(), reference: 'K7MQ2-RX4TD-5' };
    reported = [];
    return { paymentId, started: await by.start({ paymentId, ...order, amount, returnUrl: siteUrl, details }) };
  };

  it('have numbers that pass the check of card numbers', () => {
    const doubled = (digit: number) => (digit > 4 ? digit * 2 - 9 : digit * 2);
    for (const number of Object.values(TEST_CARDS)) {
      const digits = [...number].reverse().map(Number);
      const sum = digits.reduce((total, digit, at) => total + (at % 2 ? doubled(digit) : digit), 0);
      expect(sum % 10, number).toBe(0);
    }
  });

  it('late: the money arrives with the report, and not before', async () => {
    const { paymentId, started } = await start({ card: 'late', delayMs: 60_000 });
    expect(started).toMatchObject({ ok: true, state: 'processing' });
    expect(started).not.toHaveProperty('report');
    await reports.makeDue();
    expect(reported).toEqual([]);
    expect(await provider.find({ paymentId })).toMatchObject({ state: 'processing' });
    // An order that has expired cannot stop money that is on its way.
    await provider.cancel(`test_${paymentId}`);
    expect(await reports.push(paymentId)).toEqual(['taken']);
    expect(reported).toMatchObject([{ paymentId, state: 'succeeded', received: { amount: 1_000, currency: 'EUR' } }]);
    expect(await reports.push(paymentId)).toEqual([]);
  });

  it('late: is reported by itself when its time has come', async () => {
    const { paymentId } = await start({ card: 'late', delayMs: 0 });
    await reports.makeDue();
    expect(reported).toMatchObject([{ paymentId, state: 'succeeded' }]);
  });

  it('late: is reported again where the orders could not take the report', async () => {
    const { paymentId } = await start({ card: 'late', delayMs: 0 });
    fails = true;
    await reports.makeDue();
    fails = false;
    expect(reported).toEqual([]);
    expect(await reports.push(paymentId)).toEqual(['taken']);
  });

  it('twice: the same event is reported again', async () => {
    const { paymentId, started } = await start({ card: 'twice', delayMs: 60_000 });
    await reports.push(paymentId);
    expect(started).toMatchObject({ state: 'succeeded', report: reported[0] });
    expect(reported).toHaveLength(1);
  });

  it('other_sum: another sum arrives', async () => {
    const asked = await start({ card: 'other_sum', amount: 70_000 });
    expect(asked.started).toMatchObject({ report: { received: { amount: 70_000 } } });
    const usual = await start({ card: TEST_CARDS.other_sum });
    expect(usual.started).toMatchObject({ report: { received: { amount: 999 } } });
  });

  it('never and silent: nobody is told; only the second one has the money', async () => {
    const [never, silent] = [await start({ card: 'never' }), await start({ card: 'silent' })];
    for (const { started } of [never, silent]) expect(started).toMatchObject({ ok: true, state: 'processing' });
    for (const { paymentId } of [never, silent]) expect(await reports.push(paymentId)).toEqual([]);
    expect(await provider.find(never)).toMatchObject({ state: 'processing' });
    expect(await provider.find(silent)).toMatchObject({ state: 'succeeded', received: { amount: 1_000 } });
  });

  it('no_refund: refunds are refused for good', async () => {
    const { paymentId } = await start({ card: 'no_refund' });
    const asked = { refundId: randomUUID(), paymentId, providerRef: `test_${paymentId}` };
    const refund = await provider.refund({ ...asked, amount: { amount: 1, currency: 'EUR' } });
    expect(refund).toEqual({ state: 'failed', failure: 'refund_refused', retryable: false });
  });

  it('are refused where test payments are not accepted', async () => {
    const refusing = testProvider({ ledger: opened.ledger, siteUrl, isAccepted: false });
    const { paymentId, started } = await start({ card: 'succeed' }, randomUUID(), refusing);
    expect(started).toMatchObject({ ok: false, error: { code: 'payment_required' } });
    expect(await opened.ledger.find(paymentId)).toBeUndefined();
  });

  it('pay a hundred at a time in few statements', async () => {
    const ids = Array.from({ length: 100 }, () => randomUUID());
    const all = await Promise.all(ids.map((id) => start({ card: 'succeed' }, id)));
    expect(all.every(({ started }) => started.ok && started.state === 'succeeded')).toBe(true);
    const listed = await opened.ledger.list(undefined, 500);
    expect(ids.every((id) => listed.some((payment) => payment.id === id && payment.received === 1_000))).toBe(true);
  });
});

describe('cash', () => {
  it('is for staff only, is paid at once, and given back by hand', async () => {
    expect(cashProvider.isStaffOnly).toBe(true);
    const paymentId = randomUUID();
    const amount = { amount: 1_000, currency: 'EUR' };
    const asked = { paymentId, orderId: randomUUID(), reference: 'K7MQ2-RX4TD-5', amount, returnUrl: siteUrl };
    const started = await cashProvider.start({ ...asked, details: { by: 'terminal' } });
    expect(started).toMatchObject({
      state: 'succeeded',
      report: { received: amount, kind: 'cash.terminal', paymentId },
    });
    const providerRef = `cash_${paymentId}`;
    expect(await cashProvider.refund({ refundId: randomUUID(), paymentId, providerRef, amount })).toMatchObject({
      state: 'succeeded',
    });
    const refused = await cashProvider.start({ ...asked, details: { by: 'cheque' } });
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid_field', field: 'by' } });
  });
});
