import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { TestLedger } from '../../../src/boxoffice/payments/test-ledger.js';
import { testProvider } from '../../../src/boxoffice/payments/test-provider.js';
import { type Cinema, type Right, WEBHOOK_SECRET } from './cinema.js';

/** A right request of each endpoint of payments. */
export const paymentRequests: Readonly<Record<string, (cinema: Cinema) => Promise<Right>>> = {
  getTestPaymentPage: async () => ({}),
  getTestPayment: async (cinema) => ({ path: { paymentRef: await started(cinema) } }),
  answerTestPayment: async (cinema) => ({
    path: { paymentRef: await started(cinema) },
    body: { outcome: 'confirmed' },
  }),
  pushTestPayment: async (cinema) => ({ path: { paymentRef: await started(cinema) } }),
  listTestPayments: async () => ({}),
  reportPaymentEvent: async () => ({ path: { provider: 'stripe' }, ...signedEvent() }),
};

/** A dispute of a payment that is not ours. */
function signedEvent(): Right {
  const dispute = {
    id: 'du_1',
    object: 'dispute',
    amount: 1,
    currency: 'eur',
    payment_intent: 'pi_1',
    reason: 'fraudulent',
  };
  const type = 'charge.dispute.created';
  const body = JSON.stringify({ id: `evt_${randomUUID()}`, type, livemode: false, data: { object: dispute } });
  return { body, signature: Stripe.webhooks.generateTestHeaderString({ payload: body, secret: WEBHOOK_SECRET }) };
}

async function started({ stage }: Cinema): Promise<string> {
  const siteUrl = 'https://tickets.example';
  const provider = testProvider({ ledger: new TestLedger(stage.pool), siteUrl, isAccepted: true });
  const order = { paymentId: randomUUID(), orderId: randomUUID(), reference: 'K7MQ2-RX4TD-5' };
  const amount = { amount: 1_000, currency: 'EUR' };
  const payment = await provider.start({ ...order, amount, returnUrl: siteUrl, details: { card: 'further_step' } });
  if (!payment.ok) throw new Error(payment.error.message);
  return payment.providerRef;
}
