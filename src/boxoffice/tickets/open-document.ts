/** Documents of tickets are opened by links: what their endpoints share. */
import { z } from 'zod';
import type { Answer } from '../../http/endpoint.js';
import type { Headers } from '../../http/exchange.js';
import { type WireError, wireError } from '../../protocol/errors.js';
import type { GoogleIssuer } from './google-pass.js';
import { standingOf } from './judge-code.js';
import type { PassSigner } from './pass-signer.js';
import { UNKNOWN_TICKET } from './ticket-endpoints.js';
import type { TicketParts } from './ticket-parts.js';
import { PrinterBusy, type TicketPrinter } from './ticket-printer.js';
import { findTicket, type Ticket } from './ticket-store.js';

const RETRY_AFTER_MS = 2_000;
const LINK_LENGTH_MAX = 100;

export const link = z
  .string()
  .max(LINK_LENGTH_MAX)
  .meta({ description: 'From `links` of the ticket, or from a link that its owner has shared.' });
/** What all endpoints of documents have in common. */
export const linked = {
  method: 'GET',
  tag: 'Tickets',
  access: 'public',
  rate: 'reads',
  parameters: { ticketId: z.uuid() },
  query: { link },
} as const;
/** What is on a ticket is for its owner: no proxy keeps it, and no other page learns the link. */
export const PRIVATE: Headers = { 'cache-control': 'private, no-store', 'referrer-policy': 'no-referrer' };

type Opened = { readonly ok: true; readonly ticket: Ticket } | { readonly ok: false; readonly error: WireError };

export interface DocumentParts extends TicketParts {
  readonly printer: TicketPrinter;
  /** Undefined: the server makes no passes for this wallet. */
  readonly wallets: { readonly apple: PassSigner | undefined; readonly google: GoogleIssuer | undefined };
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

/** A file that the thread of the printer makes. */
export async function printed(file: () => Promise<Buffer>, headers: Headers): Promise<Answer<Buffer>> {
  try {
    return { ok: true, body: await file(), headers };
  } catch (error) {
    if (!(error instanceof PrinterBusy)) throw error;
    const detail = { retryAfterMs: RETRY_AFTER_MS };
    return { ok: false, error: wireError('overloaded', 'Many tickets are being printed at the moment.', detail) };
  }
}

/** The headers of a file that is called after the ticket. */
export function fileHeaders(ticket: Ticket, disposition: 'inline' | 'attachment', extension: string): Headers {
  return { ...PRIVATE, 'content-disposition': `${disposition}; filename="ticket-${ticket.reference}.${extension}"` };
}
