import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FreeSeats } from '../../../src/boxoffice/returns/free-seats.js';
import { silentLog } from '../../silent-log.js';
import { eventually } from '../orders/shop.js';
import { type Bought, card, ExchangeStage, eur } from './exchange-stage.js';

let stage: ExchangeStage;
beforeAll(async () => {
  stage = await ExchangeStage.open();
  await stage.policy({ exchange: { untilMinutesBefore: 0 }, cancel: { untilMinutesBefore: 0 } });
});
afterAll(() => stage.close());

/** Requests of an exchange for a seat at the back, which costs as much, with its hold made. */
async function prepared({ path, session }: Bought, seat: string) {
  const holds = [await stage.shop.hold(session, [seat], stage.later)];
  return () => stage.shop.send('POST', `${path}/exchange`, session, { holds, total: eur(0) }, randomUUID());
}

async function seatsOf(orderIds: readonly string[]): Promise<number> {
  let seats = 0;
  for (const id of orderIds) seats += await stage.booked(id);
  return seats;
}

/** Orders of the buyer besides the one that they bought first. */
async function newOrders({ id, session }: Bought) {
  const { json } = await stage.shop.send('GET', '/v1/orders', session);
  return json.orders.filter((order: { id: string }) => order.id !== id);
}

it('of two exchanges of one seat at once one takes place', async () => {
  for (let round = 0; round < 4; round++) {
    const bought = await stage.bought([`R3-${4 * round + 1}`]);
    const both = [await prepared(bought, `R3-${4 * round + 1}`), await prepared(bought, `R4-${4 * round + 1}`)];
    await Promise.all(both.map((send) => send()));
    const orders = await newOrders(bought);
    const fulfilled = orders.filter(({ state }: { state: string }) => state === 'fulfilled');
    expect(fulfilled, JSON.stringify(orders)).toHaveLength(1);
    for (const other of orders) expect(['fulfilled', 'refunded']).toContain(other.state);
    expect(await stage.order(bought)).toMatchObject({
      ...{ state: 'refunded', exchanged: eur(900) },
      lines: [{ state: 'returned', exchangedFor: fulfilled[0].id }],
    });
    const ids = [bought.id, ...orders.map(({ id }: { id: string }) => id)];
    await eventually(async () => (await seatsOf(ids)) === 1);
  }
});

it('of an exchange and a return of one seat at once one takes place', async () => {
  for (let round = 0; round < 4; round++) {
    const bought = await stage.bought([`R3-${4 * round + 3}`]);
    const exchange = await prepared(bought, `R3-${4 * round + 3}`);
    const back = () => stage.shop.send('POST', `${bought.path}/return`, bought.session, { price: eur(900) });
    await Promise.all(round % 2 === 0 ? [exchange(), back()] : [back(), exchange()]);
    const orders = await newOrders(bought);
    const isExchanged = orders.some(({ state }: { state: string }) => state === 'fulfilled');
    await eventually(async () => (await stage.ledger(bought.id)).given === (isExchanged ? 0 : 900));
    await eventually(async () => {
      return (await seatsOf([bought.id, ...orders.map(({ id }: { id: string }) => id)])) === (isExchanged ? 1 : 0);
    });
    expect(await stage.inState(bought, 'refunded')).toMatchObject({ refunded: eur(isExchanged ? 0 : 900) });
  }
});

it('of an exchange and a scan at the door at once one takes place', async () => {
  const staff = await stage.shop.staff();
  const outcomes = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const bought = await stage.bought([`R4-${3 * round + 1}`]);
    const { json } = await stage.shop.send('GET', `${bought.path}/tickets`, bought.session);
    const exchange = await prepared(bought, `R2-${3 * round + 1}`);
    const scan = () =>
      stage.shop.send('POST', '/v1/check-ins', staff, {
        ...{ scanId: randomUUID(), code: json.tickets[0].code, gate: 'A', device: 'd' },
        showtimeId: stage.shop.stage.showtimeId,
      });
    const [scanned] =
      round % 2 === 0 ? await Promise.all([scan(), exchange()]) : (await Promise.all([exchange(), scan()])).reverse();
    const isIn = scanned?.json.result === 'admitted';
    outcomes.add(String(scanned?.json.result));
    const orders = await newOrders(bought);
    expect(
      orders.some(({ state }: { state: string }) => state === 'fulfilled'),
      JSON.stringify([scanned, orders]),
    ).toBe(!isIn);
    expect(await stage.tickets(bought.id)).toEqual([isIn ? 'valid' : 'refunded']);
  }
  for (const outcome of outcomes) expect(['admitted', 'refunded']).toContain(outcome);
});

