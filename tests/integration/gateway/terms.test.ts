/** What a buyer was shown is what is charged, and what changes under a running showtime is told to all who watch. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeTerms } from '../../../src/boxoffice/catalogue/change-terms.js';
import { openAsker, TRANSPORTS } from './askers.js';
import { LiveClient } from './live-client.js';
import { sign } from './sign.js';
import { openStage, type Stage } from './stage.js';

const PAYMENT = { method: 'test' };
const eur = (amount: number) => ({ amount, currency: 'EUR' });
const told = async () => {};

let stage: Stage;
beforeAll(async () => {
  stage = await openStage({ TERMS_CHECK_MS: '50' });
});
afterAll(() => stage.close());

describe.each(TRANSPORTS)('over %s', (transport) => {
  it('[BOOK-6] a hold that became dearer than was shown is not booked, and is when its price is', async () => {
    const asker = await openAsker(transport, stage, stage.showtimeId, await sign(`user:${randomUUID()}`));
    const { hold } = await asker.ask({ type: 'best_available', count: 1, category: 'Back' });
    const shown = hold?.price;
    // Another window of the same buyer, or their own click on a slow line.
    const more = await asker.ask({ type: 'best_available', count: 1, category: 'Back' });
    const added = more.hold?.seats ?? [];
    await asker.ask({ type: 'release', holdId: more.hold?.id });
    await asker.ask({ type: 'hold', holdId: hold?.id, seats: added });
    const book = { type: 'book', holdId: hold?.id, payment: PAYMENT };
    const { error } = await asker.ask({ ...book, price: shown });
    const seats = [...(hold?.seats ?? []), ...added];
    expect(error).toMatchObject({ code: 'price_changed', price: eur(1_800), seats });
    const { error: other } = await asker.ask({ ...book, price: eur(1_800), seats: seats.slice(0, 1) });
    expect(other?.code).toBe('price_changed');
    const { booking } = await asker.ask({ ...book, price: error?.price, seats: error?.seats });
    expect(booking).toMatchObject({ price: eur(1_800), seats });
    await asker.close();
  });

  it('[BOOK-6] a command that says no price is not taken', async () => {
    const asker = await openAsker(transport, stage, stage.showtimeId, await sign(`user:${randomUUID()}`));
    const { hold } = await asker.ask({ type: 'best_available', count: 1 });
    const { error } = await asker.ask({ type: 'book', holdId: hold?.id, payment: PAYMENT, price: {} });
    expect(error).toMatchObject({ code: 'invalid_field', field: 'price.amount' });
    await asker.close();
  });
});

describe('a price that changes while people look at the map', () => {
  it('[TERMS-1] [TERMS-2] [TERMS-3] is told to them, is that of the next hold, and not that of holds that run', async () => {
    const showtimeId = await stage.addShowtime();
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    const { version, prices, salesOpen } = client.welcome?.terms ?? { version: 0, prices: [], salesOpen: false };
    const first = { category: 'Front', price: eur(1_200) };
    expect([version, prices, salesOpen]).toEqual([1, [first, { category: 'Back', price: eur(900) }], true]);
    const before = await client.call({ type: 'best_available', count: 2, category: 'Front' });
    // By anybody who can write to the database.
    await stage.pool.query(`UPDATE boxoffice.showtimes SET prices = '{"Front":1500,"Back":900}' WHERE id = $1`, [
      showtimeId,
    ]);
    const news = await client.next('terms');
    expect(news.terms).toMatchObject({ version: 2, prices: [{ category: 'Front', price: eur(1_500) }, {}] });
    const after = await client.call({ type: 'best_available', count: 2, category: 'Front' });
    expect([before, after]).toMatchObject([{ hold: { price: eur(2_400) } }, { hold: { price: eur(3_000) } }]);
    const holdId = before.ok ? before.hold?.id : undefined;
    const booked = await client.call({ type: 'book', holdId, payment: PAYMENT, price: eur(2_400) });
    expect(booked).toMatchObject({ ok: true, booking: { price: eur(2_400) } });
    const late = await LiveClient.join(stage.liveUrl(showtimeId), { token: client.token });
    expect(late.welcome?.terms.version).toBe(2);
    await Promise.all([client.close(), late.close()]);
  });

  it('[TERMS-3] is changed by one function, which takes no price that is missing and no currency', async () => {
    const showtimeId = await stage.addShowtime();
    await expect(changeTerms(stage.pool, showtimeId, { prices: { Front: 1 } }, told)).rejects.toThrow('Back');
    expect(await changeTerms(stage.pool, randomUUID(), { prices: { Front: 1, Back: 1 } }, told)).toBe(false);
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    const heard: string[] = [];
    const startsAt = new Date(Date.now() + 60_000);
    const change = { prices: { Front: 1, Back: 2 }, rules: { seatsPerHold: 3, salesGraceMs: 0 }, startsAt };
    const tell = async (id: string) => void heard.push(id);
    expect(await changeTerms(stage.pool, showtimeId, change, tell)).toBe(true);
    expect(heard).toEqual([showtimeId]);
    const { terms, limits } = await client.next('terms');
    expect(terms).toMatchObject({ version: 2, salesOpen: true, salesCloseAt: startsAt.getTime() });
    expect([terms.prices.map(({ price }) => price.amount), limits.seatsPerHold]).toEqual([[1, 2], 3]);
    const other = "UPDATE boxoffice.showtimes SET currency = 'USD' WHERE id = $1";
    await expect(stage.pool.query(other, [showtimeId])).rejects.toThrow('keeps its currency');
    await client.close();
  });
});

describe('sales', () => {
  it('[SALES-1] [SALES-3] end some time after the start, and open sockets are told', async () => {
    const showtimeId = await stage.addShowtime({ salesGraceMs: 0 });
    const startsAt = new Date(Date.now() + 1_000);
    await stage.pool.query('UPDATE boxoffice.showtimes SET starts_at = $2 WHERE id = $1', [showtimeId, startsAt]);
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    const { hold } = (await client.call({ type: 'best_available', count: 1 })) as { hold?: { id: string } };
    expect(client.welcome?.terms).toMatchObject({ salesOpen: true, salesCloseAt: startsAt.getTime() });
    expect((await client.next('terms')).terms).toMatchObject({ version: 2, salesOpen: false });
    const refused = await client.call({ type: 'best_available', count: 1 });
    expect(refused).toMatchObject({ ok: false, error: { code: 'sales_closed' } });
    // [SALES-2] What was held before can be paid for.
    expect(await client.call({ type: 'book', holdId: hold?.id, payment: PAYMENT })).toMatchObject({ ok: true });
    await client.close();
  });

  it('[SALES-1] of a showtime of last month are closed', async () => {
    const showtimeId = await stage.addShowtime();
    const past = new Date(Date.now() - 30 * 86_400_000);
    await stage.pool.query('UPDATE boxoffice.showtimes SET starts_at = $2 WHERE id = $1', [showtimeId, past]);
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    expect(client.welcome?.terms.salesOpen).toBe(false);
    expect(await client.call({ type: 'best_available', count: 1 })).toMatchObject({ error: { code: 'sales_closed' } });
    await client.close();
  });

  it('[SALES-1] open when they are said to', async () => {
    const showtimeId = await stage.addShowtime();
    await changeTerms(stage.pool, showtimeId, { salesOpenAt: new Date(Date.now() + 1_000) }, told);
    const client = await LiveClient.join(stage.liveUrl(showtimeId));
    expect(await client.call({ type: 'best_available', count: 1 })).toMatchObject({ error: { code: 'sales_closed' } });
    expect((await client.next('terms')).terms.salesOpen).toBe(true);
    expect(await client.call({ type: 'best_available', count: 1 })).toMatchObject({ ok: true });
    await client.close();
  });
});
