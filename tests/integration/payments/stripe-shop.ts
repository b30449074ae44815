import { StripeStandIn } from '../../kit/stripe/stripe-stand-in.js';
import { type Answer, eventually, Shop } from '../orders/shop.js';

const SECRET = 'whsec_of_the_tests';

/** A node that takes payments by Stripe, and a Stripe that reports to it. */
export class StripeShop {
  readonly stripe: StripeStandIn;
  readonly shop: Shop;

  private constructor(stripe: StripeStandIn, shop: Shop) {
    this.stripe = stripe;
    this.shop = shop;
  }

  static async open(
    environment: Record<string, string> = {},
    through?: (databaseUrl: string) => Promise<string>,
  ): Promise<StripeShop> {
    const stripe = await StripeStandIn.start({ secret: SECRET });
    const settings = {
      STRIPE_SECRET_KEY: 'sk_test_of_the_tests',
      STRIPE_WEBHOOK_SECRETS: SECRET,
      STRIPE_API_BASE: stripe.url,
    };
    const shop = await Shop.open({ ...settings, ...environment }, through);
    stripe.control({ webhookUrl: `http://127.0.0.1:${shop.stage.port}/v1/payment-events/stripe` });
    return new StripeShop(stripe, shop);
  }

  async close(): Promise<void> {
    await this.shop.close();
    await this.stripe.close();
  }

  async pay(session: string, orderId: string, paymentMethod?: string): Promise<Answer> {
    const details = paymentMethod === undefined ? {} : { details: { paymentMethod } };
    return await this.shop.send('POST', `/v1/orders/${orderId}/payments`, session, { provider: 'stripe', ...details });
  }

  /** An order of these seats, and an open payment for the browser to confirm. */
  async awaiting(seats: readonly string[]) {
    const session = await this.shop.guest();
    const made = await this.shop.order(session, seats);
    const { json } = await this.pay(session, made.json.order.id);
    return { session, orderId: made.json.order.id as string, clientSecret: json.payment.clientSecret as string };
  }

  /** What the script of Stripe does in the buyer's browser. */
  async confirmInBrowser(clientSecret: string, paymentMethod: string): Promise<number> {
    const intent = intentOf(clientSecret);
    const form = new URLSearchParams({ client_secret: clientSecret, payment_method: paymentMethod });
    const headers = { authorization: 'Bearer pk_test_of_the_page' };
    const url = `${this.stripe.url}/v1/payment_intents/${intent}/confirm`;
    return (await fetch(url, { method: 'POST', headers, body: form })).status;
  }

  /** The buyer answers on the page of the bank. */
  async answerFurtherStep(intent: string, isConfirmed: boolean): Promise<void> {
    await fetch(`${this.stripe.url}/v1/payment_intents/${intent}/buyer`, {
      method: 'POST',
      headers: { authorization: 'Bearer sk_test_of_the_tests' },
      body: new URLSearchParams({ confirmed: `${isConfirmed}` }),
    });
  }

  async find(orderId: string): Promise<Answer['json']> {
    return (await this.shop.send('GET', `/v1/orders/${orderId}`, await this.shop.staff())).json;
  }

  async inState(orderId: string, state: string): Promise<Answer['json']> {
    return await eventually(async () => {
      const order = await this.find(orderId);
      return order.state === state && order;
    });
  }

  /** Sends an event to the node, and says what it answers. */
  async send(event: object, { atMs = Date.now(), signature }: { atMs?: number; signature?: string } = {}) {
    const signed = this.stripe.signed(event, atMs);
    const response = await fetch(`http://127.0.0.1:${this.shop.stage.port}/v1/payment-events/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature ?? signed.signature },
      body: signed.body,
    });
    const json = (await response.json()) as { outcome?: string; code?: string };
    return { status: response.status, outcome: json.code ?? json.outcome };
  }

  /** The events about a payment or a refund, as Stripe has sent or will send them. */
  eventsAbout(id: string) {
    return [...this.stripe.ledger.events.values()].filter(({ data }) => (data.object as { id: string }).id === id);
  }

  async taken(id: string, times = 1): Promise<void> {
    await eventually(async () => {
      const events = this.eventsAbout(id);
      return events.length > 0 && events.every(({ deliveries }) => deliveries === times);
    });
  }

  /** What there is of an order, in numbers. */
  async count(orderId: string) {
    const { rows } = await this.shop.stage.pool.query<{ tickets: number; bookings: number; payments: number }>(
      `SELECT (SELECT count(*)::int FROM boxoffice.tickets WHERE order_id = $1) AS tickets,
              (SELECT count(*)::int FROM usher.bookings WHERE order_id = $1) AS bookings,
              (SELECT count(*)::int FROM boxoffice.payments WHERE order_id = $1 AND state = 'succeeded') AS payments`,
      [orderId],
    );
    return rows[0];
  }

  /** What Stripe has of an order: what was received, and what was given back. */
  moneyOf(orderId: string) {
    const intents = [...this.stripe.ledger.intents.values()].filter(({ metadata }) => metadata['order_id'] === orderId);
    const refunds = [...this.stripe.ledger.refunds.values()];
    return {
      received: intents.reduce((sum, intent) => sum + intent.amount_received, 0),
      refunds: refunds
        .filter(({ payment_intent: of }) => intents.some(({ id }) => id === of))
        .map(({ amount, status }) => ({ amount, status })),
    };
  }
}

export function intentOf(clientSecret: string): string {
  return clientSecret.split('_secret_')[0] ?? '';
}
