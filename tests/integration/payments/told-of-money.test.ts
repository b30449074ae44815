import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { ReadMail } from '../../kit/smtp/read-mail.js';
import { openSmtpInbox, type SmtpInbox } from '../../kit/smtp/smtp-inbox.js';
import { eventually } from '../orders/shop.js';
import { Receiver } from '../webhooks/receiver.js';
import { StripeShop } from './stripe-shop.js';

// The first mail with tickets starts the worker that draws them; on a machine that is busy that takes long.
vi.setConfig({ testTimeout: 60_000 });
const MAIL_MS_MAX = 45_000;
const STAFF = 'till@cinema.example';

let inbox: SmtpInbox;
let receiver: Receiver;
let at: StripeShop;
let secret: string;
beforeAll(async () => {
  inbox = await openSmtpInbox();
  receiver = await Receiver.open();
  at = await StripeShop.open({
    ...{ SMTP_URL: inbox.url, STAFF_EMAIL: STAFF, STAFF_LOCALE: 'de', WEBHOOKS_ALLOW_PRIVATE: 'true' },
  });
  const body = { url: receiver.url, topics: ['payment.disputed', 'refund.settled'], email: STAFF };
  secret = (await at.shop.send('POST', '/v1/webhook-endpoints', await at.shop.staff(), body)).json.secret;
});
afterAll(async () => {
  await at.close();
  await receiver.close();
  await inbox.close();
});

async function bought(seats: readonly string[], paymentMethod = 'pm_card_visa') {
  const session = await at.shop.guest();
  const email = `${randomUUID()}@example.org`;
  const { json } = await at.shop.order(session, seats, { email });
  const { id, reference } = json.order;
  expect((await at.pay(session, id, paymentMethod)).json.order.state).toBe('fulfilled');
  const intents = [...at.stripe.ledger.intents.values()];
  const intent = intents.find(({ metadata }) => metadata['order_id'] === id)?.id ?? '';
  return { session, email, id: id as string, reference: reference as string, intent };
}

async function mailed(to: string, subject: string) {
  const isIt = ({ headers }: ReadMail) => headers['to'] === to && headers['subject'] === subject;
  return await eventually(async () => inbox.mails.find(isIt), MAIL_MS_MAX);
}
const told = (topic: string, orderId: string) =>
  receiver.received
    .map(({ headers, body }) => new Webhook(secret).verify(body, headers as Record<string, string>) as never)
    .filter(({ type, data }: { type: string; data: { orderId: string } }) => type === topic && data.orderId === orderId)
    .map(({ data }: { data: object }) => data);
const refund = async (id: string) =>
  await at.shop.send('POST', `/v1/orders/${id}/refunds`, await at.shop.staff(), { reason: 'The film broke.' });

it('a dispute is told to staff by mail and to webhooks, is shown by the order, and its end too', async () => {
  const { id, reference, intent, email } = await bought(['R1-1']);
  at.stripe.control({ dispute: { intent, status: 'needs_response' } });
  const subject = `Angefochtene Zahlung der Bestellung ${reference}`;
  expect((await mailed(STAFF, `${subject}: needs_response`)).text).toContain('12,00');
  expect((await at.find(id)).payments).toMatchObject([
    {
      state: 'succeeded',
      disputes: [{ reason: 'fraudulent', status: 'needs_response', amount: { amount: 1_200, currency: 'EUR' } }],
    },
  ]);
  at.stripe.control({ dispute: { intent, status: 'lost' } });
  await mailed(STAFF, `${subject}: lost`);
  expect((await at.find(id)).payments[0].disputes).toMatchObject([{ status: 'lost' }]);
  await eventually(async () => told('payment.disputed', id).length === 2);
  expect(told('payment.disputed', id)).toMatchObject([
    { status: 'needs_response', reason: 'fraudulent', amount: 1_200, currency: 'EUR', provider: 'stripe' },
    { status: 'lost' },
  ]);
  // The one who disputes knows it.
  expect(inbox.mails.filter(({ headers }) => headers['to'] === email)).toHaveLength(1);
});

