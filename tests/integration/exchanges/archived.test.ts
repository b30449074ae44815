import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { archive, findArchivedOrder } from '../../../src/boxoffice/jobs/archive.js';
import { calendarsOf, readSums } from '../../../src/boxoffice/reports/revenue.js';
import { addShowtimeOf } from '../../kit/sales/cinemas.js';
import { addSales } from '../../kit/sales/sales.js';
import { DAY_MS, inMs, type JobStage, openJobStage } from '../jobs/job-stage.js';

let stage: JobStage;
beforeAll(async () => {
  stage = await openJobStage();
});
afterAll(() => stage.close());

const ago = (days: number) => inMs(-days * DAY_MS);

async function sums() {
  const span = { from: ago(460).toISOString().slice(0, 10), to: ago(430).toISOString().slice(0, 10) };
  const calendars = await calendarsOf(stage.pool, span, 'day');
  const by = ['day', 'showtime', 'channel', 'provider', 'seller', 'reason'] as const;
  return (await readSums(stage.pool, { calendars, by, filter: {}, rowsMax: 1_000 }))!;
}

async function left(): Promise<string[]> {
  return (await stage.pool.query('SELECT id FROM boxoffice.orders')).rows.map(({ id }) => id);
}

it('an order is archived after the one that it was exchanged for, and reports count both as before', async () => {
  const [first, second] = [
    await addShowtimeOf(stage.pool, stage.cinema, inMs(-421 * DAY_MS)),
    await addShowtimeOf(stage.pool, stage.cinema, inMs(-420 * DAY_MS)),
  ];
  const [old, payment] = [randomUUID(), randomUUID()];
  const ids = await addSales(stage.pool, [
    {
      ...{
        id: old,
        reference: 'OLD',
        state: 'refunded',
        createdAt: ago(450),
        orderedBy: 'account:ann',
        channel: 'pos',
      },
      lines: [{ showtimeId: first!, price: 1_000, tax: 70, state: 'returned' }],
      payments: [{ id: payment, provider: 'cash', received: 1_000, settledAt: ago(450) }],
      refunds: [{ amount: 100, lines: [0], reason: 'exchanged', settledAt: ago(449) }],
    },
    {
      ...{ reference: 'NEW', createdAt: ago(449) },
      lines: [{ showtimeId: second!, price: 1_400, tax: 90 }],
      payments: [{ received: 500, settledAt: ago(449) }],
      exchange: { of: old, payment, lines: [0], amount: 900, at: ago(449) },
    },
  ]);
  const before = await sums();
  const net = (showtime: string | undefined) =>
    before.filter(({ keys }) => keys.showtime === showtime).reduce((sum, row) => sum + row.net, 0);
  // The seat that was given up has brought in nothing, and the new one its whole price.
  expect([net(first), net(second)]).toEqual([0, 1_400]);
  const job = archive(400);
  await stage.run(job);
  expect(await left()).toEqual([old]);
  expect(await sums()).toEqual(before);
  await stage.run(job);
  expect(await left()).toEqual([]);
  expect(await sums()).toEqual(before);
  const { rows } = await stage.pool.query('SELECT count(*)::int AS n FROM boxoffice.order_credits');
  expect(rows).toEqual([{ n: 0 }]);
  const found = await findArchivedOrder(stage.pool, 'NEW');
  expect(found).toMatchObject({ orderId: ids[1], document: { credits: [{ amount: 900, other_order_id: old }] } });
});
