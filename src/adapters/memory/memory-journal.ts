import type { Booking, Hold } from '../../core/house.js';
import {
  type Batch,
  type BookedWrite,
  type Claim,
  type CommandResult,
  LedgerRefusal,
  type Owner,
  type Slice,
} from '../../runtime/ports.js';

interface KeptResult {
  readonly result: CommandResult;
  readonly at: number;
}

/** What is known of one showtime: the rows of Postgres as maps. */
class HouseRecord {
  epoch = 0;
  /** The name of the node that claimed last. */
  node = '';
  readonly holds = new Map<number, Hold>();
  readonly blocks = new Map<number, string>();
  readonly bookings = new Map<string, BookedWrite>();
  /** The command that booked, to the id of the booking. */
  readonly booker = new Map<string, string>();
  /** Seat to the booking that it was sold in: the last guard, as the primary key of Postgres is. */
  readonly sold = new Map<number, string>();
  readonly results = new Map<string, KeptResult>();
}

/**
 * The store behind MemoryLedger: what Postgres is to PostgresLedger, in one process and without any I/O. Several ledgers
 * share one, as nodes share a database. Every operation is atomic: it happens in one turn, or throws and leaves nothing.
 */
export class MemoryJournal {
  readonly #now: () => number;
  readonly #houses = new Map<string, HouseRecord>();
  readonly #writers = new Map<string, number>();
  readonly #references = new Set<string>();

  /** The server's clock, in milliseconds since 1970: holds end and results age by it. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes a showtime over; see Ledger.claim. Results older than the window are left out. */
  claim(showtimeId: string, replayWindowMs: number, nodeName: string): Claim {
    const house = this.#house(showtimeId);
    house.node = nodeName;
    const now = this.#now();
    house.epoch++;
    for (const [seat, hold] of house.holds) if (hold.expiresAt <= now) house.holds.delete(seat);
    const recent = [...house.results.values()].filter(({ at }) => at > now - replayWindowMs);
    const recorded = new Set(recent.map(({ result }) => result.commandId));
    return {
      epoch: house.epoch,
      state: {
        holds: gatherHolds(house),
        bookings: [...house.bookings.values()].map(({ booking }) => booking),
        blocked: [...house.blocks.keys()].sort((a, b) => a - b),
      },
      results: [...house.bookings.values()].map(bookingResult),
      recorded: {
        has: (commandId) => recorded.has(commandId),
        recall: async (holder, commandId) => house.results.get(keyOf(holder, commandId))?.result,
      },
    };
  }

  owners(showtimeIds: readonly string[]): ReadonlyMap<string, Owner> {
    return new Map(
      showtimeIds.flatMap((id) => {
        const { epoch, node } = this.#houses.get(id) ?? { epoch: 0, node: '' };
        return epoch > 0 ? [[id, { epoch, node }] as const] : [];
      }),
    );
  }

