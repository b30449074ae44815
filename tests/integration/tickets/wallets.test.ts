import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jwtVerify } from 'jose';
import { afterAll, describe, expect, it } from 'vitest';
import { Cinema } from '../endpoints/cinema.js';
import { sellTickets } from './sold-tickets.js';
import { GOOGLE_EMAIL, ISSUER, makeWalletFiles } from './wallet-files.js';

const run = promisify(execFile);
const made = await makeWalletFiles();
const cinema = await Cinema.open(made.environment);
const plain = await Cinema.open();
afterAll(async () => {
  await Promise.all([cinema.close(), plain.close()]);
  await made.remove();
});

interface TicketJson {
  readonly id: string;
  readonly code: string;
  readonly reference: string;
  readonly seat: string;
  readonly order: { readonly id: string; readonly reference: string };
  readonly showtime: Readonly<Record<'id' | 'title' | 'venue' | 'hall' | 'startsAt' | 'startsAtLocal', string>>;
  readonly links: Readonly<Record<string, string>>;
}

async function sold(at = cinema, locale = 'de') {
  const { showtimeId, session, booking } = await at.booked();
  const { ticketIds } = await sellTickets(at.stage.pool, { showtimeId, bookingId: booking.id, locale });
  const { json } = await at.send('GET', `/v1/tickets/${ticketIds[0]}`, session);
  return json as unknown as TicketJson;
}
const get = (path: string | undefined, at = cinema) => fetch(`${at.origin}${path}`);
const spelled = (reference: string) => reference.replaceAll(/.{4}(?=.)/g, '$& ');

