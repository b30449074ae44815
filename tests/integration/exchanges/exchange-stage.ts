import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { type Answer, eventually, Shop } from '../orders/shop.js';

export const eur = (amount: number) => ({ amount, currency: 'EUR' });
export const card = (name = 'succeed') => ({ provider: 'test', details: { card: name } });

export interface Bought {
  readonly session: string;
  readonly id: string;
  readonly path: string;
}

/** A shop with a second showtime. Front seats (R1, R2) cost 12.00, those at the back 9.00. */
export class ExchangeStage {
  readonly shop: Shop;
  readonly later: string;

  private constructor(shop: Shop, later: string) {
    this.shop = shop;
    this.later = later;
  }

  static async open(environment: Record<string, string> = {}): Promise<ExchangeStage> {
    const shop = await Shop.open(environment);
    const stage = new ExchangeStage(shop, await shop.stage.addShowtime());
    await stage.policy({ exchange: { untilMinutesBefore: 30, feeAmount: 100 } });
    return stage;
  }

  close(): Promise<void> {
    return this.shop.close();
  }

  /** Of the first showtime. The node keeps a policy for a moment, but not for terms of exchange. */
  async policy(salePolicy: object, showtimeId = this.shop.stage.showtimeId): Promise<void> {
    const sql = 'UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1';
    await this.shop.stage.pool.query(sql, [showtimeId, JSON.stringify(salePolicy)]);
  }

  async bought(seats: readonly string[], session?: string): Promise<Bought> {
    const buyer = session ?? (await this.shop.guest());
    const { json } = await this.shop.order(buyer, seats, { pay: card(), email: 'ann@example.org' });
    expect(json.order?.state, JSON.stringify(json)).toBe('fulfilled');
    return { session: buyer, id: json.order.id, path: `/v1/orders/${json.order.id}` };
  }

  /** Holds seats of the later showtime and quotes the exchange. */
  async quoted({ session, path }: Bought, seats: readonly string[], more: object = {}, holder = session) {
    const holds = [await this.shop.hold(holder, seats, this.later)];
    const { status, json } = await this.shop.send('POST', `${path}/exchange/quote`, session, { holds, ...more });
    return { holds, status, json };
  }

  /** Exchanges for seats of the later showtime, by what was quoted. */
  async exchanged(bought: Bought, seats: readonly string[], more: object = {}, key = randomUUID()): Promise<Answer> {
    const { pay, ...quoted } = more as { pay?: object };
    const { holds, status, json } = await this.quoted(bought, seats, quoted);
    if (status !== 200) return { status, json };
    const body = { holds, ...quoted, total: json.total, refund: json.refund, ...(pay ? { pay } : {}) };
    return await this.shop.send('POST', `${bought.path}/exchange`, bought.session, body, key);
  }

  async order({ path, session }: Pick<Bought, 'path' | 'session'>) {
    return (await this.shop.send('GET', path, session)).json;
  }

  async inState(bought: Pick<Bought, 'path' | 'session'>, ...states: string[]) {
    return await eventually(async () => {
      const order = await this.order(bought);
      return states.includes(order.state) && order;
    });
  }

  async tickets(orderId: string): Promise<string[]> {
    const sql = 'SELECT state FROM boxoffice.tickets WHERE order_id = $1 ORDER BY line';
    return (await this.shop.stage.pool.query(sql, [orderId])).rows.map(({ state }) => state);
  }

  /** What the provider's ledger moved for an order's payments: charged, and given back. */
  async ledger(orderId: string): Promise<{ charged: number; given: number }> {
    const { rows } = await this.shop.stage.pool.query(
      `SELECT (SELECT coalesce(sum(received), 0)::int FROM boxoffice.payments WHERE order_id = $1 AND state = 'succeeded') AS charged,
              (SELECT coalesce(sum(r.amount), 0)::int FROM boxoffice.test_refunds r
                 JOIN boxoffice.test_payments p ON p.id = r.payment_id WHERE p.order_id = $1) AS given`,
      [orderId],
    );
    return rows[0];
  }

  /** How many seats the journal has for an order. */
  async booked(orderId: string): Promise<number> {
    const { rows } = await this.shop.stage.pool.query(
      `SELECT coalesce(sum(cardinality(seats)), 0)::int AS n FROM usher.bookings WHERE order_id = $1 AND status = 'confirmed'`,
      [orderId],
    );
    return rows[0].n;
  }

  async scan(orderId: string, line: number): Promise<void> {
    await this.shop.stage.pool.query(
      `INSERT INTO boxoffice.admissions (ticket_id, showtime_id, scan_id, gate, admitted_at)
       SELECT id, showtime_id, gen_random_uuid(), 'A', now() FROM boxoffice.tickets WHERE order_id = $1 AND line = $2`,
      [orderId, line],
    );
  }
}
