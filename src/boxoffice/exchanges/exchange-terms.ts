import type { Pool } from 'pg';
import type { SeatMap } from '../../core/seat-map.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { HouseDesk } from '../house-desk-port.js';
import { isExchangeable } from '../orders/exchange.js';
import type { AskedExchange, ExchangeTerms } from '../orders/exchanges-port.js';
import type { Order } from '../orders/order-port.js';
import { readOrders } from '../orders/order-rows.js';
import { judgeReturn, type ReturnedLine, shareRefund } from '../returns/judge-return.js';
import { whyNotError } from '../returns/return-errors.js';
import { readStandings } from '../returns/return-rows.js';
import { isSold, partsOf, refuseTorn } from '../returns/torn-seats.js';
import { lostLines } from './lost-lines.js';

type Judged = Awaited<ReturnType<ExchangeTerms['judge']>>;
type Refused = Extract<Judged, { ok: false }>;

interface PostgresExchangeTermsOptions {
  readonly pool: Pool;
  readonly desk: HouseDesk;
  readonly now: () => number;
}

/** By what terms seats pay for others: those of the showtime that they leave (`salePolicy.exchange`), or none where staff say so. */
export class PostgresExchangeTerms implements ExchangeTerms {
  readonly #options: PostgresExchangeTermsOptions;

  constructor(options: PostgresExchangeTermsOptions) {
    this.#options = options;
  }

  async judge({ of, lines, staff }: Pick<AskedExchange, 'of' | 'lines' | 'staff'>): Promise<Judged> {
    if (!['fulfilled', 'partly_refunded', 'refunded'].includes(of.state)) {
      return refuse(
        wireError('order_closed', `The order is ${of.state.replace('_', ' ')}: it has no seats to exchange.`),
      );
    }
    const judged = staff ? judgeForStaff(of, lines) : await this.#judgeForBuyer(of, lines);
    if (!judged.ok) return judged;
    if (judged.lines.length === 0) return refuse(wireError('order_closed', 'There is nothing left to exchange.'));
    return (await this.#refuseTorn(of, judged.lines)) ?? judged;
  }

  async whyGone({ exchange }: Order): Promise<WireError | undefined> {
    if (!exchange) return undefined;
    const { pool } = this.#options;
    const [of] = await readOrders(pool, [exchange.ofOrderId]);
    if (of && isExchangeable(exchange, of, await lostLines(pool, of.id))) return undefined;
    return wireError(
      'order_closed',
      'The seats that were to be exchanged have been returned, used or passed on. Cancel this order.',
    );
  }

  async #judgeForBuyer(of: Order, lines: readonly number[] | undefined): Promise<Judged> {
    const { pool, now } = this.#options;
    const judged = judgeReturn(of, lines, await readStandings(pool, of.id), now(), 'exchange');
    return judged.ok
      ? { ok: true, lines: judged.lines.map(lineOf) }
      : refuse(whyNotError(of, judged.fault, 'exchange'));
  }

  /** Seats that were sold together only are exchanged together only: what stays must not be torn apart. */
  async #refuseTorn(of: Order, lines: readonly { readonly line: number }[]): Promise<Refused | undefined> {
    const maps = new Map<string, SeatMap>();
    for (const { showtimeId, stay, isPart } of partsOf(of, lines)) {
      if (!isPart || stay.length === 0 || maps.has(showtimeId)) continue;
      const house = await this.#options.desk.open(showtimeId);
      if (!house.ok) return house;
      maps.set(showtimeId, house.terms.map);
    }
    const torn = refuseTorn(of, lines, maps);
    return torn && !torn.ok ? torn : undefined;
  }
}

/** All that is left of the lines: the house keeps nothing. */
function judgeForStaff(of: Order, asked: readonly number[] | undefined): Judged {
  const wanted = asked ?? of.lines.filter(isSold).map(({ line }) => line);
  for (const [at, number] of wanted.entries()) {
    const line = of.lines.find((one) => one.line === number);
    const place = { at, line: number };
    if (!line) return refuse(whyNotError(of, { ...place, why: 'unknown' }));
    if (wanted.indexOf(number) < at) return refuse(whyNotError(of, { ...place, why: 'twice' }));
    if (!isSold(line)) return refuse(whyNotError(of, { ...place, why: 'returned' }));
  }
  const lines = shareRefund(
    of.lines.filter(({ line }) => wanted.includes(line)),
    undefined,
  );
  return { ok: true, lines: lines.map(lineOf) };
}

function lineOf({ line, paid, kept }: ReturnedLine) {
  return { line, paid, kept };
}

function refuse(error: WireError): Refused {
  return { ok: false, error };
}
