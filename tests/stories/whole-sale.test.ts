/** From a sale that opens to the closing of the books, on two nodes and over what people use; one step after the other. */
import { randomUUID } from 'node:crypto';
import type { ShowtimeClient } from '@usher/client';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readQr } from '../integration/tickets/read-qr.js';
import { readPdfCodes } from '../kit/pdf/read-pdf-codes.js';
import {
  cardOf,
  hold,
  type Money,
  type Order,
  order,
  orderNow,
  orderOnce,
  orderRefunded,
  pay,
  type Ticket,
  ticketsOf,
} from './buying.js';
import { type ClusteredCinema, eventually } from './clustered-cinema.js';
import { hire, PASSWORD } from './joining.js';
import { ACTS, type AuditEntry, addressOf, emailOf, HEARD, span, sumOf, Town } from './town.js';

/** For so long an order keeps its seats here: those who pay late do so in this story. */
const PAYMENT_TTL_MS = 15_000;

let town: Town;
let cinema: ClusteredCinema;
let people: Town['people'];
/** The showtime that is played, and the one that is cancelled. */
let evening: string;
let night: string;
let hookSecret: string;
let voucher: string;
/** Of the story so far, by whose they are. */
const orders: Record<string, Order> = {};
const tickets: Record<string, readonly Ticket[]> = {};

beforeAll(async () => {
  town = await Town.open({ PAYMENT_TTL_MS: String(PAYMENT_TTL_MS), LOYALTY_POINTS_PER_100: '10' });
  ({ cinema, people } = town);
});
afterAll(() => town?.close());

const euros = (amount: number): Money => ({ amount, currency: 'EUR' });
const refOf = ({ payments }: Order) => `test_${payments.at(-1)?.id}`;

