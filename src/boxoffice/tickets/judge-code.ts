import { readCode } from './ticket-code.js';
import type { TicketParts } from './ticket-parts.js';
import { findTicket, type Ticket } from './ticket-store.js';

/** What a code is worth now. `not_a_ticket`: it is another code; `forged`: it looks like one of ours and is none. */
export type Judged =
  | { readonly result: 'not_a_ticket' | 'forged' }
  | { readonly result: 'passed_on' | 'cancelled' | 'refunded' | 'valid'; readonly ticket: Ticket };

/** Rejects where Postgres does not answer. */
export async function judgeCode(
  { db, keys, labels }: Pick<TicketParts, 'db' | 'keys' | 'labels'>,
  text: string,
): Promise<Judged> {
  const code = readCode(text);
  if (!code) return { result: 'not_a_ticket' };
  const ticket = await findTicket(db, labels, code.ticketId);
  if (!ticket || !(await keys.isSigned(code, ticket.showtime.id))) return { result: 'forged' };
  return { result: standingOf(ticket, code.generation), ticket };
}

/** @param generation that the code or the link is of. */
export function standingOf(ticket: Ticket, generation: number): 'passed_on' | 'cancelled' | 'refunded' | 'valid' {
  if (ticket.generation !== generation) return 'passed_on';
  return ticket.state === 'valid' && ticket.showtime.isCancelled ? 'cancelled' : ticket.state;
}
