import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSales, type GivenBack } from '../../kit/sales/sales.js';
import { Cinema } from '../endpoints/cinema.js';
import { sign } from '../gateway/sign.js';

const cinema = await Cinema.open();
const { pool, showtimeId } = cinema.stage;
afterAll(() => cinema.close());

const DAY = '2026-03-02';
const at = (time: string, day = DAY) => new Date(`${day}T${time}:00Z`);
const SPAN = `from=${DAY}&to=${DAY}`;

beforeAll(async () => {
  const line = { showtimeId, price: 1_200, fee: 100, tax: 85 };
  const back: GivenBack = { amount: 1_300, lines: [1], reason: 'returned', settledAt: at('21:00') };
  await pool.query('UPDATE boxoffice.movies SET title = \'=HYPERLINK("x"), or "M"\' WHERE id = \'m\'');
  await addSales(pool, [
    {
      lines: [line, { ...line, ticketType: '@child', state: 'returned' }],
      payments: [{ received: 2_600, settledAt: at('18:30') }],
      refunds: [back],
      state: 'partly_refunded',
    },
    {
      lines: [{ ...line, discount: 300 }],
      payments: [{ provider: 'cash', received: 1_000, settledAt: at('19:15') }],
      orderedBy: 'user:ann',
      channel: 'pos',
    },
    { lines: [{ showtimeId, price: 980 }], currency: 'JPY', payments: [{ received: 980, settledAt: at('19:20') }] },
    // Of the day before, and given back on this one.
    {
      lines: [{ ...line, state: 'returned' }],
      payments: [{ received: 1_300, settledAt: at('18:30', '2026-03-01') }],
      refunds: [{ ...back, lines: [] }],
      state: 'refunded',
    },
    // Given back on a day on which nothing else happened.
    {
      lines: [{ ...line, state: 'returned' }],
      payments: [{ received: 1_300, settledAt: at('18:30', '2025-11-03') }],
      refunds: [{ ...back, lines: [0], settledAt: at('12:00', '2025-11-05') }],
      state: 'refunded',
    },
  ]);
});

const manager = () => sign('user:manager', { role: 'manager' });
async function rows(path: string, query: string) {
  const { status, json } = await cinema.send('GET', `/v1/reports/${path}?${query}`, await manager());
  expect(status, JSON.stringify(json)).toBe(200);
  return json['rows'] as Record<string, unknown>[];
}
async function csv(path: string, query: string) {
  const headers = { authorization: `Bearer ${await manager()}` };
  return await fetch(`${cinema.origin}/v1/reports/${path}.csv?${query}`, { headers });
}

