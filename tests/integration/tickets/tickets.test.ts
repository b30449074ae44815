import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { TicketLinks } from '../../../src/boxoffice/tickets/ticket-links.js';
import { Cinema } from '../endpoints/cinema.js';
import { SECRET, sign } from '../gateway/sign.js';
import { readQr } from './read-qr.js';
import { sellTickets } from './sold-tickets.js';

const cinema = await Cinema.open();
const { pool } = cinema.stage;
afterAll(() => cinema.close());

interface TicketJson {
  readonly id: string;
  readonly code?: string;
  readonly reference?: string;
  readonly state: string;
  readonly seat: string;
  readonly links?: Readonly<Record<string, string>>;
}

const staff = () => sign('user:staff', { role: 'staff' });
const manager = () => sign('user:manager', { role: 'manager' });
const verify = async (code: string) =>
  (await cinema.send('GET', `/v1/tickets/verify?code=${encodeURIComponent(code)}`, undefined)).json;

/** Two seats, booked and paid by a guest, and their tickets as that guest sees them. */
async function sold() {
  const { showtimeId, session, booking } = await cinema.booked();
  const { orderId, ticketIds } = await sellTickets(pool, { showtimeId, bookingId: booking.id });
  const { json } = await cinema.send('GET', `/v1/orders/${orderId}/tickets`, session);
  return { showtimeId, session, booking, orderId, ticketIds, tickets: json['tickets'] as TicketJson[] };
}

describe('tickets', () => {
  it('are one for each seat, with a code that is verified by anybody', async () => {
    const { tickets, showtimeId } = await sold();
    expect(tickets.map(({ seat, state }) => [seat, state])).toEqual([
      ['R1-1', 'valid'],
      ['R1-2', 'valid'],
    ]);
    for (const { code = '', reference, seat } of tickets) {
      expect(code).toMatch(/^[BCDEFGHIJKLNOPRSTUVX]{60}$/);
      expect(reference).toMatch(/^[BCDFGHJKLNPRSTVX]{12}$/);
      expect(await verify(code)).toMatchObject({ result: 'valid', ticket: { showtimeId, seat, isAdmitted: false } });
    }
    expect(new Set(tickets.flatMap(({ code, reference }) => [code, reference])).size).toBe(4);
  });

  it('keep their code, and have it at each node', async () => {
    const { tickets, session } = await sold();
    const again = await cinema.send('GET', `/v1/tickets/${tickets[0]?.id}`, session);
    expect(again.json['code']).toBe(tickets[0]?.code);
  });

  it('are seen by their buyer and by staff, and by nobody else', async () => {
    const { tickets, orderId } = await sold();
    const stranger = await sign(`guest:${randomUUID()}`);
    for (const path of [`/v1/tickets/${tickets[0]?.id}`, `/v1/orders/${orderId}/tickets`]) {
      expect(await cinema.send('GET', path, stranger)).toMatchObject({ status: 404, json: { code: 'not_found' } });
      expect(await cinema.send('GET', path, await staff())).toMatchObject({ status: 200 });
    }
  });

  it('of a guest who has become an account are that account’s', async () => {
    const { tickets, session } = await sold();
    const holder = JSON.parse(Buffer.from(session.split('.')[1] ?? '', 'base64url').toString()).sub;
    const ann = await cinema.person();
    await pool.query('INSERT INTO boxoffice.account_holders (holder, account_id) VALUES ($1, $2)', [
      holder,
      ann.accountId,
    ]);
    expect(await cinema.send('GET', `/v1/tickets/${tickets[0]?.id}`, ann.session)).toMatchObject({
      status: 200,
      json: { code: tickets[0]?.code },
    });
  });

  it('name the seat that their booking was moved to, and keep their code', async () => {
    const { tickets, session, showtimeId, booking } = await sold();
    const reseat = async (seats: string[]) =>
      cinema.send('POST', `/v1/showtimes/${showtimeId}/bookings/${booking.id}/reseat`, await staff(), {
        body: { seats, reason: 'a broken chair' },
        key: randomUUID(),
      });
    // The second takes the first seat of the other, which a look at the seats without their order would not tell.
    expect(await reseat(['R2-7', 'R1-1'])).toMatchObject({ status: 200 });
    const seatsNow = async () => {
      const read = tickets.map(({ id }) => cinema.send('GET', `/v1/tickets/${id}`, session));
      return (await Promise.all(read)).map(({ json }) => [json['seat'], json['code']]);
    };
    expect(await seatsNow()).toEqual([
      ['R2-7', tickets[0]?.code],
      ['R1-1', tickets[1]?.code],
    ]);
    expect(await reseat(['R1-1', 'R3-2'])).toMatchObject({ status: 200 });
    expect((await seatsNow()).map(([seat]) => seat)).toEqual(['R1-1', 'R3-2']);
    expect(await verify(tickets[1]?.code ?? '')).toMatchObject({ ticket: { seat: 'R3-2' } });
  });

  it.each(['cancelled', 'refunded'])('that are %s have no code, and the one they had says why', async (state) => {
    const { tickets, session, ticketIds } = await sold();
    await pool.query('UPDATE boxoffice.tickets SET state = $2 WHERE id = $1', [ticketIds[0], state]);
    const { json } = await cinema.send('GET', `/v1/tickets/${ticketIds[0]}`, session);
    expect(json).toMatchObject({ state });
    for (const member of ['code', 'reference', 'links']) expect(json).not.toHaveProperty(member);
    expect(await verify(tickets[0]?.code ?? '')).toMatchObject({ result: state });
    expect(await verify(tickets[1]?.code ?? '')).toMatchObject({ result: 'valid' });
  });

  it('of a cancelled showtime let nobody in', async () => {
    const { tickets, showtimeId, session } = await sold();
    const cancel = { body: { reason: 'no projector' }, ifMatch: '*' };
    await cinema.send('POST', `/v1/showtimes/${showtimeId}/cancel`, await manager(), cancel);
    expect(await verify(tickets[0]?.code ?? '')).toMatchObject({ result: 'cancelled' });
    const { json } = await cinema.send('GET', `/v1/tickets/${tickets[0]?.id}`, session);
    expect(json).not.toHaveProperty('code');
    expect(json).toMatchObject({ showtime: { isCancelled: true } });
  });
});

