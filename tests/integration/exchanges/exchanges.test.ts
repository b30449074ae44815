import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addShowtime } from '../../../src/boxoffice/catalogue/showtimes.js';
import { eventually } from '../orders/shop.js';
import { card, ExchangeStage, eur } from './exchange-stage.js';

let stage: ExchangeStage;
beforeAll(async () => {
  stage = await ExchangeStage.open();
});
afterAll(() => stage.close());

describe('a buyer', () => {
  it('exchanges a seat for a dearer one and pays the difference', async () => {
    const bought = await stage.bought(['R3-1', 'R3-2']);
    const { holds, json: quote } = await stage.quoted(bought, ['R1-1'], { lines: [0] });
    expect(quote).toMatchObject({
      exchanged: [{ line: 0, seat: 'R3-1', paid: eur(900), kept: eur(100), worth: eur(800) }],
      ...{ price: eur(1_200), credit: eur(800), total: eur(400), refund: eur(0) },
    });
    const key = randomUUID();
    const body = { lines: [0], holds, total: eur(400), pay: card() };
    const done = await stage.shop.send('POST', `${bought.path}/exchange`, bought.session, body, key);
    expect(done).toMatchObject({
      status: 201,
      json: {
        order: {
          ...{ state: 'fulfilled', total: eur(400), credit: eur(800), email: 'ann@example.org' },
          exchange: { orderId: bought.id, lines: [0], kept: eur(100), refund: eur(0) },
          payments: [{ state: 'succeeded', received: eur(400) }],
        },
        payment: { state: 'succeeded' },
      },
    });
    const { id } = done.json.order;
    expect(await stage.order(bought)).toMatchObject({
      ...{ state: 'partly_refunded', exchanged: eur(800), refunds: [], refunded: eur(0) },
      lines: [{ state: 'returned', exchangedFor: id, exchanged: eur(800) }, { state: 'sold' }],
    });
    expect(await stage.tickets(bought.id)).toEqual(['refunded', 'valid']);
    expect(await stage.tickets(id)).toEqual(['valid']);
    await eventually(async () => (await stage.booked(bought.id)) === 1);
    expect(await stage.booked(id)).toBe(1);
    // A repeat is the same exchange, also where nothing could be exchanged any more.
    const again = await stage.shop.send('POST', `${bought.path}/exchange`, bought.session, body, key);
    expect(again).toMatchObject({ status: 201, json: { order: { id } } });
    const other = await stage.shop.send(
      'POST',
      `${bought.path}/exchange`,
      bought.session,
      { ...body, lines: [1] },
      key,
    );
    expect(other.json).toMatchObject({ code: 'command_reused' });
    // The seat that was given up is for sale.
    await stage.bought(['R3-1']);
  });

  it('exchanges for cheaper seats at once, and gets the rest back on the payment of before', async () => {
    const bought = await stage.bought(['R1-4', 'R1-5']);
    const { holds, json: quote } = await stage.quoted(bought, ['R3-4']);
    expect(quote).toMatchObject({ credit: eur(900), total: eur(0), refund: eur(1_300) });
    const wrong = { holds, total: eur(0), refund: eur(1_200) };
    const refused = await stage.shop.send('POST', `${bought.path}/exchange`, bought.session, wrong);
    expect(refused.json).toMatchObject({ code: 'price_changed', price: eur(1_300), field: 'refund' });
    const right = { ...wrong, refund: eur(1_300) };
    const { json } = await stage.shop.send('POST', `${bought.path}/exchange`, bought.session, right);
    expect(json.order).toMatchObject({ state: 'fulfilled', total: eur(0), credit: eur(900) });
    const old = await eventually(async () => {
      const order = await stage.order(bought);
      return order.refunded.amount === 1_300 && order;
    });
    expect(old).toMatchObject({ state: 'partly_refunded', refunds: [{ amount: eur(1_300), reason: 'exchanged' }] });
    expect(await stage.ledger(bought.id)).toEqual({ charged: 2_400, given: 1_300 });
    await eventually(async () => (await stage.booked(bought.id)) === 0);
  });

  it('exchanges for other seats of the same showtime', async () => {
    const bought = await stage.bought(['R3-7']);
    const holds = [await stage.shop.hold(bought.session, ['R1-7'])];
    const body = { holds, total: eur(400), pay: card() };
    const { json } = await stage.shop.send('POST', `${bought.path}/exchange`, bought.session, body);
    expect(json.order, JSON.stringify(json)).toMatchObject({ state: 'fulfilled', credit: eur(800) });
    await eventually(async () => (await stage.booked(bought.id)) === 0);
    expect(await stage.booked(json.order.id)).toBe(1);
  });

  it('keeps the old seats while the new ones are not paid, declined or expired', async () => {
    const bought = await stage.bought(['R3-10']);
    const declined = await stage.exchanged(bought, ['R1-10'], { pay: card('decline') });
    expect(declined.json).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'failed' } });
    expect(await stage.order(bought)).toMatchObject({ state: 'fulfilled', lines: [{ state: 'sold' }] });
    const next = { path: `/v1/orders/${declined.json.order.id}`, session: bought.session };
    await stage.shop.stage.pool.query('UPDATE boxoffice.orders SET expires_at = now() WHERE id = $1', [
      declined.json.order.id,
    ]);
    await stage.inState(next, 'expired');
    expect(await stage.tickets(bought.id)).toEqual(['valid']);
    expect(await stage.booked(bought.id)).toBe(1);
    expect(await stage.order(bought)).not.toHaveProperty('exchanged');
  });

  it('pays later, and the money that comes last decides', async () => {
    const bought = await stage.bought(['R3-12']);
    const { json } = await stage.exchanged(bought, ['R1-12']);
    expect(json.order).toMatchObject({ state: 'awaiting_payment', total: eur(400) });
    expect(await stage.tickets(bought.id)).toEqual(['valid']);
    const path = `/v1/orders/${json.order.id}`;
    const paid = await stage.shop.send('POST', `${path}/payments`, bought.session, {
      provider: 'test',
      details: { card: 'late', delayMs: 300 },
    });
    expect(paid.json.payment.state).toBe('processing');
    await stage.inState({ path, session: bought.session }, 'fulfilled');
    expect(await stage.tickets(bought.id)).toEqual(['refunded']);
  });

  it('is refused before the payment where the old seat was returned, used or passed on', async () => {
    await stage.policy({
      exchange: { untilMinutesBefore: 30, feeAmount: 100 },
      cancel: { untilMinutesBefore: 0 },
    });
    const spoils: [string, (bought: { id: string; path: string; session: string }) => Promise<unknown>][] = [
      ['R3-14', ({ path, session }) => stage.shop.send('POST', `${path}/return`, session, { price: eur(900) })],
      ['R3-15', ({ id }) => stage.scan(id, 0)],
      [
        'R3-16',
        ({ id }) =>
          stage.shop.stage.pool.query(
            `UPDATE boxoffice.tickets SET owner_holder = 'guest:friend', generation = 2 WHERE order_id = $1`,
            [id],
          ),
      ],
    ];
    for (const [seat, spoil] of spoils) {
      const bought = await stage.bought([seat]);
      const { json } = await stage.exchanged(bought, [seat.replace('R3', 'R1')]);
      await spoil(bought);
      const path = `/v1/orders/${json.order.id}`;
      const paid = await stage.shop.send('POST', `${path}/payments`, bought.session, card());
      expect(paid.json, seat).toMatchObject({ code: 'order_closed' });
      expect(await stage.ledger(json.order.id), seat).toEqual({ charged: 0, given: 0 });
    }
  });

  it('gets the new payment back where the old seat was used while the money was on its way', async () => {
    const bought = await stage.bought(['R3-18']);
    const { json } = await stage.exchanged(bought, ['R1-18'], { pay: card('never') });
    expect(json.payment.state).toBe('processing');
    await stage.scan(bought.id, 0);
    const { rows } = await stage.shop.stage.pool.query(
      `SELECT p.id FROM boxoffice.test_payments p WHERE p.order_id = $1`,
      [json.order.id],
    );
    const paymentId = rows[0].id;
    const { pool } = stage.shop.stage;
    await pool.query(
      `UPDATE boxoffice.payments SET state = 'succeeded', received = 400, settled_at = now() WHERE id = $1`,
      [paymentId],
    );
    await pool.query(`UPDATE boxoffice.test_payments SET state = 'succeeded', received = 400 WHERE id = $1`, [
      paymentId,
    ]);
    await pool.query(
      `UPDATE boxoffice.orders SET state = 'paid', paid_at = now() - interval '1 minute' WHERE id = $1`,
      [json.order.id],
    );
    const next = { path: `/v1/orders/${json.order.id}`, session: bought.session };
    const ended = await stage.inState(next, 'refunded');
    expect(ended).toMatchObject({ reason: 'exchange_gone', refunds: [{ amount: eur(400), reason: 'exchange_gone' }] });
    expect(await stage.tickets(bought.id)).toEqual(['valid']);
    expect(await stage.tickets(json.order.id)).toEqual([]);
    await eventually(async () => (await stage.booked(json.order.id)) === 0);
    expect(await stage.order(bought)).toMatchObject({ state: 'fulfilled', lines: [{ state: 'sold' }] });
  });

  it('exchanges an exchanged seat again, and gets all of it back from the payments that brought it', async () => {
    await stage.policy({ exchange: { untilMinutesBefore: 0 } });
    await stage.policy({ exchange: { untilMinutesBefore: 0 }, cancel: { untilMinutesBefore: 0 } }, stage.later);
    const first = await stage.bought(['R3-20']);
    const second = (await stage.exchanged(first, ['R1-20'], { pay: card() })).json.order;
    expect(second).toMatchObject({ state: 'fulfilled', credit: eur(900), total: eur(300) });
    const bought = { session: first.session, id: second.id, path: `/v1/orders/${second.id}` };
    // Only 9.00 are needed: the 3.00 of the second payment go back.
    const third = (await stage.exchanged(bought, ['R4-20'])).json.order;
    expect(third).toMatchObject({ state: 'fulfilled', credit: eur(900), total: eur(0) });
    await eventually(async () => (await stage.ledger(second.id)).given === 300);
    const last = { session: first.session, path: `/v1/orders/${third.id}` };
    const returned = await stage.shop.send('POST', `${last.path}/return`, first.session, { price: eur(900) });
    expect(returned.status, JSON.stringify(returned.json)).toBe(200);
    const ended = await stage.inState(last, 'refunded');
    expect(ended).toMatchObject({ refunded: eur(900), lines: [{ state: 'returned', refunded: eur(900) }] });
    expect(await stage.ledger(first.id)).toEqual({ charged: 900, given: 900 });
    expect(await stage.ledger(second.id)).toEqual({ charged: 300, given: 300 });
    expect(await stage.order(first)).toMatchObject({ state: 'refunded', exchanged: eur(900), refunded: eur(0) });
  });
});

