import type { Pool } from 'pg';
import type { Audit } from '../audit/audit.js';
import type { Reads } from '../catalogue/reads.js';
import type { SeatLabels } from '../catalogue/seat-labels.js';
import type { TicketKeys } from './ticket-keys.js';
import type { TicketLinks } from './ticket-links.js';
import type { Ticket } from './ticket-store.js';
import type { TransferLinks } from './transfer-links.js';

/** What the endpoints of tickets work with. */
export interface TicketParts {
  readonly pool: Pool;
  /** The same database, for reads that give up early. */
  readonly db: Reads;
  readonly labels: SeatLabels;
  readonly keys: TicketKeys;
  readonly links: TicketLinks;
  readonly transfers: TransferLinks;
  readonly audit: Audit;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly uuid: () => string;
  /** Where the pages of the site are: links that are mailed or copied lead there. */
  readonly siteUrl: string;
}

/** The code of a ticket: 60 letters. */
export function codeOf({ keys }: Pick<TicketParts, 'keys'>, ticket: Ticket): string {
  const { id: ticketId, generation, issuedAt, showtime } = ticket;
  return keys.codeOf({ ticketId, generation, issuedAt, showtimeId: showtime.id });
}
