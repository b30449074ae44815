/** What an order would cost. Has no effect. */
import type { Channel } from '../../core/channel.js';
import type { Hold } from '../../core/house.js';
import { priceOf } from '../../core/price.js';
import { wireError } from '../../protocol/errors.js';
import type { Money } from '../../protocol/money.js';
import type { Terms } from '../../runtime/playbill-port.js';
import { type SettledUp, settleUp } from './exchange.js';
import type { AskedExchange } from './exchanges-port.js';
import type { OrderParts, Refused } from './order-parts.js';
import type { Discount, Exchange } from './order-port.js';
import type { NewLine } from './order-store-port.js';
import { grossOf, type PricedOrder, priceOrder } from './pricing.js';
import type { SalePolicy } from './sale-policy.js';

export interface AskedHold {
  readonly showtimeId: string;
  readonly holdId: string;
}

export interface AskedQuote {
  /** Whose holds they are. */
  readonly holder: string;
  readonly accountId: string | undefined;
  /** Where the request came from, as its rate is counted. */
  readonly address: string | undefined;
  readonly channel: Channel;
  readonly holds: readonly AskedHold[];
  readonly vouchers: readonly string[];
  readonly points: number | undefined;
  /** Seats of an earlier order that pay for it. */
  readonly exchange?: AskedExchange | undefined;
}

/** A hold as its house has it. */
export interface QuotedHold extends AskedHold {
  /** What the seats cost, without fees: what the house is told that the buyer was shown. */
  readonly price: Money;
  readonly seats: readonly string[];
  readonly expiresAt: number;
  readonly terms: Terms;
}

export interface Quote {
  readonly ok: true;
  readonly currency: string;
  readonly holds: readonly QuotedHold[];
  readonly lines: readonly NewLine[];
  readonly discounts: readonly Discount[];
  /** `total` is what is to be paid: what the seats cost, less the credit of an exchange. */
  readonly sums: Omit<PricedOrder, 'lines'>;
  readonly exchange: { readonly exchange: Exchange; readonly credit: number } | undefined;
}

interface FoundHold {
  readonly ok: true;
  readonly hold: Hold;
  readonly terms: Terms;
  readonly policy: SalePolicy;
}

/** @param orderId the order that the holds may be in already: it was begun before, and goes on */
export async function quoteOrder(parts: OrderParts, asked: AskedQuote, orderId?: string): Promise<Quote | Refused> {
  const found = await Promise.all(asked.holds.map((hold, at) => findHold(parts, asked.holder, hold, at, orderId)));
  const holds: FoundHold[] = [];
  for (const one of found) {
    if (!one.ok) return one;
    holds.push(one);
  }
  const currency = holds[0]?.terms.rules.currency ?? '';
  const strange = holds.findIndex(({ terms }) => terms.rules.currency !== currency);
  if (strange > 0) {
    const field = `holds[${strange}]`;
    return refuse(wireError('invalid_field', 'The holds of an order have one currency.', { field }));
  }
  const seats = holds.flatMap((one, booking) => seatsOf(one, booking, asked.holds[booking]?.showtimeId ?? ''));
  const discounted = await findDiscounts(parts, asked, currency, seats);
  if (!discounted.ok) return discounted;
  const { discounts } = discounted;
  const discount = discounts.reduce((sum, { amount }) => sum + amount, 0);
  const { lines, ...sums } = priceOrder(seats, discount);
  const exchanged = asked.exchange && (await quoteExchange(parts, asked.exchange, currency, sums.total));
  if (exchanged && !exchanged.ok) return exchanged;
  return {
    ok: true,
    currency,
    holds: holds.map(({ hold, terms }, at) => ({
      showtimeId: asked.holds[at]?.showtimeId ?? '',
      holdId: hold.id,
      price: { amount: priceOf(hold), currency },
      seats: hold.seats.map((seat) => labelOf(terms, seat)),
      expiresAt: hold.expiresAt,
      terms,
    })),
    lines: lines.map((line, at) => ({ ...line, ...(seats[at] as QuotedSeat).of, line: at })),
    discounts,
    sums: { ...sums, total: exchanged ? exchanged.due : sums.total },
    exchange: exchanged && { exchange: exchanged.exchange, credit: exchanged.credit },
  };
}

