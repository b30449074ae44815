import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeVoucher, type OrderToDiscount, type Voucher } from '../../../src/boxoffice/vouchers/judge-voucher.js';

const ANY: Voucher = {
  id: 'v',
  code: 'CODE',
  description: '',
  amount: 500,
  percent: null,
  currency: 'EUR',
  channels: [],
  showtimes: [],
  movies: [],
  validFrom: null,
  validUntil: null,
  minimum: 0,
  usesMax: null,
  usesPerHolder: null,
  enabled: true,
};
const SEAT = { showtimeId: 's', movieId: 'm', price: 1_200, fee: 100 };
const ORDER: OrderToDiscount = {
  channel: 'web',
  currency: 'EUR',
  gross: 2_600,
  left: 2_600,
  seats: [SEAT, SEAT],
  now: 1_000,
};

describe('a voucher', () => {
  it('comes to its amount, or to its share of the seats that it is for, rounded down', () => {
    expect(judgeVoucher(ANY, ORDER)).toEqual({ ok: true, amount: 500 });
    expect(judgeVoucher({ ...ANY, amount: null, percent: 3_333 }, ORDER)).toEqual({ ok: true, amount: 866 });
    const half = { ...ORDER, seats: [SEAT, { ...SEAT, movieId: 'other' }] };
    expect(judgeVoucher({ ...ANY, amount: null, percent: 5_000, movies: ['m'] }, half)).toEqual({
      ok: true,
      amount: 650,
    });
    expect(judgeVoucher({ ...ANY, amount: 5_000, showtimes: ['s'], movies: ['x'] }, half)).toEqual({
      ok: true,
      amount: 2_600,
    });
  });

  it.each<[Partial<Voucher>, Partial<OrderToDiscount>]>([
    [{ enabled: false }, {}],
    [{ validFrom: new Date(1_001) }, {}],
    [{ validUntil: new Date(1_000) }, {}],
    [{}, { currency: 'CHF' }],
    [{ channels: ['pos'] }, {}],
    [{ minimum: 2_601 }, {}],
    [{ movies: ['other'] }, {}],
  ])('with %j does not count for an order with %j', (voucher, order) => {
    expect(judgeVoucher({ ...ANY, ...voucher }, { ...ORDER, ...order })).toMatchObject({ ok: false });
  });

  it('one after another they never come to more than the order costs, and none to less than nothing', () => {
    const sums = fc.integer({ min: 0, max: 10 ** 12 });
    const seats = fc.array(fc.record({ price: sums, fee: sums, showtimeId: fc.constantFrom('s', 't') }), {
      minLength: 1,
    });
    const worth = fc.oneof(
      fc.record({ amount: fc.integer({ min: 1, max: 10 ** 13 }), percent: fc.constant(null) }),
      fc.record({ amount: fc.constant(null), percent: fc.integer({ min: 1, max: 10_000 }) }),
    );
    const voucher = fc.record({ worth, showtimes: fc.constantFrom([], ['s'], ['t']) });
    fc.assert(
      fc.property(seats, fc.array(voucher, { maxLength: 5 }), (priced, vouchers) => {
        const gross = priced.reduce((sum, { price, fee }) => sum + price + fee, 0);
        let left = gross;
        for (const { worth: of, showtimes } of vouchers) {
          const order = { ...ORDER, gross, left, seats: priced.map((seat) => ({ ...seat, movieId: 'm' })) };
          const judged = judgeVoucher({ ...ANY, ...of, showtimes }, order);
          if (!judged.ok) continue;
          expect(Number.isSafeInteger(judged.amount)).toBe(true);
          expect(judged.amount).toBeGreaterThanOrEqual(0);
          left -= judged.amount;
          expect(left).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});