it('goes on where the node died after the money came, and frees the old seats where it died after that', async () => {
  const bought = await stage.bought(['R2-20']);
  const { json } = await stage.exchanged(bought, ['R1-20']);
  const { pool } = stage.shop.stage;
  // The report was taken, and whoever took it died.
  const payment = `INSERT INTO boxoffice.payments (id, order_id, provider, amount, currency, state, received, settled_at)
                   VALUES (gen_random_uuid(), $1, 'cash', 300, 'EUR', 'succeeded', 300, now())`;
  await pool.query(payment, [json.order.id]);
  await pool.query(`UPDATE boxoffice.orders SET state = 'paid', paid_at = now() - interval '1 minute' WHERE id = $1`, [
    json.order.id,
  ]);
  await stage.inState({ path: `/v1/orders/${json.order.id}`, session: bought.session }, 'fulfilled');
  expect(await stage.tickets(bought.id)).toEqual(['refunded']);
  await eventually(async () => (await stage.booked(bought.id)) === 0);

  // As if the node had died before it asked the house: a row without `freed_at` is looked for.
  const { rows } = await pool.query('SELECT id, freed_at FROM boxoffice.returns WHERE order_id = $1', [bought.id]);
  expect(rows).toHaveLength(1);
  await pool.query('UPDATE boxoffice.returns SET freed_at = NULL, try_after = now() WHERE id = $1', [rows[0].id]);
  const desk = { ask: async () => ({ ok: false, refusal: { code: 'booking_cancelled' } }), open: async () => ({}) };
  await new FreeSeats({ pool, desk: desk as never, log: silentLog }).look();
  const after = await pool.query('SELECT freed_at IS NOT NULL AS done FROM boxoffice.returns WHERE id = $1', [
    rows[0].id,
  ]);
  expect(after.rows).toEqual([{ done: true }]);
});

it('a line pays for one order, whatever program writes', async () => {
  const bought = await stage.bought(['R2-17']);
  await (await prepared(bought, 'R2-19'))();
  const again = `UPDATE boxoffice.order_lines SET exchanged_for = gen_random_uuid() WHERE order_id = $1`;
  await expect(stage.shop.stage.pool.query(again, [bought.id])).rejects.toThrow(/returned or exchanged before/);
});

it('leaves reports with what the provider moved, to the cent', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const before = await stage.bought(['R1-3']);
  await stage.exchanged(before, ['R4-19']);
  const cheap = await stage.bought(['R2-2']);
  await stage.exchanged(cheap, ['R1-2'], { pay: card() });
  const { pool } = stage.shop.stage;
  await eventually(async () => {
    const pending = await pool.query(`SELECT count(*)::int AS n FROM boxoffice.refunds WHERE state = 'pending'`);
    return pending.rows[0].n === 0;
  });
  const { rows } = await pool.query(
    `SELECT (SELECT coalesce(sum(received), 0) FROM boxoffice.payments WHERE state = 'succeeded')
          - (SELECT coalesce(sum(amount), 0) FROM boxoffice.refunds WHERE state = 'succeeded') AS moved`,
  );
  const url = `/v1/reports/revenue?from=${day}&to=${day}&by=showtime`;
  const { json } = await stage.shop.send('GET', url, await stage.shop.staff());
  const nets = json.rows.map(({ net }: { net: number }) => net);
  expect(
    nets.reduce((sum: number, net: number) => sum + net, 0),
    JSON.stringify(json),
  ).toBe(Number(rows[0].moved));
  expect(json.rows.find(({ showtime }: { showtime: string }) => showtime === stage.later).other).toBe(0);
});
