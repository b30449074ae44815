import type { PoolClient } from 'pg';
import type { ScheduledJob } from './job.js';

const ROWS = 500;

/**
 * Takes names and addresses out of orders and their tickets. Amounts, seats, references and random ids stay, for the books.
 * Harmless to repeat. @returns how many had not been erased before
 */
export async function eraseOrders(client: PoolClient, orderIds: readonly string[]): Promise<number> {
  if (orderIds.length === 0) return 0;
  const { rowCount } = await client.query(
    `UPDATE boxoffice.orders SET name = '', email = NULL, erased_at = clock_timestamp()
      WHERE id = ANY ($1::uuid[]) AND erased_at IS NULL`,
    [orderIds],
  );
  await client.query(
    `UPDATE boxoffice.tickets SET owner_name = NULL, owner_email = NULL
      WHERE order_id = ANY ($1::uuid[]) AND (owner_name IS NOT NULL OR owner_email IS NOT NULL)`,
    [orderIds],
  );
  await client.query(
    `DELETE FROM boxoffice.ticket_transfers x USING boxoffice.tickets t
      WHERE x.ticket_id = t.id AND t.order_id = ANY ($1::uuid[])`,
    [orderIds],
  );
  return rowCount ?? 0;
}

/** The account itself: nobody can log in to it, and it has neither name nor address. Its id stays, which orders refer to. */
export async function eraseAccount(client: PoolClient, accountId: string): Promise<void> {
  const { rows } = await client.query<{ id: string }>(
    `SELECT id FROM boxoffice.orders
      WHERE account_id = $1 OR holder IN (SELECT holder FROM boxoffice.account_holders WHERE account_id = $1)`,
    [accountId],
  );
  await eraseOrders(
    client,
    rows.map(({ id }) => id),
  );
  await client.query(
    `UPDATE boxoffice.tickets SET owner_name = NULL, owner_email = NULL
      WHERE owner_account_id = $1 OR owner_email = (SELECT email FROM boxoffice.accounts WHERE id = $1)`,
    [accountId],
  );
  await client.query(
    `DELETE FROM boxoffice.mailed_links
      WHERE account_id = $1 OR email = (SELECT email FROM boxoffice.accounts WHERE id = $1)`,
    [accountId],
  );
  // The person leaves the waitlist: an offer that the owner of the showtime still makes is not filed (waitlist/README.md).
  await client.query(
    `UPDATE boxoffice.waitlist_entries
        SET email = 'erased@erased.invalid', state = CASE state WHEN 'waiting' THEN 'left' ELSE state END,
            ended_at = CASE state WHEN 'waiting' THEN clock_timestamp() ELSE ended_at END
      WHERE account_id = $1 OR email = (SELECT email FROM boxoffice.accounts WHERE id = $1)`,
    [accountId],
  );
  await client.query('DELETE FROM boxoffice.recovery_codes WHERE account_id = $1', [accountId]);
  // An address that no mail reaches (RFC 2606), and that nobody can sign up with again.
  await client.query(
    `UPDATE boxoffice.accounts
        SET email = 'erased-' || id || '@erased.invalid', name = '', password_hash = NULL, totp_secret = NULL,
            totp_since = NULL, disabled_at = coalesce(disabled_at, clock_timestamp()), erased_at = clock_timestamp()
      WHERE id = $1`,
    [accountId],
  );
}

/** Erases what is about people in orders that are so many days old and whose showtimes are over. */
export function personalData(days: number): ScheduledJob {
  return {
    name: 'personal_data',
    everyMs: 3_600_000,
    batch: async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `SELECT o.id FROM boxoffice.orders o
          WHERE o.erased_at IS NULL AND o.created_at < clock_timestamp() - make_interval(days => $1)
            AND o.state NOT IN ('draft', 'awaiting_payment', 'paid')
            AND NOT EXISTS (
              SELECT FROM boxoffice.order_bookings b JOIN boxoffice.showtimes t ON t.id = b.showtime_id
               WHERE b.order_id = o.id AND t.starts_at > clock_timestamp() - make_interval(days => $1))
          ORDER BY o.created_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED`,
        [days, ROWS],
      );
      const done = await eraseOrders(
        client,
        rows.map(({ id }) => id),
      );
      return { done, isMore: rows.length === ROWS };
    },
  };
}