/** @param gross what the new seats cost */
async function quoteExchange(
  { exchanges }: OrderParts,
  { of, lines, staff }: AskedExchange,
  currency: string,
  gross: number,
): Promise<({ readonly ok: true; readonly exchange: Exchange } & SettledUp) | Refused> {
  if (!exchanges) return refuse(wireError('order_closed', 'Seats are not exchanged here.'));
  if (of.currency !== currency) {
    const message = `The order was paid in ${of.currency}, and these seats cost ${currency}: they cannot be exchanged.`;
    return refuse(wireError('invalid_field', message, { field: 'holds[0]' }));
  }
  const judged = await exchanges.judge({ of, lines, staff });
  if (!judged.ok) return judged;
  const settled = settleUp(gross, judged);
  const { refund } = settled;
  const exchange = { ofOrderId: of.id, lines: judged.lines, refund, byStaff: staff !== undefined };
  return { ok: true, exchange, ...settled };
}

type SeatOfLine = Pick<NewLine, 'booking' | 'showtimeId' | 'seatIndex' | 'seat' | 'category' | 'ticketType'>;
interface QuotedSeat {
  readonly price: number;
  readonly policy: SalePolicy;
  readonly of: SeatOfLine;
}

function seatsOf({ hold, terms, policy }: FoundHold, booking: number, showtimeId: string): QuotedSeat[] {
  const { map } = terms;
  return hold.seats.map((seatIndex, at) => ({
    price: hold.prices[at] ?? 0,
    policy,
    of: {
      booking,
      showtimeId,
      seatIndex,
      seat: labelOf(terms, seatIndex),
      category: map.data.categories[map.categoryOf[seatIndex] ?? -1]?.name ?? '',
      ticketType: hold.ticketTypes?.[at] ?? '',
    },
  }));
}

function labelOf({ map }: Terms, seat: number): string {
  return map.data.seats.label[seat] ?? '';
}

async function findHold(
  parts: OrderParts,
  holder: string,
  { showtimeId, holdId }: AskedHold,
  at: number,
  orderId: string | undefined,
): Promise<FoundHold | Refused> {
  const [house, policy] = await Promise.all([parts.desk.open(showtimeId), parts.policyOf(showtimeId)]);
  if (!house.ok) return house;
  const find = () => house.own(holder).holds.find(({ id }) => id === holdId);
  let hold = find();
  // The state that this node knows may be older than the hold.
  if (!hold && (await house.current())) hold = find();
  const field = `holds[${at}].holdId`;
  if (!hold) return refuse(wireError('unknown_hold', 'You have no such hold.', { field }));
  if (hold.orderId !== undefined && hold.orderId !== orderId) {
    return refuse(wireError('hold_in_order', 'This hold is in another order.', { field }));
  }
  return { ok: true, hold, terms: house.terms, policy };
}

async function findDiscounts(
  { discounts }: OrderParts,
  { vouchers, points, holder, accountId, address, channel }: AskedQuote,
  currency: string,
  seats: readonly QuotedSeat[],
): Promise<{ readonly ok: true; readonly discounts: readonly Discount[] } | Refused> {
  if (vouchers.length === 0 && points === undefined) return { ok: true, discounts: [] };
  if (!discounts) {
    const field = vouchers.length > 0 ? 'vouchers' : 'points';
    return refuse(wireError('invalid_field', 'There are no vouchers and no points here.', { field }));
  }
  const priced = priceOrder(seats, 0).lines;
  return await discounts.quote({
    ...{ holder, accountId, address, channel, currency, vouchers, points },
    gross: grossOf(seats),
    seats: seats.map(({ price, of }, at) => {
      return { showtimeId: of.showtimeId, ticketType: of.ticketType, price, fee: priced[at]?.fee ?? 0 };
    }),
  });
}

export function refuse(error: Refused['error']): Refused {
  return { ok: false, error };
}
