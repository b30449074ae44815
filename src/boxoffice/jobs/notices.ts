import type { ScheduledJob } from './job.js';

const ROWS = 500;
const KEPT = '400 days';

/**
 * Reminds buyers of their showtime so many hours before it begins: one event for each order, of the first showtime that it is for.
 * Whoever bought later than that needs none.
 */
export function reminders(hoursBefore: number, wake: () => void): ScheduledJob {
  return {
    name: 'reminders',
    everyMs: 60_000,
    committed: wake,
    batch: async (client) => {
      const { rowCount } = await client.query(
        `WITH due AS (
           SELECT DISTINCT o.id FROM boxoffice.showtimes t
             JOIN boxoffice.order_bookings b ON b.showtime_id = t.id AND b.status = 'confirmed'
             JOIN boxoffice.orders o ON o.id = b.order_id AND o.state IN ('fulfilled', 'partly_refunded')
            WHERE t.starts_at > clock_timestamp() AND t.starts_at <= clock_timestamp() + make_interval(hours => $1)
              AND t.cancelled_at IS NULL AND o.created_at < t.starts_at - make_interval(hours => $1)
              AND NOT EXISTS (SELECT FROM boxoffice.order_notices n WHERE n.kind = 'reminder' AND n.order_id = o.id)
            LIMIT $2),
         noticed AS (
           INSERT INTO boxoffice.order_notices (kind, order_id) SELECT 'reminder', id FROM due
           ON CONFLICT DO NOTHING RETURNING order_id)
         INSERT INTO boxoffice.outbox (topic, subject, payload)
         SELECT 'showtime.reminder', 'order:' || order_id, jsonb_build_object('orderId', order_id) FROM noticed`,
        [hoursBefore, ROWS],
      );
      const done = rowCount ?? 0;
      return { done, isMore: done === ROWS };
    },
  };
}

/** Tells a buyer, once, that an order is not paid yet and ends soon. Orders that never ran for twice as long are not worth it. */
export function holdEndings(leadMs: number, wake: () => void): ScheduledJob {
  return {
    name: 'hold_endings',
    everyMs: 15_000,
    committed: wake,
    batch: async (client) => {
      const { rowCount } = await client.query(
        `WITH due AS (
           SELECT o.id FROM boxoffice.orders o
            WHERE o.state = 'awaiting_payment' AND o.expires_at > clock_timestamp()
              AND o.expires_at <= clock_timestamp() + $1::float8 * interval '1 millisecond'
              AND o.created_at < o.expires_at - 2 * $1::float8 * interval '1 millisecond'
              AND NOT EXISTS (SELECT FROM boxoffice.order_notices n WHERE n.kind = 'hold_ending' AND n.order_id = o.id)
            LIMIT $2),
         noticed AS (
           INSERT INTO boxoffice.order_notices (kind, order_id) SELECT 'hold_ending', id FROM due
           ON CONFLICT DO NOTHING RETURNING order_id)
         INSERT INTO boxoffice.outbox (topic, subject, payload)
         SELECT 'hold.ending', 'order:' || order_id, jsonb_build_object('orderId', order_id) FROM noticed`,
        [leadMs, ROWS],
      );
      const done = rowCount ?? 0;
      return { done, isMore: done === ROWS };
    },
  };
}

/** Forgets notices of orders that nobody could be told about again. */
export const oldNotices: ScheduledJob = {
  name: 'old_notices',
  everyMs: 3_600_000,
  batch: async (client) => {
    const { rowCount } = await client.query(
      `DELETE FROM boxoffice.order_notices WHERE ctid = ANY (ARRAY(
         SELECT ctid FROM boxoffice.order_notices WHERE noticed_at < clock_timestamp() - $1::interval LIMIT $2))`,
      [KEPT, ROWS],
    );
    const done = rowCount ?? 0;
    return { done, isMore: done === ROWS };
  },
};