it('an event of a dispute that is older than what is known, or says the same again, changes and tells nothing', async () => {
  const { id, intent } = await bought(['R1-3']);
  at.stripe.control({ dispute: { intent, status: 'needs_response' } });
  const [dispute] = [...at.stripe.ledger.disputes.values()].filter(({ payment_intent: of }) => of === intent);
  await at.taken(dispute!.id);
  at.stripe.control({ dispute: { intent, status: 'won' } });
  await at.taken(dispute!.id);
  const base = { object: 'event', livemode: false, created: Math.floor(Date.now() / 1000) + 1 };
  const send = async (type: string, status: string, more: object = {}) => {
    const data = { object: { ...dispute, status } };
    const event = { ...base, ...more, id: `evt_${randomUUID()}`, type: `charge.dispute.${type}`, data };
    expect(await at.send(event)).toEqual({ status: 200, outcome: 'told' });
  };
  await send('updated', 'under_review', { created: 1_400_000_000 });
  await send('funds_reinstated', 'won');
  // Of the same second: what is closed stays closed.
  await send('updated', 'under_review');
  expect((await at.find(id)).payments[0].disputes).toMatchObject([{ status: 'won' }]);
  await send('closed', 'lost', { created: base.created + 1 });
  await eventually(async () => told('payment.disputed', id).length === 3);
  const { rows } = await at.shop.stage.pool.query(
    `SELECT (SELECT count(*)::int FROM boxoffice.audit_log
              WHERE action LIKE 'payment.dispute.%' AND after->>'disputeId' = $1) AS audited,
            (SELECT count(*)::int FROM boxoffice.webhook_messages WHERE body::text LIKE '%' || $1 || '%') AS told`,
    [dispute!.id],
  );
  expect(rows).toEqual([{ audited: 6, told: 3 }]);
});

it('a refund that took its time is told to its buyer when the provider has given it', async () => {
  const { id, reference, email } = await bought(['R1-5'], 'pm_card_pendingRefund');
  await refund(id);
  await mailed(email, `Refund for order ${reference}`);
  await eventually(async () => at.moneyOf(id).refunds.length === 1);
  expect(inbox.mails.filter(({ headers }) => headers['to'] === email)).toHaveLength(2);
  const { pool } = at.shop.stage;
  await pool.query(`UPDATE boxoffice.refunds SET created_at = created_at - interval '11 minutes' WHERE order_id = $1`, [
    id,
  ]);
  at.stripe.control({ settleRefunds: 'succeeded' });
  expect((await mailed(email, `The refund for order ${reference} was sent`)).text).toContain('€12.00');
  await eventually(async () => told('refund.settled', id).length === 1);
  expect(told('refund.settled', id)).toMatchObject([{ state: 'succeeded', amount: 1_200, currency: 'EUR' }]);
});

it('a refund that is given at once is told by one mail: that it was decided', async () => {
  const { id, reference, email } = await bought(['R1-11']);
  await refund(id);
  await mailed(email, `Refund for order ${reference}`);
  await eventually(async () => told('refund.settled', id).length === 1);
  const { pool } = at.shop.stage;
  await eventually(async () => (await pool.query('SELECT FROM boxoffice.outbox_steps')).rowCount === 0);
  expect(inbox.mails.filter(({ headers }) => headers['to'] === email)).toHaveLength(2);
});

it('a refund that the provider refuses for good is told to staff, and one that the bank sends back too', async () => {
  const disputed = await bought(['R1-7']);
  at.stripe.control({ dispute: { intent: disputed.intent, status: 'needs_response' } });
  await refund(disputed.id);
  const refused = await mailed(STAFF, `Eine Erstattung zur Bestellung ${disputed.reference} wurde abgelehnt`);
  expect(refused.text).toContain('charge_disputed');
  const sentBack = await bought(['R1-9'], 'pm_card_pendingRefund');
  await refund(sentBack.id);
  await eventually(async () => at.moneyOf(sentBack.id).refunds.length === 1);
  at.stripe.control({ settleRefunds: 'failed' });
  await mailed(STAFF, `Eine Erstattung zur Bestellung ${sentBack.reference} wurde abgelehnt`);
  expect(await at.find(sentBack.id)).toMatchObject({ refunds: [{ state: 'failed' }], refunded: { amount: 0 } });
  await eventually(async () => told('refund.settled', sentBack.id).length === 1);
  expect(told('refund.settled', sentBack.id)).toMatchObject([{ state: 'failed' }]);
});

it('seats that go back for nothing are told to their buyer, with their labels', async () => {
  const { pool, showtimeId } = at.shop.stage;
  const terms = JSON.stringify({ cancel: { untilMinutesBefore: 30, feePercent: 10_000 } });
  await pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [showtimeId, terms]);
  const { session, id, reference, email } = await bought(['R2-1', 'R2-2']);
  const back = { lines: [1], price: { amount: 0, currency: 'EUR' } };
  const answer = await at.shop.send('POST', `/v1/orders/${id}/return`, session, back);
  expect(answer.status, JSON.stringify(answer.json)).toBe(200);
  const { text } = await mailed(email, `Seats of order ${reference} were cancelled`);
  expect(text).toContain('R2-2');
  expect(text).not.toContain('R2-1');
});
