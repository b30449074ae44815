import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { Cinema } from '../endpoints/cinema.js';
import { sign } from '../gateway/sign.js';
import { sellTickets } from './sold-tickets.js';

const cinema = await Cinema.open({ ADMISSION_OPENS_MINUTES: '10080' });
const { pool } = cinema.stage;
afterAll(() => cinema.close());

interface TicketJson {
  readonly id: string;
  readonly code: string;
  readonly reference: string;
  readonly links: Readonly<Record<string, string>>;
}
const staff = await sign('user:staff', { role: 'staff' });
const guest = () => sign(`guest:${randomUUID()}`);
const send = (session: string, path: string, body: object) => cinema.send('POST', path, session, { body });
const verify = async (code: string) => (await cinema.send('GET', `/v1/tickets/verify?code=${code}`, undefined)).json;
const fetchAt = async (path: string) => (await fetch(`${cinema.origin}${path}`)).status;
const pathOf = (url: unknown) => `${new URL(String(url)).pathname}${new URL(String(url)).search}`;
const scan = (code: string) => send(staff, '/v1/check-ins', { scanId: randomUUID(), code, gate: 'A' });

const hexOf = (token: string) => Buffer.from(token, 'base64url').toString('hex');

async function sold() {
  const { showtimeId, session, booking } = await cinema.booked();
  await pool.query("UPDATE boxoffice.showtimes SET starts_at = now() + interval '1 hour' WHERE id = $1", [showtimeId]);
  const { orderId, ticketIds } = await sellTickets(pool, { showtimeId, bookingId: booking.id });
  const { json } = await cinema.send('GET', `/v1/orders/${orderId}/tickets`, session);
  const [ticket, other] = json['tickets'] as [TicketJson, TicketJson];
  return { showtimeId, session, orderId, ticketIds, ticket, other };
}

async function offered(ticketId: string, session: string, more: object = {}) {
  const { status, json } = await send(session, `/v1/tickets/${ticketId}/pass-on`, more);
  expect(status, JSON.stringify(json)).toBe(200);
  return /#accept=([\w-]{43})$/.exec(String(json['url']))?.[1] ?? '';
}
const accept = (session: string, token: string) =>
  send(session, '/v1/tickets/accept', { token, name: 'Bo', email: 'bo@example.org' });

describe('a link that is shared', () => {
  it('opens the ticket without a session until it expires, and the ticket stays its owner’s', async () => {
    const { ticket, session } = await sold();
    const { json } = await send(session, `/v1/tickets/${ticket.id}/share`, { hours: 2 });
    expect(await fetchAt(pathOf(json['url']))).toBe(200);
    const inMs = Date.parse(String(json['expiresAt'])) - Date.now();
    expect(inMs).toBeGreaterThan(1.9 * 3_600_000);
    expect(inMs).toBeLessThanOrEqual(2 * 3_600_000);
    expect(await verify(ticket.code)).toMatchObject({ result: 'valid' });
  });

  it('is made by the owner only', async () => {
    const { ticket } = await sold();
    for (const other of [await guest(), staff]) {
      expect(await send(other, `/v1/tickets/${ticket.id}/share`, {})).toMatchObject({ json: { code: 'not_found' } });
    }
  });
});

