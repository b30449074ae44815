import type { Booking, Hold } from '../../core/house.js';
import type { SeatAct } from '../../core/seat-act.js';
import {
  type Batch,
  type Claim,
  type CommandResult,
  JournalBehind,
  JournalRecovering,
  JournalRefusal,
  type Loss,
  type Owner,
  type Position,
  type Restoration,
  type Restored,
  type Slice,
} from '../../runtime/journal-port.js';
import { asReseated, bookingResult, commandKey, HouseRecord, keyOf, outcomeIn } from './memory-house.js';
import { restoreHouse } from './memory-restoration.js';

interface WriterRow {
  readonly batch: number;
  /** That it last confirmed; 0: none. */
  readonly timeline: number;
  readonly seenAt: number;
}

/** All that a standby has. */
export interface JournalCopy {
  readonly houses: ReadonlyMap<string, HouseRecord>;
  readonly writers: ReadonlyMap<string, WriterRow>;
  readonly references: ReadonlySet<string>;
  readonly losses: readonly KeptLoss[];
}

interface KeptLoss extends Loss {
  readonly writer: string;
  readonly batch: number;
}

/** As usher.claim_showtime has it. */
const RECOVERING_MS_MAX = 1_500;
const WRITER_LIVES_MS = 5 * 60_000;
const RECOVERING_RETRY_MS = 100;
const EPOCHS_A_TIMELINE = 1_000;

/**
 * The store behind MemoryJournalClient: what Postgres is to PostgresJournal, in one process and without any I/O. Several journals
 * share one, as nodes share a database. Every operation is atomic: it happens in one turn, or throws and leaves nothing.
 */
export class MemoryJournal {
  readonly #now: () => number;
  readonly #recoveringMsMax: number;
  #houses = new Map<string, HouseRecord>();
  #writers = new Map<string, WriterRow>();
  #references = new Set<string>();
  #losses: KeptLoss[] = [];
  #timeline = 1;
  /** When a node first saw the timeline. */
  #seenAt: number | undefined = Number.NEGATIVE_INFINITY;

  /** The server's clock, in milliseconds since 1970: holds end and results age by it. */
  constructor(now: () => number, recoveringMsMax = RECOVERING_MS_MAX) {
    this.#now = now;
    this.#recoveringMsMax = recoveringMsMax;
  }