describe('revenue', () => {
  it('has each currency on its own, and what was given back on the day', async () => {
    expect(await rows('revenue', SPAN)).toMatchObject([
      {
        day: DAY,
        currency: 'EUR',
        tickets: 3,
        gross: 3_600,
        fees: 300,
        discounts: 300,
        tax: 255,
        returnedTickets: 2,
        refunds: 2_600,
        refundedTax: 170,
        net: 1_000,
      },
      { day: DAY, currency: 'JPY', tickets: 1, gross: 980, net: 980 },
    ]);
  });

  it('is summed by several things at once, and filtered', async () => {
    const by = await rows('revenue', `${SPAN}&by=hour,channel&channel=pos`);
    expect(by).toMatchObject([{ day: '', hour: '19', channel: 'pos', net: 1_000 }]);
    expect(await rows('revenue', `${SPAN}&by=ticketType&showtime=${showtimeId}`)).toHaveLength(3);
    expect(await rows('revenue', `${SPAN}&showtime=${randomUUID()}`)).toEqual([]);
  });

  it('comes as CSV of the same rows, with decimals of each currency and without formulas', async () => {
    const answer = await csv('revenue', `${SPAN}&by=ticketType`);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="revenue-by-ticketType-${DAY}-${DAY}.csv"`,
    );
    expect(answer.headers.get('usher-source')).toBe('primary');
    expect((await answer.text()).split('\r\n')).toEqual([
      'day,hour,showtime,movie,venue,channel,ticketType,currency,tickets,gross,fees,discounts,tax,other,returnedTickets,refunds,refundedTax,net',
      ',,,,,,,EUR,2,24.00,2.00,3.00,1.70,0.00,1,13.00,0.85,10.00',
      ',,,,,,,JPY,1,980,0,0,0,0,0,0,0,980',
      ",,,,,,'@child,EUR,1,12.00,1.00,0.00,0.85,0.00,1,13.00,0.85,0.00",
      '',
    ]);
    const top = await (await csv('top-showtimes', SPAN)).text();
    expect(top).toContain(`"'=HYPERLINK(""x""), or ""M"""`);
    expect(await (await csv('trend', `from=2026-03-01&to=${DAY}`)).text()).toContain(
      '2026-03-01,EUR,1,13.00,0.00,1.86\r\n',
    );
  });

  it('keeps a negative amount in CSV a number, without the apostrophe of text that looks like a formula', async () => {
    const answer = await (await csv('revenue', 'from=2025-11-05&to=2025-11-05')).text();
    expect(answer).toContain(',EUR,0,0.00,0.00,0.00,0.00,0.00,1,13.00,0.85,-13.00\r\n');
    expect(answer).not.toContain("'");
  });

  it.each([
    ['from=2026-03-02&to=2026-03-01', 'to'],
    ['from=2024-01-01&to=2026-03-01', 'to'],
    ['from=2026-01-01&to=2026-12-31&by=hour', 'to'],
    ['from=2026-02-30&to=2026-03-01', 'from'],
    ['from=0000-01-01&to=0000-01-02', 'from'],
    [`${SPAN}&by=day,password`, 'by'],
  ])('asked for with %s is refused by the name of the field', async (query, field) => {
    const answer = await cinema.send('GET', `/v1/reports/revenue?${query}`, await manager());
    expect(answer).toMatchObject({ status: 400, json: { code: 'invalid_field', field } });
  });

  it('is for managers', async () => {
    const staff = await sign('user:staff', { role: 'staff' });
    expect(await cinema.send('GET', `/v1/reports/revenue?${SPAN}`, staff)).toMatchObject({ status: 403 });
  });
});

it('takings name who sold, by provider', async () => {
  const [cash, ...others] = await rows('takings', SPAN);
  expect(cash).toMatchObject({ provider: 'cash', seller: 'user:ann', received: 1_000, refunds: 0, net: 1_000 });
  expect(others).toMatchObject([
    { provider: 'test', seller: '', currency: 'EUR', received: 2_600, refunds: 2_600, net: 0 },
    { provider: 'test', seller: '', currency: 'JPY', received: 980 },
  ]);
});

it('refunds have a reason', async () => {
  expect(await rows('refunds', SPAN)).toMatchObject([{ reason: 'returned', refunds: 2_600, returnedTickets: 2 }]);
});

it('top showtimes are the best of each currency', async () => {
  expect(await rows('top-showtimes', `${SPAN}&limit=1`)).toMatchObject([
    { showtime: showtimeId, currency: 'EUR', net: 1_000 },
    { showtime: showtimeId, currency: 'JPY', net: 980 },
  ]);
});

it('occupancy counts what is sold of what is on sale', async () => {
  const { showtimeId: booked } = await cinema.booked();
  const today = new Date();
  const to = new Date(today.getTime() + 90 * 86_400_000).toISOString().slice(0, 10);
  const found = await rows('occupancy', `from=${today.toISOString().slice(0, 10)}&to=${to}`);
  expect(found.find(({ showtime }) => showtime === booked)).toMatchObject({ seats: 80, sold: 2, percent: 2.5 });
});

it('the forecast of today goes by the pace of the same weekday', async () => {
  const now = Date.now();
  const ago = (days: number, ms = 0) => new Date(now - days * 86_400_000 - ms);
  const line = { showtimeId, price: 1_000 };
  const paid = (settledAt: Date) => ({ lines: [line], payments: [{ received: 1_000, settledAt }] });
  // Each week one before this time of day and one after it; today one so far. Where the day has just begun or is nearly
  // over, some of these belong to its neighbours, and the pace says nothing.
  const weeks = [7, 14, 21, 28].flatMap((days) => [paid(ago(days, 60_000)), paid(ago(days, -60_000))]);
  await addSales(pool, [...weeks, paid(ago(0, 60_000))]);
  const found = await rows('forecast', 'venue=v');
  const minuteOfDay = (now / 60_000) % 1_440;
  const isNearEnd = minuteOfDay % 360 < 3 || minuteOfDay % 360 > 357;
  if (!isNearEnd) {
    expect(found.find(({ currency }) => currency === 'EUR')).toMatchObject({
      method: 'pace',
      soldSoFar: 1_000,
      expected: 2_000,
      basedOnDays: 4,
    });
  }
  const unknown = await cinema.send('GET', '/v1/reports/forecast?venue=nowhere', await manager());
  expect(unknown.status).toBe(404);
});
