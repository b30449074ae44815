import { calendarOf } from './ticket-calendar.js';
import { codeOf, type TicketParts } from './ticket-parts.js';
import type { TicketPrinter } from './ticket-printer.js';
import { sheetOf } from './ticket-sheet.js';
import { ticketsOfOrder } from './ticket-store.js';
import { isUsable } from './ticket-views.js';

/** A file of a mail. */
export interface Attachment {
  readonly filename: string;
  readonly contentType: string;
  readonly content: Buffer;
}

/**
 * What the mail to the buyer of an order carries: a PDF with a page for each ticket, and an event for a calendar. Tickets that let
 * nobody in, or that somebody else has by now, are left out; with none left there are no files.
 * @throws PrinterBusy; Error where Postgres does not answer.
 */
export async function attachmentsOf(
  parts: TicketParts & { readonly printer: TicketPrinter },
  orderId: string,
): Promise<readonly Attachment[]> {
  const all = await ticketsOfOrder(parts.db, parts.labels, orderId);
  const tickets = all.filter((ticket) => isUsable(ticket) && ticket.generation === 1);
  const [first] = tickets;
  if (!first) return [];
  const pdf = await parts.printer.print(tickets.map((ticket) => sheetOf(ticket, codeOf(parts, ticket))));
  const name = first.orderReference.replaceAll(/[^\w-]/g, '');
  return [
    { filename: `tickets-${name}.pdf`, contentType: 'application/pdf', content: pdf },
    {
      filename: 'showtime.ics',
      contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
      content: Buffer.from(calendarOf(tickets, parts.now())),
    },
  ];
}
