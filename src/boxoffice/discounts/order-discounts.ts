import type { Pool, PoolClient } from 'pg';
import { type WireError, wireError } from '../../protocol/errors.js';
import { type AttemptLimit, countAttempt, uncountAttempt } from '../access/attempts.js';
import type { Reads } from '../catalogue/reads.js';
import {
  earnPoints,
  giveRedeemedBack,
  movePointsBack,
  readBalance,
  redeemPoints,
  type Share,
} from '../loyalty/points-ledger.js';
import type { AskedDiscounts, Discounts } from '../orders/discounts-port.js';
import type { Discount } from '../orders/order-port.js';
import { judgeVoucher, type OrderToDiscount, type Voucher } from '../vouchers/judge-voucher.js';
import { giveVouchersBack, hasUseLeft, plainCode, takeVouchers, vouchersByCode } from '../vouchers/voucher-store.js';

const VOUCHERS_MAX = 5;
/** Limits for wrong codes; right ones do not count. Many people share an address, and a guest can become a new guest at any time. */
const WRONG_CODES: AttemptLimit = { what: 'voucher codes', max: 10, windowMs: 15 * 60_000 };
const WRONG_CODES_OF_ADDRESS: AttemptLimit = { what: 'voucher codes of address', max: 100, windowMs: 15 * 60_000 };

type Quoted = { readonly ok: true; readonly discounts: readonly Discount[] } | Refused;

export interface LoyaltyTerms {
  /** For 100 minor units paid; 0: there are no points. */
  readonly pointsPer100: number;
  /** Minor units. */
  readonly pointValue: number;
  /** Of the orders that have to do with points. */
  readonly currency: string;
}

interface OrderDiscountsOptions {
  readonly pool: Pool;
  readonly loyalty: LoyaltyTerms;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

interface Refused {
  readonly ok: false;
  readonly error: WireError;
}

/**
 * Vouchers first, in the order in which they were given, each on what those before it left; then points on the rest.
 *
 * Invariant: together they are at most what the order costs. What an order took is given back once, however often that is asked.
 */
export class OrderDiscounts implements Discounts {
  readonly #options: OrderDiscountsOptions;

  constructor(options: OrderDiscountsOptions) {
    this.#options = options;
  }

  async quote(asked: AskedDiscounts): Promise<Quoted> {
    const vouchers = await this.#quoteVouchers(asked);
    if (!vouchers.ok) return vouchers;
    const left = vouchers.discounts.reduce((rest, { amount }) => rest - amount, asked.gross);
    const points = await this.#quotePoints(asked, left);
    return points.ok ? { ok: true, discounts: [...vouchers.discounts, ...points.discounts] } : points;
  }

  async take(client: PoolClient, orderId: string, discounts: readonly Discount[]): Promise<boolean> {
    const order = await findBuyer(client, orderId);
    if (!order) return false;
    const vouchers = discounts.flatMap(({ kind, code, amount }) =>
      kind === 'voucher' && code !== undefined ? [{ code: plainCode(code), amount }] : [],
    );
    if (vouchers.length > 0 && !(await takeVouchers(client, { id: orderId, holder: holderOf(order) }, vouchers)))
      return false;
    const points = discounts.reduce((sum, one) => sum + (one.kind === 'points' ? (one.points ?? 0) : 0), 0);
    if (points === 0) return true;
    return order.accountId !== undefined && (await redeemPoints(client, order.accountId, orderId, points));
  }

  async giveBack(client: PoolClient, orderId: string): Promise<void> {
    await giveVouchersBack(client, orderId);
    await giveRedeemedBack(client, orderId);
  }

  async earn(client: PoolClient, orderId: string): Promise<void> {
    const { pointsPer100, currency } = this.#options.loyalty;
    if (pointsPer100 === 0) return;
    const order = await findBuyer(client, orderId);
    if (order?.accountId === undefined || order.currency !== currency) return;
    await earnPoints(client, order.accountId, orderId, Math.floor((order.total * pointsPer100) / 100));
  }

  /**
   * For returns, in their transaction: earned points go and redeemed ones come back in proportion to what was returned of the order
   * so far. Once all of its seats are, its vouchers can be used again too.
   */
  async takeBack(client: PoolClient, orderId: string, share: Share): Promise<void> {
    await movePointsBack(client, orderId, share);
    if (share.returned >= share.of) await giveVouchersBack(client, orderId);
  }

