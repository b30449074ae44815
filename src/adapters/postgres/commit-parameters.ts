import type { Booking } from '../../core/house.js';
import { seatsOf, spellActs } from '../../core/seat-act.js';
import type { Batch, BookedWrite, CommandResult, Slice } from '../../runtime/journal-port.js';
import { allocationRows } from './allocation-rows.js';
import { ArrayWriter } from './array-writer.js';
import type { CommitQuery } from './commit-connection.js';
import { commitQuery } from './commit-query.js';
import { OrderColumns } from './order-columns.js';

/** What a batch writes, and by which query. */
export interface CommitParameters {
  readonly query: CommitQuery;
  readonly values: unknown[];
}

/**
 * The parameters of usher.commit_batch, in its order: columns, in which rows name their showtime by its ordinal. A batch with
 * allocations has the parameter of usher.write_allocations behind them, and one with orders that of usher.write_orders.
 * @throws RangeError where an id or a number is none that Postgres can keep.
 */
export function batchParameters(writerId: string, batch: Batch): CommitParameters {
  const columns = new Columns();
  batch.slices.forEach((slice, i) => {
    columns.add(slice, i + 1);
  });
  const allocations = allocationParameter(batch);
  const orders = columns.orders.finish();
  const values: unknown[] = [writerId, batch.number, batch.after, ...columns.finish()];
  if (allocations !== undefined) values.push(allocations);
  if (orders !== undefined) values.push(...orders);
  const further = { allocations: allocations !== undefined, orders: orders !== undefined };
  return { query: commitQuery(further), values };
}

/** Undefined where no slice allocates seats. */
function allocationParameter({ slices }: Batch): string | undefined {
  if (slices.every(({ allocations }) => allocations === undefined)) return undefined;
  return JSON.stringify(slices.flatMap(({ allocations }, i) => allocationRows(allocations ?? new Map(), i + 1)));
}