describe('the terms', () => {
  it('are those of the showtime that is left: without any only staff exchange, with a reason', async () => {
    await stage.policy({});
    const bought = await stage.bought(['R4-1']);
    const refused = await stage.quoted(bought, ['R4-1']);
    expect(refused.json).toMatchObject({ code: 'order_closed', field: 'lines[0]' });
    const { holds } = refused;
    const mine = await stage.shop.send('POST', `${bought.path}/exchange/quote`, bought.session, {
      holds,
      reason: 'Please.',
    });
    expect(mine.json).toMatchObject({ code: 'forbidden' });
    const staff = await stage.shop.staff();
    const silent = await stage.shop.send('POST', `${bought.path}/exchange/quote`, staff, { holds });
    expect(silent.json).toMatchObject({ code: 'invalid_field', field: 'reason' });
    const reason = 'The train was late.';
    const body = { holds, reason, total: eur(0) };
    const done = await stage.shop.send('POST', `${bought.path}/exchange`, staff, body);
    expect(done.json.order, JSON.stringify(done.json)).toMatchObject({ state: 'fulfilled', credit: eur(900) });
    // It is the buyer's, and not that of the staff.
    const path = `/v1/orders/${done.json.order.id}`;
    expect(await stage.order({ path, session: bought.session })).toMatchObject({ state: 'fulfilled' });
    const { rows } = await stage.shop.stage.pool.query(
      "SELECT holder, after FROM boxoffice.audit_log WHERE action = 'order.exchange' AND subject = $1",
      [`order:${bought.id}`],
    );
    expect(rows).toMatchObject([
      { holder: 'user:staff', after: { reason, newOrderId: done.json.order.id, credit: 900 } },
    ]);
  });

  it('end before the start, and say when', async () => {
    await stage.policy({ exchange: { untilMinutesBefore: 120 } });
    const bought = await stage.bought(['R4-3']);
    const { json } = await stage.quoted(bought, ['R4-3']);
    expect(json).toMatchObject({
      code: 'order_closed',
      detail: expect.stringMatching(/could be exchanged until \d{4}-/),
    });
  });

  it('do not change currencies', async () => {
    await stage.policy({ exchange: { untilMinutesBefore: 0 } });
    const bought = await stage.bought(['R4-5']);
    const abroad = randomUUID();
    const startsAt = new Date(Date.now() + 3_600_000);
    const prices = { Front: 1_200, Back: 900 };
    const showtime = { id: abroad, movieId: 'm', hallId: 'h', startsAt, currency: 'CHF', prices, rules: {} };
    await addShowtime(stage.shop.stage.pool, showtime);
    const holds = [await stage.shop.hold(bought.session, ['R4-5'], abroad)];
    const { json } = await stage.shop.send('POST', `${bought.path}/exchange/quote`, bought.session, { holds });
    expect(json).toMatchObject({ code: 'invalid_field', field: 'holds[0]', detail: expect.stringMatching(/EUR.*CHF/) });
  });
});
