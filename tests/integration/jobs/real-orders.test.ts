import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ScheduledJob } from '../../../src/boxoffice/jobs/job.js';
import { holdEndings, reminders } from '../../../src/boxoffice/jobs/notices.js';
import { Scheduler } from '../../../src/boxoffice/jobs/scheduler.js';
import { silentLog } from '../../silent-log.js';
import { Shop } from '../orders/shop.js';

let shop: Shop;
beforeAll(async () => {
  // The outbox keeps its rows, and the node runs no schedules of its own.
  shop = await Shop.open({ JOBS: 'false' });
});
afterAll(() => shop.close());
beforeEach(() => shop.stage.pool.query('DELETE FROM boxoffice.outbox'));

const HOURS = 24;

async function run(job: ScheduledJob): Promise<void> {
  const { pool } = shop.stage;
  await pool.query('UPDATE boxoffice.schedules SET due_at = now() WHERE name = $1', [job.name]);
  const timers = { after: () => () => {}, soon: () => {} };
  const scheduler = new Scheduler({ pool, jobs: [job], lookMs: 1_000, timers, uuid: randomUUID, log: silentLog });
  await scheduler.runDue();
  expect(scheduler.totals[job.name]?.failures ?? 0).toBe(0);
  await scheduler.stop();
}

async function told(topic: string): Promise<string[]> {
  const { rows } = await shop.stage.pool.query(
    "SELECT payload->>'orderId' AS id FROM boxoffice.outbox WHERE topic = $1",
    [topic],
  );
  return rows.map(({ id }) => id);
}

const PAY = { pay: { provider: 'test', details: { card: 'succeed' } } };

it('an order that was bought over HTTP is reminded of once, and one that is not paid is not', async () => {
  const buyer = await shop.guest();
  const bought = await shop.order(buyer, ['R1-1', 'R1-2'], PAY);
  expect(bought.json.order).toMatchObject({ state: 'fulfilled' });
  await shop.order(buyer, ['R1-4']);
  await run(reminders(HOURS, () => {}));
  // The showtime begins in an hour: bought too late to need a reminder.
  expect(await told('showtime.reminder')).toEqual([]);
  // A day from now, and so a little more than a day from when it was bought.
  await shop.stage.pool.query(
    "UPDATE boxoffice.showtimes SET starts_at = clock_timestamp() + $2 * interval '1 hour' WHERE id = $1",
    [shop.stage.showtimeId, HOURS],
  );
  await run(reminders(HOURS, () => {}));
  await run(reminders(HOURS, () => {}));
  expect(await told('showtime.reminder')).toEqual([bought.json.order.id]);
});

it('the buyer of an order over HTTP that is not paid is told once that it ends, and nobody whose order is paid', async () => {
  const buyer = await shop.guest();
  const open = await shop.order(buyer, ['R2-1']);
  expect(open.json.order).toMatchObject({ state: 'awaiting_payment' });
  await shop.order(buyer, ['R2-4'], PAY);
  await run(holdEndings(120_000, () => {}));
  expect(await told('hold.ending')).toEqual([]);
  const remainingMs = Date.parse(open.json.order.expiresAt) - Date.now();
  expect(remainingMs).toBeGreaterThan(120_000);
  // As if it had been made long ago: it ends within the lead from now.
  await shop.stage.pool.query(
    `UPDATE boxoffice.orders SET created_at = created_at - $2::float8 * interval '1 millisecond',
            expires_at = expires_at - $2::float8 * interval '1 millisecond' WHERE id = $1`,
    [open.json.order.id, remainingMs - 100_000],
  );
  await run(holdEndings(120_000, () => {}));
  await run(holdEndings(120_000, () => {}));
  expect(await told('hold.ending')).toEqual([open.json.order.id]);
});
