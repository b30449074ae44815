import { z } from 'zod';
import { bytesSchema } from '../../http/bytes.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { type DocumentParts, fileHeaders, link, linked, openLink, PRIVATE, printed } from './open-document.js';
import { qrModules, qrPng, qrSvg } from './qr-picture.js';
import { calendarOf } from './ticket-calendar.js';
import { ticketPage } from './ticket-page.js';
import { codeOf } from './ticket-parts.js';
import { sheetOf } from './ticket-sheet.js';
import { googleUrlOf } from './wallet-endpoints.js';

/** 37 modules with the margin: from a stamp to a poster. */
const SCALE_DEFAULT = '8';

const errors = ['not_found', 'invalid_link'] as const;

/** The documents of a ticket. A link opens them without a session: browsers send none with an image or a download. */
export function documentEndpoints(parts: DocumentParts): readonly Endpoint[] {
  return [
    pdfEndpoint(parts),
    qrEndpoint(parts),
    endpoint({
      ...linked,
      id: 'getTicketPage',
      path: '/v1/tickets/{ticketId}/page',
      summary: 'The ticket as a page that prints as one piece of paper.',
      mediaType: 'text/html; charset=utf-8',
      reply: z.string(),
      errors,
      handle: async ({ parameters: { ticketId }, query }) => {
        const opened = await openLink(parts, ticketId, query.link);
        if (!opened.ok) return opened;
        const sheet = sheetOf(opened.ticket, codeOf(parts, opened.ticket));
        const to = (what: string) => `${what}?link=${query.link}`;
        const { body, policy } = ticketPage(sheet, {
          pdf: to('pdf'),
          calendar: to('calendar'),
          appleWallet: parts.wallets.apple && to('wallets/apple'),
          googleWallet: await googleUrlOf(parts, opened.ticket),
        });
        return { ok: true, body, headers: { ...PRIVATE, 'content-security-policy': policy } };
      },
    }),
    endpoint({
      ...linked,
      id: 'getTicketCalendar',
      path: '/v1/tickets/{ticketId}/calendar',
      summary: 'The showtime of the ticket as an event for a calendar (RFC 5545).',
      mediaType: 'text/calendar; charset=utf-8',
      reply: z.string(),
      errors,
      handle: async ({ parameters: { ticketId }, query }) => {
        const opened = await openLink(parts, ticketId, query.link);
        if (!opened.ok) return opened;
        const headers = { ...PRIVATE, 'content-disposition': 'attachment; filename="showtime.ics"' };
        return { ok: true, body: calendarOf([opened.ticket], parts.now()), headers };
      },
    }),
  ];
}

function pdfEndpoint(parts: DocumentParts): Endpoint {
  return endpoint({
    ...linked,
    id: 'getTicketPdf',
    path: '/v1/tickets/{ticketId}/pdf',
    summary: 'The ticket as a PDF of one page.',
    mediaType: 'application/pdf',
    reply: bytesSchema,
    errors: [...errors, 'overloaded'],
    handle: async ({ parameters: { ticketId }, query }) => {
      const opened = await openLink(parts, ticketId, query.link);
      if (!opened.ok) return opened;
      const { ticket } = opened;
      const sheet = sheetOf(ticket, codeOf(parts, ticket));
      return await printed(() => parts.printer.print([sheet]), fileHeaders(ticket, 'inline', 'pdf'));
    },
  });
}

function qrEndpoint(parts: DocumentParts): Endpoint {
  return endpoint({
    ...linked,
    id: 'getTicketQr',
    path: '/v1/tickets/{ticketId}/qr',
    summary: 'The QR code of the ticket as a picture with its light margin.',
    query: {
      link,
      format: z.enum(['png', 'svg']).optional(),
      scale: z
        .string()
        .regex(/^([1-9]|[12]\d|3[0-2])$/, 'is a whole number from 1 to 32')
        .optional()
        .meta({ description: 'Of a PNG: pixels a module, of 37; by default 8.' }),
    },
    mediaType: 'image/png',
    reply: z.union([bytesSchema, z.string()]),
    errors,
    handle: async ({ parameters: { ticketId }, query: { link, format, scale = SCALE_DEFAULT } }) => {
      const opened = await openLink(parts, ticketId, link);
      if (!opened.ok) return opened;
      const modules = qrModules(codeOf(parts, opened.ticket));
      if (format === 'svg') {
        return { ok: true, body: qrSvg(modules), headers: { ...PRIVATE, 'content-type': 'image/svg+xml' } };
      }
      return { ok: true, body: qrPng(modules, Number(scale)), headers: PRIVATE };
    },
  });
}
