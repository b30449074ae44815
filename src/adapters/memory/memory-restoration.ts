import type { Hold } from '../../core/house.js';
import type { BookedWrite, Loss, Restoration } from '../../runtime/journal-port.js';
import { actsKey, asReseated, commandKey, type HouseRecord, keyOf } from './memory-house.js';

interface Context {
  /** Nobody can have sold since the loss: seats come to stand as they are remembered. */
  readonly isTruth: boolean;
  /** The same, whatever an earlier owner may have gone on to do. */
  readonly isNewest: boolean;
  readonly now: number;
  /** Of all bookings of all showtimes. */
  readonly references: Set<string>;
  /** Those of this showtime so far. */
  readonly losses: readonly Loss[];
}

interface Done {
  changed: number;
  bookings: number;
  holds: number;
  readonly losses: Loss[];
  /** Losses from before that are none any more. */
  readonly settled: Set<Loss>;
}

const TAKEN = 'this seat was taken meanwhile';
const NOT_MOVED = 'it was moved to this seat, which was taken meanwhile: it has the seats from before';
const PARTLY_TAKEN = 'another seat of it was taken meanwhile';

/** What usher.restore_showtime does with the rows of one showtime, step by step. */
export function restoreHouse(house: HouseRecord, known: Restoration, context: Context): Done {
  const done: Done = { changed: 0, bookings: 0, holds: 0, losses: [], settled: new Set() };
  if (context.isTruth) free(house, known, done);
  for (const [seat, hold] of house.holds) if (hold.expiresAt <= context.now) house.holds.delete(seat);
  cancel(house, known, done);
  reseat(house, known, context, done);
  restoreBookings(house, known, context, done);
  noteUnknownCancellations(house, known, context, done);
  // A later owner may have released what this one remembers as held.
  if (house.wholeFrom <= known.epoch) {
    restoreHolds(house, known, context, done);
    restoreBlocks(house, known, done);
  }
  restoreAllocations(house, known, context, done);
  for (const result of known.results.flat()) {
    const key = keyOf(result.holder, result.commandId);
    if (!house.results.has(key)) house.results.set(key, { result, at: context.now });
  }
  for (const write of known.acts) if (!house.acts.has(actsKey(write))) house.addActs(write);
  done.changed += done.bookings + done.holds;
  return done;
}

/** Nobody sold since: seats come to stand as they are remembered. */
function free(house: HouseRecord, { isWhole, holds, blocks }: Restoration, done: Done): void {
  for (const [seat, hold] of house.holds) {
    const kept = holds.get(seat);
    const isSame = kept?.id === hold.id && kept.expiresAt === hold.expiresAt;
    if (isSame || !(isWhole || holds.has(seat))) continue;
    house.holds.delete(seat);
    done.changed++;
  }
  for (const seat of [...house.blocks.keys()]) {
    if (blocks.get(seat) !== undefined || !(isWhole || blocks.has(seat))) continue;
    house.blocks.delete(seat);
    done.changed++;
  }
}

function cancel(house: HouseRecord, { cancelled }: Restoration, done: Done): void {
  for (const id of cancelled) {
    const write = house.bookings.get(id);
    if (write?.booking.status !== 'confirmed') continue;
    house.bookings.set(id, { ...write, booking: { ...write.booking, status: 'cancelled' } });
    for (const seat of write.booking.seats) if (house.sold.get(seat) === id) house.sold.delete(seat);
    done.changed++;
  }
}

