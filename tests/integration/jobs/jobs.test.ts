import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listMovies } from '../../../src/boxoffice/catalogue/movies.js';
import { listShowtimes } from '../../../src/boxoffice/catalogue/showtime-list.js';
import { personalData } from '../../../src/boxoffice/jobs/erase-personal-data.js';
import { holdEndings, reminders } from '../../../src/boxoffice/jobs/notices.js';
import { pastShowtimes } from '../../../src/boxoffice/jobs/past-showtimes.js';
import { addShowtimeOf } from '../../kit/sales/cinemas.js';
import { addSales, type Sale } from '../../kit/sales/sales.js';
import { DAY_MS, HOUR_MS, inMs, type JobStage, openJobStage } from './job-stage.js';

let stage: JobStage;
beforeAll(async () => {
  stage = await openJobStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  await stage.pool.query(
    'TRUNCATE boxoffice.orders, boxoffice.outbox, boxoffice.order_notices, boxoffice.showtimes CASCADE',
  );
});

const showtime = (startsInMs: number) => addShowtimeOf(stage.pool, stage.cinema, inMs(startsInMs));
const sale = (showtimeId: string, more: Partial<Sale> = {}): Sale => ({
  lines: [{ showtimeId, price: 1_200 }],
  payments: [{ received: 1_200, settledAt: inMs(-5 * DAY_MS) }],
  createdAt: inMs(-5 * DAY_MS),
  email: 'ann@example.org',
  name: 'Ann',
  hasTickets: true,
  ...more,
});
const events = async () => {
  const { rows } = await stage.pool.query('SELECT topic, subject, payload FROM boxoffice.outbox ORDER BY id');
  return rows;
};

describe('reminders', () => {
  const job = reminders(24, () => {});

  it('come once for each order, also of two seats and two showtimes, and however often the job runs', async () => {
    const [soon, soonToo, later] = [
      await showtime(3 * HOUR_MS),
      await showtime(6 * HOUR_MS),
      await showtime(3 * DAY_MS),
    ];
    const line = (showtimeId: string) => ({ showtimeId, price: 1_200 });
    const lines = [line(soon), line(soon), line(soonToo)];
    const [first] = await addSales(stage.pool, [sale(soon, { lines }), sale(later)]);
    await Promise.all([stage.node([job]).runDue(), stage.node([job]).runDue()]);
    await stage.run(job);
    expect(await events()).toEqual([
      { topic: 'showtime.reminder', subject: `order:${first}`, payload: { orderId: first } },
    ]);
  });

  it('are not for what was refunded, cancelled, or bought a moment ago', async () => {
    const [soon, cancelled] = [await showtime(3 * HOUR_MS), await showtime(4 * HOUR_MS)];
    await stage.pool.query('UPDATE boxoffice.showtimes SET cancelled_at = now() WHERE id = $1', [cancelled]);
    await addSales(stage.pool, [
      sale(soon, { state: 'refunded' }),
      sale(cancelled),
      sale(soon, { createdAt: inMs(-HOUR_MS) }),
    ]);
    await stage.run(job);
    expect(await events()).toEqual([]);
  });
});

it('a buyer is told once that an unpaid order ends soon', async () => {
  const id = await showtime(DAY_MS);
  const open = { state: 'awaiting_payment', paidAt: null, payments: [], hasTickets: false };
  const [ending] = await addSales(stage.pool, [
    sale(id, { ...open, createdAt: inMs(-500_000), expiresAt: inMs(100_000) }),
    sale(id, { ...open, createdAt: inMs(-100_000), expiresAt: inMs(500_000) }),
    sale(id, { ...open, createdAt: inMs(-900_000), expiresAt: inMs(-1_000) }),
    sale(id, { createdAt: inMs(-500_000), expiresAt: inMs(100_000) }),
  ]);
  const job = holdEndings(120_000, () => {});
  await stage.run(job);
  await stage.run(job);
  expect(await events()).toEqual([{ topic: 'hold.ending', subject: `order:${ending}`, payload: { orderId: ending } }]);
});

describe('past showtimes', () => {
  const job = pastShowtimes(30, () => {});
  const listed = async () => {
    const { items } = await listShowtimes(stage.pool, { from: inMs(-100 * DAY_MS) });
    return items.map(({ id }) => id).sort();
  };

  it('are deleted if nobody booked them, and kept and not listed if somebody did', async () => {
    const ago = (days: number) => showtime(-days * DAY_MS);
    const [empty, sold, recent, coming] = [await ago(31), await ago(32), await ago(29), await showtime(DAY_MS)];
    await addSales(stage.pool, [sale(sold, { createdAt: inMs(-40 * DAY_MS) })]);
    await stage.run(job);
    const { rows } = await stage.pool.query('SELECT id FROM boxoffice.showtimes');
    expect(rows.map(({ id }) => id).sort()).toEqual([sold, recent, coming].sort());
    expect(empty).not.toBe(sold);
    expect(await listed()).toEqual([recent, coming].sort());
  });

  it('take their movie along: off the list while it has only these, and back when it is shown again', async () => {
    const sold = await showtime(-40 * DAY_MS);
    await addSales(stage.pool, [sale(sold, { createdAt: inMs(-50 * DAY_MS) })]);
    await stage.run(job);
    expect((await listMovies(stage.pool)).items).toEqual([]);
    await showtime(DAY_MS);
    expect((await listMovies(stage.pool)).items).toMatchObject([{ id: 'movie-1' }]);
  });
});

it('names and addresses are erased after their term, and the amounts are kept', async () => {
  const [past, coming] = [await showtime(-400 * DAY_MS), await showtime(DAY_MS)];
  const long = { createdAt: inMs(-401 * DAY_MS) };
  const [old, ahead, recent] = await addSales(stage.pool, [sale(past, long), sale(coming, long), sale(past)]);
  await stage.pool.query("UPDATE boxoffice.tickets SET owner_name = 'Bob', owner_email = 'bob@example.org'");
  await stage.run(personalData(365));
  const { rows } = await stage.pool.query(
    `SELECT o.id, o.name, o.email, o.total::int, t.owner_name, t.owner_email
       FROM boxoffice.orders o JOIN boxoffice.tickets t ON t.order_id = o.id`,
  );
  const by = new Map(rows.map((row) => [row.id, row]));
  expect(by.get(old)).toMatchObject({ name: '', email: null, total: 1_200, owner_name: null, owner_email: null });
  for (const id of [ahead, recent]) expect(by.get(id)).toMatchObject({ name: 'Ann', owner_name: 'Bob' });
});
