import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, Shop } from '../orders/shop.js';

let shop: Shop;
beforeAll(async () => {
  shop = await Shop.open();
  await policy({ cancel: { untilMinutesBefore: 30, feeAmount: 100 } });
});
afterAll(async () => await shop.close());

async function policy(salePolicy: object) {
  await shop.stage.pool.query('UPDATE boxoffice.showtimes SET sale_policy = $2 WHERE id = $1', [
    shop.stage.showtimeId,
    JSON.stringify(salePolicy),
  ]);
}

const pay = { pay: { provider: 'test', details: { card: 'succeed' } } };
const eur = (amount: number) => ({ amount, currency: 'EUR' });

async function bought(seats: readonly string[]) {
  const session = await shop.guest();
  const { json } = await shop.order(session, seats, pay);
  expect(json.order.state, JSON.stringify(json)).toBe('fulfilled');
  return { session, id: json.order.id as string, path: `/v1/orders/${json.order.id}` };
}

async function inState(path: string, session: string, ...states: string[]) {
  return await eventually(async () => {
    const { json } = await shop.send('GET', path, session);
    return states.includes(json.state) && json;
  });
}

/** What the journal has of an order's bookings. */
async function booked(orderId: string) {
  const { rows } = await shop.stage.pool.query(
    'SELECT seats, status, amount::int AS amount FROM usher.bookings WHERE order_id = $1',
    [orderId],
  );
  return rows;
}

async function ledger(orderId: string) {
  const { rows } = await shop.stage.pool.query<{ given: number }>(
    `SELECT coalesce(sum(r.amount), 0)::int AS given FROM boxoffice.test_refunds r
       JOIN boxoffice.test_payments p ON p.id = r.payment_id WHERE p.order_id = $1`,
    [orderId],
  );
  return rows[0]?.given;
}

async function tickets(orderId: string) {
  const { rows } = await shop.stage.pool.query(
    'SELECT state FROM boxoffice.tickets WHERE order_id = $1 ORDER BY line',
    [orderId],
  );
  return rows.map(({ state }) => state);
}

describe('a buyer', () => {
  it('gets back one seat of three by the terms, and then the others', async () => {
    const { session, id, path } = await bought(['R1-1', 'R1-2', 'R1-3']);
    const quote = await shop.send('POST', `${path}/return/quote`, session, { lines: [1] });
    expect(quote.json).toEqual({
      lines: [{ line: 1, seat: 'R1-2', paid: eur(1_200), kept: eur(100), refund: eur(1_100) }],
      refund: eur(1_100),
    });
    const key = randomUUID();
    const body = { lines: [1], price: eur(1_100) };
    const returned = await shop.send('POST', `${path}/return`, session, body, key);
    expect(returned).toMatchObject({
      status: 200,
      json: { lines: [{ state: 'sold' }, { state: 'returned', refunded: eur(1_100) }, { state: 'sold' }] },
    });
    expect((await shop.send('POST', `${path}/return`, session, body, key)).status).toBe(200);
    expect((await shop.send('POST', `${path}/return`, session, { price: eur(1) }, key)).json.code).toBe(
      'command_reused',
    );
    await inState(path, session, 'partly_refunded');
    await eventually(async () => (await booked(id))[0].seats.length === 2);
    expect(await booked(id)).toEqual([{ seats: [0, 2], status: 'confirmed', amount: 2_400 }]);
    expect(await tickets(id)).toEqual(['valid', 'refunded', 'valid']);
    expect(await ledger(id)).toBe(1_100);
    // Somebody else can have it now.
    expect((await shop.order(await shop.guest(), ['R1-2'], pay)).json.order.state).toBe('fulfilled');

    const rest = await shop.send('POST', `${path}/return`, session, { price: eur(2_200) });
    expect(rest.json).toMatchObject({ bookings: [{ status: 'cancelled' }] });
    await eventually(async () => (await ledger(id)) === 3_300);
    await eventually(async () => (await booked(id))[0].status === 'cancelled');
    const again = await shop.send('POST', `${path}/return`, session, { lines: [0], price: eur(1_100) });
    expect(again.json).toMatchObject({ code: 'booking_cancelled', field: 'lines[0]' });
  });

  it('keeps the ticket of the right seat after a return of another', async () => {
    const { session, id, path } = await bought(['R1-15', 'R1-16', 'R1-17']);
    await shop.send('POST', `${path}/return`, session, { lines: [0], price: eur(1_100) });
    await eventually(async () => (await booked(id))[0].seats.length === 2);
    const { json } = await shop.send('GET', `${path}/tickets`, session);
    const seats = json.tickets.map((ticket: { seat: string }) => ticket.seat);
    expect(seats).toEqual(['R1-15', 'R1-16', 'R1-17']);
  });

  it('is refused another sum than they would get', async () => {
    const { session, path } = await bought(['R2-1']);
    const refused = await shop.send('POST', `${path}/return`, session, { price: eur(900) });
    expect(refused.json).toMatchObject({ code: 'price_changed', price: eur(800) });
  });

  it('is refused after the time, with a ticket that was used, and of an order that is not theirs', async () => {
    const { session, id, path } = await bought(['R2-3', 'R2-4']);
    const { pool } = shop.stage;
    await pool.query(
      `INSERT INTO boxoffice.admissions (ticket_id, showtime_id, scan_id, gate, admitted_at)
       SELECT id, showtime_id, gen_random_uuid(), 'A', now() FROM boxoffice.tickets WHERE order_id = $1 AND line = 1`,
      [id],
    );
    const used = await shop.send('POST', `${path}/return/quote`, session, {});
    expect(used.json).toMatchObject({ code: 'in_use', field: 'lines[1]' });
    expect((await shop.send('POST', `${path}/return/quote`, session, { lines: [0] })).status).toBe(200);
    await policy({ cancel: { untilMinutesBefore: 120, feeAmount: 100 } });
    const late = await shop.send('POST', `${path}/return`, session, { lines: [0], price: eur(800) });
    expect(late.json).toMatchObject({ code: 'order_closed' });
    await policy({ cancel: { untilMinutesBefore: 30, feeAmount: 100 } });
    const other = await shop.send('POST', `${path}/return`, await shop.guest(), { lines: [0], price: eur(800) });
    expect(other.json).toMatchObject({ code: 'not_found' });
  });

  it('gets each seat back once, however many requests come at once', async () => {
    const { session, id, path } = await bought(['R2-6', 'R2-7']);
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => shop.send('POST', `${path}/return`, session, { price: eur(1_600) })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await eventually(async () => (await ledger(id)) === 1_600);
    expect(await tickets(id)).toEqual(['refunded', 'refunded']);
  });
});

