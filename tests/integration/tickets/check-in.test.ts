import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { readCode } from '../../../src/boxoffice/tickets/ticket-code.js';
import { Cinema } from '../endpoints/cinema.js';
import { sign } from '../gateway/sign.js';
import { sellTickets } from './sold-tickets.js';

const cinema = await Cinema.open();
const { pool } = cinema.stage;
afterAll(() => cinema.close());

const staff = await sign('user:staff', { role: 'staff' });
const MINUTE_MS = 60_000;

/** Two tickets of a showtime that begins in an hour. */
async function sold(startsInMs = 60 * MINUTE_MS) {
  const { showtimeId, session, booking } = await cinema.booked();
  await pool.query("UPDATE boxoffice.showtimes SET starts_at = now() + $2::float8 * interval '1 ms' WHERE id = $1", [
    showtimeId,
    startsInMs,
  ]);
  const { ticketIds, orderId } = await sellTickets(pool, { showtimeId, bookingId: booking.id });
  const read = ticketIds.map((id) => cinema.send('GET', `/v1/tickets/${id}`, session));
  const tickets = (await Promise.all(read)).map(({ json }) => json as { code: string; reference: string });
  return { showtimeId, session, orderId, ticketIds, tickets, code: tickets[0]?.code ?? '' };
}

const scan = async (code: string, more: object = {}) => {
  const body = { scanId: randomUUID(), code, gate: 'A', device: 'd1', ...more };
  const { status, json } = await cinema.send('POST', '/v1/check-ins', staff, { body });
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
};
const upload = async (scans: readonly object[], device = 'd2') => {
  const body = { device, scans: scans.map((one) => ({ scanId: randomUUID(), gate: 'B', admitted: true, ...one })) };
  const { status, json } = await cinema.send('POST', '/v1/check-ins/uploads', staff, { body });
  expect(status, JSON.stringify(json)).toBe(200);
  return json['checkIns'] as Record<string, unknown>[];
};
const ago = (ms: number) => new Date(Date.now() - ms).toISOString();
const at = async (showtimeId: string, what: 'list' | 'counts') =>
  (await cinema.send('GET', `/v1/showtimes/${showtimeId}/check-in-${what}`, staff)).json;

describe('a ticket', () => {
  it('admits once, and says when and where it did', async () => {
    const { code, showtimeId, ticketIds } = await sold();
    const first = await scan(code, { showtimeId });
    expect(first).toMatchObject({
      result: 'admitted',
      isConflict: false,
      ticket: { id: ticketIds[0], showtimeId, seat: 'R1-1', owner: 'Ann Ämter' },
      admitted: { gate: 'A' },
    });
    expect(await scan(code, { gate: 'C' })).toMatchObject({ result: 'already_admitted', admitted: first['admitted'] });
  });

  it('admits one of ten gates that scan it at the same moment', async () => {
    const { code } = await sold();
    const gates = Array.from({ length: 10 }, (_, i) => scan(code, { gate: `G${i}` }));
    const results = (await Promise.all(gates)).map(({ result }) => result).sort();
    expect(results).toEqual(['admitted', ...Array(9).fill('already_admitted')].sort());
  });

  it('has one effect for a scan that comes again, also at the same moment', async () => {
    const { code } = await sold();
    const scanId = randomUUID();
    const answers = await Promise.all([1, 2, 3].map(() => scan(code, { scanId })));
    expect(answers.map(({ result }) => result)).toEqual(['admitted', 'admitted', 'admitted']);
    const { rows } = await pool.query('SELECT result FROM boxoffice.check_ins WHERE scan_id = $1', [scanId]);
    expect(rows).toEqual([{ result: 'admitted' }]);
  });

  it('is let in by its reference, which somebody typed', async () => {
    const { tickets, showtimeId } = await sold();
    const typed = (tickets[1]?.reference ?? '').toLowerCase().replaceAll(/.{4}/g, '$& ');
    expect(await scan(typed)).toMatchObject({ result: 'not_a_ticket' });
    expect(await scan(typed, { showtimeId })).toMatchObject({ result: 'admitted', ticket: { seat: 'R1-2' } });
    expect(await scan('BCDF GHJK LNPR', { showtimeId })).toMatchObject({ result: 'not_a_ticket' });
  });

  it.each(['cancelled', 'refunded'])('that is %s admits nobody', async (state) => {
    const { code, ticketIds } = await sold();
    await pool.query('UPDATE boxoffice.tickets SET state = $2 WHERE id = $1', [ticketIds[0], state]);
    expect(await scan(code)).toMatchObject({ result: state, ticket: { seat: 'R1-1' } });
  });

  it('of another showtime, of tomorrow, of yesterday or of nobody is refused as that', async () => {
    const { code, showtimeId } = await sold();
    const other = await sold();
    expect(await scan(code, { showtimeId: other.showtimeId })).toMatchObject({
      result: 'wrong_showtime',
      ticket: { showtimeId },
    });
    expect(await scan((await sold(24 * 60 * MINUTE_MS)).code)).toMatchObject({ result: 'too_early' });
    expect(await scan((await sold(-24 * 60 * MINUTE_MS)).code)).toMatchObject({ result: 'too_late' });
    const forged = code.slice(0, -1) + (code.endsWith('B') ? 'C' : 'B');
    expect(await scan(forged)).toEqual(expect.objectContaining({ result: 'forged' }));
    expect(await scan('https://example.org')).toMatchObject({ result: 'not_a_ticket' });
    expect(await scan(code, { showtimeId })).toMatchObject({ result: 'admitted' });
  });

  it('whose code is of an earlier generation was passed on', async () => {
    const { code, ticketIds } = await sold();
    await pool.query('UPDATE boxoffice.tickets SET generation = 2 WHERE id = $1', [ticketIds[0]]);
    expect(await scan(code)).toMatchObject({ result: 'passed_on' });
  });
});

