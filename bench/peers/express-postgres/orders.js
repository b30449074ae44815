/**
 * From a hold to tickets: an order is written, Stripe is asked with no transaction open, and the answer is written with the
 * booking, its tickets and what is to follow from them. Each transaction writes all its tables in one statement.
 */
import { randomUUID } from 'node:crypto';
import Stripe from 'stripe';
import { inTransaction, lockHold } from './selling.js';

const SEAT_PRICE = 1_200;
const CURRENCY = 'EUR';
/** Longer than the slowest answer of Stripe. */
const PAYMENT_TTL_MS = 10 * 60_000;

const insertOrder = {
  name: 'insert-order',
  text: `
    WITH kept AS (
      UPDATE holds SET expires_at = $6, order_id = $1 WHERE id = $2
    ), ordered AS (
      INSERT INTO orders (id, hold_id, showtime_id, holder, state, total, currency)
      VALUES ($1, $2, $3, $4, 'awaiting_payment', $5, $7)
    ), paying AS (
      INSERT INTO payments (id, order_id, provider, state, amount, currency) VALUES ($8, $1, 'stripe', 'created', $5, $7)
    ), lines AS (
      INSERT INTO order_lines (order_id, line, seat_index, price)
      SELECT $1, line - 1, seat, $9 FROM unnest($10::integer[]) WITH ORDINALITY AS seats (seat, line)
    )
    UPDATE seats SET held_until = $6 WHERE showtime_id = $3 AND seat_index = ANY ($10)`,
};
const lockOrder = {
  name: 'lock-order',
  text: `SELECT state FROM orders WHERE id = $1 AND state = 'awaiting_payment' FOR UPDATE`,
};
const fulfil = {
  name: 'fulfil-order',
  text: `
    WITH booked AS (
      INSERT INTO bookings (id, showtime_id, holder, seats) VALUES ($3, $4, $5, $6)
    ), gone AS (
      DELETE FROM holds WHERE id = $7
    ), paid AS (
      UPDATE payments SET state = 'succeeded', provider_ref = $8, received = amount, settled_at = now() WHERE id = $2
    ), fulfilled AS (
      UPDATE orders SET state = 'fulfilled', booking_id = $3, fulfilled_at = now() WHERE id = $1
    ), tickets AS (
      INSERT INTO tickets (id, order_id, line, booking_id, showtime_id, seat_index)
      SELECT id, $1, line - 1, $3, $4, seat FROM unnest($9::uuid[], $6::integer[]) WITH ORDINALITY AS t (id, seat, line)
    ), told AS (
      INSERT INTO outbox (topic, payload) VALUES ('order.fulfilled', jsonb_build_object('orderId', $1::uuid))
    )
    UPDATE seats SET booking_id = $3, hold_id = NULL, held_until = NULL WHERE showtime_id = $4 AND seat_index = ANY ($6)`,
};
const refuse = {
  name: 'refuse-payment',
  text: `UPDATE payments SET state = 'failed', settled_at = now() WHERE id = $1`,
};

/** @param url of Stripe, or of what stands for it */
export function stripeAt(url) {
  const { hostname, port, protocol } = new URL(url);
  return new Stripe('sk_test_of_the_peer', {
    host: hostname,
    port,
    protocol: protocol.slice(0, -1),
    telemetry: false,
    maxNetworkRetries: 0,
  });
}

/** @returns the order as it is now, or undefined where there is no such hold. */
export async function purchase(pool, stripe, holdId, paymentMethod) {
  const order = { id: randomUUID(), paymentId: randomUUID(), holdId };
  const held = await inTransaction(pool, async (client) => {
    const { rows } = await client.query({ ...lockHold, values: [holdId] });
    const [hold] = rows;
    if (!hold) return undefined;
    const total = SEAT_PRICE * hold.seats.length;
    const until = new Date(Date.now() + PAYMENT_TTL_MS);
    const { id, paymentId } = order;
    const common = [id, holdId, hold.showtime_id, hold.holder, total, until, CURRENCY, paymentId];
    await client.query({ ...insertOrder, values: [...common, SEAT_PRICE, hold.seats] });
    return { ...hold, total };
  });
  if (!held) return undefined;
  const intent = await pay(stripe, order, held.total, paymentMethod);
  if (intent?.status !== 'succeeded') {
    await pool.query({ ...refuse, values: [order.paymentId] });
    return { orderId: order.id, state: 'awaiting_payment', failure: intent?.status ?? 'declined' };
  }
  const ticketIds = held.seats.map(() => randomUUID());
  const bookingId = randomUUID();
  const fulfilled = await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query({ ...lockOrder, values: [order.id] });
    if (rowCount === 0) return undefined;
    const booking = [bookingId, held.showtime_id, held.holder, held.seats, holdId];
    await client.query({ ...fulfil, values: [order.id, order.paymentId, ...booking, intent.id, ticketIds] });
    return { orderId: order.id, state: 'fulfilled', bookingId, ticketIds };
  });
  return fulfilled ?? { orderId: order.id, state: 'expired' };
}

/** Undefined: the card was declined. */
async function pay(stripe, { id, paymentId }, amount, paymentMethod) {
  try {
    return await stripe.paymentIntents.create(
      {
        amount,
        currency: CURRENCY.toLowerCase(),
        payment_method: paymentMethod,
        confirm: true,
        metadata: { order_id: id, payment_id: paymentId },
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      },
      { idempotencyKey: `payment-${paymentId}` },
    );
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return undefined;
    throw error;
  }
}
