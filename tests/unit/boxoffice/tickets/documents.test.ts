import { describe, expect, it } from 'vitest';
import { drawPdf } from '../../../../src/boxoffice/tickets/draw-pdf.js';
import { pdfFonts } from '../../../../src/boxoffice/tickets/pdf-fonts.js';
import { calendarOf } from '../../../../src/boxoffice/tickets/ticket-calendar.js';
import { ticketPage } from '../../../../src/boxoffice/tickets/ticket-page.js';
import { sheetOf } from '../../../../src/boxoffice/tickets/ticket-sheet.js';
import { seatAt } from '../../../../src/boxoffice/tickets/ticket-store.js';
import { readPdfCodes } from '../../../kit/pdf/read-pdf-codes.js';
import { CODE, STARTS_AT, ticketWith } from './a-ticket.js';

describe('the fonts of PDFs', () => {
  it.each(['Rząd 5, miejsce 12, Łódź', 'Семь самураев', 'Επτά Σαμουράι', 'क्षत्रिय की किताब', '12\u202f345,50\u00a0€'])(
    'have all signs of %s',
    (text) => {
      for (const font of Object.values(pdfFonts())) {
        for (const sign of text) expect(font.hasGlyphForCodePoint(sign.codePointAt(0)!), sign).toBe(true);
        expect(font.layout(text).glyphs.map(({ id }) => id)).not.toContain(0);
      }
    },
  );

  it('give each document positions of its own, since pdfkit scales them in place', () => {
    const { regular } = pdfFonts();
    const first = regular.layout('Saal');
    const width = first.positions[0]!.xAdvance;
    first.positions[0]!.xAdvance = 0;
    expect(regular.layout('Saal').positions[0]!.xAdvance).toBe(width);
    expect(regular.layout('Saal').advanceWidth).toBe(
      first.glyphs.reduce((sum, { advanceWidth }) => sum + advanceWidth, 0),
    );
  });
});

describe('the PDF', () => {
  it('has a page for each ticket, and a font of its own', async () => {
    const sheets = ['K-12', 'K-13'].map((seat) => sheetOf(ticketWith({ seat }), CODE));
    const pdf = (await drawPdf(sheets)).toString('latin1');
    expect(pdf).toMatch(/^%PDF-1\.\d/);
    expect(pdf).toContain('/Count 2');
    expect(pdf).toMatch(/\/FontName \/\w+\+NotoSans-Bold/);
    expect(pdf).not.toContain('Helvetica');
  });

  it('shows a reader the code of the ticket on each page', async () => {
    const sheets = ['K-12', 'K-13'].map((seat) => sheetOf(ticketWith({ seat }), CODE));
    expect(await readPdfCodes(await drawPdf(sheets))).toEqual([CODE, CODE]);
  });

  it('is drawn of whatever people have named things', async () => {
    const long = 'Ein sehr langer Name '.repeat(20);
    const names = [long, '', '\u200b', '日本語', '😀', 'x'.repeat(500), 'क'.repeat(200), 'a\nb'];
    for (const name of names) {
      const sheet = sheetOf(ticketWith({ seat: name, category: name }, { title: name, hall: name, venue: name }), CODE);
      expect((await drawPdf([sheet])).length).toBeGreaterThan(1_000);
    }
  });
});

describe('the page', () => {
  it('says what people wrote and runs nothing of it', () => {
    const sheet = sheetOf(ticketWith({ seat: '"><img src=x>' }, { title: '<script>alert(1)</script>' }), CODE);
    const { body, policy } = ticketPage(sheet, { pdf: 'pdf?link="x"' });
    expect(body).not.toMatch(/<script|<img|link="x"/);
    expect(body).toContain('&#60;script&#62;');
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('script-src');
  });

  it.each([
    ['de', 'Platz', /^Samstag, 4. Juli 2026\b.* 20:00$/],
    ['fr-CA', 'Place', /^samedi 4 juillet 2026\b.* 20 h 00$/],
    ['ru', 'Место', /^суббота, 4 июля 2026 г\..* 20:00$/],
    ['en-US', 'Seat', /^Saturday, July 4, 2026\b.* 8:00 PM$/],
    ['en', 'Seat', /^Saturday,? 4 July 2026\b.* 20:00$/],
    ['tlh', 'Seat', /^Saturday,? 4 July 2026\b.* 20:00$/],
    ['not a tag', 'Seat', /^Saturday,? 4 July 2026\b.* 20:00$/],
    ['en-GB', 'Seat', /^Saturday,? 4 July 2026\b.* 20:00$/],
  ])('of an order in %s is in that language where we have it, by the clocks of the venue', (locale, seat, when) => {
    const sheet = sheetOf(ticketWith({ locale }), CODE);
    expect(sheet.fields[1]?.label).toBe(seat);
    // Words between day and time, and kinds of blanks, differ by the version of Intl's data.
    expect(sheet.when.replaceAll(/\s/g, ' ')).toMatch(when);
  });
});

describe('the calendar', () => {
  it('has the time in UTC, one event a showtime, and lines as RFC 5545 folds them', () => {
    const other = ticketWith({ seat: 'K-13' });
    const ics = calendarOf([ticketWith(), other], STARTS_AT);
    expect(ics).toContain('\r\nDTSTART:20260704T180000Z\r\nDTEND:20260704T212700Z\r\n');
    expect(ics.match(/BEGIN:VEVENT/g)).toHaveLength(1);
    expect(ics.replaceAll('\r\n ', '')).toContain('Seat: K-12\\, K-13');
    expect(ics).not.toContain('TZID');
    const wide = calendarOf([ticketWith({}, { title: 'सात समुराई '.repeat(20) })], STARTS_AT);
    for (const line of wide.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
  });

  it('takes the event back where the showtime was cancelled', () => {
    expect(calendarOf([ticketWith({}, { isCancelled: true })], STARTS_AT)).toContain('STATUS:CANCELLED');
  });
});

it.each([
  [7, null, [7, 8], 7],
  [8, [7, 8], [20, 7], 7],
  [7, [7, 8], [20, 7], 20],
  [9, [7, 8], [20, 7], 9],
  [7, [7, 8], null, 7],
])('the seat %i of a booking that had %j and has %j is %i', (issued, first, now, seat) => {
  expect(seatAt(issued, first, now)).toBe(seat);
});

it.each([
  [8, [8, 9], [7], 8],
  [9, [20, 9], [7], 9],
  [8, [20, 9], [7], 20],
  // The house has freed one of two.
  [9, [8, 9], [7, 8], 9],
  [7, [8, 9], [7], 7],
])(
  'the seat %i of a booking of 7, 8, 9 that has %j, of which %j were given back, is %i',
  (issued, now, returned, seat) => {
    expect(seatAt(issued, [7, 8, 9], now, returned)).toBe(seat);
  },
);
