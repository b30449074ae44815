import type { Caller } from '../../http/access.js';
import { type Edited, edit, refuse } from '../catalogue/edit-parts.js';
import { writeOutbox } from '../outbox/write-outbox.js';
import type { TicketParts } from './ticket-parts.js';
import { findTicket, type Ticket } from './ticket-store.js';
import { isOwnedBy, isUsable } from './ticket-views.js';
import { hashOfToken } from './transfer-links.js';

/** The code has one byte for the generation. */
const GENERATION_MAX = 255;

export interface Offer {
  readonly ticketId: string;
  /** Whom the link is mailed to; undefined: the owner copies it. */
  readonly email: string | undefined;
  readonly expiresAt: number;
}

export interface Receiver {
  readonly name: string;
  readonly email: string | undefined;
}

/** The ticket of the caller, where it can be given to others; the code `not_found` for a caller who does not own it. */
export async function ownTicket(parts: TicketParts, ticketId: string, caller: Caller): Promise<Edited<Ticket>> {
  const ticket = await findTicket(parts.db, parts.labels, ticketId);
  if (!ticket || !isOwnedBy(ticket, caller)) return refuse('not_found', 'You have no such ticket.');
  if (!isUsable(ticket)) return refuse('booking_cancelled', 'This ticket was cancelled or refunded.');
  return { ok: true, value: ticket };
}

/** Makes a link by which somebody takes the ticket over. It is the caller's until somebody opens the link. */
export async function offerTicket(parts: TicketParts, offer: Offer, caller: Caller): Promise<Edited<{ url: string }>> {
  const own = await ownTicket(parts, offer.ticketId, caller);
  if (!own.ok) return own;
  const ticket = own.value;
  if (ticket.admission) return refuse('in_use', 'Somebody was let in with this ticket.');
  if (ticket.generation >= GENERATION_MAX) return refuse('in_use', 'This ticket was passed on too often.');
  const linkId = parts.transfers.make();
  return await edit(parts.pool, async (client) => {
    await client.query('DELETE FROM boxoffice.ticket_transfers WHERE ticket_id = $1 AND expires_at < now()', [
      ticket.id,
    ]);
    await client.query(
      `INSERT INTO boxoffice.ticket_transfers (token_hash, ticket_id, generation, holder, email, expires_at)
       VALUES ($1, $2, $3, $4, $5, to_timestamp($6::float8 / 1000))`,
      [
        parts.transfers.hashOf(linkId),
        ticket.id,
        ticket.generation,
        caller.holder,
        offer.email ?? null,
        offer.expiresAt,
      ],
    );
    if (offer.email !== undefined) {
      const payload = { ticketId: ticket.id, linkId };
      await writeOutbox(client, [{ topic: 'ticket.offered', subject: `ticket:${ticket.id}`, payload }]);
    }
    return { ok: true, value: { url: parts.transfers.urlOf(linkId) } };
  });
}

/** What the mail about an offer says; undefined: it has expired, was accepted, or the ticket is worth nothing any more. */
export async function findOffer(
  parts: TicketParts,
  { ticketId, linkId }: { readonly ticketId: string; readonly linkId: string },
) {
  const { rows } = await parts.db.query<{ email: string; generation: number; expiresAt: Date }>(
    `SELECT email, generation, expires_at AS "expiresAt" FROM boxoffice.ticket_transfers
      WHERE token_hash = $1 AND ticket_id = $2 AND email IS NOT NULL AND expires_at > now()`,
    [parts.transfers.hashOf(linkId), ticketId],
  );
  const ticket = rows[0] && (await findTicket(parts.db, parts.labels, ticketId));
  if (!rows[0] || !ticket || ticket.generation !== rows[0].generation || !isUsable(ticket)) return undefined;
  const { email: to, expiresAt } = rows[0];
  const { id: showtimeId, title: movie, startsAt, timeZone, venue, address, hall } = ticket.showtime;
  return {
    ...{ to, locale: ticket.locale, from: ticket.owner.name, seat: ticket.seat, until: expiresAt.getTime() },
    show: { showtimeId, movie, startsAt, timeZone, venue, address, hall },
    url: parts.transfers.urlOf(linkId),
  };
}

/**
 * Takes a ticket over. From then on the codes, links and offers of before are worth nothing.
 *
 * Invariant: of all who open a link, or several links of one ticket, one gets it; the same receiver gets it again, so that an answer
 * that was lost can be asked for again.
 */
export function acceptTicket(
  parts: TicketParts,
  token: string,
  receiver: Receiver,
  caller: Caller,
): Promise<Edited<Ticket>> {
  return edit<Ticket>(parts.pool, async (client) => {
    const gone = refuse('invalid_link', 'This link was used, has expired, or is not whole.');
    const { rows } = await client.query<{ ticket_id: string; generation: number }>(
      'SELECT ticket_id, generation FROM boxoffice.ticket_transfers WHERE token_hash = $1 AND expires_at > now()',
      [hashOfToken(token)],
    );
    const transfer = rows[0];
    if (!transfer) return gone;
    const { ticket_id: ticketId, generation } = transfer;
    await client.query('SELECT FROM boxoffice.tickets WHERE id = $1 FOR NO KEY UPDATE', [ticketId]);
    const ticket = await findTicket(client, parts.labels, ticketId);
    if (!ticket) return gone;
    if (ticket.generation === generation + 1 && isOwnedBy(ticket, caller)) return { ok: true, value: ticket };
    if (ticket.generation !== generation || !isUsable(ticket)) return gone;
    if (ticket.admission) return refuse('in_use', 'Somebody was let in with this ticket.');
    await client.query(
      `UPDATE boxoffice.tickets
          SET generation = generation + 1, reference = DEFAULT, owner_holder = $2, owner_account_id = $3, owner_name = $4,
              owner_email = $5
        WHERE id = $1`,
      [ticketId, caller.holder, caller.accountId ?? null, receiver.name, receiver.email ?? null],
    );
    await writeOutbox(client, [
      {
        topic: 'ticket.passed_on',
        subject: `ticket:${ticketId}`,
        payload: { ticketId, orderId: ticket.orderId, generation: generation + 1 },
      },
    ]);
    const value = await findTicket(client, parts.labels, ticketId);
    return value ? { ok: true, value } : gone;
  });
}
