import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { calendarsOf, readSums } from '../../../src/boxoffice/reports/revenue.js';
import { addCinemas, addShowtimeOf, type Cinema } from '../../kit/sales/cinemas.js';
import { addSales, type Sale } from '../../kit/sales/sales.js';
import { createDatabase, type TestDatabase } from '../database.js';

/** The week in which Berlin and London put their clocks back, on Sunday 25 October 2026; Lord Howe goes by half an hour. */
const WEEK = { from: '2026-10-19', to: '2026-10-25' };
const FIRST_MS = Date.parse('2026-10-18T18:00:00Z');
const LENGTH_MS = 8.5 * 86_400_000;
const ZONES = [
  { timeZone: 'Europe/Berlin', cutoffHour: 6 },
  { timeZone: 'Australia/Lord_Howe', cutoffHour: 0 },
  { timeZone: 'America/New_York', cutoffHour: 3 },
];
const CURRENCIES = ['EUR', 'JPY', 'KWD'];

let database: TestDatabase;
let pool: pg.Pool;
let cinemas: readonly Cinema[];
/** By cinema, and by currency in it. */
const showtimes: string[][] = [];

beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
  cinemas = await addCinemas(pool, ZONES);
  for (const cinema of cinemas) {
    const ids: string[] = [];
    for (const [n, currency] of CURRENCIES.entries()) {
      ids.push(
        await addShowtimeOf(pool, cinema, new Date(Date.parse('2026-11-20T12:00:00Z') + n * 86_400_000), currency),
      );
    }
    showtimes.push(ids);
  }
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => clear());

const clear = () => pool.query('TRUNCATE boxoffice.orders CASCADE');

/** The venue's day as another way than the server's has it: by what Intl says the date and the hour are. */
function dayAt(instant: Date, { timeZone, cutoffHour }: Cinema): string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  const hour = Number(
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hourCycle: 'h23' }).format(instant),
  );
  const date = format.format(instant);
  if (hour >= cutoffHour) return date;
  return new Date(Date.parse(`${date}T00:00:00Z`) - 86_400_000).toISOString().slice(0, 10);
}

interface Ledger {
  readonly [key: string]: number;
}

/** What the provider's ledger says, from the rows of payments and refunds alone: by day and currency. */
async function ledger(cinemaOf: (orderId: string) => Cinema, byProvider = false): Promise<Ledger> {
  const { rows } = await pool.query<{
    order_id: string;
    currency: string;
    amount: string;
    at: Date;
    provider: string;
    seller: string;
  }>(
    `SELECT p.order_id, coalesce(received_currency, p.currency) AS currency, received AS amount, settled_at AS at, provider,
            coalesce(o.ordered_by, '') AS seller
       FROM boxoffice.payments p JOIN boxoffice.orders o ON o.id = p.order_id WHERE p.state = 'succeeded'
      UNION ALL
     SELECT r.order_id, coalesce(p.received_currency, p.currency), -r.amount, r.settled_at, p.provider, coalesce(o.ordered_by, '')
       FROM boxoffice.refunds r JOIN boxoffice.orders o ON o.id = r.order_id
       JOIN boxoffice.payments p ON p.id = r.payment_id WHERE r.state = 'succeeded'`,
  );
  const sums: Record<string, number> = {};
  for (const { order_id, currency, amount, at, provider, seller } of rows) {
    const day = dayAt(at, cinemaOf(order_id));
    if (day < WEEK.from || day > WEEK.to) continue;
    const key = [day, currency, ...(byProvider ? [provider, seller] : [])].join(' ');
    sums[key] = (sums[key] ?? 0) + Number(amount);
  }
  return withoutZeros(sums);
}

function withoutZeros(sums: Ledger): Ledger {
  return Object.fromEntries(Object.entries(sums).filter(([, sum]) => sum !== 0));
}

async function report(by: Parameters<typeof readSums>[1]['by'], unit: 'day' | 'hour' = 'day') {
  const calendars = await calendarsOf(pool, WEEK, unit);
  return (await readSums(pool, { calendars, by, filter: {}, rowsMax: 100_000 }))!;
}

async function nets(by: Parameters<typeof readSums>[1]['by'], unit: 'day' | 'hour' = 'day'): Promise<Ledger> {
  const sums: Record<string, number> = {};
  for (const { keys, currency, net } of await report(by, unit)) {
    const key = [keys.day, currency, ...(by.includes('provider') ? [keys.provider, keys.seller] : [])].join(' ');
    sums[key] = (sums[key] ?? 0) + net;
  }
  return withoutZeros(sums);
}