  /** What a standby has that follows without lag. */
  copy(): JournalCopy {
    return {
      houses: new Map([...this.#houses].map(([id, house]) => [id, house.copy()])),
      writers: new Map(this.#writers),
      references: new Set(this.#references),
      losses: [...this.#losses],
    };
  }

  /** A standby that has so much becomes the primary: whatever came after is gone. */
  promote(standby: JournalCopy): void {
    this.#houses = new Map([...standby.houses].map(([id, house]) => [id, house.copy()]));
    this.#writers = new Map(standby.writers);
    this.#references = new Set(standby.references);
    this.#losses = [...standby.losses];
    this.#timeline++;
    this.#seenAt = undefined;
  }

  /** Those that have not looked at the present timeline yet. */
  unconfirmed(): readonly string[] {
    return [...this.#writers].flatMap(([id, { timeline }]) => (timeline === this.#timeline ? [] : [id]));
  }

  isConfirmed(writerId: string): boolean {
    return this.#writers.get(writerId)?.timeline === this.#timeline;
  }

  /** What could not be written again, of all showtimes. */
  get losses(): readonly Loss[] {
    return this.#losses;
  }

  /** Takes a showtime over; see Journal.claim. Results older than the window are left out. */
  claim(showtimeId: string, replayWindowMs: number, nodeName: string, writerId = nodeName, after = 0): Claim {
    const { batch } = this.#writer(writerId);
    if (batch < after) throw new JournalBehind(batch);
    if (this.#isRecovering()) throw new JournalRecovering(RECOVERING_RETRY_MS);
    const house = this.#house(showtimeId);
    const now = this.#now();
    this.#assign(house, nodeName, writerId);
    dropEnded(house, now);
    const recent = [...house.results.values()].filter(({ at }) => at > now - replayWindowMs);
    const recorded = new Set(recent.map(({ result }) => result.commandId));
    return {
      epoch: house.epoch,
      timeline: this.#timeline,
      state: {
        holds: gatherHolds(house),
        bookings: [...house.bookings.values()].map(({ booking }) => booking),
        blocked: [...house.blocks.keys()].sort((a, b) => a - b),
        allocations: [...house.allocations].sort(([a], [b]) => a - b),
      },
      results: [...house.bookings.values()].map(bookingResult),
      recorded: {
        has: (commandId) => recorded.has(commandId),
        recall: async (holder, commandId) => house.results.get(keyOf(holder, commandId))?.result,
      },
    };
  }

  owners(showtimeIds: readonly string[], writerId = ''): ReadonlyMap<string, Owner> {
    return new Map(
      showtimeIds.flatMap((id) => {
        const house = this.#houses.get(id);
        if (!house || house.epoch === 0) return [];
        const { epoch, node, timeline, cutEpoch } = house;
        return [[id, { epoch, node, timeline, cutEpoch, isMine: house.writer === writerId }] as const];
      }),
    );
  }

  /**
   * Writes a batch once, however often this writer gives it; see Journal.commit. Returns the slices that are fenced.
   * @throws JournalRefusal, JournalBehind
   */
  commit(writerId: string, batch: Batch): readonly Slice[] {
    const isOwned = ({ epoch, writer }: HouseRecord, slice: Slice) => epoch === slice.epoch && writer === writerId;
    const fenced = batch.slices.filter((slice) => !isOwned(this.#house(slice.showtimeId), slice));
    // A number that was passed: a batch that took already, or a forgotten first try. Neither may write again.
    if (this.#wasTaken(writerId, batch.number, batch.after)) return fenced;
    const owned = batch.slices.filter((slice) => !fenced.includes(slice));
    this.#guard(owned);
    this.#moveOn(writerId, batch.number);
    for (const slice of owned) this.#write(this.#house(slice.showtimeId), slice);
    return fenced;
  }

  /** See Journal.position: a journal without standbys, however it was promoted. */
  position(writerId: string): Position {
    this.#seenAt ??= this.#now();
    const { batch: has, timeline: confirmed } = this.#writer(writerId);
    const writer = this.#writers.get(writerId);
    if (writer) this.#writers.set(writerId, { ...writer, seenAt: this.#now() });
    return { has, timeline: this.#timeline, confirmed, standbys: undefined, written: undefined, replayed: undefined };
  }

  /** See Journal.confirm. */
  confirm(writerId: string, after: number, timeline: number): boolean {
    const { batch } = this.#writer(writerId);
    if (batch < after || timeline !== this.#timeline) return false;
    this.#writers.set(writerId, { batch, timeline, seenAt: this.#now() });
    return true;
  }

  /** See Journal.restore. @throws JournalBehind */
  restore(writerId: string, nodeName: string, number: number, after: number, known: Restoration): Restored {
    const lost = () =>
      this.#losses.flatMap(({ writer, batch, ...loss }) => (writer === writerId && batch === number ? [loss] : []));
    const house = this.#house(known.showtimeId);
    if (this.#wasTaken(writerId, number, after)) {
      return { outcome: 'restored', epoch: house.epoch, bookings: 0, holds: 0, losses: lost() };
    }
    this.#moveOn(writerId, number);
    const isFresh = house.epoch === 0 || house.timeline !== this.#timeline || house.epoch <= known.epoch;
    if (isFresh) Object.assign(house, { cutEpoch: house.epoch, opened: false, restoredFrom: 0, wholeFrom: 0 });
    if (house.cutEpoch > known.epoch)
      return { outcome: 'overtaken', epoch: house.epoch, bookings: 0, holds: 0, losses: [] };
    // An owner of before that was overtaken by a claim that is lost may have gone on.
    const wentOn = (this.#writers.get(house.writer)?.seenAt ?? 0) > (this.#seenAt ?? Number.POSITIVE_INFINITY);
    const isTruth = !house.opened && known.epoch >= house.restoredFrom && !known.isAdditive;
    const context = {
      isNewest: isTruth,
      isTruth: isTruth && !(isFresh && house.writer !== writerId && wentOn),
      now: this.#now(),
      references: this.#references,
      losses: this.#losses.filter(({ showtimeId }) => showtimeId === known.showtimeId),
    };
    const done = restoreHouse(house, known, context);
    this.#losses = this.#losses.filter((loss) => !done.settled.has(loss));
    for (const loss of done.losses) this.#losses.push({ ...loss, writer: writerId, batch: number });
    const { bookings, holds } = done;
    if (done.changed === 0 && !isFresh)
      return { outcome: 'nothing missing', epoch: house.epoch, bookings, holds, losses: lost() };
    const { opened, cutEpoch } = house;
    this.#assign(house, nodeName, writerId, known.epoch);
    Object.assign(house, { opened, cutEpoch, restoredFrom: Math.max(house.restoredFrom, known.epoch) });
    if (known.isWhole) house.wholeFrom = Math.max(house.wholeFrom, known.epoch);
    return { outcome: 'restored', epoch: house.epoch, bookings, holds, losses: lost() };
  }

  /** What a fresh owner would be told, without taking over: for those who check. */
  peek(
    showtimeId: string,
  ): { readonly epoch: number; readonly sold: ReadonlyMap<number, string> } & Pick<
    HouseRecord,
    'holds' | 'blocks' | 'bookings' | 'allocations'
  > {
    return this.#house(showtimeId);
  }

  /** The recorded outcome of a command that took effect, however long ago. */
  resultOf(showtimeId: string, holder: string, commandId: string): CommandResult | undefined {
    return outcomeIn(this.#house(showtimeId), holder, commandId);
  }

  /** What happened to the seats of a showtime, the newest last. */
  history(showtimeId: string): readonly SeatAct[] {
    return this.#house(showtimeId).history();
  }

  #writer(writerId: string): WriterRow {
    return this.#writers.get(writerId) ?? { batch: 0, timeline: 0, seenAt: 0 };
  }

  /** @throws JournalBehind */
  #wasTaken(writerId: string, number: number, after: number): boolean {
    const row = this.#writers.get(writerId);
    if (row && row.batch >= number) return true;
    if ((row?.batch ?? 0) < after) throw new JournalBehind(row?.batch ?? 0);
    return false;
  }

  #moveOn(writerId: string, batch: number): void {
    this.#writers.set(writerId, { ...this.#writer(writerId), batch, seenAt: this.#now() });
  }

  /** Whether somebody who lives may still have to write again what a promotion has lost. */
  #isRecovering(): boolean {
    const now = this.#now();
    this.#seenAt ??= now;
    if (now - this.#seenAt >= this.#recoveringMsMax) return false;
    return [...this.#writers.values()].some(
      ({ timeline, seenAt }) => timeline !== this.#timeline && now - seenAt < WRITER_LIVES_MS,
    );
  }

  /**
   * Epochs of before a promotion are not used again, those that it lost included: each timeline begins a thousand above the one
   * before it. `above` may be of a later timeline than the row. The steps between the two are in it already, and taken a second
   * time they would lead to epochs that a later timeline uses again.
   */
  #assign(house: HouseRecord, node: string, writer: string, above = 0): void {
    const timeline = this.#timeline;
    if (house.timeline !== timeline) Object.assign(house, { cutEpoch: house.epoch, restoredFrom: 0, wholeFrom: 0 });
    const next = house.epoch + 1 + EPOCHS_A_TIMELINE * Math.abs(timeline - house.timeline);
    house.epoch = Math.max(next, above + 1);
    Object.assign(house, { node, writer, timeline, opened: true });
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
    for (const { showtimeId, holds: held, heldBefore, booked, cancelled, reseated } of slices) {
      const { holds, bookings, booker, sold } = this.#house(showtimeId);
      for (const [seat, hold] of held) {
        refuse(hold !== undefined && holds.has(seat) && !heldBefore.has(seat), 'a seat is held already');
      }
      const isKnown = (id: string) =>
        bookings.get(id)?.booking.status === 'confirmed' || booked.some(({ booking }) => booking.id === id);
      for (const id of cancelled) {
        refuse(!isKnown(id), 'a booking that is to be cancelled is not in the journal, or was cancelled');
      }
      const taken = new Set<number>();
      const take = (seats: readonly number[]) => {
        for (const seat of seats) {
          const owner = sold.get(seat);
          const isSold = owner !== undefined && !cancelled.includes(owner) && !reseated.has(owner);
          refuse(isSold || taken.has(seat), 'a seat is sold already');
          taken.add(seat);
        }
      };
      for (const { id, seats } of reseated.values()) {
        refuse(!isKnown(id), 'a booking that is to be reseated is not in the journal, or was cancelled');
        if (!cancelled.includes(id)) take(seats);
      }
      const commands = new Set<string>();
      for (const write of booked) {
        const { id, reference, seats } = write.booking;
        refuse(bookings.has(id), 'a booking of this id exists');
        refuse(this.#references.has(reference) || references.has(reference), 'a booking of this reference exists');
        refuse(booker.has(commandKey(write)) || commands.has(commandKey(write)), 'this command booked already');
        references.add(reference);
        commands.add(commandKey(write));
        if (!cancelled.includes(id) && !reseated.has(id)) take(seats);
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
    for (const [seat, allocation] of slice.allocations ?? []) {
      if (allocation === undefined) house.allocations.delete(seat);
      else house.allocations.set(seat, allocation);
    }
    for (const write of slice.booked) {
      house.bookings.set(write.booking.id, write);
      house.booker.set(commandKey(write), write.booking.id);
      this.#references.add(write.booking.reference);
    }
    for (const booking of slice.reseated.values()) reseat(house, booking, slice.epoch);
    for (const id of slice.cancelled) this.#cancel(house, id);
    for (const { booking } of slice.booked) {
      if (house.bookings.get(booking.id)?.booking.status !== 'confirmed') continue;
      const isMoved = slice.reseated.has(booking.id);
      if (!isMoved) for (const seat of booking.seats) house.sold.set(seat, booking.id);
    }
    for (const { id, seats } of slice.reseated.values()) {
      if (house.bookings.get(id)?.booking.status !== 'confirmed') continue;
      for (const seat of seats) house.sold.set(seat, id);
    }
    house.addActs({ epoch: slice.epoch, first: slice.firstAct, acts: slice.acts });
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

/** Its old seats are free from here on, and its new ones taken later: another may move to what it leaves. */
function reseat(house: HouseRecord, now: Booking, epoch: number): void {
  const { id } = now;
  const write = house.bookings.get(id);
  if (write?.booking.status !== 'confirmed') return;
  for (const seat of write.booking.seats) if (house.sold.get(seat) === id) house.sold.delete(seat);
  house.bookings.set(id, { ...write, booking: asReseated(write.booking, now) });
  house.reseatedIn.set(id, epoch);
}

/** Holds that ended while nobody looked, as usher.claim_showtime has it. */
function dropEnded(house: HouseRecord, now: number): void {
  const ended = gatherHolds(house).filter(({ expiresAt }) => expiresAt <= now);
  for (const { seats } of ended) for (const seat of seats) house.holds.delete(seat);
  const acts = ended.map(({ id: hold, holder, seats, expiresAt: at, channel }) => {
    const act = { act: 'expired', at, seats, holder, hold } as const;
    return channel === undefined ? act : { ...act, channel };
  });
  house.addActs({ epoch: house.epoch, first: 0, acts });
}

function refuse(broken: boolean, message: string): void {
  if (broken) throw new JournalRefusal(message);
}

/** Rows of one hold put together again. A hold that shrank left its older value on the rows that stayed. */
function gatherHolds({ holds }: HouseRecord): Hold[] {
  const rows = new Map<string, (readonly [seat: number, hold: Hold])[]>();
  for (const row of [...holds].sort(([a], [b]) => a - b)) rows.set(row[1].id, [...(rows.get(row[1].id) ?? []), row]);
  return [...rows.values()].map((own) => {
    const [, { ticketTypes: _, ...hold }] = own[0] as readonly [number, Hold];
    const types = own.map(([seat, { seats, ticketTypes }]) => ticketTypes?.[seats.indexOf(seat)] ?? '');
    return {
      ...hold,
      seats: own.map(([seat]) => seat),
      prices: own.map(([seat, { seats, prices }]) => prices[seats.indexOf(seat)] ?? 0),
      ...(types.some((type) => type !== '') ? { ticketTypes: types } : {}),
    };
  });
}
