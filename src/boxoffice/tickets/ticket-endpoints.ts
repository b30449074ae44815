import { z } from 'zod';
import { type Endpoint, endpoint } from '../../http/endpoint.js';
import { wireError } from '../../protocol/errors.js';
import { type Judged, judgeCode } from './judge-code.js';
import type { TicketParts } from './ticket-parts.js';
import { findTicket, ticketsOfOrder } from './ticket-store.js';
import { ticketSchema, type ViewParts, viewFor } from './ticket-views.js';

/** Far longer than any code with blanks and hyphens between its letters. */
const CODE_LENGTH_MAX = 200;

const verifiedSchema = z.object({
  result: z.enum(['valid', 'passed_on', 'cancelled', 'refunded', 'forged', 'not_a_ticket']).meta({
    description:
      '`passed_on`: the code of an earlier owner. `forged`: it looks like a ticket and was not made here. `not_a_ticket`: another code.',
  }),
  ticket: z
    .object({
      showtimeId: z.uuid(),
      title: z.string(),
      startsAt: z.iso.datetime(),
      startsAtLocal: z.string(),
      venue: z.string(),
      hall: z.string(),
      seat: z.string(),
      isAdmitted: z.boolean().meta({ description: 'Somebody was let in with it.' }),
    })
    .optional(),
});

export const UNKNOWN_TICKET = wireError('not_found', 'You have no such ticket.');

/** Tickets as their owners and staff read them. */
export function ticketReadEndpoints(parts: TicketParts, view: ViewParts): readonly Endpoint[] {
  const { db, labels } = parts;
  return [
    endpoint({
      id: 'listOrderTickets',
      method: 'GET',
      path: '/v1/orders/{orderId}/tickets',
      summary: 'The tickets of an order that the caller bought, or has been passed on; staff see those of any order.',
      tag: 'Tickets',
      access: 'session',
      rate: 'reads',
      parameters: { orderId: z.uuid() },
      reply: z.object({ tickets: z.array(ticketSchema) }),
      errors: ['not_found'],
      handle: async ({ parameters, caller }) => {
        const all = await ticketsOfOrder(db, labels, parameters.orderId);
        const tickets = all.flatMap((ticket) => viewFor(ticket, caller, view) ?? []);
        if (tickets.length > 0) return { ok: true, body: { tickets } };
        return { ok: false, error: wireError('not_found', 'You have no tickets of such an order.') };
      },
    }),
    endpoint({
      id: 'getTicket',
      method: 'GET',
      path: '/v1/tickets/{ticketId}',
      summary: 'A ticket, with its code and links to its documents.',
      tag: 'Tickets',
      access: 'session',
      rate: 'reads',
      parameters: { ticketId: z.uuid() },
      reply: ticketSchema,
      errors: ['not_found'],
      handle: async ({ parameters, caller }) => {
        const ticket = await findTicket(db, labels, parameters.ticketId);
        const body = ticket && viewFor(ticket, caller, view);
        return body ? { ok: true, body } : { ok: false, error: UNKNOWN_TICKET };
      },
    }),
    verifyEndpoint(parts),
  ];
}

function verifyEndpoint(parts: TicketParts): Endpoint {
  return endpoint({
    id: 'verifyTicket',
    method: 'GET',
    path: '/v1/tickets/verify',
    summary: 'What the code of a ticket is worth now. Lets nobody in.',
    tag: 'Tickets',
    access: 'public',
    rate: 'reads',
    parameters: {},
    query: {
      code: z
        .string()
        .max(CODE_LENGTH_MAX)
        .meta({ description: 'What the QR code says; in either case, with blanks between if need be.' }),
    },
    reply: verifiedSchema,
    errors: [],
    handle: async ({ query }) => ({ ok: true, body: verifiedOf(await judgeCode(parts, query.code)) }),
  });
}

function verifiedOf(judged: Judged): z.infer<typeof verifiedSchema> {
  if (!('ticket' in judged)) return judged;
  const { showtime, seat, admission } = judged.ticket;
  return {
    result: judged.result,
    ticket: {
      showtimeId: showtime.id,
      title: showtime.title,
      startsAt: new Date(showtime.startsAt).toISOString(),
      startsAtLocal: showtime.startsAtLocal,
      ...{ venue: showtime.venue, hall: showtime.hall, seat },
      isAdmitted: admission !== undefined,
    },
  };
}
