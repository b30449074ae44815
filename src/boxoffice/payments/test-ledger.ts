/** What the test provider knows, in Postgres. */
import type { Pool, PoolClient } from 'pg';
import { ListQuery } from '../catalogue/list-query.js';
import type { Reads } from '../catalogue/reads.js';
import { GatheredCalls } from '../gathered-calls.js';
import { inTransaction } from '../halls/hall-store.js';
import type { ReportedState } from './paid-orders-port.js';
import type { TestCard } from './test-cards.js';

export interface NewTestPayment {
  readonly id: string;
  readonly orderId: string;
  readonly reference: string;
  readonly amount: number;
  readonly currency: string;
  readonly card: TestCard;
  readonly returnUrl: string;
  readonly state: ReportedState;
  readonly received: number | null;
}

/** A report that is made by itself later; `received`: the money arrives with it. */
export interface PlannedReport {
  readonly afterMs: number;
  readonly received: number | null;
}

export interface TestPayment extends NewTestPayment {
  readonly refunds: readonly { readonly id: string; readonly amount: number }[];
  /** Reports that were not made yet. */
  readonly waiting: number;
  readonly createdAt: string;
}

export interface DueReport {
  readonly eventId: string;
  readonly paymentId: string;
}

const PAYMENTS_PER_INSERT = 500;
/** A node that has taken a report and has not said so in this time is dead. */
const LEASE = '10 seconds';

const PAYMENT = `SELECT p.id, p.order_id AS "orderId", p.reference, p.amount::float8, p.currency, p.card,
       p.return_url AS "returnUrl", p.state, p.received::float8, p.created_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'amount', r.amount) ORDER BY r.created_at, r.id)
                   FROM boxoffice.test_refunds r WHERE r.payment_id = p.id), '[]') AS refunds,
       (SELECT count(*)::integer FROM boxoffice.test_payment_events e
         WHERE e.payment_id = p.id AND e.reported_at IS NULL) AS waiting
  FROM boxoffice.test_payments p`;

type Row = Omit<TestPayment, 'createdAt'> & { readonly created_at: Date };

interface Insert {
  readonly payment: NewTestPayment;
  readonly planned: PlannedReport | undefined;
}

/** Invariant: what a payment has received is set once, and no more than that is ever refunded. */
export class TestLedger {
  readonly #pool: Pool;
  readonly #inserts: GatheredCalls<Insert, boolean>;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#inserts = new GatheredCalls((inserts) => insertPayments(pool, inserts), PAYMENTS_PER_INSERT);
  }

  /** False: it was there before, perhaps in another state. Many at a time share one statement: purchases wait for it. */
  async add(payment: NewTestPayment, planned?: PlannedReport): Promise<boolean> {
    return await this.#inserts.call({ payment, planned });
  }

  async find(id: string): Promise<TestPayment | undefined> {
    const { rows } = await this.#pool.query<Row>(`${PAYMENT} WHERE p.id = $1`, [id]);
    return rows[0] && paymentOf(rows[0]);
  }

  /** In the order in which they were made; one more than `max` where the list goes on. */
  async list(after: string | undefined, max: number): Promise<TestPayment[]> {
    return await listTestPayments(this.#pool, after, max);
  }

  /** The buyer's answer to a further step, which counts once. The report of it is due at once. */
  async decide(id: string, isConfirmed: boolean): Promise<void> {
    await this.#pool.query(
      `WITH decided AS (
         UPDATE boxoffice.test_payments SET state = CASE WHEN $2 THEN 'succeeded' ELSE 'failed' END,
                received = CASE WHEN $2 THEN amount END
          WHERE id = $1 AND state = 'requires_action' RETURNING id)
       INSERT INTO boxoffice.test_payment_events (payment_id, due_at) SELECT id, clock_timestamp() FROM decided`,
      [id, isConfirmed],
    );
  }

  /** A payment that is being processed continues, as with real providers. */
  async cancel(id: string): Promise<void> {
    await this.#pool.query(
      `UPDATE boxoffice.test_payments SET state = 'cancelled' WHERE id = $1 AND state = 'requires_action'`,
      [id],
    );
  }

  /**
   * Takes reports that are due, for one lease: of all payments, or of one of them whether or not they are due. Money that
   * arrives with a report is in the ledger when this resolves.
   */
  async takeDue(max: number, paymentId: string | null): Promise<DueReport[]> {
    const { rows } = await this.#pool.query<DueReport>(
      `WITH due AS (
         SELECT id FROM boxoffice.test_payment_events
          WHERE reported_at IS NULL AND CASE WHEN $2::uuid IS NULL THEN due_at <= clock_timestamp() ELSE payment_id = $2 END
          ORDER BY due_at LIMIT $1 FOR UPDATE SKIP LOCKED
       ), taken AS (
         UPDATE boxoffice.test_payment_events e SET due_at = clock_timestamp() + $3::interval
           FROM due WHERE e.id = due.id RETURNING e.id, e.payment_id, e.received
       ), arrived AS (
         UPDATE boxoffice.test_payments p SET state = 'succeeded', received = taken.received
           FROM taken WHERE p.id = taken.payment_id AND taken.received IS NOT NULL AND p.state = 'processing'
       )
       SELECT id::text AS "eventId", payment_id AS "paymentId" FROM taken ORDER BY id`,
      [max, paymentId, LEASE],
    );
    return rows;
  }

  async markReported(eventId: string): Promise<void> {
    await this.#pool.query('UPDATE boxoffice.test_payment_events SET reported_at = clock_timestamp() WHERE id = $1', [
      eventId,
    ]);
  }

  /** `exceeds`: more than is left of what was paid. A repeat of the same refund changes nothing. */
  async refund(refundId: string, paymentId: string, amount: number): Promise<'refunded' | 'exceeds'> {
    return await inTransaction(this.#pool, async (client) => {
      const left = await lockLeft(client, refundId, paymentId);
      if (left === 'refunded') return { result: left, commit: false };
      if (amount > left) return { result: 'exceeds', commit: false };
      await client.query('INSERT INTO boxoffice.test_refunds (id, payment_id, amount) VALUES ($1, $2, $3)', [
        refundId,
        paymentId,
        amount,
      ]);
      return { result: 'refunded', commit: true };
    });
  }
}

