import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../orders/shop.js';
import { intentOf, StripeShop } from './stripe-shop.js';

let at: StripeShop;
beforeAll(async () => {
  at = await StripeShop.open();
});
afterAll(async () => await at.close());

const ONE_OF_EACH = { tickets: 1, bookings: 1, payments: 1 };
const succeededEvent = (intent: string) => {
  const event = at.eventsAbout(intent).find(({ type }) => type === 'payment_intent.succeeded');
  if (!event) throw new Error('Stripe has made no such event.');
  const { deliveries: _, ...sent } = event;
  return sent;
};

describe('a purchase by Stripe', () => {
  it('with a payment method is fulfilled in the answer, and the webhook that follows changes nothing', async () => {
    const buyer = await at.shop.guest();
    const made = await at.shop.order(buyer, ['R1-1']);
    const { status, json } = await at.pay(buyer, made.json.order.id, 'pm_card_visa');
    expect(status).toBe(201);
    expect(json).toMatchObject({ order: { state: 'fulfilled' }, payment: { state: 'succeeded', provider: 'stripe' } });
    expect(json.payment).not.toHaveProperty('clientSecret');
    const [intent] = at.stripe.ledger.intents.keys();
    await at.taken(intent!);
    expect(await at.count(made.json.order.id)).toEqual(ONE_OF_EACH);
    expect(at.moneyOf(made.json.order.id)).toEqual({ received: 1_200, refunds: [] });
    const tickets = await at.shop.send('GET', `/v1/orders/${made.json.order.id}/tickets`, buyer);
    expect(tickets.json.tickets).toMatchObject([{ seat: 'R1-1', state: 'valid' }]);
  });

  it('that the browser confirms with the client secret is fulfilled by the webhook', async () => {
    const { session, orderId, clientSecret } = await at.awaiting(['R1-3']);
    expect(await at.confirmInBrowser(`${intentOf(clientSecret)}_secret_of_another`, 'pm_card_visa')).toBe(401);
    expect((await at.find(orderId)).state).toBe('awaiting_payment');
    expect(await at.confirmInBrowser(clientSecret, 'pm_card_visa')).toBe(200);
    await at.inState(orderId, 'fulfilled');
    expect(await at.count(orderId)).toEqual(ONE_OF_EACH);
    const { json } = await at.shop.send('GET', `/v1/orders/${orderId}/tickets`, session);
    expect(json.tickets).toMatchObject([{ seat: 'R1-3', state: 'valid' }]);
  });

  it('with a declined card leaves the order open, for another card', async () => {
    const buyer = await at.shop.guest();
    const made = await at.shop.order(buyer, ['R1-5']);
    const { id } = made.json.order;
    const declined = await at.pay(buyer, id, 'pm_card_chargeDeclined');
    expect(declined.json).toMatchObject({
      order: { state: 'awaiting_payment' },
      payment: { state: 'failed', failure: 'generic_decline' },
    });
    expect((await at.pay(buyer, id, 'pm_card_visa')).json.order.state).toBe('fulfilled');
    expect(await at.count(id)).toEqual(ONE_OF_EACH);
  });

  it('with a payment method that Stripe does not know is refused, and says which field', async () => {
    const buyer = await at.shop.guest();
    const made = await at.shop.order(buyer, ['R1-7']);
    const { status, json } = await at.pay(buyer, made.json.order.id, 'pm_card_of_nobody');
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'invalid_field', field: 'paymentMethod' });
    expect(at.moneyOf(made.json.order.id).received).toBe(0);
  });

  it('that needs a further step goes on at the page of the bank, and ends as the buyer answers there', async () => {
    const buyer = await at.shop.guest();
    const made = await at.shop.order(buyer, ['R1-9']);
    const { id } = made.json.order;
    const first = await at.pay(buyer, id, 'pm_card_authenticationRequired');
    expect(first.json).toMatchObject({
      order: { state: 'awaiting_payment' },
      payment: { state: 'requires_action', url: 'https://stripe.example/3ds' },
    });
    await at.answerFurtherStep(intentOf(first.json.payment.clientSecret), false);
    await eventually(async () => (await at.find(id)).payments[0].state === 'failed');
    const second = await at.pay(buyer, id, 'pm_card_authenticationRequired');
    await at.answerFurtherStep(intentOf(second.json.payment.clientSecret), true);
    const order = await at.inState(id, 'fulfilled');
    expect(order.payments).toMatchObject([{ state: 'failed', failure: 'generic_decline' }, { state: 'succeeded' }]);
    expect(await at.count(id)).toEqual(ONE_OF_EACH);
  });

  it('of which another sum arrives goes back whole, and the order still waits', async () => {
    const { orderId, clientSecret } = await at.awaiting(['R1-11']);
    at.stripe.control({ next: ['other_sum'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    await eventually(async () => at.moneyOf(orderId).refunds.length > 0);
    expect(at.moneyOf(orderId)).toEqual({ received: 1_199, refunds: [{ amount: 1_199, status: 'succeeded' }] });
    expect((await at.find(orderId)).state).toBe('awaiting_payment');
  });
});

describe('an event of Stripe at a running node', () => {
  it('that is sent twice, and again long after, sells once', async () => {
    const { orderId, clientSecret } = await at.awaiting(['R2-1']);
    at.stripe.control({ next: ['twice'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    await at.inState(orderId, 'fulfilled');
    await at.taken(intentOf(clientSecret), 2);
    const again = succeededEvent(intentOf(clientSecret));
    expect(await at.send(again)).toEqual({ status: 200, outcome: 'repeated' });
    expect(await at.send({ ...again, id: 'evt_another_name' })).toEqual({ status: 200, outcome: 'repeated' });
    expect(await at.count(orderId)).toEqual(ONE_OF_EACH);
    expect(at.moneyOf(orderId)).toEqual({ received: 900, refunds: [] });
  });

  it('that says less than is known, out of order, takes nothing back', async () => {
    const { orderId, clientSecret } = await at.awaiting(['R2-3']);
    at.stripe.control({ next: ['never'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    const succeeded = succeededEvent(intentOf(clientSecret));
    expect(await at.send(succeeded)).toEqual({ status: 200, outcome: 'taken' });
    for (const status of ['processing', 'requires_action', 'canceled', 'requires_payment_method']) {
      const type = `payment_intent.${status === 'requires_payment_method' ? 'payment_failed' : status}`;
      const object = { ...succeeded.data.object, status, last_payment_error: { code: 'card_declined' } };
      const late = { ...succeeded, id: `evt_late_${status}`, type, data: { object } };
      expect(await at.send(late), status).toEqual({ status: 200, outcome: 'repeated' });
    }
    expect(await at.inState(orderId, 'fulfilled')).toMatchObject({ payments: [{ state: 'succeeded' }] });
    expect(at.moneyOf(orderId)).toEqual({ received: 900, refunds: [] });
  });

  it('that was made years ago counts as its order says; bytes that were signed years ago are refused', async () => {
    const { orderId, clientSecret } = await at.awaiting(['R2-5']);
    at.stripe.control({ next: ['never'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    const old = { ...succeededEvent(intentOf(clientSecret)), created: 1_400_000_000 };
    expect(await at.send(old, { atMs: 1_400_000_000_000 })).toEqual({ status: 400, outcome: 'bad_message' });
    expect((await at.find(orderId)).state).toBe('awaiting_payment');
    expect(await at.send(old)).toEqual({ status: 200, outcome: 'taken' });
    await at.inState(orderId, 'fulfilled');
    const unknown = {
      ...old,
      id: 'evt_of_long_ago',
      data: { object: { ...old.data.object, id: 'pi_gone', metadata: {} } },
    };
    expect(await at.send(unknown)).toEqual({ status: 200, outcome: 'unknown_payment' });
    expect(await at.count(orderId)).toEqual(ONE_OF_EACH);
  });

  it('for another account, of another mode, or with a wrong signature pays nothing', async () => {
    const { orderId, clientSecret } = await at.awaiting(['R2-7']);
    at.stripe.control({ next: ['never'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    const event = succeededEvent(intentOf(clientSecret));
    expect(await at.send({ ...event, account: 'acct_other' })).toEqual({ status: 200, outcome: 'another_account' });
    expect(await at.send({ ...event, livemode: true })).toEqual({ status: 200, outcome: 'another_mode' });
    const { signature } = at.stripe.signed({ ...event, id: 'evt_other_bytes' });
    for (const wrong of [signature, '', 't=1,v1=00']) {
      expect(await at.send(event, { signature: wrong })).toEqual({ status: 400, outcome: 'bad_message' });
    }
    expect(await at.find(orderId)).toMatchObject({
      state: 'awaiting_payment',
      payments: [{ state: 'requires_action' }],
    });
    expect(await at.send(event)).toEqual({ status: 200, outcome: 'taken' });
    await at.inState(orderId, 'fulfilled');
  });
});

describe('money back by Stripe', () => {
  it('that is pending is reported when it has arrived', async () => {
    const buyer = await at.shop.guest();
    const made = await at.shop.order(buyer, ['R3-1']);
    const { id } = made.json.order;
    await at.pay(buyer, id, 'pm_card_pendingRefund');
    const back = { reason: 'The film broke.' };
    const asked = await at.shop.send('POST', `/v1/orders/${id}/refunds`, await at.shop.staff(), back);
    expect(asked.status).toBe(200);
    await eventually(async () => at.moneyOf(id).refunds.length === 1);
    expect(await at.find(id)).toMatchObject({ state: 'fulfilled', refunds: [{ state: 'pending' }] });
    at.stripe.control({ settleRefunds: 'succeeded' });
    expect(await at.inState(id, 'refunded')).toMatchObject({ refunds: [{ state: 'succeeded' }] });
  });
});

describe('another currency than the order has', () => {
  /** As if the payment were made in it: what Stripe says is what counts. */
  async function paidIn(currency: string, units: number, seat: string) {
    const { session, orderId, clientSecret } = await at.awaiting([seat]);
    at.stripe.control({ next: ['never'] });
    await at.confirmInBrowser(clientSecret, 'pm_card_visa');
    const intent = at.stripe.ledger.intents.get(intentOf(clientSecret))!;
    Object.assign(intent, { currency, amount_received: units });
    const event = succeededEvent(intent.id);
    const sent = { ...event, data: { object: { ...event.data.object, currency, amount_received: units } } };
    expect(await at.send(sent)).toEqual({ status: 200, outcome: 'wrong_sum' });
    return { session, orderId };
  }

  it('goes back as it came, in the units that Stripe has of that currency', async () => {
    // Twelve ariary are 12 at Stripe, and 1,200 minor units in ISO 4217.
    const { orderId } = await paidIn('mga', 12, 'R4-1');
    await eventually(async () => (await at.find(orderId)).refunds[0]?.state === 'succeeded');
    expect(at.moneyOf(orderId).refunds).toEqual([{ amount: 12, status: 'succeeded' }]);
    expect(await at.find(orderId)).toMatchObject({
      state: 'awaiting_payment',
      payments: [{ received: { amount: 1_200, currency: 'MGA' } }],
      refunds: [{ amount: { amount: 1_200, currency: 'MGA' } }],
    });
  });

  it('of the very sum of the order does not stand for its payment when that is given back', async () => {
    const { session, orderId } = await paidIn('usd', 900, 'R4-3');
    await eventually(async () => (await at.find(orderId)).refunds[0]?.state === 'succeeded');
    expect((await at.pay(session, orderId, 'pm_card_visa')).json.order.state).toBe('fulfilled');
    const back = { reason: 'The film broke.' };
    const asked = await at.shop.send('POST', `/v1/orders/${orderId}/refunds`, await at.shop.staff(), back);
    expect(asked.status, JSON.stringify(asked.json)).toBe(200);
    const order = await at.inState(orderId, 'refunded');
    expect(order.refunds.map(({ amount }: { amount: object }) => amount)).toEqual([
      { amount: 900, currency: 'USD' },
      { amount: 900, currency: 'EUR' },
    ]);
  });
});
