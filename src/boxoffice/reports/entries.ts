import { NOT_OF_ORDER } from '../orders/judge-report.js';

const REASONS_OF_OTHER_MONEY = NOT_OF_ORDER.map((reason) => `'${reason}'`).join(', ');

/**
 * What is counted, as SQL. An *entry* is money that arrived or was given back: the line of a sold seat, money that arrived
 * without a sale, or the share of a line in a refund. Every cent of a succeeded payment is in exactly one entry, and so is every
 * cent of a succeeded refund: the sum of all entries of a span is what the provider's ledger moved in it.
 *
 * - A sale counts when its payment arrived, and a refund when the provider confirmed it.
 * - An order was sold by the payment that brought its total. Other payments (another sum, a second one, money for a cancelled
 *   order) are `other`: received, and not sold. They are known by the reason of their refunds, since clocks of nodes differ.
 * - A refund is shared out among the lines that it names, or else among all lines, by what was paid for them. The shares are
 *   differences of rounded-down running sums, so they add up to the refund.
 * - An exchange moves money from one order to another, and none through a provider. What an old line brings in is taken off it as
 *   `other`, and the new order is sold for all that it costs; `other` of the new order says who had taken the part that was not paid
 *   for it now. So showtimes have what their seats cost, and providers what they moved.
 * - Money counts in the currency in which it arrived. Another one than the order's is `other`.
 * - The refund of other money belongs to no line, and to the showtime of the order's first booking.
 *
 * What they are made of is in `settled`, `refunded`, `credited` and `free`: of a span, or of some orders.
 */
const OF_A_SPAN = `
  settled AS MATERIALIZED (
    SELECT p.id, p.order_id, p.provider, coalesce(p.received_currency, p.currency) AS currency, p.received, p.settled_at
      FROM boxoffice.payments p
     WHERE p.state = 'succeeded' AND p.settled_at >= $1 AND p.settled_at < $2),
  refunded AS MATERIALIZED (
    SELECT r.* FROM boxoffice.refunds r
     WHERE r.state = 'succeeded' AND r.settled_at >= $1 AND r.settled_at < $2),
  credited AS MATERIALIZED (
    SELECT c.* FROM boxoffice.order_credits c WHERE c.created_at >= $1 AND c.created_at < $2),
  free AS MATERIALIZED (
    SELECT o.* FROM boxoffice.orders o WHERE o.total = 0 AND o.paid_at >= $1 AND o.paid_at < $2)`;

const OF_ORDERS = `
  settled AS MATERIALIZED (
    SELECT p.id, p.order_id, p.provider, coalesce(p.received_currency, p.currency) AS currency, p.received, p.settled_at
      FROM boxoffice.payments p WHERE p.state = 'succeeded' AND p.order_id = ANY ($1::uuid[])),
  refunded AS MATERIALIZED (
    SELECT r.* FROM boxoffice.refunds r WHERE r.state = 'succeeded' AND r.order_id = ANY ($1::uuid[])),
  credited AS MATERIALIZED (SELECT c.* FROM boxoffice.order_credits c WHERE c.order_id = ANY ($1::uuid[])),
  free AS MATERIALIZED (
    SELECT o.* FROM boxoffice.orders o WHERE o.total = 0 AND o.paid_at IS NOT NULL AND o.id = ANY ($1::uuid[]))`;

