import type { FoundBookingView } from '../../protocol/http.js';
import type { Playbill } from '../../runtime/playbill-port.js';
import type { Reads } from '../catalogue/reads.js';

interface BookingRow {
  readonly id: string;
  readonly showtime_id: string;
  readonly holder: string;
  readonly status: 'confirmed' | 'cancelled';
  readonly seats: readonly number[];
  readonly amount: string;
  readonly currency: string;
}

export interface FoundBooking extends FoundBookingView {
  readonly holder: string;
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
    'SELECT id, showtime_id, holder, status, seats, amount, currency FROM usher.bookings WHERE reference = $1',
    [reference],
  );
  const row = rows[0];
  const terms = row && (await playbill.terms(row.showtime_id));
  if (!row || !terms) return undefined;
  const { id, showtime_id: showtimeId, holder, status, amount, currency } = row;
  const seats = row.seats.map((seat) => terms.map.data.seats.label[seat] ?? '');
  return { showtimeId, holder, booking: { id, reference, status, seats, price: { amount: Number(amount), currency } } };
}