function restoreBookings(house: HouseRecord, known: Restoration, context: Context, done: Done): void {
  for (const [id, write] of known.bookings) {
    if (house.bookings.has(id)) continue;
    const tombstone = context.losses.find((loss) => loss.subject === id && loss.kind === 'cancellation');
    if (tombstone) done.settled.add(tombstone);
    const isCancelled = tombstone !== undefined || known.cancelled.has(id) || write.booking.status === 'cancelled';
    const taken = isCancelled ? [] : write.booking.seats.filter((seat) => isTaken(house, seat, write.booking.holdId));
    const { reference } = write.booking;
    if (taken.length > 0 || context.references.has(reference) || house.booker.has(commandKey(write))) {
      if (!isCancelled) loseBooking(write, taken, known, context, done);
      continue;
    }
    const status = isCancelled ? 'cancelled' : 'confirmed';
    house.bookings.set(id, { ...write, booking: { ...write.booking, status } });
    const { firstSeats } = write.booking;
    if (firstSeats) house.reseatedIn.set(id, known.reseated.get(id)?.epoch ?? known.epoch);
    house.booker.set(commandKey(write), id);
    context.references.add(reference);
    done.bookings++;
    if (isCancelled) continue;
    for (const [seat, hold] of house.holds) if (hold.id === write.booking.holdId) house.holds.delete(seat);
    for (const seat of write.booking.seats) house.sold.set(seat, id);
  }
}

/** Those are left out, again and again, whose seats somebody keeps: one may move to what another leaves. */
function reseat(house: HouseRecord, { showtimeId, reseated }: Restoration, { losses }: Context, done: Done): void {
  let movable = [...reseated.values()].filter(({ booking, epoch }) => {
    const there = house.bookings.get(booking.id)?.booking;
    if (there?.status !== 'confirmed' || (house.reseatedIn.get(booking.id) ?? 0) > epoch) return false;
    return there.seats.join() !== booking.seats.join();
  });
  for (;;) {
    const ids = new Set(movable.map(({ booking }) => booking.id));
    const isKept = (seat: number) => house.sold.has(seat) && !ids.has(house.sold.get(seat) ?? '');
    const later = (epoch: number, seat: number) =>
      movable.some((other) => other.epoch > epoch && other.booking.seats.includes(seat));
    const still = movable.filter(({ booking, epoch }) =>
      booking.seats.every(
        (seat) => !isKept(seat) && !house.blocks.has(seat) && !house.holds.has(seat) && !later(epoch, seat),
      ),
    );
    if (still.length === movable.length) break;
    for (const { booking } of movable.filter((one) => !still.includes(one))) {
      const { id: subject, reference, holder } = booking;
      for (const seat of booking.seats) {
        lose({ showtimeId, kind: 'booking', subject, seat, reference, holder, reason: NOT_MOVED }, losses, done);
      }
    }
    movable = still;
  }
  for (const { booking } of movable) {
    for (const [seat, id] of house.sold) if (id === booking.id) house.sold.delete(seat);
  }
  for (const { booking, epoch } of movable) {
    const write = house.bookings.get(booking.id);
    if (!write) continue;
    house.bookings.set(booking.id, { ...write, booking: asReseated(write.booking, booking) });
    house.reseatedIn.set(booking.id, epoch);
    for (const seat of booking.seats) house.sold.set(seat, booking.id);
    done.changed++;
  }
}

function loseBooking(
  { booking }: BookedWrite,
  taken: readonly number[],
  { showtimeId }: Restoration,
  { losses }: Context,
  done: Done,
): void {
  const { id, reference, holder } = booking;
  for (const seat of booking.seats) {
    const reason =
      taken.length === 0 ? 'its command booked again meanwhile' : taken.includes(seat) ? TAKEN : PARTLY_TAKEN;
    lose({ showtimeId, kind: 'booking', subject: id, seat, reference, holder, reason }, losses, done);
  }
}

function noteUnknownCancellations(
  house: HouseRecord,
  { showtimeId, cancelled }: Restoration,
  { losses }: Context,
  done: Done,
): void {
  for (const subject of cancelled) {
    if (house.bookings.has(subject)) continue;
    const reason = 'nobody who lives knows the booking';
    lose({ showtimeId, kind: 'cancellation', subject, seat: -1, reason }, losses, done);
  }
}

