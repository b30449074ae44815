import { randomUUID } from 'node:crypto';
import pg from 'pg';
import Stripe from 'stripe';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { postgresAudit } from '../../../src/boxoffice/audit/audit.js';
import type { PaymentReport, RefundReport } from '../../../src/boxoffice/payments/paid-orders-port.js';
import { Disputes } from '../../../src/boxoffice/payments/stripe/disputes.js';
import { paymentEventEndpoint } from '../../../src/boxoffice/payments/stripe/payment-event-endpoint.js';
import { StripeEvents } from '../../../src/boxoffice/payments/stripe/stripe-events.js';
import type { Endpoint } from '../../../src/http/endpoint.js';
import { silentLog } from '../../silent-log.js';
import { createDatabase, type TestDatabase } from '../database.js';
import { addPayment } from './rows.js';

const OLD = 'whsec_the_old_one';
const NEW = 'whsec_the_new_one';
const NOW = Date.UTC(2026, 10, 30, 12);

let database: TestDatabase;
let pool: pg.Pool;
let reports: (PaymentReport | RefundReport)[];
let isAway: boolean;
let woken: number;
beforeAll(async () => {
  database = await createDatabase();
  pool = new pg.Pool({ connectionString: database.url, max: 2 });
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => {
  reports = [];
  isAway = false;
  woken = 0;
});

function endpointFor({ isLive = false, account = undefined as string | undefined } = {}): Endpoint {
  const take = async (report: PaymentReport | RefundReport) => {
    if (isAway) throw new Error('Postgres is away');
    reports.push(report);
    return 'taken' as const;
  };
  const orders = { settled: take, refundSettled: take };
  const disputes = new Disputes({ pool, audit: postgresAudit, wake: () => woken++, log: silentLog });
  const events = new StripeEvents({ orders, disputes, isLive, account, log: silentLog });
  return paymentEventEndpoint({ stripe: { events, webhookSecrets: [NEW, OLD] }, wallMs: () => NOW, log: silentLog });
}

async function send(body: string, signature: string, endpoint = endpointFor()) {
  const bytes = Buffer.from(body);
  const answer = await endpoint.handle({
    parameters: { provider: 'stripe' },
    query: {},
    body: { mediaType: 'application/json', bytes },
    caller: undefined,
    address: '192.0.2.1',
    commandId: '',
    signature,
    ifMatch: 'any',
  });
  return answer.ok ? (answer.body as { outcome: string }).outcome : answer.error.code;
}

const signed = (body: string, secret = NEW, atMs = NOW) =>
  Stripe.webhooks.generateTestHeaderString({ payload: body, secret, timestamp: Math.floor(atMs / 1000) });

const paymentId = randomUUID();
const intent = (status: string, more: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status,
  amount_received: status === 'succeeded' ? 1_250 : 0,
  currency: 'eur',
  metadata: { payment_id: paymentId },
  last_payment_error: null,
  ...more,
});
const event = (type: string, object: object, more: object = {}) =>
  JSON.stringify({ id: `evt_${type}`, object: 'event', type, created: 1, livemode: false, data: { object }, ...more });
const SUCCEEDED = event('payment_intent.succeeded', intent('succeeded'));

