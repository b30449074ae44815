/**
 * Seats of one order that pay for another: what moves where. Pure; every store asks it, within the transaction that holds both
 * orders. Integers of minor units in and out.
 */
import type { Exchange, Order } from './order-port.js';
import { leftOf, shareOut } from './pricing.js';

/** How the worth of old seats meets the price of new ones. */
export interface SettledUp {
  /** What the old seats bring in. */
  readonly credit: number;
  /** What is still to be paid. */
  readonly due: number;
  /** What is given back. */
  readonly refund: number;
}

/** @param gross what the new seats cost */
export function settleUp(gross: number, { lines }: Pick<Exchange, 'lines'>): SettledUp {
  const worth = lines.reduce((sum, { paid, kept }) => sum + paid - kept, 0);
  const credit = Math.min(worth, gross);
  return { credit, due: gross - credit, refund: worth - credit };
}

/**
 * Whether the old seats are still what the exchange was agreed on: sold, worth the same, and in the hands of the buyer. Terms and
 * times are not asked again: whoever was quoted in time may take as long to pay as for any order.
 * @param lost lines whose tickets were used or passed on; staff exchange them all the same
 */
export function isExchangeable({ lines, byStaff }: Exchange, of: Order, lost: ReadonlySet<number>): boolean {
  if (!['fulfilled', 'partly_refunded', 'refunded'].includes(of.state)) return false;
  return lines.every(({ line: number, paid }) => {
    const line = of.lines.find((one) => one.line === number);
    return line?.state === 'sold' && leftOf(line) === paid && (byStaff || !lost.has(number));
  });
}

/** Of a payment, what an order can still give back or pass on. */
export interface Fund {
  readonly paymentId: string;
  readonly left: number;
}

interface Drawn {
  readonly paymentId: string;
  readonly amount: number;
}

/** Takes a sum out of funds, the first of them first. Undefined: there is not so much left. */
export function drawFrom(
  funds: readonly Fund[],
  amount: number,
): { readonly drawn: readonly Drawn[]; readonly rest: readonly Fund[] } | undefined {
  let missing = amount;
  const drawn: Drawn[] = [];
  const rest = funds.map(({ paymentId, left }) => {
    const part = Math.min(missing, left);
    missing -= part;
    if (part > 0) drawn.push({ paymentId, amount: part });
    return { paymentId, left: left - part };
  });
  return missing === 0 ? { drawn, rest } : undefined;
}

/** What is written about the old order when the new one is fulfilled. */
export interface CarriedOut {
  /** What goes back, by payment. */
  readonly refunds: readonly Drawn[];
  /** What the new order gets, by payment. */
  readonly credits: readonly Drawn[];
  /** By line: `refund` of what was paid goes back, `exchanged` goes into the new order. Together they are paid − kept. */
  readonly lines: readonly { readonly line: number; readonly refund: number; readonly exchanged: number }[];
}

/**
 * Shares an exchange out among the lines and the payments of the old order.
 * @throws where the payments do not have what the lines say: no exchange is the safer mistake
 */
export function carryOut({ lines, refund }: Exchange, credit: number, funds: readonly Fund[]): CarriedOut {
  const refunds = drawFrom(funds, refund);
  const credits = refunds && drawFrom(refunds.rest, credit);
  if (!credits) throw new Error(`The payments of an order have less than the ${credit + refund} of its lines.`);
  const worths = lines.map(({ paid, kept }) => paid - kept);
  const shares = shareOut(refund, worths);
  return {
    refunds: refunds.drawn,
    credits: credits.drawn,
    lines: lines.map(({ line }, at) => {
      const share = shares[at] ?? 0;
      return { line, refund: share, exchanged: (worths[at] ?? 0) - share };
    }),
  };
}