  async #quoteVouchers(asked: AskedDiscounts): Promise<{ ok: true; discounts: readonly Discount[] } | Refused> {
    const { pool } = this.#options;
    const codes = asked.vouchers.map(plainCode);
    if (codes.length === 0) return { ok: true, discounts: [] };
    if (codes.length > VOUCHERS_MAX)
      return refuse('invalid_field', `An order takes ${VOUCHERS_MAX} vouchers.`, 'vouchers');
    const twice = codes.findIndex((code, at) => codes.indexOf(code) < at);
    if (twice >= 0) return refuse('invalid_field', 'This voucher was given twice.', `vouchers[${twice}]`);
    const tooMany = await countCodes(pool, asked);
    if (tooMany) return tooMany;
    const known = new Map((await vouchersByCode(pool, codes)).map((voucher) => [voucher.code, voucher]));
    const unknown = codes.findIndex((code) => !known.has(code));
    // The try stays counted.
    if (unknown >= 0) return refuse('invalid_code', 'There is no such voucher.', `vouchers[${unknown}]`);
    await uncountCodes(pool, asked);
    return await this.#judge(
      asked,
      codes.flatMap((code) => known.get(code) ?? []),
    );
  }

  async #judge(
    asked: AskedDiscounts,
    vouchers: readonly Voucher[],
  ): Promise<{ ok: true; discounts: Discount[] } | Refused> {
    const { pool, now } = this.#options;
    const { channel, currency, gross } = asked;
    const seats = await withMovies(pool, asked.seats);
    const discounts: Discount[] = [];
    let left = gross;
    for (const [at, voucher] of vouchers.entries()) {
      const order: OrderToDiscount = { channel, currency, gross, left, seats, now: now() };
      const judged = judgeVoucher(voucher, order);
      const field = `vouchers[${at}]`;
      if (!judged.ok) return refuse('invalid_code', `This voucher ${judged.why}.`, field);
      if (!(await hasUseLeft(pool, voucher, holderOf(asked)))) {
        return refuse('invalid_code', 'This voucher has been used up.', field);
      }
      // Of an order that costs nothing more a voucher is not used up.
      if (judged.amount === 0) continue;
      discounts.push({ kind: 'voucher', code: voucher.code, amount: judged.amount });
      left -= judged.amount;
    }
    return { ok: true, discounts };
  }

  async #quotePoints(
    asked: AskedDiscounts,
    left: number,
  ): Promise<{ ok: true; discounts: readonly Discount[] } | Refused> {
    const { pool, loyalty } = this.#options;
    const { points = 0, accountId, currency } = asked;
    if (points === 0) return { ok: true, discounts: [] };
    if (loyalty.pointsPer100 === 0) return refuse('invalid_field', 'There are no points here.', 'points');
    if (accountId === undefined) return refuse('invalid_field', 'Only an account has points: log in.', 'points');
    if (currency !== loyalty.currency) {
      return refuse('invalid_field', `Points lower orders in ${loyalty.currency} only.`, 'points');
    }
    const balance = await readBalance(pool, accountId);
    if (balance < points) return refuse('invalid_field', `You have ${Math.max(0, balance)} points.`, 'points');
    const used = Math.min(points, Math.floor(left / loyalty.pointValue));
    if (used <= 0) return { ok: true, discounts: [] };
    return { ok: true, discounts: [{ kind: 'points', points: used, amount: used * loyalty.pointValue }] };
  }
}

interface Buyer {
  readonly holder: string;
  readonly accountId: string | undefined;
  readonly currency: string;
  /** What was paid for it, in money or by the exchange of another order. */
  readonly total: number;
}

async function findBuyer(db: Reads, orderId: string): Promise<Buyer | undefined> {
  const { rows } = await db.query<Buyer & { readonly account: string | null }>(
    `SELECT holder, account_id AS account, currency, (total + credit)::float8 AS total FROM boxoffice.orders WHERE id = $1`,
    [orderId],
  );
  const [row] = rows;
  return row && { ...row, accountId: row.account ?? undefined };
}

/** By whom uses are counted: all devices of an account are one. */
function holderOf({ accountId, holder }: Pick<AskedDiscounts, 'accountId' | 'holder'>): string {
  return accountId === undefined ? holder : `account:${accountId}`;
}

async function withMovies(db: Reads, seats: AskedDiscounts['seats']): Promise<OrderToDiscount['seats']> {
  const { rows } = await db.query<{ id: string; movieId: string }>(
    'SELECT id, movie_id AS "movieId" FROM boxoffice.showtimes WHERE id = ANY ($1)',
    [[...new Set(seats.map(({ showtimeId }) => showtimeId))]],
  );
  const movies = new Map(rows.map(({ id, movieId }) => [id, movieId]));
  return seats.map((seat) => ({ ...seat, movieId: movies.get(seat.showtimeId) ?? '' }));
}

async function countCodes(db: Reads, asked: AskedDiscounts): Promise<Refused | undefined> {
  for (const [limit, subject] of countedFor(asked)) {
    const counted = await countAttempt(db, limit, subject);
    if (counted.ok) continue;
    const { retryAfterMs } = counted;
    const message = 'Too many voucher codes were wrong. Try again later.';
    return { ok: false, error: wireError('rate_limited', message, { retryAfterMs, field: 'vouchers' }) };
  }
  return undefined;
}

async function uncountCodes(db: Reads, asked: AskedDiscounts): Promise<void> {
  for (const [limit, subject] of countedFor(asked)) await uncountAttempt(db, limit, subject);
}

function countedFor(asked: AskedDiscounts): readonly (readonly [AttemptLimit, string])[] {
  const { address } = asked;
  const own = [WRONG_CODES, holderOf(asked)] as const;
  return address === undefined ? [own] : [own, [WRONG_CODES_OF_ADDRESS, address]];
}

function refuse(code: 'invalid_field' | 'invalid_code', message: string, field: string): Refused {
  return { ok: false, error: wireError(code, message, { field }) };
}