describe('an event of Stripe', () => {
  it('that is signed is reported with what arrived, our id and theirs', async () => {
    expect(await send(SUCCEEDED, signed(SUCCEEDED))).toBe('taken');
    expect(reports).toEqual([
      {
        provider: 'stripe',
        eventId: 'evt_payment_intent.succeeded',
        kind: 'payment_intent.succeeded',
        providerRef: 'pi_1',
        paymentId,
        state: 'succeeded',
        received: { amount: 1_250, currency: 'EUR' },
      },
    ]);
  });

  it.each([
    ['payment_intent.processing', intent('processing'), { state: 'processing' }],
    ['payment_intent.requires_action', intent('requires_action'), { state: 'requires_action' }],
    ['payment_intent.canceled', intent('canceled'), { state: 'cancelled' }],
    [
      'payment_intent.payment_failed',
      intent('requires_payment_method', { last_payment_error: { code: 'card_declined', decline_code: 'lost_card' } }),
      { state: 'failed', failure: 'lost_card' },
    ],
    ['refund.updated', refund('succeeded'), { state: 'succeeded', refundId: paymentId, providerRef: 're_1' }],
    ['refund.failed', refund('failed'), { state: 'failed', failure: 'refund_failed' }],
    ['charge.refund.updated', refund('pending'), { state: 'pending' }],
  ])('%s is reported as what it says', async (type, object, expected) => {
    const body = event(type, object);
    expect(await send(body, signed(body))).toBe('taken');
    expect(reports).toMatchObject([expected]);
  });

  it('is taken by each secret while one is replaced, and by no other', async () => {
    expect(await send(SUCCEEDED, signed(SUCCEEDED, OLD))).toBe('taken');
    expect(await send(SUCCEEDED, signed(SUCCEEDED, 'whsec_of_somebody_else'))).toBe('bad_message');
  });

  it('is refused where its signature is old, of the future, missing, or of other bytes', async () => {
    for (const atMs of [NOW - 301_000, NOW + 301_000, NOW + 10 * 365 * 86_400_000]) {
      expect(await send(SUCCEEDED, signed(SUCCEEDED, NEW, atMs)), `${atMs - NOW}`).toBe('bad_message');
    }
    const two = `t=${NOW / 1000 + 9_999},${signed(SUCCEEDED)}`;
    for (const signature of ['', 'x', 't=,v1=', two]) expect(await send(SUCCEEDED, signature)).toBe('bad_message');
    expect(await send(`${SUCCEEDED} `, signed(SUCCEEDED))).toBe('bad_message');
    for (const atMs of [NOW - 299_000, NOW + 299_000]) {
      expect(await send(SUCCEEDED, signed(SUCCEEDED, NEW, atMs))).toBe('taken');
    }
    expect(reports).toHaveLength(2);
  });

  it('that is signed and no event is refused', async () => {
    for (const body of ['{', '[]', 'null', '{}', '{"id":"evt_1","type":"x","data":{}}', '"text"']) {
      expect(await send(body, signed(body)), body).toBe('bad_message');
    }
  });

  it('for another account or of another mode is answered, and changes nothing', async () => {
    const other = event('payment_intent.succeeded', intent('succeeded'), { account: 'acct_other' });
    expect(await send(other, signed(other))).toBe('another_account');
    const ours = endpointFor({ account: 'acct_ours' });
    expect(await send(other, signed(other), ours)).toBe('another_account');
    expect(await send(SUCCEEDED, signed(SUCCEEDED), ours)).toBe('another_account');
    expect(await send(SUCCEEDED, signed(SUCCEEDED), endpointFor({ isLive: true }))).toBe('another_mode');
    expect(reports).toEqual([]);
    const connected = event('payment_intent.succeeded', intent('succeeded'), { account: 'acct_ours' });
    expect(await send(connected, signed(connected), ours)).toBe('taken');
  });

  it('that was made years ago and is sent now is reported; what counts is decided by the order', async () => {
    const body = event('payment_intent.succeeded', intent('succeeded'), { created: 1_400_000_000 });
    expect(await send(body, signed(body))).toBe('taken');
  });

  it('while Postgres is away is answered so that Stripe sends it again', async () => {
    isAway = true;
    expect(await send(SUCCEEDED, signed(SUCCEEDED))).toBe('unavailable');
    isAway = false;
    expect(await send(SUCCEEDED, signed(SUCCEEDED))).toBe('taken');
  });

  it('that is of no interest, or about a refund that is not ours, is answered', async () => {
    const created = event('payment_intent.created', intent('requires_payment_method'));
    expect(await send(created, signed(created))).toBe('ignored');
    const foreign = event('refund.updated', { ...refund('succeeded'), metadata: { refund_id: "' OR 1=1" } });
    expect(await send(foreign, signed(foreign))).toBe('refund_not_ours');
    expect(reports).toEqual([]);
  });

  it('about a dispute is told once: in the audit log and the outbox', async () => {
    const ours = await addPayment(pool, { providerRef: 'pi_disputed', state: 'succeeded' });
    const body = event('charge.dispute.created', {
      ...{ id: 'du_1', object: 'dispute', amount: 1_250, currency: 'eur', status: 'needs_response' },
      ...{ reason: 'fraudulent', payment_intent: 'pi_disputed' },
    });
    expect(await send(body, signed(body))).toBe('told');
    expect(await send(body, signed(body))).toBe('repeated');
    expect(woken).toBe(1);
    const audits = await pool.query(`SELECT subject FROM boxoffice.audit_log WHERE action = 'payment.dispute.created'`);
    expect(audits.rows).toEqual([{ subject: `payment:${ours.paymentId}` }]);
    const told = await pool.query(`SELECT payload FROM boxoffice.outbox WHERE topic = 'payment.disputed'`);
    expect(told.rows).toEqual([{ payload: { ...ours, disputeId: 'du_1' } }]);
  });
});

function refund(status: string) {
  return { id: 're_1', object: 'refund', status, payment_intent: 'pi_1', metadata: { refund_id: paymentId } };
}
