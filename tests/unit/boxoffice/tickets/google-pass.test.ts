import { generateKeyPairSync } from 'node:crypto';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { googleSaveUrl } from '../../../../src/boxoffice/tickets/google-pass.js';
import { sheetOf } from '../../../../src/boxoffice/tickets/ticket-sheet.js';
import { CODE, ticketWith } from './a-ticket.js';

/** As long as real ones: an issuer id has 19 digits, ids of ours are UUIDs. */
const issuer = {
  issuerId: '3388000000012345678',
  email: 'wallet@some-cinema-tickets.iam.gserviceaccount.com',
  key: generateKeyPairSync('rsa', { modulusLength: 2_048 }).privateKey,
};
const IDS = { id: '7f6d0a0e-2f3b-4f6c-9d2a-0b1c2d3e4f50', orderReference: 'BCDF-GHJK' };
const SHOWTIME = { id: '1b4e28ba-2fa1-41d2-883f-0016d3cca427' };

async function passOf(ticket: ReturnType<typeof ticketWith>) {
  const jwt = (await googleSaveUrl(issuer, ticket, 'K', sheetOf(ticket, CODE), 0)).split('/').at(-1) ?? '';
  const { payload } = decodeJwt<{ payload: { eventTicketClasses: object[]; eventTicketObjects: object[] } }>(jwt);
  return { length: jwt.length, showtime: payload.eventTicketClasses[0], ticket: payload.eventTicketObjects[0] };
}

describe('the link that saves a ticket to Google Wallet', () => {
  it('has the names where it has room for them, as one of a usual ticket does', async () => {
    const { length, ticket } = await passOf(ticketWith(IDS, SHOWTIME));
    expect(length).toBeLessThanOrEqual(1_800);
    expect(ticket).toMatchObject({ ticketType: { defaultValue: { value: 'Adult' } } });
    expect(ticket).toMatchObject({ seatInfo: { row: { defaultValue: { language: 'en', value: 'K' } } } });
  });

  it.each([
    ['Dr. Strangelove or: How I Learned to Stop Worrying and Love the Bomb', 'Lichtspielhaus am Alten Markt'],
    ['क्षत्रिय की किताब और सात समुराई: एक बहुत लंबा नाम जो कहीं नहीं समाता', 'Кинотеатр «Октябрь» на Новом Арбате'],
    ['W'.repeat(200), 'V'.repeat(200)],
  ])('is no longer than browsers take for sure, whatever the names: %s', async (title, venue) => {
    const owner = { holder: undefined, accountId: undefined, name: 'Maximiliane von und zu Hohenstein' };
    const address = 'Hinter der Großen Kirche am Alten Markt 117, Eingang im zweiten Hof';
    const { length, ticket } = await passOf(ticketWith({ ...IDS, owner }, { ...SHOWTIME, title, venue, address }));
    expect(length).toBeLessThanOrEqual(1_800);
    // What nobody gets in or finds a seat without.
    expect(ticket).toMatchObject({
      barcode: { value: CODE, alternateText: 'BCDF GHJK LNPR' },
      seatInfo: { seat: { defaultValue: { value: 'K-12' } }, section: { defaultValue: { value: 'Hall 1' } } },
    });
  });

  it.each([
    ['Europe/Berlin', Date.UTC(2026, 6, 4, 18), '2026-07-04T20:00:00', '2026-07-04T20:00:00+02:00'],
    ['America/New_York', Date.UTC(2026, 0, 5, 1), '2026-01-04T20:00:00', '2026-01-04T20:00:00-05:00'],
    ['Asia/Kathmandu', Date.UTC(2026, 0, 4, 14, 15), '2026-01-04T20:00:00', '2026-01-04T20:00:00+05:45'],
    ['America/St_Johns', Date.UTC(2026, 0, 4, 23, 30), '2026-01-04T20:00:00', '2026-01-04T20:00:00-03:30'],
    ['Atlantic/Reykjavik', Date.UTC(2026, 0, 4, 20), '2026-01-04T20:00:00', '2026-01-04T20:00:00+00:00'],
  ])('says what the clocks show in %s', async (timeZone, startsAt, startsAtLocal, start) => {
    const ticket = ticketWith(IDS, { ...SHOWTIME, timeZone, startsAt, startsAtLocal });
    expect((await passOf(ticket)).showtime).toMatchObject({ dateTime: { start } });
  });

  it('makes another pass for whom the ticket was passed on to', async () => {
    const [first, second] = [ticketWith(IDS, SHOWTIME), ticketWith({ ...IDS, generation: 2 }, SHOWTIME)];
    expect((await passOf(first)).ticket).not.toEqual(expect.objectContaining({ id: expect.stringMatching(/\.2$/) }));
    expect((await passOf(second)).ticket).toMatchObject({
      id: expect.stringMatching(/^3388000000012345678\.[\w-]{22}\.2$/),
    });
  });
});
