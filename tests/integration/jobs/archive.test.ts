import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { archive, findArchivedOrder } from '../../../src/boxoffice/jobs/archive.js';
import { calendarsOf, readSums } from '../../../src/boxoffice/reports/revenue.js';
import { addShowtimeOf } from '../../kit/sales/cinemas.js';
import { addSales } from '../../kit/sales/sales.js';
import { DAY_MS, inMs, type JobStage, openJobStage } from './job-stage.js';

let stage: JobStage;
let past: string;
beforeAll(async () => {
  stage = await openJobStage();
  past = await addShowtimeOf(stage.pool, stage.cinema, inMs(-420 * DAY_MS));
});
afterAll(() => stage.close());

const job = archive(400);
const ago = (days: number) => inMs(-days * DAY_MS);
const line = () => ({ showtimeId: past, price: 1_000, fee: 50, tax: 70 });
const paid = (days: number) => ({
  createdAt: ago(days),
  payments: [{ received: 2_100, settledAt: ago(days) }],
  lines: [line(), line()],
  hasTickets: true,
  name: 'Ann',
  email: 'ann@example.org',
});

async function sums() {
  const span = { from: ago(500).toISOString().slice(0, 10), to: ago(390).toISOString().slice(0, 10) };
  const calendars = await calendarsOf(stage.pool, span, 'day');
  const by = ['day', 'showtime', 'movie', 'venue', 'channel', 'ticketType', 'provider', 'reason'] as const;
  return (await readSums(stage.pool, { calendars, by, filter: {}, rowsMax: 1_000 }))!;
}
const partitions = async () => {
  const { rows } = await stage.pool.query(
    "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'boxoffice.archived_orders'::regclass ORDER BY 1",
  );
  return rows.map(({ name }) => name as string);
};

describe('the archive', () => {
  it('takes old orders whole: reports count them as before, and they are found by their references', async () => {
    const back = { amount: 700, lines: [0], settledAt: ago(430) };
    const ids = await addSales(stage.pool, [
      { ...paid(440), reference: 'OLD-1', refunds: [back], state: 'partly_refunded' },
      { ...paid(470), reference: 'OLD-2' },
      // Money that no order was sold for, and its refund.
      {
        ...paid(441),
        paidAt: null,
        state: 'cancelled',
        refunds: [{ amount: 2_100, settledAt: ago(440) }],
        hasTickets: false,
      },
      { ...paid(442), refunds: [{ ...back, state: 'pending' }] },
      paid(10),
    ]);
    const { rows: bookings } = await stage.pool.query(
      'SELECT booking_reference AS reference FROM boxoffice.order_bookings WHERE order_id = $1',
      [ids[1]],
    );
    const before = await sums();
    expect(before.length).toBeGreaterThan(3);
    await Promise.all([stage.node([job]).runDue(), stage.node([job]).runDue()]);
    const { rows: left } = await stage.pool.query('SELECT id FROM boxoffice.orders');
    expect(left.map(({ id }) => id).sort()).toEqual([ids[3], ids[4]].sort());
    expect(await sums()).toEqual(before);
    for (const reference of ['OLD-2', bookings[0].reference]) {
      const found = await findArchivedOrder(stage.pool, reference);
      expect(found).toMatchObject({ orderId: ids[1], reference: 'OLD-2' });
      expect(found?.document).toMatchObject({
        order: { total: 2_100, name: '', email: null },
        lines: [{ price: 1_000 }, { price: 1_000 }],
        payments: [{ received: 2_100 }],
        tickets: [{ state: 'valid' }, { state: 'valid' }],
      });
    }
    expect(await findArchivedOrder(stage.pool, 'OLD-3')).toBeUndefined();
  });

  it('goes on when an operator has detached a month: what is in it is not found, and what comes gets another partition', async () => {
    const before = await partitions();
    const gone = before.find((name) => name.includes(ago(470).toISOString().slice(0, 7).replace('-', '_')))!;
    await stage.pool.query(`ALTER TABLE boxoffice.archived_orders DETACH PARTITION ${gone}`);
    await stage.pool.query(
      `ALTER TABLE boxoffice.archived_entries DETACH PARTITION ${gone.replace('archived_orders', 'archived_entries')}`,
    );
    expect(await findArchivedOrder(stage.pool, 'OLD-2')).toBeUndefined();
    await sums();
    await addSales(stage.pool, [{ ...paid(470), reference: 'OLD-4' }]);
    await stage.run(job);
    expect(await findArchivedOrder(stage.pool, 'OLD-4')).toMatchObject({ reference: 'OLD-4' });
    expect(await partitions()).toContain(`${gone}_more`);
  });

  it('is the only way in which an order is removed', async () => {
    const [id] = await addSales(stage.pool, [paid(3)]);
    await expect(stage.pool.query('SELECT boxoffice.remove_archived($1)', [[id]])).rejects.toThrow('not archived');
  });

  it('removes rows of every table that refers to an order', async () => {
    const { rows } = await stage.pool.query(
      `SELECT DISTINCT conrelid::regclass::text AS name FROM pg_constraint
        WHERE contype = 'f' AND confrelid = ANY (ARRAY['boxoffice.orders', 'boxoffice.order_bookings', 'boxoffice.order_lines',
          'boxoffice.payments', 'boxoffice.refunds', 'boxoffice.tickets']::regclass[])`,
    );
    const { rows: functions } = await stage.pool.query(
      "SELECT pg_get_functiondef('boxoffice.remove_archived'::regproc) AS text",
    );
    // A new table with such a key has to be removed there as well, or the archive would stand still.
    for (const { name } of rows) expect(functions[0].text).toContain(`FROM ${name} `);
  });
});
