/** What mails tell about tickets, offers and endpoints. */
import { z } from 'zod';
import type { Reads } from '../catalogue/reads.js';

interface PassedOnRow {
  readonly to: string | null;
  readonly locale: string;
  readonly orderId: string;
  readonly ticketId: string;
  readonly showtimeId: string;
  readonly name: string;
  readonly seat: string;
}

/** Undefined: its new owner has given no address, or has passed it on. */
export async function loadPassedOn(db: Reads, payload: unknown) {
  const { ticketId, generation } = z.object({ ticketId: z.string(), generation: z.number().optional() }).parse(payload);
  const { rows } = await db.query<PassedOnRow>(
    `SELECT t.owner_email AS to, o.locale, t.order_id AS "orderId", t.id AS "ticketId", t.showtime_id AS "showtimeId",
            coalesce(t.owner_name, '') AS name, l.seat
       FROM boxoffice.tickets t JOIN boxoffice.orders o ON o.id = t.order_id
       JOIN boxoffice.order_lines l ON l.order_id = t.order_id AND l.line = t.line
      WHERE t.id = $1 AND t.state = 'valid' AND ($2::int IS NULL OR t.generation = $2)`,
    [ticketId, generation ?? null],
  );
  const row = rows[0];
  return row?.to ? { ...row, to: row.to } : undefined;
}

interface OfferRow {
  readonly to: string;
  readonly locale: string;
  readonly showtimeId: string;
  readonly seats: readonly string[];
  readonly until: number;
}

/** Undefined: it is offered no more. */
export async function loadOffer(db: Reads, payload: unknown): Promise<OfferRow | undefined> {
  const { offerId } = z.object({ offerId: z.string() }).parse(payload);
  const { rows } = await db.query<OfferRow>(
    `SELECT email AS to, locale, showtime_id AS "showtimeId", seats,
            (extract(epoch FROM offer_until) * 1000)::float8 AS until
       FROM boxoffice.waitlist_entries WHERE id = $1 AND state = 'offered'`,
    [offerId],
  );
  return rows[0];
}

interface EndpointRow {
  readonly to: string;
  readonly url: string;
}

/** Undefined: it was deleted, or switched on again. */
export async function loadEndpoint(db: Reads, payload: unknown): Promise<EndpointRow | undefined> {
  const { endpointId } = z.object({ endpointId: z.string() }).parse(payload);
  const { rows } = await db.query<EndpointRow>(
    'SELECT email AS to, url FROM boxoffice.webhook_endpoints WHERE id = $1 AND disabled_at IS NOT NULL',
    [endpointId],
  );
  return rows[0];
}
