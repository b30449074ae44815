/** What mails tell about refunds, returns, exchanges and disputes. */
import type { Money } from '../../protocol/money.js';
import type { Reads } from '../catalogue/reads.js';

interface RefundRow {
  readonly id: string;
  readonly amount: number;
  readonly ofReturn: number | null;
  readonly currency: string;
  readonly lines: readonly number[];
  readonly state: 'pending' | 'succeeded' | 'failed';
  readonly failure: string | null;
  readonly provider: string;
  /** From its decision to its end; null: it has not ended. */
  readonly tookMs: number | null;
}

/** The refund, or the newest one of its order; `ofReturn` is what its return gives back of all payments. Undefined: there is none. */
export async function loadRefund(
  db: Reads,
  { orderId, refundId }: { readonly orderId: string; readonly refundId: string | undefined },
) {
  const { rows } = await db.query<RefundRow>(
    `SELECT r.id, r.amount::float8 AS amount, (SELECT t.amount::float8 FROM boxoffice.returns t WHERE t.id = r.id) AS "ofReturn",
            coalesce(p.received_currency, p.currency) AS currency, r.lines, r.state, r.failure, p.provider,
            extract(epoch FROM r.settled_at - r.created_at)::float8 * 1000 AS "tookMs"
       FROM boxoffice.refunds r JOIN boxoffice.payments p ON p.id = r.payment_id
      WHERE r.order_id = $1 AND ($2::uuid IS NULL OR r.id = $2) ORDER BY r.created_at DESC, r.id DESC LIMIT 1`,
    [orderId, refundId ?? null],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { amount, ofReturn, currency, failure, ...rest } = row;
  const money = (sum: number): Money => ({ amount: sum, currency });
  return { ...rest, amount: money(amount), ofReturn: money(ofReturn ?? amount), failure: failure ?? '' };
}

interface ExchangeRow {
  /** Of the earlier order. */
  readonly lines: readonly number[];
  readonly credit: number;
  readonly refund: number;
}

/** What paid for an order besides money. Undefined: it was not made by an exchange. */
export async function loadExchange(db: Reads, orderId: string): Promise<ExchangeRow | undefined> {
  const { rows } = await db.query<ExchangeRow>(
    `SELECT e.lines, o.credit::float8 AS credit, e.refund::float8 AS refund
       FROM boxoffice.exchanges e JOIN boxoffice.orders o ON o.id = e.order_id WHERE e.order_id = $1`,
    [orderId],
  );
  return rows[0];
}

/** The lines that a return was about; undefined: it is no return of seats. */
export async function loadReturn(
  db: Reads,
  { orderId, refundId }: { readonly orderId: string; readonly refundId: string },
): Promise<readonly number[] | undefined> {
  const { rows } = await db.query<{ lines: readonly number[] }>(
    `SELECT lines FROM boxoffice.returns
      WHERE id = $2 AND order_id = $1 AND amount = 0 AND reason IN ('returned', 'staff', 'showtime_cancelled')`,
    [orderId, refundId],
  );
  return rows[0]?.lines;
}

interface DisputeRow {
  readonly provider: string;
  readonly reason: string;
  readonly status: string;
  readonly answerBy: Date | null;
  readonly amount: number;
  readonly currency: string;
}

/** How a dispute stands now. Where its own sum is unknown, the sum is that of the payment. */
export async function loadDispute(
  db: Reads,
  { orderId, disputeId }: { readonly orderId: string; readonly disputeId: string },
) {
  const { rows } = await db.query<DisputeRow>(
    `SELECT d.provider, d.reason, d.status,
            CASE WHEN d.status LIKE '%needs_response' THEN d.answer_by END AS "answerBy", coalesce(d.amount, p.received, p.amount)::float8 AS amount,
            CASE WHEN d.amount IS NULL THEN coalesce(p.received_currency, p.currency) ELSE d.currency END AS currency
       FROM boxoffice.disputes d JOIN boxoffice.payments p ON p.id = d.payment_id
      WHERE d.order_id = $1 AND d.id = $2`,
    [orderId, disputeId],
  );
  const [row] = rows;
  if (!row) return undefined;
  const { provider, reason, status, answerBy, amount, currency } = row;
  const until = answerBy === null ? {} : { answerBy: answerBy.getTime() };
  return { provider, reason, status, amount: { amount, currency }, ...until };
}
