import type { Allocation } from '../../core/allocations/allocation.js';
import { firstOutcome } from '../../core/first-outcome.js';
import type { Booking, Hold } from '../../core/house.js';
import type { ActsWrite, SeatAct } from '../../core/seat-act.js';
import type { BookedWrite, CommandResult } from '../../runtime/journal-port.js';

export interface KeptResult {
  readonly result: CommandResult;
  readonly at: number;
}

/** What is known of one showtime: the rows of Postgres as maps. */
export class HouseRecord {
  epoch = 0;
  /** The name of the node that claimed last, and its life. */
  node = '';
  writer = '';
  /** As the columns of usher.showtime_owners. */
  timeline = 1;
  cutEpoch = 0;
  opened = false;
  restoredFrom = 0;
  wholeFrom = 0;
  readonly holds = new Map<number, Hold>();
  readonly blocks = new Map<number, string>();
  readonly allocations = new Map<number, Allocation>();
  readonly bookings = new Map<string, BookedWrite>();
  /** The command that booked, to the id of the booking. */
  readonly booker = new Map<string, string>();
  /** Seat to the booking that it was sold in: the last guard, as the primary key of Postgres is. */
  readonly sold = new Map<number, string>();
  readonly results = new Map<string, KeptResult>();
  /** By id, the epoch under which a booking got its present seats. */
  readonly reseatedIn = new Map<string, number>();
  /** By epoch and number of the first. */
  readonly acts = new Map<string, ActsWrite>();

  /** Shares nothing with this one but values that never change. */
  copy(): HouseRecord {
    const { epoch, node, writer, timeline, cutEpoch, opened, restoredFrom, wholeFrom } = this;
    const copy = Object.assign(new HouseRecord(), {
      epoch,
      node,
      writer,
      timeline,
      cutEpoch,
      opened,
      restoredFrom,
      wholeFrom,
    });
    for (const [seat, hold] of this.holds) copy.holds.set(seat, hold);
    for (const [seat, reason] of this.blocks) copy.blocks.set(seat, reason);
    for (const [seat, allocation] of this.allocations) copy.allocations.set(seat, allocation);
    for (const [id, write] of this.bookings) copy.bookings.set(id, write);
    for (const [command, id] of this.booker) copy.booker.set(command, id);
    for (const [seat, id] of this.sold) copy.sold.set(seat, id);
    for (const [key, result] of this.results) copy.results.set(key, result);
    for (const [id, epoch] of this.reseatedIn) copy.reseatedIn.set(id, epoch);
    for (const [key, acts] of this.acts) copy.acts.set(key, acts);
    return copy;
  }

  addActs(write: ActsWrite): void {
    if (write.acts.length > 0) this.acts.set(actsKey(write), write);
  }

  /** The newest last. */
  history(): readonly SeatAct[] {
    const writes = [...this.acts.values()].sort((a, b) => a.epoch - b.epoch || a.first - b.first);
    return writes.flatMap(({ acts }) => acts);
  }
}

export function actsKey({ epoch, first }: ActsWrite): string {
  return `${epoch} ${first}`;
}

/** A command id is its holder's own. */
export function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}

export function commandKey({ booking, commandId, askedBy = booking.holder }: BookedWrite): string {
  return keyOf(askedBy, commandId);
}

/** The first outcome of the command that booked, whatever became of the booking since. */
export function bookingResult({ booking, commandId, askedBy = booking.holder }: BookedWrite): CommandResult {
  const reply = { ok: true, type: 'booking', booking: firstOutcome(booking) } as const;
  return { holder: askedBy, commandId, command: 'book', reply };
}

/** What is on record of a command that took effect. */
export function outcomeIn(
  { bookings, booker, results }: HouseRecord,
  holder: string,
  commandId: string,
): CommandResult | undefined {
  const booked = bookings.get(booker.get(keyOf(holder, commandId)) ?? '');
  return booked ? bookingResult(booked) : results.get(keyOf(holder, commandId))?.result;
}

/** What is on record of a booking whose seats are now those of `now`: others, or a part of them at another price. */
export function asReseated(before: Booking, now: Booking): Booking {
  const { seats, price, firstAmount, ticketTypes } = now;
  const moved: Booking = { ...before, seats, firstSeats: before.firstSeats ?? before.seats };
  if (firstAmount === undefined) return moved;
  const part = { ...moved, price, firstAmount: before.firstAmount ?? before.price.amount };
  if (ticketTypes === undefined) return part;
  const firstTicketTypes = before.firstTicketTypes ?? before.ticketTypes ?? ticketTypes;
  return { ...part, ticketTypes, firstTicketTypes };
}