describe('a ticket that is passed on', () => {
  it('is the receiver’s: the code, links and reference of before are worth nothing', async () => {
    const { ticket, other, session, orderId } = await sold();
    const token = await offered(ticket.id, session);
    // Until then it is still the buyer's.
    expect(await verify(ticket.code)).toMatchObject({ result: 'valid' });
    const bo = await guest();
    const taken = await accept(bo, token);
    expect(taken).toMatchObject({ status: 200, json: { ticket: { id: ticket.id, owner: 'Bo', state: 'valid' } } });
    const mine = taken.json['ticket'] as TicketJson;
    expect(mine.code).not.toBe(ticket.code);
    expect(mine.reference).not.toBe(ticket.reference);
    expect(mine).not.toHaveProperty('price');
    expect(await verify(ticket.code)).toMatchObject({ result: 'passed_on' });
    expect(await verify(mine.code)).toMatchObject({ result: 'valid' });
    expect(await verify(other.code)).toMatchObject({ result: 'valid' });
    expect(await fetchAt(ticket.links['pdf'] ?? '')).toBe(410);
    expect(await fetchAt(pathOf(taken.json['url']))).toBe(200);
    expect((await scan(ticket.code)).json).toMatchObject({ result: 'passed_on' });
    expect((await scan(mine.code)).json).toMatchObject({ result: 'admitted' });
    const seen = (await cinema.send('GET', `/v1/orders/${orderId}/tickets`, session)).json['tickets'];
    expect(seen).toMatchObject([
      { id: ticket.id, state: 'passed_on' },
      { id: other.id, state: 'valid' },
    ]);
    expect((seen as object[])[0]).not.toHaveProperty('code');
  });

  it('goes to one of those who open the link at the same moment, and to that one again', async () => {
    const { ticket, session } = await sold();
    const token = await offered(ticket.id, session);
    const people = await Promise.all([guest(), guest(), guest(), guest()]);
    const answers = await Promise.all(people.map((one) => accept(one, token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410, 410]);
    const winner = answers.findIndex(({ status }) => status === 200);
    expect((await accept(people[winner] ?? '', token)).status).toBe(200);
    const { rows } = await pool.query('SELECT generation FROM boxoffice.tickets WHERE id = $1', [ticket.id]);
    expect(rows).toEqual([{ generation: 2 }]);
  });

  it('ends all offers of before, and can be passed on again by its new owner only', async () => {
    const { ticket, session } = await sold();
    const [first, second] = [await offered(ticket.id, session), await offered(ticket.id, session)];
    const [bo, cy] = [await guest(), await guest()];
    expect((await accept(bo, first)).status).toBe(200);
    expect(await accept(cy, second)).toMatchObject({ json: { code: 'invalid_link' } });
    const again = await send(session, `/v1/tickets/${ticket.id}/pass-on`, {});
    expect(again).toMatchObject({ json: { code: 'not_found' } });
    expect((await accept(cy, await offered(ticket.id, bo))).json).toMatchObject({ ticket: { owner: 'Bo' } });
    expect(await cinema.send('GET', `/v1/tickets/${ticket.id}`, bo)).toMatchObject({ json: { code: 'not_found' } });
  });

  it('is not one that somebody was let in with, that was refunded, or whose link has expired', async () => {
    const { ticket, other, session } = await sold();
    const token = await offered(ticket.id, session);
    await scan(ticket.code);
    expect(await accept(await guest(), token)).toMatchObject({ json: { code: 'in_use' } });
    expect(await send(session, `/v1/tickets/${ticket.id}/pass-on`, {})).toMatchObject({ json: { code: 'in_use' } });
    const late = await offered(other.id, session);
    await pool.query("UPDATE boxoffice.ticket_transfers SET expires_at = now() - interval '1 s' WHERE ticket_id = $1", [
      other.id,
    ]);
    expect(await accept(await guest(), late)).toMatchObject({ status: 410, json: { code: 'invalid_link' } });
    const fine = await offered(other.id, session);
    await pool.query("UPDATE boxoffice.tickets SET state = 'refunded' WHERE id = $1", [other.id]);
    expect(await accept(await guest(), fine)).toMatchObject({ json: { code: 'invalid_link' } });
    expect(await send(session, `/v1/tickets/${other.id}/pass-on`, {})).toMatchObject({
      json: { code: 'booking_cancelled' },
    });
  });

  it('is offered by mail to an address, and no token is kept: neither with the offer nor with the mail that waits', async () => {
    await pool.query(`
      CREATE TABLE IF NOT EXISTS public.written (text text);
      CREATE OR REPLACE FUNCTION public.note_written() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN INSERT INTO public.written VALUES (to_jsonb(NEW)::text); RETURN NEW; END $$;
      CREATE OR REPLACE TRIGGER note_written AFTER INSERT ON boxoffice.outbox FOR EACH ROW EXECUTE FUNCTION public.note_written();
      CREATE OR REPLACE TRIGGER note_written AFTER INSERT ON boxoffice.ticket_transfers FOR EACH ROW EXECUTE FUNCTION public.note_written()`);
    const { ticket, session } = await sold();
    const email = `Cy-${randomUUID()}@Example.org`;
    const token = await offered(ticket.id, session, { email });
    const mail = await cinema.site.mail(email.toLowerCase());
    expect(mail).toContain(`/ticket#accept=${token}`);
    const { rows } = await pool.query<{ text: string }>('SELECT text FROM public.written');
    expect(rows.some(({ text }) => text.includes('ticket.offered'))).toBe(true);
    expect(rows.filter(({ text }) => text.includes(token) || text.includes(hexOf(token)))).toEqual([]);
    expect((await accept(await guest(), token)).status).toBe(200);
  });

  it('is not mailed again once somebody has taken the ticket over', async () => {
    const { ticket, session } = await sold();
    const email = `${randomUUID()}@example.org`;
    await pool.query('TRUNCATE public.written');
    const token = await offered(ticket.id, session, { email });
    await cinema.site.mail(email);
    expect((await accept(await guest(), token)).status).toBe(200);
    const { rows } = await pool.query<{ text: string }>(
      `SELECT text FROM public.written WHERE text LIKE '%ticket.offered%'`,
    );
    const linkId = /linkId\W+([\w-]{22})/.exec(rows[0]?.text ?? '')?.[1];
    await pool.query(`INSERT INTO boxoffice.outbox (topic, subject, payload) VALUES ('ticket.offered', $1, $2)`, [
      `ticket:${ticket.id}`,
      JSON.stringify({ ticketId: ticket.id, linkId }),
    ]);
    const waiting = 'SELECT FROM boxoffice.outbox UNION ALL SELECT FROM boxoffice.outbox_steps';
    await expect.poll(async () => (await pool.query(waiting)).rowCount, { timeout: 10_000 }).toBe(0);
    expect((await pool.query(`SELECT FROM boxoffice.dead_letters WHERE topic = 'ticket.offered'`)).rowCount).toBe(0);
    await expect(cinema.site.mail(email, 2)).rejects.toThrow('got no mail number 2');
  });

  it('is let in late by the old code only while nobody has taken it over', async () => {
    const { ticket, session } = await sold();
    const token = await offered(ticket.id, session);
    const [taken, scanned] = await Promise.all([accept(await guest(), token), scan(ticket.code)]);
    // Either order, and never both: a person who was let in, and another with a new ticket for that seat.
    expect([taken.status, scanned.json['result']]).toEqual(
      taken.status === 200 ? [200, 'passed_on'] : [409, 'admitted'],
    );
  });
});
