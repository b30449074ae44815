/** How tickets are shown over HTTP, and to whom. */
import { z } from 'zod';
import { allows, type Caller } from '../../http/access.js';
import { moneySchema } from '../../protocol/http.js';
import type { TicketLinks } from './ticket-links.js';
import type { Ticket } from './ticket-store.js';

/** The links of a ticket work for some minutes. After that, somebody with a session asks for the ticket again. */
const LINKS_MS = 15 * 60_000;

const linksSchema = z
  .object({
    page: z.string(),
    pdf: z.string(),
    qr: z.string().meta({ description: 'PNG; add `&format=svg` for SVG.' }),
    calendar: z.string(),
    appleWallet: z.string().optional().meta({ description: 'A pass. Absent where the server makes none.' }),
    googleWallet: z.string().optional().meta({
      description: 'Answers with the address of Google that saves the ticket. Absent where the server makes none.',
    }),
    expiresAt: z.iso.datetime(),
  })
  .meta({ description: 'Paths that need no session until they expire: for a link or an image of a page.' });

export const ticketSchema = z
  .object({
    id: z.uuid(),
    reference: z.string().optional().meta({
      description: 'For people to type where the code cannot be read. Absent as `code` is.',
      example: 'BCDFGHJKLNPR',
    }),
    code: z
      .string()
      .optional()
      .meta({ description: 'What the QR code says. Absent of a ticket that lets nobody in, or not the caller.' }),
    state: z.enum(['valid', 'cancelled', 'refunded', 'passed_on']).meta({
      description: '`passed_on`: somebody else has it now.',
    }),
    order: z.object({ id: z.uuid(), reference: z.string() }),
    bookingReference: z.string(),
    showtime: z.object({
      id: z.uuid(),
      title: z.string(),
      venue: z.string(),
      city: z.string(),
      hall: z.string(),
      startsAt: z.iso.datetime(),
      startsAtLocal: z.string().meta({ description: 'What the clocks of the venue show then.' }),
      isCancelled: z.boolean(),
    }),
    seat: z.string().meta({ description: 'The label of the seat, also after staff have moved the booking.' }),
    category: z.string(),
    ticketType: z.string().optional().meta({ description: 'The name of what it was sold as.' }),
    price: moneySchema.optional().meta({ description: 'Absent for whom it was passed on to.' }),
    owner: z.string().meta({ description: 'The name of who has it; empty where that is not known.' }),
    admitted: z.object({ gate: z.string(), at: z.iso.datetime() }).optional(),
    links: linksSchema.optional(),
  })
  .meta({ id: 'Ticket' });
export type TicketView = z.infer<typeof ticketSchema>;

export interface ViewParts {
  readonly codeOf: (ticket: Ticket) => string;
  readonly links: TicketLinks;
  readonly now: () => number;
  readonly wallets: { readonly apple: boolean; readonly google: boolean };
}

/** The ticket as the caller may see it; undefined: not at all. */
export function viewFor(ticket: Ticket, caller: Caller, parts: ViewParts): TicketView | undefined {
  const isOwner = isOneOf(ticket.owner, caller) || allows(caller, 'tickets.check_in');
  const isBuyer = isOneOf(ticket.buyer, caller);
  if (!isOwner && !isBuyer && !allows(caller, 'bookings.read')) return undefined;
  const isPassedOn = !isOwner && isBuyer;
  const { id, orderId, orderReference, bookingReference, seat, category, ticketType, price, admission } = ticket;
  const { showtime } = ticket;
  const usable = isOwner && isUsable(ticket);
  return {
    id,
    ...(usable ? { reference: ticket.reference, code: parts.codeOf(ticket), links: linksOf(ticket, parts) } : {}),
    state: isPassedOn && ticket.state === 'valid' ? 'passed_on' : ticket.state,
    order: { id: orderId, reference: orderReference },
    bookingReference,
    showtime: {
      ...{ id: showtime.id, title: showtime.title, venue: showtime.venue, city: showtime.city, hall: showtime.hall },
      startsAt: new Date(showtime.startsAt).toISOString(),
      startsAtLocal: showtime.startsAtLocal,
      isCancelled: showtime.isCancelled,
    },
    ...{ seat, category },
    ...(ticketType === '' ? {} : { ticketType }),
    ...(ticket.generation > 1 && !isBuyer ? {} : { price }),
    owner: ticket.owner.name,
    ...(admission ? { admitted: { gate: admission.gate, at: new Date(admission.at).toISOString() } } : {}),
  };
}

/** Whether it lets somebody in. */
export function isUsable({ state, showtime }: Ticket): boolean {
  return state === 'valid' && !showtime.isCancelled;
}

/** Whether the caller has the ticket now. */
export function isOwnedBy(ticket: Ticket, caller: Caller): boolean {
  return isOneOf(ticket.owner, caller);
}

function isOneOf(one: { readonly holder: string | undefined; readonly accountId: string | undefined }, caller: Caller) {
  return one.holder === caller.holder || (one.accountId !== undefined && one.accountId === caller.accountId);
}

function linksOf(ticket: Ticket, { links, now, wallets }: ViewParts): z.infer<typeof linksSchema> {
  const expiresAt = now() + LINKS_MS;
  const link = links.make({ ticketId: ticket.id, generation: ticket.generation }, expiresAt);
  const to = (what: string) => `/v1/tickets/${ticket.id}/${what}?link=${link}`;
  return {
    page: to('page'),
    pdf: to('pdf'),
    qr: to('qr'),
    calendar: to('calendar'),
    ...(wallets.apple ? { appleWallet: to('wallets/apple') } : {}),
    ...(wallets.google ? { googleWallet: to('wallets/google') } : {}),
    expiresAt: new Date(Math.floor(expiresAt / 1_000) * 1_000).toISOString(),
  };
}