/** The files of a ZIP archive whose entries are not compressed, as those of passes are not. */
function filesOf(zip: Buffer): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  let at = 0;
  while (zip.readUInt32LE(at) === 0x04034b50) {
    expect(zip.readUInt16LE(at + 8)).toBe(0);
    const [size, name, extra] = [zip.readUInt32LE(at + 18), zip.readUInt16LE(at + 26), zip.readUInt16LE(at + 28)];
    const start = at + 30 + name + extra;
    files.set(zip.toString('utf8', at + 30, at + 30 + name), zip.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

describe('a pass of Apple Wallet', () => {
  const passOf = async (ticket: TicketJson) => {
    const answer = await get(ticket.links['appleWallet']);
    expect(answer.headers.get('content-type')).toBe('application/vnd.apple.pkpass');
    expect(answer.headers.get('content-disposition')).toBe(`attachment; filename="ticket-${ticket.reference}.pkpass"`);
    return filesOf(Buffer.from(await answer.arrayBuffer()));
  };

  it('has all of the ticket in it: the library drops what it does not know without a word', async () => {
    const ticket = await sold();
    const { showtime, seat } = ticket;
    const pass = JSON.parse(String((await passOf(ticket)).get('pass.json')));
    expect(pass).toMatchObject({
      formatVersion: 1,
      passTypeIdentifier: 'pass.org.example.cinema',
      teamIdentifier: 'TEAM123456',
      serialNumber: `${ticket.id}-1`,
      groupingIdentifier: ticket.order.id,
      organizationName: showtime.venue,
      barcodes: [
        {
          message: ticket.code,
          format: 'PKBarcodeFormatQR',
          messageEncoding: 'iso-8859-1',
          altText: spelled(ticket.reference),
        },
      ],
      semantics: {
        eventName: showtime.title,
        venueName: showtime.venue,
        venueRoom: showtime.hall,
        seats: [{ seatNumber: seat, seatRow: seat.split('-')[0] }],
      },
    });
    expect(Date.parse(pass.relevantDate)).toBe(Date.parse(showtime.startsAt));
    expect(Date.parse(pass.semantics.eventStartDate)).toBe(Date.parse(showtime.startsAt));
    expect(Date.parse(pass.expirationDate)).toBeGreaterThan(Date.parse(showtime.startsAt));
    const { headerFields, primaryFields, secondaryFields, auxiliaryFields, backFields } = pass.eventTicket;
    expect(headerFields).toEqual([{ key: 'hall', label: 'Saal', value: showtime.hall }]);
    expect(primaryFields).toEqual([{ key: 'title', label: showtime.venue, value: showtime.title }]);
    expect(auxiliaryFields).toEqual([
      { key: 'seat', label: 'Platz', value: seat },
      { key: 'kind', label: 'Karte', value: expect.any(String) },
    ]);
    // In words, and by the clocks of the venue.
    expect(secondaryFields[0].value).toContain(showtime.startsAtLocal.slice(11, 16));
    expect(backFields.map(({ value }: { value: string }) => value)).toContain(`Bestellung ${ticket.order.reference}`);
  });

  it('is signed: openssl finds the certificate’s signature right, and that of a changed pass wrong', async () => {
    const files = await passOf(await sold());
    const manifest = files.get('manifest.json') ?? Buffer.alloc(0);
    const hashes = JSON.parse(String(manifest)) as Record<string, string>;
    expect(Object.keys(hashes).sort()).toEqual(['icon.png', 'icon@2x.png', 'icon@3x.png', 'pass.json']);
    for (const [name, hash] of Object.entries(hashes)) {
      expect(
        createHash('sha1')
          .update(files.get(name) ?? '')
          .digest('hex'),
        name,
      ).toBe(hash);
    }
    const at = (name: string) => join(made.directory, name);
    await writeFile(at('signature'), files.get('signature') ?? '');
    const verify = async (text: Buffer) => {
      await writeFile(at('manifest.json'), text);
      const signed = ['-inform', 'DER', '-in', at('signature'), '-content', at('manifest.json')];
      return run('openssl', ['cms', '-verify', '-binary', ...signed, '-CAfile', at('ca.pem'), '-purpose', 'any']);
    };
    await verify(manifest);
    await expect(verify(Buffer.from(String(manifest).replace('icon', 'ikon')))).rejects.toThrow();
  });

  it('of many at once are all made', async () => {
    const ticket = await sold();
    const sizes = await Promise.all(Array.from({ length: 20 }, async () => (await passOf(ticket)).size));
    expect(sizes).toEqual(Array.from({ length: 20 }, () => 6));
  });
});

describe('a pass of Google Wallet', () => {
  const save = 'https://pay.google.com/gp/v/save/';
  const claimsOf = async (jwt: string) => {
    const rules = { audience: 'google', issuer: GOOGLE_EMAIL, algorithms: ['RS256'] };
    return (await jwtVerify(jwt, made.google.publicKey, rules)).payload;
  };

  it('is a link with a signed JWT that has the showtime and the ticket in Google’s form', async () => {
    const ticket = await sold();
    const { showtime } = ticket;
    const answer = await get(ticket.links['googleWallet']);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const { url } = (await answer.json()) as { url: string };
    expect(url.startsWith(save)).toBe(true);
    expect(url.length - save.length).toBeLessThanOrEqual(1_800);
    const claims = await claimsOf(url.slice(save.length));
    expect(Object.keys(claims).sort()).toEqual(['aud', 'iat', 'iss', 'payload', 'typ']);
    const said = (value: string) => ({ defaultValue: { language: 'de', value } });
    const id = (uuid: string) => `${ISSUER}.${Buffer.from(uuid.replaceAll('-', ''), 'hex').toString('base64url')}`;
    // The part before the offset is what Google shows.
    const [, offset = ''] = JSON.stringify(claims).match(/"start":"[^"]+([+-]\d\d:\d\d)"/) ?? [];
    const start = `${showtime.startsAtLocal}${offset}`;
    expect(Math.floor(Date.parse(showtime.startsAt) / 1_000)).toBe(Date.parse(start) / 1_000);
    expect(claims).toMatchObject({
      typ: 'savetowallet',
      payload: {
        eventTicketClasses: [
          {
            id: id(showtime.id),
            issuerName: showtime.venue,
            reviewStatus: 'UNDER_REVIEW',
            eventName: said(showtime.title),
            venue: { name: said(showtime.venue), address: { defaultValue: { value: expect.stringMatching(/./) } } },
            dateTime: { start },
          },
        ],
        eventTicketObjects: [
          {
            id: `${id(ticket.id)}.1`,
            classId: id(showtime.id),
            state: 'ACTIVE',
            reservationInfo: { confirmationCode: ticket.order.reference },
            seatInfo: {
              seat: said(ticket.seat),
              row: said(ticket.seat.split('-')[0] ?? ''),
              section: said(showtime.hall),
            },
            barcode: { type: 'QR_CODE', value: ticket.code, alternateText: spelled(ticket.reference) },
          },
        ],
      },
    });
  });

  it('is on the page itself, whose readers follow links', async () => {
    const { links } = await sold();
    const page = await (await get(links['page'])).text();
    const [, jwt = ''] = page.match(/href="https:\/\/pay\.google\.com\/gp\/v\/save\/([\w.-]+)"/) ?? [];
    expect(await claimsOf(jwt)).toMatchObject({ typ: 'savetowallet' });
    expect(page).toContain(`href="wallets/apple?link=`);
  });
});

describe('passes of wallets', () => {
  it.each(['appleWallet', 'googleWallet'])(
    'are opened by no link of another ticket, and none is made of a refunded one: %s',
    async (of) => {
      const [one, other] = [await sold(), await sold()];
      const path = one.links[of]?.replace(one.id, other.id);
      expect(await (await get(path)).json()).toMatchObject({ code: 'invalid_link' });
      await cinema.stage.pool.query(`UPDATE boxoffice.tickets SET state = 'refunded' WHERE id = $1`, [one.id]);
      expect(await (await get(one.links[of])).json()).toMatchObject({ code: 'invalid_link' });
    },
  );

  it('are not offered where the server cannot make them, and asking for one says so', async () => {
    const ticket = await sold(plain);
    expect(Object.keys(ticket.links)).not.toContain('appleWallet');
    expect(Object.keys(ticket.links)).not.toContain('googleWallet');
    const link = new URL(ticket.links['page'] ?? '', plain.origin).search;
    expect(await (await get(ticket.links['page'], plain)).text()).not.toContain('Wallet');
    for (const [of, name] of [
      ['apple', 'Apple'],
      ['google', 'Google'],
    ]) {
      const answer = await get(`/v1/tickets/${ticket.id}/wallets/${of}${link}`, plain);
      expect(answer.status).toBe(404);
      expect(await answer.json()).toMatchObject({
        code: 'not_found',
        detail: `This server makes no passes for ${name} Wallet.`,
      });
    }
  });
});
