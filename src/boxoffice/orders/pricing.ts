/** What an order costs. Pure: integers of minor units in and out, and the lines sum to the total to the unit. */
import type { OrderLine } from './order-port.js';
import { feeOf, type SalePolicy, taxIn } from './sale-policy.js';

export interface PricedSeat {
  /** Minor units. */
  readonly price: number;
  readonly policy: SalePolicy;
}

export interface PricedLine {
  readonly price: number;
  readonly fee: number;
  readonly discount: number;
  readonly tax: number;
  readonly taxRate: number;
}

export interface PricedOrder {
  /** In the order of the seats. */
  readonly lines: readonly PricedLine[];
  readonly price: number;
  readonly fee: number;
  readonly discount: number;
  readonly tax: number;
  /** price + fee − discount. */
  readonly total: number;
}

/** What was paid for a line, in money or by exchange, and has neither been given back nor gone into another order. */
export function leftOf(line: Pick<OrderLine, 'price' | 'fee' | 'discount' | 'refunded' | 'exchanged'>): number {
  const { price, fee, discount, refunded, exchanged } = line;
  return Math.max(0, price + fee - discount - refunded - exchanged);
}

/** What the seats cost before any discount. */
export function grossOf(seats: readonly PricedSeat[]): number {
  return seats.reduce((sum, { price, policy }) => sum + price + feeOf(price, policy), 0);
}

/** @param discount minor units; of more than the seats cost only what they cost counts */
export function priceOrder(seats: readonly PricedSeat[], discount: number): PricedOrder {
  const gross = seats.map(({ price, policy }) => ({ price, fee: feeOf(price, policy), taxRate: policy.taxRate ?? 0 }));
  const shares = shareOut(
    Math.min(discount, grossOf(seats)),
    gross.map(({ price, fee }) => price + fee),
  );
  const lines = gross.map(({ price, fee, taxRate }, at): PricedLine => {
    const share = shares[at] ?? 0;
    return { price, fee, discount: share, tax: taxIn(price + fee - share, taxRate), taxRate };
  });
  const sum = (of: (line: PricedLine) => number) => lines.reduce((total, line) => total + of(line), 0);
  return {
    lines,
    price: sum((line) => line.price),
    fee: sum((line) => line.fee),
    discount: sum((line) => line.discount),
    tax: sum((line) => line.tax),
    total: sum((line) => line.price + line.fee - line.discount),
  };
}

/**
 * Shares a sum out in proportion to weights by the method of the largest remainder: each share is what is due rounded down, and
 * what is left over goes to the largest remainders, of equal ones to the first.
 * @param sum at most the sum of the weights: then no share is more than its weight
 */
export function shareOut(sum: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((total, weight) => total + BigInt(weight), 0n);
  if (whole === 0n) return weights.map(() => 0);
  // Products of two amounts do not fit into the 53 bits of a number.
  const due = weights.map((weight) => BigInt(sum) * BigInt(weight));
  const shares = due.map((part) => Number(part / whole));
  let left = sum - shares.reduce((total, share) => total + share, 0);
  const byRemainder = due
    .map((part, at) => ({ at, remainder: part % whole }))
    .sort((a, b) => (a.remainder === b.remainder ? a.at - b.at : a.remainder > b.remainder ? -1 : 1));
  for (const { at } of byRemainder) {
    if (left === 0) break;
    shares[at] = (shares[at] ?? 0) + 1;
    left--;
  }
  return shares;
}
