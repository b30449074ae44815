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
  readings = {
    ...CALM,
    isJournalBehind: true,
    seatsLost: 3,
    commitWaitMs: 1_500,
    roll: 'silent',
    schedules: { archive: { done: 7, failures: 1 } },
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
