import type { PoolClient } from 'pg';
import type { Reads } from '../catalogue/reads.js';
import { ENTRIES_OF_ORDERS } from '../reports/entries.js';
import { eraseOrders } from './erase-personal-data.js';
import type { ScheduledJob } from './job.js';

const ROWS = 200;

/**
 * Moves orders into the archive that were made so many days ago, that nothing will happen to any more, and whose showtimes are
 * long over. An order is in the tables of sales or in the archive, never in both and never in neither: one transaction copies
 * its rows as JSON and its entries for reports, and removes them.
 */
export function archive(days: number): ScheduledJob {
  return {
    name: 'archive',
    everyMs: 3_600_000,
    batch: async (client) => {
      const { rows } = await client.query<{ id: string; createdAt: Date }>(
        `SELECT o.id, o.created_at AS "createdAt" FROM boxoffice.orders o
          WHERE o.created_at < clock_timestamp() - make_interval(days => $1)
            AND o.state IN ('fulfilled', 'expired', 'cancelled', 'refunded', 'partly_refunded')
            AND NOT EXISTS (SELECT FROM boxoffice.refunds r WHERE r.order_id = o.id AND r.state <> 'succeeded')
            AND NOT EXISTS (SELECT FROM boxoffice.returns r WHERE r.order_id = o.id AND r.freed_at IS NULL)
            AND NOT EXISTS (SELECT FROM boxoffice.payments p WHERE p.order_id = o.id
                             AND p.state IN ('created', 'requires_action', 'processing'))
            AND NOT EXISTS (
              SELECT FROM boxoffice.order_bookings b JOIN boxoffice.showtimes t ON t.id = b.showtime_id
               WHERE b.order_id = o.id AND t.starts_at > clock_timestamp() - make_interval(days => $1))
            -- Its payments brought money to orders that it was exchanged for: those go first.
            AND NOT EXISTS (
              SELECT FROM boxoffice.payments p JOIN boxoffice.order_credits c ON c.payment_id = p.id
               WHERE p.order_id = o.id AND c.order_id <> o.id)
            -- Nor while it may still be paid for with seats of this one.
            AND NOT EXISTS (
              SELECT FROM boxoffice.exchanges e JOIN boxoffice.orders n ON n.id = e.order_id
               WHERE e.of_order_id = o.id AND n.state IN ('draft', 'awaiting_payment', 'paid'))
          ORDER BY o.created_at LIMIT $2 FOR UPDATE OF o SKIP LOCKED`,
        [days, ROWS],
      );
      if (rows.length > 0) await move(client, rows);
      return { done: rows.length, isMore: rows.length === ROWS };
    },
  };
}

async function move(client: PoolClient, orders: readonly { readonly id: string; readonly createdAt: Date }[]) {
  const ids = orders.map(({ id }) => id);
  const months = orders.map(({ createdAt }) => `${createdAt.toISOString().slice(0, 7)}-01`);
  for (const month of [...new Set(months)].sort())
    await client.query('SELECT boxoffice.keep_archive_month($1)', [month]);
  await eraseOrders(client, ids);
  await client.query(
    `WITH ${ENTRIES_OF_ORDERS}, of_month AS (SELECT * FROM unnest($1::uuid[], $2::date[]) AS m (order_id, month))
     INSERT INTO boxoffice.archived_entries (month, order_id, at, provider, currency, showtime, channel, seller, ticket_type,
            reason, tickets, gross, fees, discounts, tax, other, returned_tickets, refunds, refunded_tax)
     SELECT m.month, e.order_id, e.at, e.provider, e.currency, e.showtime, e.channel, e.seller, e.ticket_type,
            e.reason, e.tickets, e.gross, e.fees, e.discounts, e.tax, e.other, e.returned_tickets, e.refunds, e.refunded_tax
       FROM sold_at e JOIN of_month m USING (order_id)`,
    [ids, months],
  );
  await client.query(
    `INSERT INTO boxoffice.archived_orders (month, order_id, reference, booking_references, document)
     SELECT m.month, o.id, o.reference,
            ARRAY(SELECT x.booking_reference FROM boxoffice.order_bookings x WHERE x.order_id = o.id ORDER BY x.number), jsonb_build_object(
              'order', to_jsonb(o),
              'bookings', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.number) FROM boxoffice.order_bookings x WHERE x.order_id = o.id),
              'lines', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.line) FROM boxoffice.order_lines x WHERE x.order_id = o.id),
              'discounts', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.number) FROM boxoffice.order_discounts x WHERE x.order_id = o.id),
              'payments', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.created_at, x.id) FROM boxoffice.payments x WHERE x.order_id = o.id),
              'refunds', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.created_at, x.id) FROM boxoffice.refunds x WHERE x.order_id = o.id),
              'exchange', (SELECT to_jsonb(x) FROM boxoffice.exchanges x WHERE x.order_id = o.id),
              'credits', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.created_at, x.payment_id) FROM boxoffice.order_credits x WHERE x.order_id = o.id),
              'returns', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.number) FROM boxoffice.returns x WHERE x.order_id = o.id),
              'tickets', (SELECT jsonb_agg(to_jsonb(x) ORDER BY x.line) FROM boxoffice.tickets x WHERE x.order_id = o.id),
              'checkIns', (SELECT jsonb_agg(to_jsonb(c) ORDER BY c.scanned_at) FROM boxoffice.check_ins c
                             JOIN boxoffice.tickets x ON x.id = c.ticket_id WHERE x.order_id = o.id))
       FROM boxoffice.orders o JOIN unnest($1::uuid[], $2::date[]) AS m (order_id, month) ON m.order_id = o.id`,
    [ids, months],
  );
  await client.query('SELECT boxoffice.remove_archived($1)', [ids]);
}

export interface ArchivedOrder {
  readonly orderId: string;
  readonly reference: string;
  readonly archivedAt: Date;
  /** The rows of its tables, as they were. */
  readonly document: unknown;
}

/** An archived order by its reference or the reference of one of its bookings; undefined where no attached partition has it. */
export async function findArchivedOrder(db: Reads, reference: string): Promise<ArchivedOrder | undefined> {
  const { rows } = await db.query<ArchivedOrder>(
    `SELECT order_id AS "orderId", reference, archived_at AS "archivedAt", document
       FROM boxoffice.archived_orders
      WHERE reference = $1 OR booking_references @> ARRAY[$1::text]
      LIMIT 1`,
    [reference],
  );
  return rows[0];
}
