/** Points of loyalty in Postgres: a ledger that is only added to. The balance of an account is the sum of its rows. */
import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';

type Reason = 'earned' | 'redeemed' | 'given_back' | 'taken_back';

export interface LedgerEntry {
  readonly id: string;
  readonly orderId: string;
  readonly reason: Reason;
  /** Below 0: the account has fewer. */
  readonly points: number;
  readonly createdAt: Date;
}

/** How much of an order has been returned, all returns of it taken together, in minor units. */
export interface Share {
  /** What the seats that went back are worth, without discounts. */
  readonly returned: number;
  /** What all of its seats are worth. */
  readonly of: number;
  /** What was given back of what was paid, also for seats that are kept; absent: nothing. */
  readonly refunded?: number;
  readonly paid?: number;
}

export async function readBalance(db: Reads, accountId: string): Promise<number> {
  const { rows } = await db.query<{ balance: number }>(
    'SELECT coalesce(sum(points), 0)::float8 AS balance FROM boxoffice.points_ledger WHERE account_id = $1',
    [accountId],
  );
  return rows[0]?.balance ?? 0;
}

/** The newest first, before the one with the id `before`. */
export async function listEntries(
  db: Reads,
  accountId: string,
  before: string | undefined,
  limit: number,
): Promise<readonly LedgerEntry[]> {
  const { rows } = await db.query<LedgerEntry>(
    `SELECT id, order_id AS "orderId", reason, points, created_at AS "createdAt" FROM boxoffice.points_ledger
      WHERE account_id = $1 AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
    [accountId, before ?? null, limit],
  );
  return rows;
}

/**
 * Redeems points for an order, in the caller's transaction. False: the account has fewer. Those who redeem of one account at once
 * wait for each other, so that together they redeem no more than there is.
 */
export async function redeemPoints(
  client: PoolClient,
  accountId: string,
  orderId: string,
  points: number,
): Promise<boolean> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('usher points ' || $1, 0))`, [accountId]);
  if ((await readBalance(client, accountId)) < points) return false;
  await add(client, accountId, orderId, 'redeemed', -points);
  return true;
}

/** What an order redeemed is there again, but for what was given back before. Once. */
export async function giveRedeemedBack(client: PoolClient, orderId: string): Promise<void> {
  await lockOrder(client, orderId);
  await client.query(
    `INSERT INTO boxoffice.points_ledger (account_id, order_id, reason, points)
     SELECT account_id, order_id, 'given_back', -sum(points) FROM boxoffice.points_ledger
      WHERE order_id = $1 AND reason IN ('redeemed', 'given_back')
      GROUP BY account_id, order_id HAVING sum(points) < 0
     ON CONFLICT (order_id, reason, step) DO NOTHING`,
    [orderId],
  );
}

/** Until the end of the transaction: of two that move its points at once, the second sees what the first did. */
async function lockOrder(client: PoolClient, orderId: string): Promise<void> {
  await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('usher points of order ' || $1, 0))`, [orderId]);
}

/** Once for each order. */
export async function earnPoints(
  client: PoolClient,
  accountId: string,
  orderId: string,
  points: number,
): Promise<void> {
  if (points > 0) await add(client, accountId, orderId, 'earned', points);
}

/**
 * Moves the points of an order as it is given back. What it earned goes in proportion to the seats that were returned or to the money
 * that was refunded, whichever is more: points are for what was paid. What it redeemed comes back in proportion to the seats. Both are rounded
 * down until all is returned. `share` counts all returns of the order together, so a second call with the same share
 * does nothing. The balance may fall below zero, where the points were spent meanwhile: then the next ones pay for it.
 */
export async function movePointsBack(client: PoolClient, orderId: string, share: Share): Promise<void> {
  const { returned, of, refunded = 0, paid = 0 } = share;
  if (returned <= 0 && refunded <= 0) return;
  await lockOrder(client, orderId);
  const { rows } = await client.query<{ accountId: string; reason: Reason; points: number }>(
    `SELECT account_id AS "accountId", reason, sum(points)::float8 AS points FROM boxoffice.points_ledger
      WHERE order_id = $1 GROUP BY account_id, reason`,
    [orderId],
  );
  const sumOf = (reason: Reason) => rows.find((row) => row.reason === reason)?.points ?? 0;
  const accountId = rows[0]?.accountId;
  if (accountId === undefined) return;
  const earned = sumOf('earned');
  const toTake = Math.max(part(earned, returned, of), part(earned, refunded, paid));
  const toGive = part(-sumOf('redeemed'), returned, of);
  // A step is named by what it makes of the sum: under the lock of the order no two are alike.
  if (toTake > -sumOf('taken_back'))
    await add(client, accountId, orderId, 'taken_back', -(toTake + sumOf('taken_back')), toTake);
  if (toGive > sumOf('given_back'))
    await add(client, accountId, orderId, 'given_back', toGive - sumOf('given_back'), toGive);
}

/** Rounded down; all of them where all is gone. */
function part(points: number, gone: number, of: number): number {
  return of <= 0 ? 0 : Number((BigInt(points) * BigInt(Math.min(gone, of))) / BigInt(of));
}

async function add(
  client: PoolClient,
  accountId: string,
  orderId: string,
  reason: Reason,
  points: number,
  step = 0,
): Promise<void> {
  await client.query(
    `INSERT INTO boxoffice.points_ledger (account_id, order_id, reason, points, step) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (order_id, reason, step) DO NOTHING`,
    [accountId, orderId, reason, points, step],
  );
}
