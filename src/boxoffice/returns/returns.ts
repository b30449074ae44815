import type { Pool, PoolClient } from 'pg';
import type { SeatMap } from '../../core/seat-map.js';
import { allows, type Caller } from '../../http/access.js';
import { wireError } from '../../protocol/errors.js';
import type { Money } from '../../protocol/money.js';
import type { Audit } from '../audit/audit.js';
import { type Edited, edit } from '../catalogue/edit-parts.js';
import type { HouseDesk } from '../house-desk-port.js';
import type { Share } from '../loyalty/points-ledger.js';
import { uuidV5 } from '../orders/derived-ids.js';
import { drawFrom } from '../orders/exchange.js';
import type { Order, OrderLine } from '../orders/order-port.js';
import { leftOf } from '../orders/pricing.js';
import { readFunds } from './funds.js';
import { judgeReturn, type ReturnedLine, shareRefund } from './judge-return.js';
import { whyNotError } from './return-errors.js';
import {
  findAsked,
  lockOrder,
  type ReturnReason,
  readStandings,
  returnedShare,
  tellReturn,
  writeReturn,
} from './return-rows.js';
import { isSold, type NumberedLine, partsOf, refuseTorn, type SeatMaps } from './torn-seats.js';

/** Vouchers and points, as returns use them. */
export interface ReturnedDiscounts {
  /** `share`: of the order, all returns of it together. Called in the transaction that decides. */
  takeBack(client: PoolClient, orderId: string, share: Share): Promise<void>;
}

export interface ReturnParts {
  readonly pool: Pool;
  readonly desk: HouseDesk;
  readonly audit: Audit;
  /** Absent: there are no vouchers and no points. */
  readonly discounts?: ReturnedDiscounts | undefined;
  readonly now: () => number;
  /** Called after something was decided: its seats are to be freed, and the outbox has a row. */
  readonly onDecided: (returnId: string) => void;
}

export interface ReturnQuote {
  readonly lines: readonly ReturnedLine[];
  readonly refund: number;
}

/** One request, however often it comes: `key` is its Idempotency-Key, `asked` a hash of all that it asks for. */
interface Asking {
  readonly key: string;
  readonly asked: string;
  readonly caller: Caller;
}

export interface AskedRefund extends Asking {
  readonly lines: readonly number[] | undefined;
  readonly amount: Money | undefined;
  readonly reason: string;
  readonly keepSeats: boolean;
}

/**
 * Gives seats and money back.
 *
 * Invariant: one transaction, under the lock of the order's row, decides: lines, tickets, the refund and the row of the return
 * change together or not at all. So money and tickets always agree, and of two at once the second sees what the first gave back.
 * Only then is the house asked for the seats (`FreeSeats`), and the provider for the money.
 */
export class Returns {
  readonly #parts: ReturnParts;

  constructor(parts: ReturnParts) {
    this.#parts = parts;
  }

  /** What the buyer would get back now. Has no effect. */
  async quote(order: Order, lines: readonly number[] | undefined): Promise<Edited<ReturnQuote>> {
    const judged = await this.#judge(this.#parts.pool, order, lines);
    if (!judged.ok) return judged;
    const maps = await this.#mapsOf(order, judged.value.lines);
    if (!maps.ok) return maps;
    return refuseTorn(order, judged.value.lines, maps.value) ?? judged;
  }

