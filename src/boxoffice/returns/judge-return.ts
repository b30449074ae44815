/** What is given back for seats. Pure: integers of minor units in and out, and the lines sum to the total to the unit. */
import type { Order, OrderLine } from '../orders/order-port.js';
import { leftOf, shareOut } from '../orders/pricing.js';
import { roundedShare, type SalePolicy } from '../orders/sale-policy.js';

/** What a return needs to know of a line besides the order. */
export interface LineStanding {
  readonly policy: SalePolicy;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly isCheckedIn: boolean;
  /** Its ticket belongs to somebody else by now. */
  readonly isPassedOn: boolean;
}

export interface ReturnedLine {
  readonly line: number;
  /** What was paid for the seat and has not been given back before. */
  readonly paid: number;
  /** Of that, what the house keeps. */
  readonly kept: number;
  /** paid − kept. */
  readonly refund: number;
}

/** `at`: the place in the asked lines. */
export type WhyNot = { readonly at: number; readonly line: number } & (
  | { readonly why: 'unknown' | 'twice' | 'returned' | 'checked_in' | 'passed_on' | 'never' }
  /** `until`: milliseconds since 1970. */
  | { readonly why: 'too_late'; readonly until: number }
);

export type Judged =
  | { readonly ok: true; readonly lines: readonly ReturnedLine[]; readonly refund: number }
  | { readonly ok: false; readonly fault: WhyNot };

/** Which terms of a showtime are meant. */
export type TermsOf = 'cancel' | 'exchange';

/** Until when a buyer can return a seat, or exchange it, in milliseconds since 1970; undefined: never. */
export function returnableUntil({ policy, startsAt }: LineStanding, by: TermsOf): number | undefined {
  const terms = policy[by];
  return terms && startsAt - terms.untilMinutesBefore * 60_000;
}

/**
 * What a buyer gets back by the terms of each showtime, or what an exchange brings in. The fee is a share of what is left of the line and an amount for each
 * seat, together at most what is left.
 * @param asked numbers of lines; undefined: all that can still be returned
 * @param standings by line
 */
export function judgeReturn(
  order: Order,
  asked: readonly number[] | undefined,
  standings: ReadonlyMap<number, LineStanding>,
  now: number,
  by: TermsOf = 'cancel',
): Judged {
  const wanted = asked ?? order.lines.filter(({ state }) => state === 'sold').map(({ line }) => line);
  const lines: ReturnedLine[] = [];
  for (const [at, number] of wanted.entries()) {
    const line = order.lines.find((one) => one.line === number);
    const standing = standings.get(number);
    const place = { at, line: number };
    if (!line || !standing) return { ok: false, fault: { ...place, why: 'unknown' } };
    if (wanted.indexOf(number) < at) return { ok: false, fault: { ...place, why: 'twice' } };
    if (line.state === 'returned') return { ok: false, fault: { ...place, why: 'returned' } };
    if (standing.isCheckedIn) return { ok: false, fault: { ...place, why: 'checked_in' } };
    if (standing.isPassedOn) return { ok: false, fault: { ...place, why: 'passed_on' } };
    const until = returnableUntil(standing, by);
    if (until === undefined) return { ok: false, fault: { ...place, why: 'never' } };
    if (now > until) return { ok: false, fault: { ...place, why: 'too_late', until } };
    lines.push(returned(line, standing.policy[by]));
  }
  return { ok: true, lines, refund: lines.reduce((sum, { refund }) => sum + refund, 0) };
}

function returned(line: OrderLine, terms: SalePolicy[TermsOf]): ReturnedLine {
  const paid = leftOf(line);
  const fee = roundedShare(paid, terms?.feePercent ?? 0) + (terms?.feeAmount ?? 0);
  const kept = Math.min(paid, fee);
  return { line: line.line, paid, kept, refund: paid - kept };
}

/**
 * All that is left of lines, or a part of it shared out by what is left of each.
 * @param amount at most what is left of them together; undefined: all of it
 */
export function shareRefund(lines: readonly OrderLine[], amount: number | undefined): ReturnedLine[] {
  const left = lines.map(leftOf);
  const all = left.reduce((sum, each) => sum + each, 0);
  const shares = shareOut(amount ?? all, left);
  return lines.map(({ line }, at) => {
    const paid = left[at] ?? 0;
    const refund = shares[at] ?? 0;
    return { line, paid, kept: paid - refund, refund };
  });
}
