import { describe, expect, it } from 'vitest';
import type { Order, OrderLine } from '../../../../src/boxoffice/orders/order-port.js';
import type { SalePolicy } from '../../../../src/boxoffice/orders/sale-policy.js';
import { judgeReturn, type LineStanding, shareRefund } from '../../../../src/boxoffice/returns/judge-return.js';

const START = Date.UTC(2027, 0, 1, 20);
const HOUR_MS = 3_600_000;

function line(number: number, of: Partial<OrderLine> = {}): OrderLine {
  return {
    ...{ line: number, booking: 0, showtimeId: 's', seatIndex: number, seat: `A-${number + 1}`, category: 'Front' },
    ...{ ticketType: '', price: 1_000, fee: 100, discount: 0, tax: 0, taxRate: 0, state: 'sold', refunded: 0 },
    ...{ exchangedFor: undefined, exchanged: 0 },
    ...of,
  };
}

const orderOf = (...lines: OrderLine[]) => ({ lines, currency: 'EUR' }) as unknown as Order;

function standing(cancel: SalePolicy['cancel'], of: Partial<LineStanding> = {}): LineStanding {
  return { policy: cancel ? { cancel } : {}, startsAt: START, isCheckedIn: false, isPassedOn: false, ...of };
}

function judge(
  lines: OrderLine[],
  cancel: SalePolicy['cancel'],
  { asked, now = START - 2 * HOUR_MS, ...of }: Partial<LineStanding> & { asked?: number[]; now?: number } = {},
) {
  const standings = new Map(lines.map(({ line: number }) => [number, standing(cancel, of)]));
  return judgeReturn(orderOf(...lines), asked, standings, now);
}

describe('a return', () => {
  it('gives back what was paid: price and fee without the discount', () => {
    const judged = judge([line(0), line(1, { discount: 300 })], { untilMinutesBefore: 60 });
    expect(judged).toMatchObject({ ok: true, refund: 1_100 + 800, lines: [{ paid: 1_100, kept: 0 }, { refund: 800 }] });
  });

  it('keeps a share of it and an amount for each seat, and never more than was paid', () => {
    const some = judge([line(0)], { untilMinutesBefore: 60, feePercent: 250, feeAmount: 50 });
    // 2.5 % of 1,100 is 27.5, halves up.
    expect(some).toMatchObject({ lines: [{ paid: 1_100, kept: 78, refund: 1_022 }] });
    expect(judge([line(0)], { untilMinutesBefore: 60, feeAmount: 5_000 })).toMatchObject({
      refund: 0,
      lines: [{ kept: 1_100 }],
    });
  });

  it('does not give back again what was given back before', () => {
    expect(judge([line(0, { refunded: 1_000 })], { untilMinutesBefore: 60 })).toMatchObject({ refund: 100 });
  });

  it('is of all lines that were not returned, or of those that are named', () => {
    const lines = [line(0, { state: 'returned' }), line(1), line(2)];
    expect(judge(lines, { untilMinutesBefore: 60 })).toMatchObject({ lines: [{ line: 1 }, { line: 2 }] });
    expect(judge(lines, { untilMinutesBefore: 60 }, { asked: [2] })).toMatchObject({ lines: [{ line: 2 }] });
  });

  it('is possible up to the very millisecond', () => {
    const until = START - HOUR_MS;
    expect(judge([line(0)], { untilMinutesBefore: 60 }, { now: until }).ok).toBe(true);
    expect(judge([line(0)], { untilMinutesBefore: 60 }, { now: until + 1 })).toMatchObject({
      fault: { why: 'too_late', until },
    });
  });

  it.each([
    ['never', [line(0)], undefined, {}],
    ['returned', [line(0, { state: 'returned' })], { untilMinutesBefore: 0 }, { asked: [0] }],
    ['checked_in', [line(0)], { untilMinutesBefore: 0 }, { isCheckedIn: true }],
    ['passed_on', [line(0)], { untilMinutesBefore: 0 }, { isPassedOn: true }],
    ['unknown', [line(0)], { untilMinutesBefore: 0 }, { asked: [7] }],
    ['twice', [line(0)], { untilMinutesBefore: 0 }, { asked: [0, 0] }],
  ] as const)('is refused: %s', (why, lines, cancel, of) => {
    expect(judge([...lines], cancel, of as object)).toMatchObject({ ok: false, fault: { why } });
  });
});

describe('a refund by staff', () => {
  it('is all that is left', () => {
    expect(shareRefund([line(0), line(1, { refunded: 600 })], undefined)).toMatchObject([
      { refund: 1_100 },
      { refund: 500 },
    ]);
  });

  it('shares an amount out by what is left, to the unit', () => {
    const shared = shareRefund([line(0), line(1), line(2, { refunded: 1_100 })], 1_001);
    expect(shared.map(({ refund }) => refund)).toEqual([501, 500, 0]);
  });
});