const PARTS = `
  given_back AS MATERIALIZED (SELECT order_id FROM refunded UNION SELECT order_id FROM credited WHERE amount < 0),
  concerned AS MATERIALIZED (SELECT order_id FROM settled UNION SELECT order_id FROM given_back),
  own AS MATERIALIZED (
    SELECT DISTINCT ON (p.order_id) p.order_id, p.id
      FROM concerned JOIN boxoffice.payments p USING (order_id) JOIN boxoffice.orders o ON o.id = p.order_id
     WHERE p.state = 'succeeded' AND o.paid_at IS NOT NULL AND p.received = o.total AND coalesce(p.received_currency, p.currency) = o.currency
       AND NOT EXISTS (SELECT FROM boxoffice.refunds n
                        WHERE n.order_id = o.id AND n.payment_id = p.id AND n.reason IN (${REASONS_OF_OTHER_MONEY}))
       -- What an earlier order brings in counts once the new one is fulfilled: before, it is not sold.
       AND (o.credit = 0 OR o.fulfilled_at IS NOT NULL)
     ORDER BY p.order_id, p.settled_at, p.id),
  -- The payments that brought an order its money, also by an exchange.
  funds AS (
    SELECT order_id, id FROM own
     UNION
    SELECT c.order_id, c.payment_id FROM given_back JOIN boxoffice.order_credits c USING (order_id) WHERE c.amount > 0),
  sold AS (
    SELECT s.order_id, s.provider, s.currency, s.settled_at FROM settled s JOIN own USING (id)
    UNION ALL
    SELECT o.id, 'none', o.currency, o.paid_at FROM free o
     WHERE NOT EXISTS (SELECT FROM boxoffice.payments p WHERE p.order_id = o.id AND p.state = 'succeeded')),
  -- Of orders with a refund in the span every refund that there was, since shares of tax are differences of running sums. What went
  -- into another order is shared out in the same way (moves).
  given AS (
    SELECT r.id, r.order_id, r.payment_id, r.amount, r.reason, r.lines, r.settled_at, false AS moves,
           EXISTS (SELECT FROM refunded f WHERE f.id = r.id) AS counts
      FROM given_back JOIN boxoffice.refunds r USING (order_id) WHERE r.state = 'succeeded'
     UNION ALL
    SELECT c.other_order_id, c.order_id, c.payment_id, -c.amount, 'exchanged', c.lines, c.created_at, true,
           EXISTS (SELECT FROM credited f WHERE f.order_id = c.order_id AND f.other_order_id = c.other_order_id
                                            AND f.payment_id = c.payment_id)
      FROM given_back JOIN boxoffice.order_credits c USING (order_id) WHERE c.amount < 0),
  shared AS (
    SELECT r.id, r.order_id, r.payment_id, r.moves, r.counts, r.amount, r.reason, r.settled_at, l.line, l.showtime_id, l.ticket_type, l.state, l.tax, w.weight,
           div(r.amount::numeric * sum(w.weight) OVER ran, sum(w.weight) OVER whole)
           - div(r.amount::numeric * (sum(w.weight) OVER ran - w.weight), sum(w.weight) OVER whole) AS share
      FROM given r JOIN funds ON funds.order_id = r.order_id AND funds.id = r.payment_id
      JOIN boxoffice.order_lines l ON l.order_id = r.order_id AND (r.lines = '{}' OR l.line = ANY (r.lines))
     CROSS JOIN LATERAL (SELECT CASE WHEN sum(c.price + c.fee - c.discount) > 0 THEN l.price + l.fee - l.discount ELSE 1 END AS weight
                           FROM boxoffice.order_lines c
                          WHERE c.order_id = r.order_id AND (r.lines = '{}' OR c.line = ANY (r.lines))) w
    WINDOW whole AS (PARTITION BY r.id, r.payment_id), ran AS (PARTITION BY r.id, r.payment_id ORDER BY l.line)),
  returned AS (
    SELECT *, sum(share) OVER line_ran AS share_ran, row_number() OVER line_ran AS turn FROM shared
    WINDOW line_ran AS (PARTITION BY order_id, line ORDER BY settled_at, id, payment_id)),
  other AS (
    SELECT s.order_id, s.provider, s.currency, s.settled_at, s.received - coalesce(lines.paid, 0) AS amount
      FROM settled s LEFT JOIN own USING (id)
      LEFT JOIN LATERAL (SELECT sum(l.price + l.fee - l.discount) AS paid FROM boxoffice.order_lines l
                          WHERE l.order_id = s.order_id AND own.id IS NOT NULL) lines ON true
     WHERE s.received <> coalesce(lines.paid, 0)),
  entry AS (
    SELECT s.order_id, s.order_id AS taken_by, s.provider, s.currency, s.settled_at AS at, l.showtime_id, l.ticket_type, '' AS reason,
           1 AS tickets, l.price AS gross, l.fee AS fees, l.discount AS discounts, l.tax, 0 AS other,
           0 AS returned_tickets, 0 AS refunds, 0 AS refunded_tax
      FROM sold s JOIN boxoffice.order_lines l USING (order_id)
    UNION ALL
    SELECT x.order_id, x.order_id, x.provider, x.currency, x.settled_at, NULL, '', '', 0, 0, 0, 0, 0, x.amount, 0, 0, 0 FROM other x
    UNION ALL
    SELECT c.order_id, c.other_order_id, p.provider, p.currency, c.created_at, NULL, '', '', 0, 0, 0, 0, 0, c.amount, 0, 0, 0
      FROM credited c JOIN boxoffice.payments p ON p.id = c.payment_id WHERE c.amount > 0
    UNION ALL
    SELECT r.order_id, r.order_id, p.provider, p.currency, r.settled_at, r.showtime_id, r.ticket_type, r.reason, 0, 0, 0, 0, 0,
           CASE WHEN r.moves THEN -r.share ELSE 0 END,
           (r.turn = 1 AND (r.state = 'returned' OR o.state = 'refunded'))::int, CASE WHEN r.moves THEN 0 ELSE r.share END,
           div(r.tax * least(r.share_ran, r.weight), greatest(r.weight, 1))
           - div(r.tax * least(r.share_ran - r.share, r.weight), greatest(r.weight, 1))
      FROM returned r JOIN boxoffice.payments p ON p.id = r.payment_id
      JOIN boxoffice.orders o ON o.id = r.order_id
     WHERE r.counts
    UNION ALL
    -- Of other money, or of an order that has no such lines.
    SELECT r.order_id, r.order_id, p.provider, coalesce(p.received_currency, p.currency), r.settled_at, NULL, '', r.reason, 0, 0, 0, 0, 0, 0, 0, r.amount, 0
      FROM refunded r JOIN boxoffice.payments p ON p.id = r.payment_id
     WHERE NOT EXISTS (SELECT FROM shared s WHERE s.id = r.id))`;

