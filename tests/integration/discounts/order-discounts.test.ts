/** Vouchers and points on a real Postgres, as orders use them. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderDiscounts } from '../../../src/boxoffice/discounts/order-discounts.js';
import { listEntries, readBalance } from '../../../src/boxoffice/loyalty/points-ledger.js';
import type { AskedDiscounts } from '../../../src/boxoffice/orders/discounts-port.js';
import type { Discount } from '../../../src/boxoffice/orders/order-port.js';
import type { Voucher } from '../../../src/boxoffice/vouchers/judge-voucher.js';
import { insertVoucher } from '../../../src/boxoffice/vouchers/voucher-store.js';
import { createDatabase, type TestDatabase } from '../database.js';

const LOYALTY = { pointsPer100: 10, pointValue: 1, currency: 'EUR' };

let database: TestDatabase;
let pool: pg.Pool;
let discounts: OrderDiscounts;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 16 });
  discounts = new OrderDiscounts({ pool, loyalty: LOYALTY, now: Date.now });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function transaction<Value>(work: (client: pg.PoolClient) => Promise<Value>, commit = true): Promise<Value> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const value = await work(client);
    await client.query(commit && value !== false ? 'COMMIT' : 'ROLLBACK');
    return value;
  } finally {
    client.release();
  }
}

async function addVoucher(more: Partial<Voucher> = {}): Promise<string> {
  const code = `C${randomUUID().replaceAll('-', '').slice(0, 20).toUpperCase()}`;
  const voucher: Voucher = {
    ...{ id: randomUUID(), code, description: '', amount: 300, percent: null, currency: 'EUR' },
    ...{ channels: [], showtimes: [], movies: [], validFrom: null, validUntil: null, minimum: 0 },
    ...{ usesMax: null, usesPerHolder: null, enabled: true, ...more },
  };
  await transaction((client) => insertVoucher(client, voucher, 'user:admin'));
  return code;
}

async function addAccount(): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.accounts (id, email, name, role, holder) VALUES ($1::uuid, $1::uuid || '@example.org', 'Ann', 'customer', $2)`,
    [id, `user:${id}`],
  );
  return id;
}

async function addOrder(
  accountId: string | undefined,
  total = 1_000,
  holder = `guest:${randomUUID()}`,
): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `INSERT INTO boxoffice.orders (id, reference, holder, account_id, state, currency, total, expires_at)
     VALUES ($1, $2, $3, $4, 'awaiting_payment', 'EUR', $5, now())`,
    [id, `O-${id}`, holder, accountId ?? null, total],
  );
  return id;
}

function asked(more: Partial<AskedDiscounts> = {}): AskedDiscounts {
  const seats = [{ showtimeId: randomUUID(), ticketType: '', price: 1_200, fee: 100 }];
  const buyer = { holder: `guest:${randomUUID()}`, accountId: undefined, address: undefined };
  return { ...buyer, channel: 'web', currency: 'EUR', gross: 1_300, seats, vouchers: [], points: undefined, ...more };
}

const of = (code: string): Discount => ({ kind: 'voucher', code, amount: 300 });
const take = (orderId: string, taken: readonly Discount[]) =>
  transaction((client) => discounts.take(client, orderId, taken));
const earn = (orderId: string) => transaction((client) => discounts.earn(client, orderId));
const giveBack = (orderId: string) => transaction((client) => discounts.giveBack(client, orderId));

describe('a voucher', () => {
  it('with ten uses that two hundred orders take at once lowers ten', async () => {
    const code = await addVoucher({ usesMax: 10 });
    const orders = await Promise.all(Array.from({ length: 200 }, () => addOrder(undefined)));
    const taken = await Promise.all(orders.map((orderId) => take(orderId, [of(code)])));
    expect(taken.filter(Boolean)).toHaveLength(10);
    const won = orders[taken.indexOf(true)]!;
    expect(await discounts.quote(asked({ vouchers: [code] }))).toMatchObject({
      ok: false,
      error: { code: 'invalid_code' },
    });
    // What ten ask to give back is given back once.
    await Promise.all(Array.from({ length: 10 }, () => giveBack(won)));
    const again = await Promise.all(
      Array.from({ length: 20 }, async () => take(await addOrder(undefined), [of(code)])),
    );
    expect(again.filter(Boolean)).toHaveLength(1);
  });

  it('with one use a holder is used once by each account, from whichever device, also at once', async () => {
    const code = await addVoucher({ usesPerHolder: 1 });
    const account = await addAccount();
    const orders = await Promise.all(Array.from({ length: 20 }, () => addOrder(account)));
    const taken = await Promise.all(orders.map((orderId) => take(orderId, [of(code)])));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await take(await addOrder(await addAccount()), [of(code)])).toBe(true);
  });

  it('of two that are taken together, in either order by many at once, none is taken without the other', async () => {
    const [one, two] = [await addVoucher({ usesMax: 5 }), await addVoucher({ usesMax: 7 })];
    const orders = await Promise.all(Array.from({ length: 40 }, () => addOrder(undefined)));
    const taken = await Promise.all(
      orders.map((orderId, at) => take(orderId, at % 2 === 0 ? [of(one), of(two)] : [of(two), of(one)])),
    );
    expect(taken.filter(Boolean)).toHaveLength(5);
    const { rows } = await pool.query<{ uses: number }>(
      `SELECT count(*)::int AS uses FROM boxoffice.voucher_uses u JOIN boxoffice.vouchers v ON v.id = u.voucher_id
        WHERE v.code = $1`,
      [two],
    );
    expect(rows[0]?.uses).toBe(5);
  });

  it('is found however its code is written, and is refused by name where it is given twice', async () => {
    const code = await addVoucher({ amount: null, percent: 1_000, currency: null });
    const written = ` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`;
    expect(await discounts.quote(asked({ vouchers: [written] }))).toEqual({
      ok: true,
      discounts: [{ kind: 'voucher', code, amount: 130 }],
    });
    const twice = await discounts.quote(asked({ vouchers: [code, written] }));
    expect(twice).toMatchObject({ ok: false, error: { code: 'invalid_field', field: 'vouchers[1]' } });
  });

  it('cannot be guessed: after ten wrong codes of a buyer even a right one is refused for a while', async () => {
    const code = await addVoucher();
    const holder = `guest:${randomUUID()}`;
    const tries = await Promise.all(
      Array.from({ length: 20 }, () => discounts.quote(asked({ holder, vouchers: ['WRONG1'] }))),
    );
    const codes = tries.map((tried) => (tried.ok ? '' : tried.error.code));
    expect(codes.filter((each) => each === 'invalid_code')).toHaveLength(10);
    expect(await discounts.quote(asked({ holder, vouchers: [code] }))).toMatchObject({
      ok: false,
      error: { code: 'rate_limited', retryAfterMs: expect.any(Number) },
    });
    // Right ones are not counted, and guests who come from one address are counted together.
    for (let n = 0; n < 15; n++) expect(await discounts.quote(asked({ vouchers: [code] }))).toMatchObject({ ok: true });
    const address = '192.0.2.7';
    for (let n = 0; n < 100; n++) await discounts.quote(asked({ address, vouchers: ['WRONG2'] }));
    expect(await discounts.quote(asked({ address, vouchers: [code] }))).toMatchObject({
      error: { code: 'rate_limited' },
    });
  });
});

describe('points', () => {
  it('are redeemed by many orders at once, but never more than there are', async () => {
    const account = await addAccount();
    await earn(await addOrder(account, 10_000));
    expect(await readBalance(pool, account)).toBe(1_000);
    const orders = await Promise.all(Array.from({ length: 30 }, () => addOrder(account)));
    const points: Discount[] = [{ kind: 'points', points: 150, amount: 150 }];
    const taken = await Promise.all(orders.map((orderId) => take(orderId, points)));
    expect(taken.filter(Boolean)).toHaveLength(6);
    expect(await readBalance(pool, account)).toBe(100);
  });

  it('lower what vouchers have left, and only as many as that takes', async () => {
    const account = await addAccount();
    await earn(await addOrder(account, 20_000));
    const code = await addVoucher({ amount: 1_000 });
    const quote = await discounts.quote(asked({ accountId: account, vouchers: [code], points: 2_000 }));
    expect(quote).toEqual({
      ok: true,
      discounts: [
        { kind: 'voucher', code, amount: 1_000 },
        { kind: 'points', points: 300, amount: 300 },
      ],
    });
    const more = await discounts.quote(asked({ accountId: account, points: 2_001 }));
    expect(more).toMatchObject({ ok: false, error: { code: 'invalid_field', field: 'points' } });
    expect(await discounts.quote(asked({ points: 1 }))).toMatchObject({ ok: false, error: { field: 'points' } });
  });

  it('are taken back and given back with the seats that are returned, exactly once, to below zero where they were spent', async () => {
    const account = await addAccount();
    await earn(await addOrder(account, 1_000));
    const orderId = await addOrder(account, 3_333);
    await take(orderId, [{ kind: 'points', points: 100, amount: 100 }]);
    await earn(orderId);
    expect(await readBalance(pool, account)).toBe(333);
    await take(await addOrder(account), [{ kind: 'points', points: 333, amount: 333 }]);
    const back = (returned: number) =>
      transaction((client) => discounts.takeBack(client, orderId, { returned, of: 3_433 }));
    await Promise.all(Array.from({ length: 5 }, () => back(1_000)));
    expect(await readBalance(pool, account)).toBe(-96 + 29);
    await Promise.all([back(3_433), back(3_433), back(1_000)]);
    expect(await readBalance(pool, account)).toBe(-333 + 100);
    await expect(pool.query('UPDATE boxoffice.points_ledger SET points = 1')).rejects.toThrow(/only added to/);
  });

  it('come to the same whatever is repeated, in any order of calls', async () => {
    const call = fc.constantFrom('take', 'giveBack', 'earn', 'third', 'all') as fc.Arbitrary<string>;
    await fc.assert(
      fc.asyncProperty(fc.array(call, { maxLength: 12 }), fc.integer({ min: 1, max: 200 }), async (calls, points) => {
        const account = await addAccount();
        await earn(await addOrder(account, 2_000));
        const orderId = await addOrder(account, 999);
        const taken: Discount[] = [{ kind: 'points', points, amount: points }];
        if (!(await take(orderId, taken))) throw new Error('There were enough points.');
        for (const each of calls) {
          if (each === 'giveBack') await giveBack(orderId);
          if (each === 'earn') await earn(orderId);
          if (each === 'take') await take(orderId, taken).catch(() => {});
          const returned = { third: 333, all: 999 }[each];
          if (returned !== undefined) {
            await transaction((client) => discounts.takeBack(client, orderId, { returned, of: 999 }));
          }
        }
        const entries = (await listEntries(pool, account, undefined, 100)).filter((one) => one.orderId === orderId);
        const sum = (reason: string) => entries.reduce((all, one) => all + (one.reason === reason ? one.points : 0), 0);
        expect(sum('redeemed')).toBe(-points);
        expect(sum('given_back')).toBeLessThanOrEqual(points);
        expect(sum('earned')).toBeLessThanOrEqual(99);
        expect(-sum('taken_back')).toBeLessThanOrEqual(sum('earned'));
        if (calls.includes('giveBack') || calls.includes('all')) expect(sum('given_back')).toBe(points);
      }),
      { numRuns: 25 },
    );
  });
});
