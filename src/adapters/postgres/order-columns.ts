import type { Booking } from '../../core/house.js';
import { ArrayWriter } from './array-writer.js';

/** A booking that keeps a part of its seats, as usher.write_orders reads it. */
interface PartRow {
  readonly showtime: number;
  readonly booking: string;
  readonly amount: number;
  readonly ticket_types: readonly string[] | null;
}

/** The parameters of usher.write_orders: made for the first row, since most batches have none. */
export class OrderColumns {
  #columns: ReturnType<typeof columns> | undefined;
  readonly #parts: PartRow[] = [];

  /** `ordinal`: of the showtime in the batch, from 1; here and below. */
  addHeld(ordinal: number, seat: number, orderId: string): void {
    this.#columns ??= columns();
    const { heldShowtime, heldSeat, heldOrder } = this.#columns;
    heldShowtime.int4(ordinal);
    heldSeat.int4(seat);
    heldOrder.uuid(orderId);
  }

  addBooked(ordinal: number, bookingId: string, orderId: string): void {
    this.#columns ??= columns();
    const { bookedShowtime, bookedBooking, bookedOrder } = this.#columns;
    bookedShowtime.int4(ordinal);
    bookedBooking.uuid(bookingId);
    bookedOrder.uuid(orderId);
  }

  addPart(ordinal: number, { id, price, ticketTypes }: Booking): void {
    this.#parts.push({ showtime: ordinal, booking: id, amount: price.amount, ticket_types: ticketTypes ?? null });
  }

  /** In the order of the function; undefined where nothing was added. */
  finish(): readonly unknown[] | undefined {
    if (this.#columns === undefined && this.#parts.length === 0) return undefined;
    const written = Object.values(this.#columns ?? columns()).map((column) => column.finish());
    return [...written, JSON.stringify(this.#parts)];
  }
}

function columns() {
  return {
    heldShowtime: new ArrayWriter('int4'),
    heldSeat: new ArrayWriter('int4'),
    heldOrder: new ArrayWriter('uuid'),
    bookedShowtime: new ArrayWriter('int4'),
    bookedBooking: new ArrayWriter('uuid'),
    bookedOrder: new ArrayWriter('uuid'),
  };
}