class Columns {
  readonly orders = new OrderColumns();
  readonly #showtimes = { id: new ArrayWriter('uuid'), epoch: new ArrayWriter('int8') };
  readonly #held = {
    showtime: new ArrayWriter('int4'),
    seat: new ArrayWriter('int4'),
    hold: new ArrayWriter('uuid'),
    holder: new ArrayWriter('text'),
    expiresAt: new ArrayWriter('float8'),
    extensions: new ArrayWriter('int4'),
    amount: new ArrayWriter('int8'),
    channel: new ArrayWriter('text'),
    type: new ArrayWriter('text'),
  };
  readonly #freed = { showtime: new ArrayWriter('int4'), seat: new ArrayWriter('int4') };
  readonly #cancelled = { showtime: new ArrayWriter('int4'), booking: new ArrayWriter('uuid') };
  readonly #booked = {
    showtime: new ArrayWriter('int4'),
    id: new ArrayWriter('uuid'),
    reference: new ArrayWriter('text'),
    holder: new ArrayWriter('text'),
    hold: new ArrayWriter('uuid'),
    command: new ArrayWriter('uuid'),
    amount: new ArrayWriter('int8'),
    currency: new ArrayWriter('text'),
    payment: new ArrayWriter('text'),
    first: new ArrayWriter('int4'),
    last: new ArrayWriter('int4'),
    channel: new ArrayWriter('text'),
    asker: new ArrayWriter('text'),
  };
  readonly #sold = {
    booking: new ArrayWriter('int4'),
    seat: new ArrayWriter('int4'),
    type: new ArrayWriter('text'),
  };
  readonly #reseated = {
    showtime: new ArrayWriter('int4'),
    booking: new ArrayWriter('uuid'),
    first: new ArrayWriter('int4'),
    last: new ArrayWriter('int4'),
    seat: new ArrayWriter('int4'),
  };
  readonly #blocked = {
    showtime: new ArrayWriter('int4'),
    seat: new ArrayWriter('int4'),
    reason: new ArrayWriter('text'),
  };
  readonly #unblocked = { showtime: new ArrayWriter('int4'), seat: new ArrayWriter('int4') };
  readonly #results = {
    showtime: new ArrayWriter('int4'),
    first: new ArrayWriter('int4'),
    last: new ArrayWriter('int4'),
    list: new ArrayWriter('json'),
    command: new ArrayWriter('uuid'),
  };
  readonly #acts = {
    showtime: new ArrayWriter('int4'),
    number: new ArrayWriter('int4'),
    first: new ArrayWriter('int4'),
    last: new ArrayWriter('int4'),
    list: new ArrayWriter('text'),
    seat: new ArrayWriter('int4'),
  };

  add(slice: Slice, ordinal: number): void {
    this.#showtimes.id.uuid(slice.showtimeId);
    this.#showtimes.epoch.int8(slice.epoch);
    this.#addHolds(slice, ordinal);
    this.#addBlocks(slice, ordinal);
    for (const bookingId of slice.cancelled) {
      this.#cancelled.showtime.int4(ordinal);
      this.#cancelled.booking.uuid(bookingId);
    }
    for (const booked of slice.booked) this.#addBooking(booked, ordinal);
    for (const booking of slice.reseated.values()) this.#addReseated(booking, ordinal);
    if (slice.results.length > 0) this.#addResults(slice.results, ordinal);
    if (slice.acts.length > 0) this.#addActs(slice, ordinal);
  }

  finish(): Buffer[] {
    const tables: Readonly<Record<string, ArrayWriter>>[] = [
      this.#showtimes,
      this.#held,
      this.#freed,
      this.#cancelled,
      this.#booked,
      this.#sold,
      this.#reseated,
      this.#blocked,
      this.#unblocked,
      this.#results,
      this.#acts,
    ];
    return tables.flatMap((table) => Object.values(table).map((column) => column.finish()));
  }

  #addHolds({ holds, heldBefore }: Slice, ordinal: number): void {
    const held = this.#held;
    for (const [seat, hold] of holds) {
      if (!hold) continue;
      held.showtime.int4(ordinal);
      held.seat.int4(seat);
      held.hold.uuid(hold.id);
      held.holder.text(hold.holder);
      held.expiresAt.float8(hold.expiresAt);
      held.extensions.int4(hold.extensions);
      held.amount.int8(hold.prices[hold.seats.indexOf(seat)] ?? 0);
      if (hold.channel !== undefined || held.channel.count > 0) fill(held.channel, held.seat.count, hold.channel);
      if (hold.orderId !== undefined) this.orders.addHeld(ordinal, seat, hold.orderId);
      if (hold.ticketTypes) fill(held.type, held.seat.count, hold.ticketTypes[hold.seats.indexOf(seat)]);
    }
    for (const seat of heldBefore) {
      this.#freed.showtime.int4(ordinal);
      this.#freed.seat.int4(seat);
    }
  }

  #addBlocks({ blocks }: Slice, ordinal: number): void {
    for (const [seat, reason] of blocks) {
      const table = reason === undefined ? this.#unblocked : this.#blocked;
      table.showtime.int4(ordinal);
      table.seat.int4(seat);
      if (reason !== undefined) this.#blocked.reason.text(reason);
    }
  }

  #addBooking({ booking, commandId, paymentMethod, askedBy }: BookedWrite, ordinal: number): void {
    const table = this.#booked;
    const sold = this.#sold;
    table.showtime.int4(ordinal);
    table.id.uuid(booking.id);
    table.reference.text(booking.reference);
    table.holder.text(booking.holder);
    table.hold.uuid(booking.holdId);
    table.command.uuid(commandId);
    table.amount.int8(booking.price.amount);
    table.currency.text(booking.price.currency);
    table.payment.text(paymentMethod);
    table.first.int4(sold.seat.count + 1);
    for (const seat of booking.seats) {
      sold.booking.int4(table.id.count);
      sold.seat.int4(seat);
    }
    if (booking.ticketTypes) {
      const before = sold.seat.count - booking.seats.length;
      booking.ticketTypes.forEach((type, i) => {
        fill(sold.type, before + i + 1, type);
      });
    }
    table.last.int4(sold.seat.count);
    const { count } = table.id;
    if (booking.channel !== undefined || table.channel.count > 0) fill(table.channel, count, booking.channel);
    if (booking.orderId !== undefined) this.orders.addBooked(ordinal, booking.id, booking.orderId);
    if (askedBy !== undefined || table.asker.count > 0) fill(table.asker, count, askedBy);
  }

  #addReseated(booking: Booking, ordinal: number): void {
    const { id, seats } = booking;
    if (booking.firstAmount !== undefined) this.orders.addPart(ordinal, booking);
    const table = this.#reseated;
    table.showtime.int4(ordinal);
    table.booking.uuid(id);
    table.first.int4(table.seat.count + 1);
    for (const seat of seats) table.seat.int4(seat);
    table.last.int4(table.seat.count);
  }

  #addResults(results: readonly CommandResult[], ordinal: number): void {
    const table = this.#results;
    table.showtime.int4(ordinal);
    table.first.int4(table.command.count + 1);
    for (const { commandId } of results) table.command.uuid(commandId);
    table.last.int4(table.command.count);
    table.list.text(JSON.stringify(results));
  }

  #addActs({ firstAct, acts }: Slice, ordinal: number): void {
    const table = this.#acts;
    table.showtime.int4(ordinal);
    table.number.int4(firstAct);
    table.first.int4(table.seat.count + 1);
    for (const seat of seatsOf(acts)) table.seat.int4(seat);
    table.last.int4(table.seat.count);
    table.list.text(spellActs(acts));
  }
}

/** A column that hardly any row has a value in: it begins with the first that has. '' stands for none. */
function fill(column: ArrayWriter, rows: number, value: string | undefined): void {
  while (column.count < rows - 1) column.text('');
  column.text(value ?? '');
}