function restoreHolds(house: HouseRecord, known: Restoration, { now, losses, isTruth }: Context, done: Done): void {
  const { showtimeId } = known;
  for (const [hold, seats] of gather(known.holds)) {
    if (hold.expiresAt <= now) continue;
    const isThere = (seat: number) => {
      const there = house.holds.get(seat);
      if (there?.id !== hold.id || there.expiresAt < hold.expiresAt) return false;
      if (there.expiresAt > hold.expiresAt) return true;
      // A seat that was sold as another type costs something else, and one may have gone into an order or left it; others may
      // have changed that since.
      if (!isTruth) return there.orderId !== undefined || hold.orderId === undefined;
      return isSoldAs(there, hold, seat) && there.orderId === hold.orderId;
    };
    if (seats.every(isThere)) continue;
    const taken = seats.filter((seat) => isTaken(house, seat, hold.id));
    const { id: subject, holder } = hold;
    for (const seat of taken.length > 0 ? seats : []) {
      const reason = taken.includes(seat) ? TAKEN : PARTLY_TAKEN;
      lose({ showtimeId, kind: 'hold', subject, seat, holder, reason }, losses, done);
    }
    if (taken.length > 0 || [...house.bookings.values()].some(({ booking }) => booking.holdId === subject)) continue;
    for (const [seat, there] of house.holds) if (there.id === subject) house.holds.delete(seat);
    for (const seat of seats) house.holds.set(seat, hold);
    done.holds++;
  }
}

/** Whether a seat has the same type and price in both values of its hold. */
function isSoldAs(one: Hold, other: Hold, seat: number): boolean {
  const [i, j] = [one.seats.indexOf(seat), other.seats.indexOf(seat)];
  return one.prices[i] === other.prices[j] && (one.ticketTypes?.[i] ?? '') === (other.ticketTypes?.[j] ?? '');
}

function restoreBlocks(house: HouseRecord, { showtimeId, blocks }: Restoration, done: Done): void {
  for (const [seat, reason] of blocks) {
    if (reason === undefined || house.blocks.has(seat)) continue;
    if (house.sold.has(seat) || house.holds.has(seat)) {
      lose({ showtimeId, kind: 'block', subject: showtimeId, seat, reason: TAKEN }, [], done);
      continue;
    }
    house.blocks.set(seat, reason);
    done.changed++;
  }
}

/** They are nobody's own: on a seat that was sold meanwhile one waits until the seat is free again. */
function restoreAllocations(house: HouseRecord, known: Restoration, { isNewest, now }: Context, done: Done): void {
  const { isWhole, allocations } = known;
  for (const seat of isNewest ? [...house.allocations.keys()] : []) {
    if (allocations.get(seat) !== undefined || !(isWhole || allocations.has(seat))) continue;
    house.allocations.delete(seat);
    done.changed++;
  }
  if (house.wholeFrom > known.epoch) return;
  for (const [seat, allocation] of allocations) {
    if (allocation === undefined || house.allocations.has(seat) || (allocation.until ?? now + 1) <= now) continue;
    house.allocations.set(seat, allocation);
    done.changed++;
  }
}

/** By anybody but that hold. */
function isTaken({ sold, blocks, holds }: HouseRecord, seat: number, holdId: string): boolean {
  const hold = holds.get(seat);
  return sold.has(seat) || blocks.has(seat) || (hold !== undefined && hold.id !== holdId);
}

/** Each hold to those of its seats that are named; the newest value of it. */
function gather(rows: ReadonlyMap<number, Hold | undefined>): ReadonlyMap<Hold, readonly number[]> {
  const byId = new Map<string, { hold: Hold; seats: number[] }>();
  for (const [seat, hold] of rows) {
    if (!hold) continue;
    const known = byId.get(hold.id);
    if (known) known.seats.push(seat);
    else byId.set(hold.id, { hold, seats: [seat] });
  }
  return new Map([...byId.values()].map(({ hold, seats }) => [hold, seats]));
}

function lose(loss: Loss, before: readonly Loss[], done: Done): void {
  const isSame = (one: Loss) => one.subject === loss.subject && one.seat === loss.seat;
  if (!before.some(isSame) && !done.losses.some(isSame)) done.losses.push(loss);
}