  /**
   * Writes a batch once, however often this writer gives it; see Ledger.commit. Returns the slices that are fenced.
   * @throws LedgerRefusal
   */
  commit(writerId: string, batch: Batch): readonly Slice[] {
    const fenced = batch.slices.filter(({ showtimeId, epoch }) => this.#house(showtimeId).epoch !== epoch);
    // A number that was passed: a batch that took already, or a forgotten first try. Neither may write again.
    if ((this.#writers.get(writerId) ?? Number.NEGATIVE_INFINITY) >= batch.number) return fenced;
    const owned = batch.slices.filter((slice) => !fenced.includes(slice));
    this.#guard(owned);
    this.#writers.set(writerId, batch.number);
    for (const slice of owned) this.#write(this.#house(slice.showtimeId), slice);
    return fenced;
  }

  /** What a fresh owner would be told, without taking over: for those who check. */
  peek(
    showtimeId: string,
  ): { readonly epoch: number; readonly sold: ReadonlyMap<number, string> } & Pick<
    HouseRecord,
    'holds' | 'blocks' | 'bookings'
  > {
    return this.#house(showtimeId);
  }

  /** The recorded outcome of a command that took effect, however long ago. */
  resultOf(showtimeId: string, holder: string, commandId: string): CommandResult | undefined {
    const house = this.#house(showtimeId);
    const booked = house.bookings.get(house.booker.get(keyOf(holder, commandId)) ?? '');
    if (booked) return bookingResult(booked);
    return house.results.get(keyOf(holder, commandId))?.result;
  }

  #house(showtimeId: string): HouseRecord {
    let house = this.#houses.get(showtimeId);
    if (!house) {
      house = new HouseRecord();
      this.#houses.set(showtimeId, house);
    }
    return house;
  }

  /** The constraints of the store, asked before anything is written. */
  #guard(slices: readonly Slice[]): void {
    const references = new Set<string>();
    for (const { showtimeId, holds: held, heldBefore, booked, cancelled } of slices) {
      const { holds, bookings, booker, sold } = this.#house(showtimeId);
      for (const [seat, hold] of held) {
        refuse(hold !== undefined && holds.has(seat) && !heldBefore.has(seat), 'a seat is held already');
      }
      const taken = new Set<number>();
      const commands = new Set<string>();
      for (const write of booked) {
        const { id, reference, seats } = write.booking;
        refuse(bookings.has(id), 'a booking of this id exists');
        refuse(this.#references.has(reference) || references.has(reference), 'a booking of this reference exists');
        refuse(booker.has(commandKey(write)) || commands.has(commandKey(write)), 'this command booked already');
        references.add(reference);
        commands.add(commandKey(write));
        if (cancelled.includes(id)) continue;
        for (const seat of seats) {
          const owner = sold.get(seat);
          const isSold = owner !== undefined && !cancelled.includes(owner);
          refuse(isSold || taken.has(seat), 'a seat is sold already');
          taken.add(seat);
        }
      }
    }
  }

  #write(house: HouseRecord, slice: Slice): void {
    for (const seat of slice.heldBefore) house.holds.delete(seat);
    for (const [seat, hold] of slice.holds) if (hold) house.holds.set(seat, hold);
    for (const [seat, reason] of slice.blocks) {
      if (reason === undefined) house.blocks.delete(seat);
      else house.blocks.set(seat, reason);
    }
    for (const write of slice.booked) {
      house.bookings.set(write.booking.id, write);
      house.booker.set(commandKey(write), write.booking.id);
      this.#references.add(write.booking.reference);
    }
    for (const id of slice.cancelled) this.#cancel(house, id);
    for (const { booking } of slice.booked) {
      if (house.bookings.get(booking.id)?.booking.status !== 'confirmed') continue;
      for (const seat of booking.seats) house.sold.set(seat, booking.id);
    }
    for (const result of slice.results) {
      house.results.set(keyOf(result.holder, result.commandId), { result, at: this.#now() });
    }
  }

  #cancel(house: HouseRecord, id: string): void {
    const write = house.bookings.get(id);
    if (write?.booking.status !== 'confirmed') return;
    house.bookings.set(id, { ...write, booking: { ...write.booking, status: 'cancelled' } });
    for (const seat of write.booking.seats) if (house.sold.get(seat) === id) house.sold.delete(seat);
  }
}

function refuse(broken: boolean, message: string): void {
  if (broken) throw new LedgerRefusal(message);
}

/** Rows of one hold put together again. A hold that shrank left its older value on the rows that stayed. */
function gatherHolds({ holds }: HouseRecord): Hold[] {
  const gathered = new Map<string, Hold & { readonly seats: number[]; readonly prices: number[] }>();
  for (const [seat, hold] of [...holds].sort(([a], [b]) => a - b)) {
    const known = gathered.get(hold.id) ?? { ...hold, seats: [], prices: [] };
    known.seats.push(seat);
    known.prices.push(hold.prices[hold.seats.indexOf(seat)] ?? 0);
    gathered.set(hold.id, known);
  }
  return [...gathered.values()];
}

/** The first outcome of the command that booked, whatever became of the booking since. */
function bookingResult({ booking, commandId }: BookedWrite): CommandResult {
  const first: Booking = { ...booking, status: 'confirmed' };
  return { holder: booking.holder, commandId, command: 'book', reply: { ok: true, type: 'booking', booking: first } };
}

function commandKey({ booking, commandId }: BookedWrite): string {
  return keyOf(booking.holder, commandId);
}

function keyOf(holder: string, commandId: string): string {
  return `${commandId} ${holder}`;
}