  /** Returns seats by the terms of their showtimes. */
  async returnLines(
    order: Order,
    lines: readonly number[] | undefined,
    shown: Money,
    asking: Asking,
  ): Promise<Edited<undefined>> {
    const id = uuidV5(order.id, `return:${asking.key}`);
    const before = await this.#repeated(this.#parts.pool, id, asking.asked);
    if (before) return before;
    const quote = await this.#judge(this.#parts.pool, order, lines);
    if (!quote.ok) return quote;
    const maps = await this.#mapsOf(order, quote.value.lines);
    if (!maps.ok) return maps;
    return await this.#decide(order.id, id, asking, async (client, locked) => {
      const judged = await this.#judge(client, locked, lines);
      if (!judged.ok) return judged;
      const { refund, lines: returned } = judged.value;
      const torn = refuseTorn(locked, returned, maps.value);
      if (torn) return torn;
      if (shown.amount !== refund || shown.currency !== locked.currency) {
        const price = { amount: refund, currency: locked.currency };
        const error = wireError('price_changed', 'This is not what you get back now.', { price, field: 'price' });
        return { ok: false, error };
      }
      const freed = returned.map(({ line }) => line);
      await this.#write(client, locked, { id, reason: 'returned', freed, ...asking }, returned);
      const { caller } = asking;
      if (caller.holder !== locked.holder && allows(caller, 'orders.staff')) {
        const after = { refund, lines: returned, freed };
        await this.#parts.audit.write(client, { caller, action: 'order.return', subject: `order:${locked.id}`, after });
      }
      return { ok: true, value: undefined };
    });
  }

  /** Gives back what staff say, whatever the terms, and at most what is left of what was paid. */
  async refund(order: Order, asked: AskedRefund): Promise<Edited<undefined>> {
    const id = uuidV5(order.id, `refund:${asked.key}`);
    const before = await this.#repeated(this.#parts.pool, id, asked.asked);
    if (before) return before;
    const wanted = linesOf(order, asked);
    if (!wanted.ok) return wanted;
    const maps = await this.#mapsOf(order, asked.keepSeats ? [] : wanted.value);
    if (!maps.ok) return maps;
    return await this.#decide(order.id, id, asked, async (client, locked) => {
      const chosen = linesOf(locked, asked);
      if (!chosen.ok) return chosen;
      const torn = asked.keepSeats ? undefined : refuseTorn(locked, chosen.value, maps.value);
      if (torn) return torn;
      const returned = shareRefund(chosen.value, asked.amount?.amount);
      const freed = asked.keepSeats ? [] : chosen.value.filter(isSold).map(({ line }) => line);
      if (freed.length === 0 && returned.every(({ refund }) => refund === 0)) return refuseNothing();
      await this.#write(
        client,
        locked,
        { id, reason: 'staff', freed, asked: asked.asked, caller: asked.caller },
        returned,
      );
      const after = { reason: asked.reason, refund: sumOf(returned), lines: returned, freed };
      const { caller } = asked;
      await this.#parts.audit.write(client, { caller, action: 'order.refund', subject: `order:${locked.id}`, after });
      return { ok: true, value: undefined };
    });
  }

  /** Gives back all that is left of the lines of a cancelled showtime, whatever the terms. Once: a repeat finds nothing. */
  async refundShowtime(orderId: string, showtimeId: string): Promise<void> {
    const id = uuidV5(orderId, `showtime_cancelled:${showtimeId}`);
    const asking = { asked: undefined, caller: undefined };
    const done = await this.#decide(orderId, id, asking, async (client, locked) => {
      const lines = locked.lines.filter((line) => line.showtimeId === showtimeId && isSold(line));
      if (lines.length === 0) return refuseNothing();
      const freed = lines.map(({ line }) => line);
      await this.#write(
        client,
        locked,
        { id, reason: 'showtime_cancelled', freed, ...asking },
        shareRefund(lines, undefined),
      );
      return { ok: true, value: undefined };
    });
    if (!done.ok && done.error.code !== 'order_closed') throw new Error(done.error.message);
  }

  async #judge(
    db: Pool | PoolClient,
    order: Order,
    lines: readonly number[] | undefined,
  ): Promise<Edited<ReturnQuote>> {
    const standings = await readStandings(db, order.id);
    const judged = judgeReturn(order, lines, standings, this.#parts.now());
    if (!judged.ok) return { ok: false, error: whyNotError(order, judged.fault) };
    if (judged.lines.length === 0) return refuseNothing();
    return { ok: true, value: judged };
  }

  async #repeated(
    db: Pool | PoolClient,
    id: string,
    asked: string | undefined,
  ): Promise<Edited<undefined> | undefined> {
    const before = await findAsked(db, id);
    if (!before) return undefined;
    if (before.asked === (asked ?? null)) return { ok: true, value: undefined };
    const message = 'This Idempotency-Key belongs to another request.';
    return { ok: false, error: wireError('command_reused', message, { field: 'Idempotency-Key' }) };
  }

  async #decide(
    orderId: string,
    id: string,
    { asked }: { readonly asked: string | undefined },
    work: (client: PoolClient, order: Order) => Promise<Edited<undefined>>,
  ): Promise<Edited<undefined>> {
    let isNew = false;
    const done = await edit<undefined>(this.#parts.pool, async (client) => {
      const order = await lockOrder(client, orderId);
      const before = await this.#repeated(client, id, asked);
      if (before) return before;
      if (!order || !['fulfilled', 'partly_refunded', 'refunded'].includes(order.state)) {
        const state = order?.state.replace('_', ' ') ?? 'gone';
        return { ok: false, error: wireError('order_closed', `The order is ${state}: nothing of it can be returned.`) };
      }
      const result = await work(client, order);
      isNew = result.ok;
      return result;
    });
    if (isNew) this.#parts.onDecided(id);
    return done;
  }

  async #write(
    client: PoolClient,
    order: Order,
    { id, reason, freed, asked, caller }: WrittenAs,
    lines: readonly ReturnedLine[],
  ): Promise<undefined> {
    const refund = sumOf(lines);
    const drawn = drawFrom(refund === 0 ? [] : await readFunds(client, order.id), refund)?.drawn;
    // The lines say the same. If they do not, no money is the safer mistake.
    if (!drawn) throw new Error(`Of order ${order.id} there are not ${refund} minor units left to give back.`);
    const written = { id, order, reason, lines, freed, refunds: drawn, asked, askedBy: caller?.holder };
    await writeReturn(client, written);
    await tellReturn(client, written);
    await this.#parts.discounts?.takeBack(client, order.id, returnedShare(order, freed, refund));
    return undefined;
  }

  /** The seat maps of bookings of which these lines are a part only: what stays must not be torn apart. */
  async #mapsOf(order: Order, lines: readonly NumberedLine[]): Promise<Edited<SeatMaps>> {
    const maps = new Map<string, SeatMap>();
    for (const { showtimeId, stay, isPart } of partsOf(order, lines)) {
      if (!isPart || stay.length === 0 || maps.has(showtimeId)) continue;
      const house = await this.#parts.desk.open(showtimeId);
      if (!house.ok) return house;
      maps.set(showtimeId, house.terms.map);
    }
    return { ok: true, value: maps };
  }
}