describe('scans of a device that was offline', () => {
  it('count like others where nobody else scanned the ticket', async () => {
    const { code, tickets } = await sold();
    const [first, refused] = await upload([
      { code, at: ago(5 * MINUTE_MS) },
      { code: tickets[1]?.code, at: ago(4 * MINUTE_MS), admitted: false },
    ]);
    expect(first).toMatchObject({ result: 'admitted', isConflict: false, admitted: { gate: 'B' } });
    expect(refused).toMatchObject({ result: 'refused_offline', isConflict: false });
    expect(await scan(code)).toMatchObject({ result: 'already_admitted', admitted: { gate: 'B' } });
  });

  it('that were earlier take the admission over, and the other is a conflict', async () => {
    const { code, showtimeId, ticketIds } = await sold();
    const online = await scan(code, { gate: 'A' });
    const time = ago(5 * MINUTE_MS);
    const [earlier] = await upload([{ code, at: time }]);
    expect(earlier).toMatchObject({ result: 'admitted', isConflict: false, admitted: { gate: 'B', at: time } });
    expect(await at(showtimeId, 'counts')).toMatchObject({
      admitted: 1,
      conflicts: [{ scanId: online['scanId'], ticketId: ticketIds[0], result: 'already_admitted', gate: 'A' }],
    });
  });

  it('that were later are conflicts, whatever order the uploads come in', async () => {
    const times = [9, 7, 5].map((minutes) => ago(minutes * MINUTE_MS));
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ]) {
      const { code, showtimeId } = await sold();
      for (const i of order) await upload([{ code, at: times[i], gate: `G${i}` }], `d${i}`);
      const counts = await at(showtimeId, 'counts');
      expect(counts).toMatchObject({ admitted: 1 });
      const gates = counts['gates'] as { gate: string; admitted: number; conflicts: number }[];
      expect(gates.map(({ gate, admitted, conflicts }) => [gate, admitted, conflicts])).toEqual([
        ['G0', 1, 0],
        ['G1', 0, 1],
        ['G2', 0, 1],
      ]);
    }
  });

  it('of what admits nobody are conflicts, and a clock that is ahead wins nothing', async () => {
    const { code, tickets, ticketIds, showtimeId } = await sold();
    await pool.query("UPDATE boxoffice.tickets SET state = 'refunded' WHERE id = $1", [ticketIds[1]]);
    const [refunded] = await upload([{ code: tickets[1]?.code, at: ago(MINUTE_MS) }]);
    expect(refunded).toMatchObject({ result: 'refunded', isConflict: true });
    const [ahead = {}] = await upload([{ code, at: new Date(Date.now() + 3_600_000).toISOString(), showtimeId }]);
    expect(Date.parse((ahead['admitted'] as { at: string }).at)).toBeLessThanOrEqual(Date.now());
  });

  it('may be sent again, in part or whole', async () => {
    const { code, tickets } = await sold();
    const scans = [code, tickets[1]?.code].map((each) => ({ scanId: randomUUID(), code: each, at: ago(MINUTE_MS) }));
    const first = await upload(scans);
    expect(await upload(scans)).toEqual(first);
    expect(await upload(scans.slice(1))).toEqual(first.slice(1));
  });
});

describe('the list of a gate', () => {
  it('has the keys by which each code is checked without a network, and who is in', async () => {
    const { code, tickets, showtimeId, ticketIds } = await sold();
    await scan(code);
    await pool.query("UPDATE boxoffice.tickets SET state = 'refunded' WHERE id = $1", [ticketIds[1]]);
    const list = (await at(showtimeId, 'list')) as unknown as {
      tag: string;
      keys: { number: number; key: string }[];
      tickets: [string, number, string, string, string][];
    };
    for (const ticket of tickets) {
      const read = readCode(ticket.code);
      const key = list.keys.find(({ number }) => number === read?.keyNumber);
      expect(read?.showtimeTag).toBe(list.tag);
      expect(read?.isSignedBy(Buffer.from(key?.key ?? '', 'base64url'))).toBe(true);
    }
    expect(new Map(list.tickets.map(([id, ...rest]) => [id, rest]))).toEqual(
      new Map([
        [ticketIds[0], [1, 'a', 'R1-1', 'Front']],
        [ticketIds[1], [1, 'r', 'R1-2', 'Front']],
      ]),
    );
  });

  it('has an ETag that changes with what it says', async () => {
    const { code, showtimeId } = await sold();
    const get = async (etag = '') =>
      fetch(`${cinema.origin}/v1/showtimes/${showtimeId}/check-in-list`, {
        headers: { authorization: `Bearer ${staff}`, 'if-none-match': etag },
      });
    const etag = (await get()).headers.get('etag') ?? '';
    expect((await get(etag)).status).toBe(304);
    await scan(code);
    expect((await get(etag)).status).toBe(200);
  });

  it('has keys of its own showtime only', async () => {
    const [one, other] = [await sold(), await sold()];
    const list = (await at(other.showtimeId, 'list')) as unknown as { keys: { key: string }[] };
    for (const { key } of list.keys) expect(readCode(one.code)?.isSignedBy(Buffer.from(key, 'base64url'))).toBe(false);
  });
});