describe('the documents of a ticket', () => {
  const fetchAt = (path: string) => fetch(`${cinema.origin}${path}`);

  it('are opened by their links without a session, and the QR code says the code', async () => {
    const { tickets } = await sold();
    const { code, links = {}, seat } = tickets[0]!;
    const qr = await fetchAt(links['qr'] ?? '');
    expect(qr.headers.get('content-type')).toBe('image/png');
    expect(await readQr(new Uint8Array(await qr.arrayBuffer()))).toBe(code);
    const svg = await fetchAt(`${links['qr']}&format=svg`);
    expect([svg.headers.get('content-type'), await svg.text()]).toEqual([
      'image/svg+xml',
      expect.stringMatching(/^<svg .*fill="#fff"/),
    ]);
    const pdf = await fetchAt(links['pdf'] ?? '');
    expect(pdf.headers.get('content-type')).toBe('application/pdf');
    expect(await pdf.text()).toMatch(/^%PDF-/);
    const page = await fetchAt(links['page'] ?? '');
    expect(page.headers.get('cache-control')).toBe('private, no-store');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(await page.text()).toContain(`<dd>${seat}</dd>`);
    const calendar = await fetchAt(links['calendar'] ?? '');
    expect(await calendar.text()).toMatch(/^BEGIN:VCALENDAR\r\n/);
  });

  it('are not opened by a link of another ticket, a changed one, or one that has expired', async () => {
    const { tickets } = await sold();
    const [one, other] = tickets.map(({ links = {} }) => new URL(links['page'] ?? '', cinema.origin));
    const link = other?.searchParams.get('link') ?? '';
    const expired = new TicketLinks(SECRET).make({ ticketId: tickets[0]!.id, generation: 1 }, Date.now() - 1_000);
    for (const wrong of [link, `A${link.slice(1)}`, `${link}A`, 'x', expired]) {
      const { status } = await fetchAt(`${one?.pathname}?link=${wrong}`);
      expect(status, wrong).toBe(410);
    }
    const fine = new TicketLinks(SECRET).make({ ticketId: tickets[0]!.id, generation: 1 }, Date.now() + 5_000);
    expect((await fetchAt(`${one?.pathname}?link=${fine}`)).status).toBe(200);
  });

  it.each(['page', 'pdf', 'qr', 'calendar'])('are gone once it was cancelled: %s', async (document) => {
    const { tickets, ticketIds } = await sold();
    await pool.query("UPDATE boxoffice.tickets SET state = 'cancelled' WHERE id = $1", [ticketIds[0]]);
    const answer = await fetchAt(tickets[0]?.links?.[document] ?? '');
    expect([answer.status, await answer.json()]).toMatchObject([410, { code: 'invalid_link' }]);
  });
});

describe('a code', () => {
  it('with any letter changed is refused as forged, and other codes as no ticket', async () => {
    const { tickets } = await sold();
    const code = tickets[0]?.code ?? '';
    for (let at = 1; at < code.length; at += 7) {
      const changed = code.slice(0, at) + (code[at] === 'B' ? 'C' : 'B') + code.slice(at + 1);
      expect((await verify(changed))['result']).toMatch(/^(forged|not_a_ticket)$/);
    }
    for (const other of ['https://example.org', '5901234123457', 'ß'.repeat(60)]) {
      expect(await verify(other)).toEqual({ result: 'not_a_ticket' });
    }
    expect(await cinema.send('GET', `/v1/tickets/verify?code=${'B'.repeat(300)}`, undefined)).toMatchObject({
      status: 400,
      json: { code: 'invalid_field', field: 'code' },
    });
  });

  it('is read with blanks and in lower case', async () => {
    const { tickets } = await sold();
    const typed = (tickets[0]?.code ?? '').toLowerCase().replaceAll(/.{10}/g, '$& ');
    expect(await verify(typed)).toMatchObject({ result: 'valid' });
  });
});
