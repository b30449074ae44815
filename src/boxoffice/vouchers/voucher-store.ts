/** Vouchers and their uses, in Postgres. */
import { randomInt } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import type { Voucher } from './judge-voucher.js';

/** Without those that look alike. */
const LETTERS = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';
/** 59 random bits: nobody guesses one. */
const CODE_LENGTH = 12;

export interface ListedVoucher extends Voucher {
  readonly uses: number;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly version: string;
}

const COLUMNS = `v.id, v.code, v.description, v.amount::float8 AS amount, v.percent, v.currency, v.channels, v.showtimes,
  v.movies, v.valid_from AS "validFrom", v.valid_until AS "validUntil", v.minimum::float8 AS minimum,
  v.uses_max AS "usesMax", v.uses_per_holder AS "usesPerHolder", v.enabled`;
const LISTED = `SELECT ${COLUMNS}, v.created_by AS "createdBy", v.created_at AS "createdAt", v.version,
  (SELECT count(*)::int FROM boxoffice.voucher_uses u WHERE u.voucher_id = v.id AND u.given_back_at IS NULL) AS uses
  FROM boxoffice.vouchers v`;

/** The code as it is kept and compared; people write blanks, hyphens and small letters. */
export function plainCode(code: string): string {
  return code.replaceAll(/[\s-]/g, '').toUpperCase();
}

export function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** Rows of these codes, in no order. */
export async function vouchersByCode(db: Reads, codes: readonly string[]): Promise<readonly Voucher[]> {
  const { rows } = await db.query<Voucher>(`SELECT ${COLUMNS} FROM boxoffice.vouchers v WHERE v.code = ANY ($1)`, [
    codes,
  ]);
  return rows;
}

/** Whether there is a use left for this holder. The answer is sure only while the voucher is locked. */
export async function hasUseLeft(
  db: Reads,
  { id, usesMax, usesPerHolder }: Pick<Voucher, 'id' | 'usesMax' | 'usesPerHolder'>,
  holder: string,
): Promise<boolean> {
  if (usesMax === null && usesPerHolder === null) return true;
  const { rows } = await db.query<{ all: number; own: number }>(
    `SELECT CASE WHEN $3 THEN (SELECT count(*) FROM boxoffice.voucher_uses
                                WHERE voucher_id = $1 AND given_back_at IS NULL)::int ELSE 0 END AS all,
            (SELECT count(*) FROM boxoffice.voucher_uses
              WHERE voucher_id = $1 AND holder = $2 AND given_back_at IS NULL)::int AS own`,
    [id, holder, usesMax !== null],
  );
  const { all = 0, own = 0 } = rows[0] ?? {};
  return all < (usesMax ?? Number.POSITIVE_INFINITY) && own < (usesPerHolder ?? Number.POSITIVE_INFINITY);
}

/**
 * Uses vouchers for an order, in the caller's transaction, which is to be rolled back where it is false: one of them is used up,
 * or gone. Those who take the same voucher at once wait for each other, in the order of the codes.
 */
export async function takeVouchers(
  client: PoolClient,
  order: { readonly id: string; readonly holder: string },
  taken: readonly { readonly code: string; readonly amount: number }[],
): Promise<boolean> {
  const { rows } = await client.query<Voucher>(
    `SELECT ${COLUMNS} FROM boxoffice.vouchers v
      WHERE v.code = ANY ($1) AND v.enabled AND (v.valid_until IS NULL OR v.valid_until > clock_timestamp())
      ORDER BY v.code FOR NO KEY UPDATE`,
    [taken.map(({ code }) => code)],
  );
  if (rows.length !== taken.length) return false;
  for (const voucher of rows) {
    if (!(await hasUseLeft(client, voucher, order.holder))) return false;
    const amount = taken.find(({ code }) => code === voucher.code)?.amount ?? 0;
    await client.query(
      'INSERT INTO boxoffice.voucher_uses (order_id, voucher_id, holder, amount) VALUES ($1, $2, $3, $4)',
      [order.id, voucher.id, order.holder, amount],
    );
  }
  return true;
}

/** The uses of an order count no more. Once: a second time there is nothing to give back. */
export async function giveVouchersBack(client: PoolClient, orderId: string): Promise<void> {
  await client.query(
    'UPDATE boxoffice.voucher_uses SET given_back_at = clock_timestamp() WHERE order_id = $1 AND given_back_at IS NULL',
    [orderId],
  );
}

export async function findVoucher(db: Reads, id: string): Promise<ListedVoucher | undefined> {
  const { rows } = await db.query<ListedVoucher>(`${LISTED} WHERE v.id = $1`, [id]);
  return rows[0];
}

/** The row stays locked until the transaction ends. */
export async function lockVoucher(client: PoolClient, id: string): Promise<ListedVoucher | undefined> {
  const { rows } = await client.query<ListedVoucher>(`${LISTED} WHERE v.id = $1 FOR NO KEY UPDATE OF v`, [id]);
  return rows[0];
}

/** The newest first, before the one with the id `before`. */
export async function listVouchers(
  db: Reads,
  {
    code,
    before,
    limit,
  }: { readonly code?: string | undefined; readonly before?: string | undefined; readonly limit: number },
): Promise<readonly ListedVoucher[]> {
  const { rows } = await db.query<ListedVoucher>(
    `${LISTED} WHERE ($1::text IS NULL OR v.code = $1) AND ($2::uuid IS NULL OR v.id < $2) ORDER BY v.id DESC LIMIT $3`,
    [code ?? null, before ?? null, limit],
  );
  return rows;
}

/** False: the code is taken. */
export async function insertVoucher(client: PoolClient, voucher: Voucher, createdBy: string): Promise<boolean> {
  const { rowCount } = await client.query(
    `INSERT INTO boxoffice.vouchers (id, code, description, amount, percent, currency, channels, showtimes, movies, valid_from,
       valid_until, minimum, uses_max, uses_per_holder, enabled, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (code) DO NOTHING`,
    [...columnsOf(voucher), createdBy],
  );
  return rowCount === 1;
}

/** Its code, currency and worth stay as they are. */
export async function updateVoucher(client: PoolClient, voucher: Voucher): Promise<void> {
  const {
    id,
    description,
    channels,
    showtimes,
    movies,
    validFrom,
    validUntil,
    minimum,
    usesMax,
    usesPerHolder,
    enabled,
  } = voucher;
  await client.query(
    `UPDATE boxoffice.vouchers SET description = $2, channels = $3, showtimes = $4, movies = $5, valid_from = $6,
       valid_until = $7, minimum = $8, uses_max = $9, uses_per_holder = $10, enabled = $11, version = version + 1
      WHERE id = $1`,
    [id, description, channels, showtimes, movies, validFrom, validUntil, minimum, usesMax, usesPerHolder, enabled],
  );
}

function columnsOf(voucher: Voucher): unknown[] {
  const { id, code, description, amount, percent, currency, channels, showtimes, movies } = voucher;
  const { validFrom, validUntil, minimum, usesMax, usesPerHolder, enabled } = voucher;
  const worth = [amount, percent, currency];
  const scope = [channels, showtimes, movies];
  return [id, code, description, ...worth, ...scope, validFrom, validUntil, minimum, usesMax, usesPerHolder, enabled];
}