const SOLD_AT = `
  sold_at AS (
    SELECT e.order_id, e.at, e.provider, e.currency, coalesce(e.showtime_id, first.showtime_id) AS showtime, o.channel,
           coalesce(o.ordered_by, '') AS seller, e.ticket_type, e.reason, e.tickets, e.gross, e.fees, e.discounts, e.tax,
           e.other, e.returned_tickets, e.refunds, e.refunded_tax
      FROM entry e
      -- Who took the money: of an exchange whoever sold the earlier order.
      JOIN boxoffice.orders o ON o.id = e.taken_by
      LEFT JOIN boxoffice.order_bookings first ON first.order_id = e.order_id AND first.number = 0)`;

/** The entries of some orders ($1), in `sold_at`: for the archive. */
export const ENTRIES_OF_ORDERS = `${OF_ORDERS}, ${PARTS}, ${SOLD_AT}`;

/**
 * `placed` is materialized: with a filter by venue Postgres would otherwise begin at the venue, by nested loops over the other parts.
 *
 * The entries of a span ($1 until $2), those of archived orders too, in `placed`: with where and by whom they were sold. The venue
 * and what hangs on it is null where the catalogue lost it.
 */
export const ENTRIES = `${OF_A_SPAN}, ${PARTS}, ${SOLD_AT},
  placed AS MATERIALIZED (
    SELECT e.*, t.movie_id AS movie, h.venue_id AS venue,
           coalesce(v.time_zone, 'Etc/UTC') AS zone, coalesce(v.day_cutoff_hour, 0) AS cutoff
      FROM (SELECT * FROM sold_at
             UNION ALL
            SELECT order_id, at, provider, currency, showtime, channel, seller, ticket_type, reason, tickets, gross, fees, discounts,
                   tax, other, returned_tickets, refunds, refunded_tax
              FROM boxoffice.archived_entries WHERE at >= $1 AND at < $2) e
      LEFT JOIN boxoffice.showtimes t ON t.id = e.showtime
      LEFT JOIN boxoffice.halls h ON h.id = t.hall_id
      LEFT JOIN boxoffice.venues v ON v.id = h.venue_id)`;