/** What is left of a payment, which is locked; `refunded`: this refund is there already. */
async function lockLeft(client: PoolClient, refundId: string, paymentId: string): Promise<number | 'refunded'> {
  const { rows } = await client.query<{ received: string | null }>(
    'SELECT received FROM boxoffice.test_payments WHERE id = $1 FOR UPDATE',
    [paymentId],
  );
  // Read after the lock: another refund of the same payment has ended by now.
  const refunds = await client.query<{ id: string; amount: string }>(
    'SELECT id, amount FROM boxoffice.test_refunds WHERE payment_id = $1',
    [paymentId],
  );
  if (refunds.rows.some(({ id }) => id === refundId)) return 'refunded';
  const refunded = refunds.rows.reduce((sum, { amount }) => sum + Number(amount), 0);
  return Number(rows[0]?.received ?? 0) - refunded;
}

export async function listTestPayments(db: Reads, after: string | undefined, max: number): Promise<TestPayment[]> {
  const query = new ListQuery(PAYMENT).whereGiven('p.id > ?', after).page(['p.id'], max);
  return (await db.query<Row>(query.text, query.values)).rows.map(paymentOf);
}

async function insertPayments(pool: Pool, inserts: readonly Insert[]): Promise<boolean[]> {
  const column = <Name extends keyof NewTestPayment>(name: Name) => inserts.map(({ payment }) => payment[name]);
  // The order is that of the key: two nodes that insert the same rows must not wait for each other.
  const { rows } = await pool.query<{ id: string }>({
    name: 'test_payments_insert',
    text: `WITH new AS (
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::text[],
                            $9::bigint[], $10::float8[], $11::bigint[])
         AS n (id, order_id, reference, amount, currency, card, return_url, state, received, after_ms, arrives)
     ), added AS (
       INSERT INTO boxoffice.test_payments (id, order_id, reference, amount, currency, card, return_url, state, received)
       SELECT id, order_id, reference, amount, currency, card, return_url, state, received FROM new ORDER BY id
       ON CONFLICT (id) DO NOTHING RETURNING id
     ), planned AS (
       INSERT INTO boxoffice.test_payment_events (payment_id, due_at, received)
       SELECT id, clock_timestamp() + make_interval(secs => after_ms / 1000), arrives
         FROM new JOIN added USING (id) WHERE after_ms IS NOT NULL
     )
     SELECT id FROM added`,
    values: [
      column('id'),
      column('orderId'),
      column('reference'),
      column('amount'),
      column('currency'),
      column('card'),
      column('returnUrl'),
      column('state'),
      column('received'),
      inserts.map(({ planned }) => planned?.afterMs ?? null),
      inserts.map(({ planned }) => planned?.received ?? null),
    ],
  });
  const added = new Set(rows.map(({ id }) => id));
  // Of two that came for the same payment, the first one made it.
  return inserts.map(({ payment }) => added.delete(payment.id));
}

function paymentOf({ created_at, ...payment }: Row): TestPayment {
  return { ...payment, createdAt: created_at.toISOString() };
}