const time = fc.integer({ min: 0, max: LENGTH_MS }).map((after) => new Date(FIRST_MS + after));
const line = fc.record({
  price: fc.integer({ min: 0, max: 5_000 }),
  fee: fc.integer({ min: 0, max: 200 }),
  discount: fc.integer({ min: 0, max: 5_200 }),
  ticketType: fc.constantFrom('', 'child'),
});
/** How an order went: what was paid for it, and what was given back. */
const course = fc.record({
  cinema: fc.nat({ max: ZONES.length - 1 }),
  currency: fc.nat({ max: CURRENCIES.length - 1 }),
  lines: fc.array(line, { minLength: 1, maxLength: 4 }),
  kind: fc.constantFrom(
    'sold',
    'returned',
    'late',
    'wrong sum',
    'other currency',
    'paid twice',
    'exchanged',
    'cancelled',
    'unpaid',
  ),
  paidAt: time,
  backAt: time,
  part: fc.integer({ min: 1, max: 100 }),
  provider: fc.constantFrom('test', 'stripe', 'cash'),
  seller: fc.constantFrom(undefined, 'account:ann', 'account:bob'),
});
type Course = typeof course extends fc.Arbitrary<infer Value> ? Value : never;

function saleOf({ cinema, currency, kind, paidAt, backAt, part, provider, seller, ...given }: Course): Sale {
  const showtimeId = showtimes[cinema]![currency]!;
  const lines = given.lines.map(({ price, fee, discount, ticketType }) => {
    const paid = price + fee - Math.min(discount, price + fee);
    return { showtimeId, price, fee, discount: price + fee - paid, ticketType, tax: Math.floor(paid / 7) };
  });
  const total = lines.reduce((sum, { price, fee, discount }) => sum + price + fee - discount, 0);
  const pay = (received: number, settledAt = paidAt) => ({ provider, received, settledAt });
  const sale: Sale = {
    currency: CURRENCIES[currency]!,
    lines,
    ...(seller ? { orderedBy: seller, channel: 'pos' } : {}),
  };
  const back = (amount: number, more: object = {}) => (amount > 0 ? [{ amount, settledAt: backAt, ...more }] : []);
  const first = lines[0]!;
  switch (kind) {
    case 'sold':
      return { ...sale, payments: total > 0 ? [pay(total)] : [], paidAt };
    case 'returned': {
      const ofFirst = Math.floor(((first.price + first.fee - first.discount) * part) / 100);
      // Once by line, and once without: as far as there is something left.
      const rest = Math.floor(((total - ofFirst) * part) / 100);
      const refunds = [...back(ofFirst, { lines: [0] }), ...back(rest), ...back(total, { state: 'failed' })];
      return { ...sale, state: 'partly_refunded', payments: [pay(total)], refunds };
    }
    case 'late':
      return { ...sale, state: 'refunded', payments: [pay(total)], refunds: back(total, { reason: 'late_payment' }) };
    case 'wrong sum': {
      const refunds = back(total + part, { reason: 'wrong_sum' });
      return { ...sale, state: 'expired', paidAt: null, payments: [pay(total + part)], refunds };
    }
    case 'other currency': {
      // As many minor units as the order costs, and of something else.
      const receivedCurrency = CURRENCIES[(currency + 1) % CURRENCIES.length]!;
      const refunds = back(total, { reason: 'wrong_sum' });
      return { ...sale, state: 'expired', paidAt: null, payments: [{ ...pay(total), receivedCurrency }], refunds };
    }
    case 'paid twice': {
      const refunds = back(total, { payment: 1, reason: 'paid_twice' });
      return { ...sale, payments: [pay(total), pay(total, backAt)], refunds };
    }
    case 'exchanged': {
      // The first line brings in a part of what was paid for it; another part goes back, and the house keeps the rest.
      const returned = lines.map((each, n) => (n === 0 ? { ...each, state: 'returned' as const } : each));
      const refunds = back(Math.floor((worthOf(sale) * part) / 200), { reason: 'exchanged', lines: [0] });
      const payments = [{ ...pay(total), id: randomUUID() }];
      return { ...sale, id: randomUUID(), state: 'partly_refunded', lines: returned, payments, refunds };
    }
    case 'cancelled':
      return { ...sale, state: 'cancelled', paidAt: null, payments: [pay(total)], refunds: back(total) };
    default:
      return { ...sale, state: 'expired', paidAt: null };
  }
}

function worthOf({ lines: [first] }: Sale): number {
  return first ? first.price + (first.fee ?? 0) - (first.discount ?? 0) : 0;
}

