import { expect, it } from 'vitest';
import type { Order, OrderLine } from '../../../../src/boxoffice/orders/order-port.js';
import { refuseTorn } from '../../../../src/boxoffice/returns/torn-seats.js';
import { compileSeatMap } from '../../../../src/core/compile-seat-map.js';
import { hall } from '../../../integration/gateway/hall.js';

// Of a row of six: a pair, a wheelchair space with its companion, and two plain seats.
const map = compileSeatMap({
  ...hall(1, 6),
  pairs: [[0, 1]],
  wheelchair: [2],
  companions: [[3, 2]],
});
const maps = new Map([['s', map]]);

function orderOf(seats: readonly number[], returned: readonly number[] = []): Order {
  const lines = seats.map((seatIndex, line) => {
    const state = returned.includes(line) ? 'returned' : 'sold';
    return { line, booking: 0, showtimeId: 's', seatIndex, state } as OrderLine;
  });
  return { lines, bookings: [{ number: 0, showtimeId: 's' }] } as unknown as Order;
}

const reasons = (order: Order, ...lines: number[]) => {
  const refused = refuseTorn(
    order,
    lines.map((line) => ({ line })),
    maps,
  );
  return refused?.ok === false ? refused.error.conflicts : undefined;
};

it('half a pair does not go back alone, both halves do', () => {
  expect(reasons(orderOf([0, 1, 4]), 0)).toEqual([{ seat: 'R1-2', reason: 'pair_split' }]);
  expect(reasons(orderOf([0, 1, 4]), 0, 1)).toBeUndefined();
  expect(reasons(orderOf([0, 1, 4]), 2)).toBeUndefined();
});

it('a wheelchair space does not go back without its companion, who may go alone', () => {
  expect(reasons(orderOf([2, 3]), 0)).toEqual([{ seat: 'R1-4', reason: 'companion_alone' }]);
  expect(reasons(orderOf([2, 3]), 1)).toBeUndefined();
});

it('nothing is torn apart where nothing stays', () => {
  expect(reasons(orderOf([0, 1]), 0, 1)).toBeUndefined();
  expect(reasons(orderOf([0, 1, 4], [2]), 0, 1)).toBeUndefined();
});
