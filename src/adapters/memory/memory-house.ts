import type { Booking, Hold } from '../../core/house.js';
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
  readonly bookings = new Map<string, BookedWrite>();
  /** The command that booked, to the id of the booking. */
  readonly booker = new Map<string, string>();
  /** Seat to the booking that it was sold in: the last guard, as the primary key of Postgres is. */
  readonly sold = new Map<number, string>();
  readonly results = new Map<string, KeptResult>();

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
    for (const [id, write] of this.bookings) copy.bookings.set(id, write);
    for (const [command, id] of this.booker) copy.booker.set(command, id);
    for (const [seat, id] of this.sold) copy.sold.set(seat, id);
    for (const [key, result] of this.results) copy.results.set(key, result);
    return copy;
  }
}

/** A command id is its holder's own. */
export function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}

export function commandKey({ booking, commandId }: BookedWrite): string {
  return keyOf(booking.holder, commandId);
}

/** The first outcome of the command that booked, whatever became of the booking since. */
export function bookingResult({ booking, commandId }: BookedWrite): CommandResult {
  const first: Booking = { ...booking, status: 'confirmed' };
  return { holder: booking.holder, commandId, command: 'book', reply: { ok: true, type: 'booking', booking: first } };
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
