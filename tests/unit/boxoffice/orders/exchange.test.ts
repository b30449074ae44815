import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { carryOut, drawFrom, isExchangeable, settleUp } from '../../../../src/boxoffice/orders/exchange.js';
import type { Exchange, Order, OrderLine } from '../../../../src/boxoffice/orders/order-port.js';

function line(number: number, of: Partial<OrderLine> = {}): OrderLine {
  return {
    ...{ line: number, booking: 0, showtimeId: 's', seatIndex: number, seat: `A-${number + 1}`, category: 'Front' },
    ...{ ticketType: '', price: 1_000, fee: 100, discount: 0, tax: 0, taxRate: 0, state: 'sold', refunded: 0 },
    ...{ exchangedFor: undefined, exchanged: 0 },
    ...of,
  };
}

const orderOf = (lines: OrderLine[], state = 'fulfilled') => ({ id: 'old', state, lines }) as unknown as Order;

function exchange(lines: Exchange['lines'], of: Partial<Exchange> = {}): Exchange {
  return { ofOrderId: 'old', lines, refund: 0, byStaff: false, ...of };
}

const NOBODY: ReadonlySet<number> = new Set();

describe('the sums of an exchange', () => {
  it('are what is due, or what goes back, and never both', () => {
    const lines = [{ line: 0, paid: 1_000, kept: 100 }];
    expect(settleUp(1_500, { lines })).toEqual({ credit: 900, due: 600, refund: 0 });
    expect(settleUp(900, { lines })).toEqual({ credit: 900, due: 0, refund: 0 });
    expect(settleUp(400, { lines })).toEqual({ credit: 400, due: 0, refund: 500 });
  });

  it('lose no unit between lines, payments, credit and refund', () => {
    const amount = fc.integer({ min: 0, max: 10_000 });
    const paidLine = fc.tuple(amount, amount).map(([a, b]) => ({ paid: Math.max(a, b), kept: Math.min(a, b) }));
    fc.assert(
      fc.property(
        fc.array(paidLine, { minLength: 1, maxLength: 6 }),
        amount,
        fc.array(amount),
        (paid, gross, funds) => {
          const lines = paid.map((one, number) => ({ line: number, ...one }));
          const worth = lines.reduce((sum, one) => sum + one.paid - one.kept, 0);
          const { credit, due, refund } = settleUp(gross, { lines });
          expect([credit + due, credit + refund]).toEqual([gross, worth]);
          expect(Math.min(due, refund)).toBe(0);
          const all = [...funds, worth].map((left, at) => ({ paymentId: `p${at}`, left }));
          const done = carryOut(exchange(lines, { refund }), credit, all);
          const sum = (list: readonly { amount: number }[]) => list.reduce((total, one) => total + one.amount, 0);
          expect([sum(done.refunds), sum(done.credits)]).toEqual([refund, credit]);
          for (const [at, moved] of done.lines.entries()) {
            expect(moved.refund + moved.exchanged).toBe((paid[at]?.paid ?? 0) - (paid[at]?.kept ?? 0));
            expect(Math.min(moved.refund, moved.exchanged)).toBeGreaterThanOrEqual(0);
          }
          for (const { paymentId, left } of all) {
            const taken = [...done.refunds, ...done.credits].filter((one) => one.paymentId === paymentId);
            expect(sum(taken)).toBeLessThanOrEqual(left);
          }
        },
      ),
    );
  });

  it('are refused where the payments do not have what the lines say', () => {
    const lines = [{ line: 0, paid: 1_000, kept: 0 }];
    expect(drawFrom([{ paymentId: 'p', left: 999 }], 1_000)).toBeUndefined();
    expect(() => carryOut(exchange(lines), 1_000, [{ paymentId: 'p', left: 999 }])).toThrow(/less than/);
  });
});

describe('old seats stand', () => {
  const asked = exchange([{ line: 0, paid: 1_100, kept: 0 }]);

  it('while they are sold, worth the same, and the buyer has their tickets', () => {
    expect(isExchangeable(asked, orderOf([line(0), line(1, { state: 'returned' })]), NOBODY)).toBe(true);
    expect(isExchangeable(asked, orderOf([line(0)], 'partly_refunded'), new Set([1]))).toBe(true);
  });

  it.each([
    ['returned', orderOf([line(0, { state: 'returned' })]), NOBODY],
    ['worth less, since money was given back', orderOf([line(0, { refunded: 1 })]), NOBODY],
    ['used or passed on', orderOf([line(0)]), new Set([0])],
    ['of an order that has no seats', orderOf([line(0)], 'cancelled'), NOBODY],
    ['unknown', orderOf([line(1)]), NOBODY],
  ])('not once they are %s', (_, of, lost) => {
    expect(isExchangeable(asked, of, lost)).toBe(false);
  });

  it('for staff also where a ticket was used, but not where the seat was returned', () => {
    const byStaff = { ...asked, byStaff: true };
    expect(isExchangeable(byStaff, orderOf([line(0)]), new Set([0]))).toBe(true);
    expect(isExchangeable(byStaff, orderOf([line(0, { state: 'returned' })]), NOBODY)).toBe(false);
  });
});
