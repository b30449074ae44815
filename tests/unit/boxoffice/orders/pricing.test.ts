import fc from 'fast-check';
import { expect, it } from 'vitest';
import { grossOf, type PricedSeat, priceOrder, shareOut } from '../../../../src/boxoffice/orders/pricing.js';
import { salePolicySchema } from '../../../../src/boxoffice/orders/sale-policy.js';

const amounts = fc.oneof(fc.integer({ min: 0, max: 5_000 }), fc.integer({ min: 0, max: 1_000_000_000 }));
const shares = fc.integer({ min: 0, max: 10_000 });
const policies = fc.record({ feePerTicket: amounts, feePercent: shares, taxRate: shares });
const seats: fc.Arbitrary<PricedSeat[]> = fc.array(fc.record({ price: amounts, policy: policies }), {
  minLength: 1,
  maxLength: 12,
});

it('the lines of an order sum to its total, and no line is below nothing, whatever the discount', () => {
  fc.assert(
    fc.property(seats, fc.integer({ min: 0, max: 2_000_000_000 }), (asked, discount) => {
      const order = priceOrder(asked, discount);
      const paid = order.lines.map((line) => line.price + line.fee - line.discount);
      expect(paid.every((amount) => amount >= 0)).toBe(true);
      expect(paid.reduce((sum, amount) => sum + amount, 0)).toBe(order.total);
      expect(order.total).toBe(grossOf(asked) - Math.min(discount, grossOf(asked)));
      for (const [at, line] of order.lines.entries()) expect(line.tax).toBeLessThanOrEqual(paid[at] ?? 0);
    }),
  );
});

it('shares sum to what is shared, differ from what is due by less than one, and never exceed a weight', () => {
  const weights = fc.array(amounts, { minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(weights, fc.double({ min: 0, max: 1, noNaN: true }), (weighed, part) => {
      const whole = weighed.reduce((sum, weight) => sum + weight, 0);
      const sum = Math.floor(whole * part);
      const shared = shareOut(sum, weighed);
      expect(shared.reduce((total, share) => total + share, 0)).toBe(whole === 0 ? 0 : sum);
      for (const [at, share] of shared.entries()) {
        const weight = weighed[at] ?? 0;
        expect(share).toBeLessThanOrEqual(weight);
        if (whole > 0) expect(Math.abs(share - (sum * weight) / whole)).toBeLessThan(1 + 1e-6);
      }
    }),
  );
});

it('shares by the largest remainder, of equal ones to the first', () => {
  expect(shareOut(100, [1, 1, 1])).toEqual([34, 33, 33]);
  expect(shareOut(10, [333, 333, 334])).toEqual([3, 3, 4]);
  expect(shareOut(5, [0, 10])).toEqual([0, 5]);
});

it('fees are rounded by the seat, and the tax is a part of what is paid', () => {
  const policy = { feePerTicket: 50, feePercent: 250, taxRate: 1_900 };
  expect(priceOrder([{ price: 1_230, policy }], 0)).toEqual({
    lines: [{ price: 1_230, fee: 81, discount: 0, tax: 209, taxRate: 1_900 }],
    ...{ price: 1_230, fee: 81, discount: 0, tax: 209, total: 1_311 },
  });
});

it('a policy with a member that there is not, or with money that is no whole number, is refused', () => {
  expect(salePolicySchema.safeParse({ fee: 1 }).success).toBe(false);
  expect(salePolicySchema.safeParse({ feePerTicket: 1.5 }).success).toBe(false);
  expect(salePolicySchema.safeParse({ taxRate: 10_001 }).success).toBe(false);
  expect(salePolicySchema.safeParse({ cancel: { untilMinutesBefore: 60 } }).success).toBe(true);
});
