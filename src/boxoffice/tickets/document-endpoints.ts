import { z } from 'zod';
import { bytesSchema } from '../../http/bytes.js';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import type { Headers } from '../../http/exchange.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import { standingOf } from './judge-code.js';
import { qrModules, qrPng, qrSvg } from './qr-picture.js';
import { calendarOf } from './ticket-calendar.js';
import { UNKNOWN_TICKET } from './ticket-endpoints.js';
import { ticketPage } from './ticket-page.js';
import { codeOf, type TicketParts } from './ticket-parts.js';
import { PrinterBusy, type TicketPrinter } from './ticket-printer.js';
import { sheetOf } from './ticket-sheet.js';
import { findTicket, type Ticket } from './ticket-store.js';

const RETRY_AFTER_MS = 2_000;
const LINK_LENGTH_MAX = 100;
/** 37 modules with the margin: from a stamp to a poster. */
const SCALE_DEFAULT = '8';

const link = z
  .string()
  .max(LINK_LENGTH_MAX)
  .meta({ description: 'From `links` of the ticket, or from a link that its owner has shared.' });
const given = {
  method: 'GET',
  tag: 'Tickets',
  access: 'public',
  rate: 'reads',
  parameters: { ticketId: z.uuid() },
  query: { link },
} as const;
const errors = ['not_found', 'invalid_link'] as const;
/** What is on a ticket is for its owner: no proxy keeps it, and no other page learns the link. */
const PRIVATE: Headers = { 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' };

type Opened = { readonly ok: true; readonly ticket: Ticket } | { readonly ok: false; readonly error: WireError };

export interface DocumentParts extends TicketParts {
  readonly printer: TicketPrinter;
}

/** The ticket that a link opens; tickets that let nobody in have no documents. */
export async function openLink(parts: TicketParts, ticketId: string, asked: string): Promise<Opened> {
  const ticket = await findTicket(parts.db, parts.labels, ticketId);
  if (!ticket) return { ok: false, error: UNKNOWN_TICKET };
  const generation = parts.links.read(ticketId, asked, parts.now());
  if (generation === undefined) return gone('This link is not whole, or has expired. Ask for the ticket again.');
  const standing = standingOf(ticket, generation);
  return standing === 'valid' ? { ok: true, ticket } : gone(GONE[standing]);
}

function gone(message: string): { readonly ok: false; readonly error: WireError } {
  return { ok: false, error: wireError('invalid_link', message) };
}

const GONE = {
  passed_on: 'This ticket was passed on to somebody else, who has a link of their own.',
  cancelled: 'This ticket was cancelled.',
  refunded: 'This ticket was given back and refunded.',
} as const;

/** The documents of a ticket. A link opens them without a session: browsers send none with an image or a download. */
export function documentEndpoints(parts: DocumentParts): readonly Endpoint[] {
  return [
    pdfEndpoint(parts),
    qrEndpoint(parts),
    endpoint({
      ...given,
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
        const { body, policy } = ticketPage(sheet, { pdf: to('pdf'), calendar: to('calendar') });
        return { ok: true, body, headers: { ...PRIVATE, 'content-security-policy': policy } };
      },
    }),
    endpoint({
      ...given,
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
    ...given,
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
      try {
        const body = await parts.printer.print([sheetOf(ticket, codeOf(parts, ticket))]);
        const disposition = `inline; filename="ticket-${ticket.reference}.pdf"`;
        return { ok: true, body, headers: { ...PRIVATE, 'content-disposition': disposition } };
      } catch (error) {
        if (!(error instanceof PrinterBusy)) throw error;
        const detail = { retryAfterMs: RETRY_AFTER_MS };
        return { ok: false, error: wireError('overloaded', 'Many tickets are being printed at the moment.', detail) };
      }
    },
  });
}

function qrEndpoint(parts: TicketParts): Endpoint {
  return endpoint({
    ...given,
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
