import { afterEach, expect, test } from 'vitest';
import { freePort } from '../../../src/adapters/free-port.js';
import { metricsOf, type Readings, serveMetrics } from '../../../src/observability/metrics.js';

const CALM: Readings = {
  isJournalBehind: false,
  timesBehind: 0,
  bookingsRestored: 0,
  holdsRestored: 0,
  seatsLost: 0,
  claimsInFlight: 0,
  claimWaitMs: 0,
  commitWaitMs: 0,
  roll: undefined,
  outbox: { rowsMoved: 0, stepsDone: 0, stepsFailed: 0, stepsBuried: 0, oldestMs: 0, lockedLong: 0, deadLetters: 0 },
  showtimes: 0,
  schedules: {},
  orders: {
    counts: { orders: { opened: 0 }, drafts: {}, reports: { late: 0 }, payments: {}, refunds: {} },
    monitor: { broughtOn: 0, moneyFaults: 0 },
    underWay: {
      ...{ drafts: 0, awaitingPayment: 0, paid: 0, hanging: 0 },
      ...{ holdsDue: 0, refundsPending: 0, refundsOldestMs: 0 },
    },
  },
};
let close: (() => Promise<void>) | undefined;
afterEach(() => close?.());

test('metrics are what the node knows when it is asked, as Prometheus reads them', async () => {
  let readings = CALM;
  const port = await freePort();
  close = await serveMetrics(
    metricsOf(() => readings),
    port,
    '127.0.0.1',
  );
  const read = async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const calm = await read();
  expect(calm).toContain('usher_journal_behind 0\n');
  expect(calm).not.toContain('usher_roll{');
  // There from the start: a rate needs a first value.
  expect(calm).toContain('usher_orders_total{state="opened"} 0\n');
  readings = {
    ...CALM,
    isJournalBehind: true,
    seatsLost: 3,
    commitWaitMs: 1_500,
    roll: 'silent',
    schedules: { archive: { done: 7, failures: 1 } },
    orders: {
      counts: {
        ...{ orders: { opened: 5, fulfilled: 4 }, drafts: { unavailable: 1 }, reports: { late: 2 } },
        ...{ payments: { succeeded: 4, failed: 1 }, refunds: { succeeded: 3 } },
      },
      monitor: { broughtOn: 6, moneyFaults: 8 },
      underWay: {
        ...{ drafts: 9, awaitingPayment: 10, paid: 11, hanging: 12 },
        ...{ holdsDue: 13, refundsPending: 14, refundsOldestMs: 1_500 },
      },
    },
  };
  for (let i = 0; i < 2; i++) {
    const text = await read();
    expect(text).toContain('usher_journal_behind 1\n');
    expect(text).toContain('usher_lost_seats_total 3\n');
    expect(text).toContain('usher_commit_wait_seconds 1.5\n');
    expect(text).toContain('usher_roll{state="silent"} 1\n');
    expect(text).toContain('usher_roll{state="answering"} 0\n');
    expect(text).toContain('usher_schedule_done_total{job="archive"} 7\n');
    expect(text).toContain('usher_schedule_failures_total{job="archive"} 1\n');
    const ofOrders = text.split('\n').filter((line) => /^usher_(order|payment|refund)/.test(line));
    expect(ofOrders.sort()).toEqual([
      'usher_order_drafts_refused_total{reason="unavailable"} 1',
      'usher_order_money_faults_total 8',
      'usher_orders_brought_on_total 6',
      'usher_orders_hanging 12',
      'usher_orders_holds_due 13',
      'usher_orders_total{state="fulfilled"} 4',
      'usher_orders_total{state="opened"} 5',
      'usher_orders_under_way{state="awaiting_payment"} 10',
      'usher_orders_under_way{state="draft"} 9',
      'usher_orders_under_way{state="paid"} 11',
      'usher_payment_reports_total{outcome="late"} 2',
      'usher_payments_total{state="failed"} 1',
      'usher_payments_total{state="succeeded"} 4',
      'usher_refunds_oldest_seconds 1.5',
      'usher_refunds_pending 14',
      'usher_refunds_total{state="succeeded"} 3',
    ]);
  }
});

test('nothing else is served there', async () => {
  const port = await freePort();
  close = await serveMetrics(
    metricsOf(() => CALM),
    port,
    '127.0.0.1',
  );
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
  expect((await fetch(`http://127.0.0.1:${port}/metrics`, { method: 'POST' })).status).toBe(404);
  await expect(
    serveMetrics(
      metricsOf(() => CALM),
      port,
      '127.0.0.1',
    ),
  ).rejects.toThrow('EADDRINUSE');
});