describe('a whole sale', () => {
  it('is prepared by the administrator, who hires a manager and somebody for the counter', async () => {
    const { olga, mona, stan } = people;
    const first = { token: cinema.setupToken, email: 'olga@cinema.example', name: 'Olga', password: PASSWORD };
    await olga.done('POST', '/v1/setup', first);
    await olga.logIn('olga@cinema.example', PASSWORD);
    await olga.enrol();
    await hire(olga, mona, 'manager', cinema.mailedToken);
    await hire(olga, stan, 'staff', cinema.mailedToken);
    const hook = { url: cinema.receiver.url, email: 'ops@cinema.example', topics: HEARD };
    ({ secret: hookSecret } = await olga.done<{ secret: string }>('POST', '/v1/webhook-endpoints', hook));
    const worth = { amount: 500, currency: 'EUR', usesMax: 1, description: 'For the first one' };
    ({ code: voucher } = await olga.done<{ code: string }>('POST', '/v1/vouchers', worth));
  });

  it('has a hall, a film and two showtimes, whose sale is closed', async () => {
    [evening = '', night = ''] = await town.putOn([100, 300]);
    await town.letIn();
    const early = await people.ann.ask('POST', `/v1/showtimes/${evening}/holds`, { seats: ['A-1', 'A-2'] });
    expect(early).toMatchObject({ status: 409, json: { code: 'sales_closed' } });
  });

  it('opens while people watch, on both nodes', async () => {
    const { mona } = people;
    const watchers = await Promise.all([town.watch('ann', evening), town.watch('bob', evening)]);
    const isOpen = (watcher: ShowtimeClient) => watcher.getSnapshot().terms?.salesOpen;
    expect(watchers.map(isOpen)).toEqual([false, false]);
    for (const id of [evening, night]) {
      await mona.change(`/v1/showtimes/${id}`, { salesOpen: true }, `/v1/showtimes/${id}/settings`);
    }
    await eventually('an open sale', async () => watchers.every(isOpen));
  });

  it('gives seats that two want at the same moment to one, and tells the other which are gone', async () => {
    const wanted = ['A-1', 'A-2'];
    const rivals = [town.maps.ann, town.maps.bob];
    const results = await Promise.all(rivals.map((rival) => rival.hold(wanted)));
    expect(results.filter(({ ok }) => ok)).toHaveLength(1);
    // From here on Ann is the one who was faster.
    if (results[1]?.ok) town.swap('ann', 'bob');
    expect(results.find(({ ok }) => !ok)).toMatchObject({
      error: { code: 'seats_unavailable', conflicts: wanted.map((seat) => ({ seat, reason: 'held' })) },
    });
    await town.maps.bob.seatMap();
    await eventually('the picture of the slower one', async () =>
      wanted.every((seat) => town.maps.bob.statusOf(seat) === 'held'),
    );
    expect(town.maps.bob.nearestAvailable('A-1')).toBe('B-1');
    const second = await town.maps.bob.hold(['B-1', 'B-2']);
    expect(second).toMatchObject({ ok: true, hold: { price: euros(3_600) } });
  });

  it('is paid by the one whose card was declined first; the provider reports the money twice', async () => {
    const { ann, stan } = people;
    const [held] = town.maps.ann.getSnapshot().holds;
    const holds = { showtimeId: evening, holdId: held?.id ?? '' };
    const made = await order(ann, holds, {
      vouchers: [voucher.toLowerCase()],
      email: emailOf('ann'),
      name: 'Ann Ämter',
    });
    expect(made.order).toMatchObject({ state: 'awaiting_payment', total: euros(2 * (1_800 + 150) - 500) });
    const declined = await pay(ann, made.order, cardOf('decline'));
    expect(declined).toMatchObject({
      order: { state: 'awaiting_payment' },
      payment: { state: 'failed', failure: 'card_declined' },
    });
    const paid = await pay(ann, made.order, cardOf('twice'));
    expect(paid).toMatchObject({ order: { state: 'fulfilled' }, payment: { state: 'succeeded' } });
    const again = await stan.done('POST', `/v1/test-payments/${refOf(paid.order)}/push`);
    expect(again).toEqual({ outcomes: ['repeated'] });
    orders['ann'] = await orderNow(ann, made.order);
    expect(orders['ann'].bookings).toMatchObject([{ status: 'confirmed' }]);
    expect(orders['ann'].payments.map(({ state }) => state)).toEqual(['failed', 'succeeded']);
    expect(await ann.done('GET', '/v1/me/points')).toMatchObject({ balance: 340 });
  });

  it('mails the tickets: the code of each is in the PDF and the picture, and is valid', async () => {
    const { ann } = people;
    const mail = await cinema.mail(emailOf('ann'), 'Your tickets for Sunrise');
    expect(mail.text).toContain('Hello Ann Ämter');
    expect(mail.text).toMatch(/Total\W+€34\.00/);
    expect(mail.text).toContain('Bijou, Lisbon');
    const when = /^Time: (.+)$/m.exec(mail.text)?.[1] ?? 'no time';
    expect(mail.attachments.map(({ type }) => type)).toEqual(['application/pdf', 'text/calendar']);
    const own = await ticketsOf(ann, orders['ann']!);
    tickets['ann'] = own;
    expect(own.map(({ seat }) => seat)).toEqual(['A-1', 'A-2']);
    expect(await readPdfCodes(mail.attachments[0]!.content)).toEqual(own.map(({ code }) => code));
    for (const { code, links, seat, reference } of own) {
      const picture = await ann.open(links.qr);
      expect(await readQr(picture.bytes)).toBe(code);
      const page = await ann.open(links.page);
      expect(page).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
      for (const shown of [seat, when]) expect(page.bytes.toString()).toContain(shown);
      expect(mail.text).toContain(seat);
      expect(reference).toMatch(/^[A-Z]{12}$/);
      expect(await ann.done('GET', `/v1/tickets/verify?code=${code}`)).toMatchObject({ result: 'valid' });
    }
  });

  it('has three who do not pay in time, and one who gives up', async () => {
    const { bob, cleo, dora } = people;
    const [held] = town.maps.bob.getSnapshot().holds;
    const late = { pay: cardOf('late', { delayMs: 86_400_000 }) };
    const slow = await order(bob, { showtimeId: evening, holdId: held?.id ?? '' }, { ...late, email: emailOf('bob') });
    expect(slow).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'processing' } });
    orders['bob'] = slow.order;
    const seats = await hold(cleo, evening, ['C-1', 'C-2']);
    orders['cleo'] = (await order(cleo, seats, { ...late, email: emailOf('cleo'), locale: 'de' })).order;
    const given = await hold(dora, evening, ['D-1', 'D-2'], ['adult', 'child']);
    const unpaid = await order(dora, given, { email: emailOf('dora') });
    expect(await dora.done('POST', `/v1/orders/${unpaid.order.id}/cancel`)).toMatchObject({ state: 'cancelled' });
    // The seats are still held for her, who thinks better of it.
    const again = await order(dora, given, { email: emailOf('dora'), pay: cardOf('succeed') });
    expect(again.order).toMatchObject({ state: 'fulfilled', total: euros(1_350 + 850) });
    orders['dora'] = again.order;
  });

  it('gives a payment of another sum back, and takes the right one', async () => {
    const { emil } = people;
    const made = await order(emil, await hold(emil, evening, ['E-1']), { email: emailOf('emil') });
    const wrong = await pay(emil, made.order, cardOf('other_sum'));
    expect(wrong.order).toMatchObject({ state: 'awaiting_payment', total: euros(1_350) });
    const right = await pay(emil, made.order, cardOf('succeed'));
    expect(right.order.state).toBe('fulfilled');
    orders['emil'] = await orderRefunded(emil, made.order);
    // It never was the order's money, so nothing of the order counts as refunded.
    expect(orders['emil']).toMatchObject({
      refunded: euros(0),
      refunds: [{ amount: euros(1_349), reason: 'wrong_sum' }],
    });
    const mail = await cinema.mail(emailOf('emil'), 'Refund');
    expect(mail.text).toContain('€13.49');
    expect(mail.text).toContain('differs from its total');
  });

  it('is sold at the counter for cash, by staff only', async () => {
    const { stan, fred } = people;
    const held = await hold(stan, evening, ['F-1', 'F-2', 'F-3'], ['adult', 'adult', 'child']);
    const cash = { channel: 'pos', pay: { provider: 'cash', details: { by: 'cash' } } };
    const sold = await order(stan, held, cash);
    expect(sold.order).toMatchObject({ state: 'fulfilled', total: euros(2 * 1_350 + 850) });
    orders['counter'] = sold.order;
    const [printed] = await ticketsOf(stan, sold.order);
    const pdf = await stan.open(printed?.links.pdf ?? '');
    expect(await readPdfCodes(pdf.bytes)).toEqual([printed?.code]);
    const own = await hold(fred, evening, ['G-1', 'G-2']);
    const asked = { holds: [own], total: euros(2_700), pay: cash.pay };
    expect(await fred.ask('POST', '/v1/orders', asked)).toMatchObject({ json: { code: 'payment_required' } });
    expect(await fred.ask('POST', '/v1/orders', { ...asked, channel: 'pos' })).toMatchObject({
      json: { code: 'forbidden' },
    });
    const used = await fred.ask('POST', '/v1/orders/quote', { holds: [own], vouchers: [voucher] });
    expect(used.json).toMatchObject({ code: 'invalid_code', detail: 'This voucher has been used up.' });
    await fred.done('DELETE', `/v1/showtimes/${evening}/holds/${own.holdId}`);
  });

  it('lets late money buy the seats where they are free, and sends it back where they are not', async () => {
    const { bob, cleo, stan } = people;
    for (const name of ['bob', 'cleo'] as const) {
      const told = await cinema.mail(emailOf(name), orders[name]!.reference);
      expect(told.text).toContain(`${cinema.nodes[0].url}/#/showtimes/${evening}`);
    }
    orders['fred'] = await town.buy('fred', evening, ['C-1', 'C-2']);
    for (const name of ['bob', 'cleo'] as const) {
      await stan.done('POST', `/v1/test-payments/${refOf(orders[name]!)}/push`);
    }
    orders['bob'] = await orderOnce(bob, orders['bob']!, 'fulfilled');
    expect(await ticketsOf(bob, orders['bob'])).toMatchObject([{ seat: 'B-1' }, { seat: 'B-2' }]);
    orders['cleo'] = await orderRefunded(cleo, orders['cleo']!);
    expect(orders['cleo']).toMatchObject({ state: 'refunded', reason: 'late_payment', refunded: euros(2_700) });
    expect(await cleo.ask('GET', `/v1/orders/${orders['cleo'].id}/tickets`)).toMatchObject({ status: 404 });
    const mail = await cinema.mail(emailOf('cleo'), 'Erstattung');
    expect(mail.text).toContain('27,00\u00a0€');
    expect(mail.text).toContain(`${cinema.nodes[0].url}/?near=C-1%2CC-2#/showtimes/${evening}`);
  });

  it('gives a returned seat to the next of those who wait', async () => {
    const { dora, wendy } = people;
    const waiting = await wendy.done('POST', `/v1/showtimes/${evening}/waitlist`, {
      wish: { seats: ['D-2'] },
      email: emailOf('wendy'),
    });
    expect(waiting).toMatchObject({ result: 'waiting', entry: { ahead: 0 } });
    const path = `/v1/orders/${orders['dora']!.id}/return`;
    const quote = await dora.done<{ refund: Money }>('POST', `${path}/quote`, { lines: [1] });
    // A tenth of 8.50 is kept.
    expect(quote).toMatchObject({ refund: euros(765), lines: [{ seat: 'D-2', paid: euros(850), kept: euros(85) }] });
    await dora.done('POST', path, { lines: [1], price: quote.refund });
    orders['dora'] = await orderOnce(dora, orders['dora']!, 'partly_refunded');
    expect(orders['dora']).toMatchObject({ refunded: euros(765), lines: [{ state: 'sold' }, { state: 'returned' }] });
    expect((await cinema.mail(emailOf('dora'), 'Refund')).text).toContain('€7.65');
    await cinema.mail(emailOf('wendy'), 'are reserved for you');
    const { entries } = await wendy.done<{ entries: { offer: { holdId: string } }[] }>('GET', '/v1/me/waitlist');
    const offered = { showtimeId: evening, holdId: entries[0]?.offer.holdId ?? '' };
    const bought = await order(wendy, offered, { email: emailOf('wendy'), pay: cardOf('succeed') });
    expect(bought.order).toMatchObject({ state: 'fulfilled', lines: [{ seat: 'D-2' }] });
    orders['wendy'] = bought.order;
  });

  it('has a ticket that is passed on by a link in a mail', async () => {
    const { ann, fay } = people;
    const [, given] = tickets['ann']!;
    await ann.done('POST', `/v1/tickets/${given!.id}/pass-on`, { email: emailOf('fay') });
    const offer = await cinema.mail(emailOf('fay'), 'is offered to you');
    const [, page = '', token = ''] = /(https?:\S+)#accept=(\S+)/.exec(offer.text) ?? [];
    expect(await fay.open(page)).toMatchObject({ status: 200, type: expect.stringContaining('text/html') });
    const body = { token, name: 'Fay', email: emailOf('fay') };
    const { ticket } = await fay.done<{ ticket: Ticket }>('POST', '/v1/tickets/accept', body);
    expect(ticket).toMatchObject({ seat: 'A-2', owner: 'Fay', state: 'valid' });
    expect(ticket).not.toHaveProperty('price');
    tickets['fay'] = [ticket];
    const mail = await cinema.mail(emailOf('fay'), 'was passed on to you');
    expect(await readPdfCodes(mail.attachments[0]!.content)).toEqual([ticket.code]);
    expect(await ticketsOf(ann, orders['ann']!)).toMatchObject([{ state: 'valid' }, { state: 'passed_on' }]);
  });

  it('lets each ticket in once at the door, also where a scanner had no network', async () => {
    const { stan, bob, dora } = people;
    const [first, old] = tickets['ann']!;
    expect(await town.scan(first!.code, 'North', evening)).toMatchObject({
      result: 'admitted',
      ticket: { seat: 'A-1' },
    });
    const again = await town.scan(first!.code, 'South', evening);
    expect(again).toMatchObject({ result: 'already_admitted', admitted: { gate: 'North' } });
    expect(Date.now() - Date.parse(again.admitted?.at ?? '')).toBeLessThan(60_000);
    expect(await town.scan(old!.code, 'South', evening)).toMatchObject({ result: 'passed_on' });
    expect(await town.scan(tickets['fay']![0]!.code, 'South', evening)).toMatchObject({
      result: 'admitted',
      ticket: { owner: 'Fay' },
    });
    expect(await town.scan(first!.code, 'North', night)).toMatchObject({ result: 'wrong_showtime' });
    const [kept, returned] = await ticketsOf(dora, orders['dora']!);
    expect(returned).toMatchObject({ state: 'refunded' });
    expect(returned).not.toHaveProperty('code');
    // The scanner at the stage door takes its list along, and checks a code with the key in it.
    const [code = ''] = (await ticketsOf(bob, orders['bob']!)).map((ticket) => ticket.code);
    expect(await town.knowsOffline(code, evening)).toBe(true);
    const letIn = { code, scanId: randomUUID(), gate: 'Stage door', admitted: true, at: new Date().toISOString() };
    expect(await town.scan(code, 'North', evening)).toMatchObject({ result: 'admitted' });
    expect(await town.scan(kept!.code, 'North', evening)).toMatchObject({ result: 'admitted' });
    const uploaded = await stan.done('POST', '/v1/check-ins/uploads', { device: 'reader-3', scans: [letIn] });
    expect(uploaded).toMatchObject({ checkIns: [{ result: 'admitted', admitted: { gate: 'Stage door' } }] });
    const counts = await stan.done('GET', `/v1/showtimes/${evening}/check-in-counts`);
    // Two have come in with one ticket of Bob: the later one is for staff to settle.
    expect(counts).toMatchObject({ admitted: 4, conflicts: [{ gate: 'North', result: 'already_admitted' }] });
  });

  it('refunds and mails everybody where a showtime is cancelled, and gives points back', async () => {
    const { ann, stan, mona, wendy } = people;
    orders['ann at night'] = await town.buy('ann', night, ['A-1', 'A-2'], { points: 300 });
    expect(orders['ann at night']).toMatchObject({ total: euros(3_600), discounts: [{ kind: 'points' }] });
    const cash = { channel: 'pos', email: 'gus@people.example', pay: { provider: 'cash' } };
    orders['gus at night'] = (await order(stan, await hold(stan, night, ['C-1']), cash)).order;
    const asked = await order(wendy, await hold(wendy, night, ['D-1', 'D-2']), {
      ...{ email: 'wendy@elsewhere.example', pay: cardOf('further_step') },
    });
    expect(asked).toMatchObject({ order: { state: 'awaiting_payment' }, payment: { state: 'requires_action' } });
    expect(await wendy.open(asked.payment?.url ?? '')).toMatchObject({ status: 200 });
    await wendy.done('POST', `/v1/test-payments/${refOf(asked.order)}/answer`, { outcome: 'confirmed' });
    orders['wendy at night'] = await orderOnce(wendy, asked.order, 'fulfilled');
    const [ticket] = await ticketsOf(ann, orders['ann at night']);
    const { etag } = await mona.ask('GET', `/v1/showtimes/${night}/settings`);
    const reason = { reason: 'The projector burned.' };
    await mona.done('POST', `/v1/showtimes/${night}/cancel`, reason, { ifMatch: etag });
    for (const [name, email] of [
      ['ann', emailOf('ann')],
      ['gus', 'gus@people.example'],
      ['wendy', 'wendy@elsewhere.example'],
    ] as const) {
      orders[`${name} at night`] = await orderOnce(stan, orders[`${name} at night`]!, 'refunded');
      const { total, refunded, refunds } = orders[`${name} at night`]!;
      expect(refunded).toEqual(total);
      expect(refunds).toMatchObject([{ reason: 'showtime_cancelled', state: 'succeeded' }]);
      expect((await cinema.mail(email, 'Refund')).text).toContain('The showtime below was cancelled.');
    }
    expect(await town.scan(ticket?.code ?? '', 'North', night)).toMatchObject({ result: 'cancelled' });
    expect(await ann.done('GET', '/v1/me/points')).toMatchObject({ balance: 340 });
    const { showtimes } = await ann.done<{ showtimes: { id: string }[] }>('GET', '/v1/showtimes');
    expect(showtimes.map(({ id }) => id)).toEqual([evening]);
  });

  it('has told a receiver of webhooks all of it, signed', async () => {
    const told = () => town.told(hookSecret);
    await eventually('the webhook of each refund', async () => told()['refund.settled'] === 6);
    await eventually('the webhook of each seat', async () => told()['booking.cancelled'] === 4);
    expect(told()).toEqual({
      ...{ 'hold.created': 13, 'booking.created': 10, 'booking.cancelled': 4 },
      ...{ 'order.fulfilled': 10, 'order.cancelled': 1, 'order.refunded': 6, 'refund.settled': 6 },
      ...{ 'ticket.checked_in': 4, 'showtime.cancelled': 1 },
    });
  });

  it('adds up: the reports are the ledger of the provider and the cash desk, to the cent', async () => {
    const { mona } = people;
    const { received, refunds } = await town.ledger();
    // Of Ann, Bob, Cleo, Dora, Emil (twice), Fred and Wendy, and at night of Ann and Wendy.
    expect(received).toBe(3_400 + 3_900 + 2_700 + 2_200 + 1_349 + 1_350 + 2_700 + 1_350 + 3_600 + 2_700);
    expect(refunds).toBe(2_700 + 765 + 1_349 + 3_600 + 2_700);
    const takings = await town.report<object>('takings');
    expect(takings).toMatchObject([
      { provider: 'cash', sellerName: 'staff', received: 3_550 + 1_350, refunds: 1_350, net: 3_550 },
      { provider: 'test', seller: '', received, refunds, net: received - refunds },
    ]);
    const revenue = await town.report<{ net: number; refunds: number }>('revenue', '&by=showtime,channel,ticketType');
    expect(sumOf(revenue.map(({ net }) => net))).toBe(3_550 + received - refunds);
    expect(sumOf((await town.report<{ refunds: number }>('refunds')).map((row) => row.refunds))).toBe(1_350 + refunds);
    const path = `/v1/reports/revenue.csv?${span()}&by=showtime,channel,ticketType`;
    const csv = await mona.open(path, mona.token);
    expect(csv.type).toContain('text/csv');
    const rows: Record<string, string>[] = parse(csv.bytes, { columns: true });
    expect(rows.map(({ net }) => Math.round(Number(net) * 100))).toEqual(revenue.map(({ net }) => net));
    const sold = await town.report<{ showtime: string; sold: number }>('occupancy');
    expect(sold.find(({ showtime }) => showtime === evening)).toMatchObject({
      seats: 96,
      sold: 2 + 2 + 2 + 1 + 1 + 3 + 1,
    });
  });

  it('has every act of staff in the audit log, with who did it, from where, and to what', async () => {
    const { mona } = people;
    const { entries } = await mona.done<{ entries: AuditEntry[] }>('GET', '/v1/audit-log');
    const acts = entries.map(({ role, action, subject }) => `${role} ${action} ${subject.split(':')[0]}`).reverse();
    expect(acts).toEqual(ACTS);
    const names = { admin: 'olga', manager: 'mona', staff: 'stan' } as const;
    for (const { role, address } of entries) expect(address).toBe(addressOf(names[role]));
    const [cancelled, , , taken, sold] = entries;
    expect(cancelled).toMatchObject({ subject: `showtime:${night}`, after: { reason: 'The projector burned.' } });
    // The latest first: of the two sales at the counter, the first.
    const { id, total } = orders['counter']!;
    expect(taken).toMatchObject({ subject: `order:${id}`, after: { kind: 'cash.cash', ...total, outcome: 'taken' } });
    expect(sold).toMatchObject({ subject: `order:${id}`, after: { channel: 'pos', seats: ['F-1', 'F-2', 'F-3'] } });
  });

  it('has sent no mail twice, and no node has logged an error', () => {
    const ids = cinema.inbox.mails.map(({ headers }) => headers['message-id']);
    expect(new Set(ids).size).toBe(ids.length);
    const logs = cinema.nodes.map((node) => node.log()).join('');
    expect(logs).toContain('"event":"order.money_wrong_sum"');
    expect(logs).not.toMatch(/"level":[56]0/);
  });
});
