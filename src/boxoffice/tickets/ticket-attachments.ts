import type { Attachment } from '../notifications/mail-transport-port.js';
import { calendarOf } from './ticket-calendar.js';
import { codeOf, type TicketParts } from './ticket-parts.js';
import type { TicketPrinter } from './ticket-printer.js';
import { sheetOf } from './ticket-sheet.js';
import { type Ticket, ticketsOfOrder } from './ticket-store.js';
import { isUsable } from './ticket-views.js';

/**
 * What the mail about an order, or about one ticket of it, carries: a PDF with a page for each ticket, and an event for a calendar.
 * Tickets that let nobody in are left out, and in the mail to the buyer those that somebody else has by now; with none left there
 * are no files.
 * @throws PrinterBusy; Error where Postgres does not answer.
 */
export async function attachmentsOf(
  parts: TicketParts & { readonly printer: TicketPrinter },
  { orderId, ticketId }: { readonly orderId: string; readonly ticketId?: string },
): Promise<readonly Attachment[]> {
  const all = await ticketsOfOrder(parts.db, parts.labels, orderId);
  const isMeant = (ticket: Ticket) => (ticketId === undefined ? ticket.generation === 1 : ticket.id === ticketId);
  const tickets = all.filter((ticket) => isUsable(ticket) && isMeant(ticket));
  const [first] = tickets;
  if (!first) return [];
  const pdf = await parts.printer.print(tickets.map((ticket) => sheetOf(ticket, codeOf(parts, ticket))));
  const name = first.orderReference.replaceAll(/[^\w-]/g, '');
  return [
    { filename: `tickets-${name}.pdf`, type: 'application/pdf', content: pdf },
    {
      filename: 'showtime.ics',
      type: 'text/calendar; charset=utf-8; method=PUBLISH',
      content: Buffer.from(calendarOf(tickets, parts.now())),
    },
  ];
}
