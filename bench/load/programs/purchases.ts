/** Buyers over HTTP: each holds two seats and pays for them, or books them without an order, and begins anew. */
import { randomUUID } from 'node:crypto';
import { SEAT_PRICE } from '../../rush/hall.js';
import { type HttpAnswer, HttpConnection, httpRequest } from '../http-connection.js';
import { serveOrders } from '../serve-orders.js';

/** `bare`: hold and booking, no order. `test`, `stripe`: by whom Usher is paid. `peer`: of Express, which has Stripe only. */
export type How = 'bare' | 'test' | 'stripe' | 'peer';

export interface Purchases {
  readonly host: string;
  readonly port: number;
  readonly how: How;
  readonly buyers: number;
  readonly showtimes: readonly string[];
  /** Of the seats, by index. */
  readonly labels: readonly string[];
  /** Of guests, who buy in turns; none at the peer. */
  readonly sessions: readonly string[];
  /** To whom tickets are mailed; absent: nobody. */
  readonly email?: string;
  /** Which purchase is the first: each has a pair of seats that no other wants. */
  readonly first: number;
  readonly ms: number;
}

export interface Purchased {
  /** That ended within the time. */
  readonly within: number;
  /** With those that had begun by then: what the store must have. */
  readonly all: number;
  /** Of those within the time, from the hold to the tickets. */
  readonly latencies: Float64Array;
}

/** A card that the stand-in of Stripe knows, and that pays at once. */
const STRIPE_CARD = 'pm_card_visa';
const SEATS = 2;
const TOTAL = { amount: SEATS * SEAT_PRICE, currency: 'EUR' };

const orders = {
  async buy(purchases: Purchases): Promise<Purchased> {
    const { host, port, buyers, first, ms } = purchases;
    const latencies: number[] = [];
    const since = performance.now();
    let next = first;
    await Promise.all(
      Array.from({ length: buyers }, async () => {
        const connection = new HttpConnection({ host, port });
        while (performance.now() - since < ms) {
          const begunAt = performance.now();
          await buyOne(connection, purchases, next++);
          const endedAt = performance.now();
          if (endedAt - since < ms) latencies.push(endedAt - begunAt);
        }
        connection.close();
      }),
    );
    return { within: latencies.length, all: next - first, latencies: Float64Array.from(latencies) };
  },
};

export type PurchasesOrders = typeof orders;
serveOrders(orders);

async function buyOne(connection: HttpConnection, purchases: Purchases, nth: number): Promise<void> {
  const { how, showtimes, labels, sessions } = purchases;
  const showtimeId = showtimes[nth % showtimes.length] ?? '';
  const seat = Math.floor(nth / showtimes.length) * SEATS;
  if (seat + SEATS > labels.length) throw new Error('All seats have been bought.');
  if (how === 'peer') {
    const path = `/showtimes/${showtimeId}`;
    const hold = { seats: [seat, seat + 1], holder: `guest:${nth}` };
    const { holdId } = bodyOf(await connection.send(httpRequest('POST', `${path}/hold`, { body: hold })), 200);
    const order = { holdId, paymentMethod: STRIPE_CARD };
    checkSold(await connection.send(httpRequest('POST', `${path}/orders`, { body: order })));
    return;
  }
  const ask = async (path: string, body: object) =>
    await connection.send(
      httpRequest('POST', path, {
        headers: {
          authorization: `Bearer ${sessions[nth % sessions.length]}`,
          'idempotency-key': randomUUID(),
        },
        body,
      }),
    );
  const house = `/v1/showtimes/${showtimeId}`;
  const { hold } = bodyOf(await ask(`${house}/holds`, { seats: [labels[seat], labels[seat + 1]] }), 200);
  const holdId = hold?.id ?? '';
  if (how === 'bare')
    bodyOf(await ask(`${house}/bookings`, { holdId, price: TOTAL, payment: { method: 'test' } }), 200);
  else {
    const details = how === 'test' ? { card: 'succeed' } : { paymentMethod: STRIPE_CARD };
    const { email } = purchases;
    const order = { holds: [{ showtimeId, holdId }], total: TOTAL, email, pay: { provider: how, details } };
    checkSold(await ask('/v1/orders', order));
  }
}

interface Body {
  readonly hold?: { readonly id: string };
  readonly holdId?: string;
}

function bodyOf({ status, body }: HttpAnswer, expected: number): Body {
  const text = body.toString('utf8');
  if (status !== expected) throw new Error(`answered by ${status}: ${text}`);
  return JSON.parse(text) as Body;
}

/** An order may have been made whose payment was refused: that is no purchase. */
function checkSold({ status, body }: HttpAnswer): void {
  const text = body.toString('utf8');
  if (status !== 201 || !text.includes('"state":"fulfilled"')) throw new Error(`answered by ${status}: ${text}`);
}