/** Sold for seats of `old` and what they do not pay, by somebody else and by another provider, to the showtime after it. */
function exchangedFor(old: Sale, { cinema, currency, part, paidAt, backAt }: Course): Sale[] {
  const [payment] = old.payments ?? [];
  const amount = Math.min(Math.floor((worthOf(old) * part) / 150), worthOf(old));
  if (payment?.id === undefined || old.id === undefined || amount === 0) return [];
  const at = new Date(Math.max(paidAt.getTime(), backAt.getTime()));
  const line = {
    showtimeId: showtimes[cinema]![currency]!,
    price: amount + part,
    fee: 0,
    tax: Math.floor((amount + part) / 7),
  };
  const exchange = { of: old.id, payment: payment.id, lines: [0], amount, at };
  const lines = part > 50 ? [line] : [{ ...line, price: amount }];
  const due = part > 50 ? part : 0;
  const payments = [{ provider: due === 0 ? 'none' : 'cash', received: due, settledAt: at }];
  return [{ currency: CURRENCIES[currency]!, orderedBy: 'account:cyd', channel: 'pos', lines, payments, exchange }];
}

describe('the sums of reports', () => {
  it('are those of the ledger, to the minor unit, whatever the week was like', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(course, { minLength: 1, maxLength: 40 }), async (courses) => {
        await clear();
        const sales = courses.map(saleOf);
        const later = courses.flatMap((each, n) => (each.kind === 'exchanged' ? exchangedFor(sales[n]!, each) : []));
        const ids = await addSales(pool, [...sales, ...later]);
        const cinemaOf = new Map(ids.map((id, n) => [id, cinemas[courses[n]?.cinema ?? 0]!]));
        const cinemaOfOld = new Map(sales.map(({ id }, n) => [id, cinemas[courses[n]!.cinema]!]));
        for (const [n, sale] of later.entries()) {
          cinemaOf.set(ids[sales.length + n]!, cinemaOfOld.get(sale.exchange!.of)!);
        }
        const expected = await ledger((id) => cinemaOf.get(id)!);
        expect(await nets(['day'])).toEqual(expected);
        expect(await nets(['day', 'hour'], 'hour')).toEqual(expected);
        expect(await nets(['day', 'venue', 'showtime', 'movie', 'channel', 'ticketType'])).toEqual(expected);
        const byProvider = await ledger((id) => cinemaOf.get(id)!, true);
        expect(await nets(['day', 'provider', 'seller', 'reason'])).toEqual(byProvider);
      }),
      // What it found is shown also where making it smaller takes long.
      { numRuns: 40, interruptAfterTimeLimit: 60_000 },
    );
  });

  it('know a second payment by its refund, also where the clock of its node was behind', async () => {
    const settledAt = new Date('2026-10-20T12:00:00Z');
    const [early, late] = [new Date(settledAt.getTime() - 5), new Date(settledAt.getTime() + 60_000)];
    await addSales(pool, [
      {
        lines: [{ showtimeId: showtimes[0]![0]!, price: 1_000, tax: 159 }],
        payments: [
          { received: 1_000, settledAt: early },
          { received: 1_000, settledAt },
        ],
        refunds: [{ amount: 1_000, payment: 0, reason: 'paid_twice', settledAt: late }],
      },
    ]);
    expect(await report([])).toMatchObject([{ tax: 159, refundedTax: 0, net: 1_000 }]);
  });

  it('never give back more of a tax than was in the price', async () => {
    const [sale] = [{ showtimeId: showtimes[0]![0]!, price: 1_000, tax: 159 }];
    const settledAt = new Date('2026-10-20T12:00:00Z');
    const back = (amount: number, minutes: number) => ({
      amount,
      lines: [0],
      settledAt: new Date(settledAt.getTime() + minutes * 60_000),
    });
    await addSales(pool, [
      {
        lines: [sale!],
        payments: [{ received: 1_000, settledAt }],
        refunds: [back(333, 1), back(333, 2), back(334, 3)],
      },
    ]);
    expect(await report([])).toMatchObject([{ tax: 159, refunds: 1_000, refundedTax: 159, net: 0 }]);
  });

  it('count a refund on the day on which it was made, and the hour that comes twice as one hour', async () => {
    const showtimeId = showtimes[0]![0]!;
    await addSales(pool, [
      {
        lines: [{ showtimeId, price: 700 }],
        // Half past two, summer time; then half past two, winter time. Both belong to the day before, which ends at six.
        payments: [{ received: 700, settledAt: new Date('2026-10-25T00:30:00Z') }],
        refunds: [{ amount: 200, settledAt: new Date('2026-10-25T01:30:00Z') }],
      },
      {
        lines: [{ showtimeId, price: 900 }],
        payments: [{ received: 900, settledAt: new Date('2026-10-25T05:00:00Z') }],
      },
    ]);
    expect((await report(['day', 'hour'], 'hour')).map(({ keys, net }) => [keys.day, keys.hour, net])).toEqual([
      ['2026-10-24', '02', 500],
      ['2026-10-25', '06', 900],
    ]);
  });
});