interface WrittenAs {
  readonly id: string;
  readonly reason: ReturnReason;
  readonly freed: readonly number[];
  readonly asked: string | undefined;
  readonly caller: Caller | undefined;
}

function sumOf(lines: readonly ReturnedLine[]): number {
  return lines.reduce((sum, { refund }) => sum + refund, 0);
}

/** The lines that staff mean, where what they ask for can be given. */
function linesOf(order: Order, { lines, amount, keepSeats }: AskedRefund): Edited<readonly OrderLine[]> {
  const unknown = lines?.findIndex(
    (line, at) => lines.indexOf(line) < at || !order.lines.some((one) => one.line === line),
  );
  if (unknown !== undefined && unknown >= 0)
    return refuseField(`lines[${unknown}]`, 'The order has no such line, or you gave it twice.');
  const chosen = lines ? order.lines.filter(({ line }) => lines.includes(line)) : order.lines;
  if (amount === undefined) return { ok: true, value: chosen };
  if (!lines && !keepSeats)
    return refuseField('keepSeats', 'An amount without lines is given back for seats that are kept.');
  if (amount.currency !== order.currency)
    return refuseField('amount.currency', `The order was paid in ${order.currency}.`);
  const left = chosen.reduce((sum, line) => sum + leftOf(line), 0);
  if (amount.amount > left) return refuseField('amount.amount', `At most ${left} minor units are left to give back.`);
  return { ok: true, value: chosen };
}

function refuseField(field: string, message: string): Edited<never> {
  return { ok: false, error: wireError('invalid_field', message, { field }) };
}

function refuseNothing(): Edited<never> {
  return { ok: false, error: wireError('order_closed', 'There is nothing left to give back.') };
}