describe('staff', () => {
  it('give back all that is left, and the audit log has it', async () => {
    const { session, id, path } = await bought(['R3-1', 'R3-2']);
    const denied = await shop.send('POST', `${path}/refunds`, session, { reason: 'I want it.' });
    expect(denied.json).toMatchObject({ code: 'forbidden' });
    const done = await shop.send('POST', `${path}/refunds`, await shop.staff(), { reason: 'The heating failed.' });
    expect(done).toMatchObject({ status: 200, json: { lines: [{ state: 'returned' }, { state: 'returned' }] } });
    await inState(path, session, 'refunded');
    expect(await ledger(id)).toBe(1_800);
    await eventually(async () => (await booked(id))[0].status === 'cancelled');
    const { rows } = await shop.stage.pool.query(
      "SELECT after FROM boxoffice.audit_log WHERE action = 'order.refund' AND subject = $1",
      [`order:${id}`],
    );
    expect(rows).toMatchObject([{ after: { reason: 'The heating failed.', refund: 1_800, freed: [0, 1] } }]);
  });

  it('give back the payment that bought the order, and not a second one whose node had a clock that is behind', async () => {
    const { id, path } = await bought(['R4-11', 'R4-12']);
    const second = randomUUID();
    await shop.stage.pool.query(
      `INSERT INTO boxoffice.payments (id, order_id, provider, provider_ref, amount, currency, state, received, received_currency, settled_at)
       SELECT $2, order_id, provider, $3, amount, currency, state, received, received_currency, settled_at - interval '5 ms'
         FROM boxoffice.payments WHERE order_id = $1`,
      [id, second, `test_${second}`],
    );
    await shop.stage.pool.query(
      `INSERT INTO boxoffice.refunds (id, order_id, payment_id, amount, reason, state, settled_at)
       SELECT gen_random_uuid(), order_id, id, received, 'paid_twice', 'succeeded', now() FROM boxoffice.payments WHERE id = $1`,
      [second],
    );
    const staff = await shop.staff();
    const refunded = await shop.send('POST', `${path}/refunds`, staff, { reason: 'A wet seat.' });
    expect(refunded.status, JSON.stringify(refunded.json)).toBe(200);
    await inState(path, staff, 'refunded');
  });

  it('give back a part and leave the seats', async () => {
    const { session, id, path } = await bought(['R3-4', 'R3-5']);
    const staff = await shop.staff();
    const part = { amount: eur(501), keepSeats: true, reason: 'Popcorn.' };
    expect((await shop.send('POST', `${path}/refunds`, staff, part)).status).toBe(200);
    await inState(path, session, 'partly_refunded');
    expect(await tickets(id)).toEqual(['valid', 'valid']);
    const much = await shop.send('POST', `${path}/refunds`, staff, { ...part, amount: eur(1_300) });
    expect(much.json).toMatchObject({ code: 'invalid_field', field: 'amount.amount' });
    const unclear = await shop.send('POST', `${path}/refunds`, staff, { amount: eur(1), reason: 'x' });
    expect(unclear.json).toMatchObject({ code: 'invalid_field', field: 'keepSeats' });
    // What was given back is not given back again by a return.
    const quote = await shop.send('POST', `${path}/return/quote`, session, {});
    expect(quote.json.refund).toEqual(eur(1_800 - 501 - 200));
  });

  it('never give back more than was paid, however many do so at once', async () => {
    const { session, id, path } = await bought(['R3-7', 'R3-8']);
    const staff = await shop.staff();
    const body = { amount: eur(1_000), keepSeats: true, reason: 'Twice.' };
    const returned = shop.send('POST', `${path}/return`, session, { lines: [0], price: eur(800) });
    const refunds = Array.from({ length: 5 }, () => shop.send('POST', `${path}/refunds`, staff, body));
    await Promise.all([returned, ...refunds]);
    const { rows } = await shop.stage.pool.query(
      'SELECT sum(amount)::int AS sum FROM boxoffice.refunds WHERE order_id = $1',
      [id],
    );
    expect(rows[0].sum).toBeLessThanOrEqual(1_800);
    await eventually(async () => (await ledger(id)) === rows[0].sum);
    const { json } = await shop.send('POST', `${path}/refunds`, staff, { reason: 'The rest.' });
    expect(json.code).toBeUndefined();
    await inState(path, session, 'refunded');
    expect(await ledger(id)).toBe(1_800);
  });
});
