import type { FoundBookingView } from '../../protocol/http.js';
import type { BookingView } from '../../protocol/server-messages.js';
import type { Playbill } from '../../runtime/playbill-port.js';
import type { Reads } from '../catalogue/reads.js';

interface BookingRow {
  readonly id: string;
  readonly showtime_id: string;
  readonly holder: string;
  readonly account_id: string | null;
  readonly status: 'confirmed' | 'cancelled';
  readonly seats: readonly number[];
  readonly amount: string;
  readonly currency: string;
  readonly channel: BookingView['channel'] | null;
  readonly ticket_types: readonly string[] | null;
}

export interface FoundBooking extends FoundBookingView {
  readonly holder: string;
  /** Of whom the holder is; undefined: of no account. */
  readonly accountId: string | undefined;
}

/**
 * Finds a booking by its reference, as Postgres has it. The reference must have been read by `readReference` before.
 * Rejects where Postgres cannot be reached.
 */
export async function findBooking(
  pool: Reads,
  playbill: Playbill,
  reference: string,
): Promise<FoundBooking | undefined> {
  const { rows } = await pool.query<BookingRow>(
    `SELECT b.id, b.showtime_id, b.holder, a.account_id, b.status, b.seats, b.amount, b.currency, b.channel, b.ticket_types
       FROM usher.bookings b LEFT JOIN boxoffice.account_holders a ON a.holder = b.holder
      WHERE b.reference = $1`,
    [reference],
  );
  const row = rows[0];
  const terms = row && (await playbill.terms(row.showtime_id));
  if (!row || !terms) return undefined;
  const { id, showtime_id: showtimeId, holder, status, amount, currency } = row;
  const seats = row.seats.map((seat) => terms.map.data.seats.label[seat] ?? '');
  const price = { amount: Number(amount), currency };
  const booking = {
    ...{ id, reference, status, seats, price },
    ...(row.channel ? { channel: row.channel } : {}),
    ...(row.ticket_types ? { ticketTypes: row.ticket_types } : {}),
  };
  return { showtimeId, holder, accountId: row.account_id ?? undefined, booking };
}
