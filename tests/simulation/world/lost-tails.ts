import { type HouseRecord, keyOf, outcomeIn } from '../../../src/adapters/memory/memory-house.js';
import type { JournalCopy } from '../../../src/adapters/memory/memory-journal.js';
import type { Batch, CommandResult } from '../../../src/runtime/journal-port.js';
import type { Order } from '../people/order.js';

interface Grave {
  readonly houses: ReadonlyMap<string, HouseRecord>;
  readonly writers: ReadonlyMap<string, string>;
}

/** What the journal had and lost, by promotions of standbys that lagged; and who could have known. */
export class LostTails {
  /** The old primaries, as they were when they were given up. */
  readonly #graves: Grave[] = [];
  /** The last writer of each outcome, by showtime, holder and command. */
  readonly #writers = new Map<string, string>();
  /** Showtimes that somebody opened while another that lives had not looked yet: there seats may be sold anew. */
  readonly #leaky = new Set<string>();
  readonly #isAlive: (writerId: string) => boolean;
  readonly #violate: (promise: string, what: string) => void;
  /** What the synchronous standby has, while it is away: nothing else may be acknowledged. */
  synchronous: JournalCopy | undefined;

  constructor(isAlive: (writerId: string) => boolean, violate: (promise: string, what: string) => void) {
    this.#isAlive = isAlive;
    this.#violate = violate;
  }

  get happened(): boolean {
    return this.#graves.length > 0;
  }

  wrote(writerId: string, { slices }: Batch): void {
    for (const { showtimeId, results, booked } of slices) {
      for (const { holder, commandId } of results) this.#note(showtimeId, holder, commandId, writerId);
      for (const { booking, commandId, askedBy = booking.holder } of booked) {
        this.#note(showtimeId, askedBy, commandId, writerId);
      }
    }
  }

  promoted(old: JournalCopy): void {
    this.#graves.push({ houses: old.houses, writers: new Map(this.#writers) });
  }

  openedEarly(showtimeId: string, isTooEarly: boolean): void {
    this.#leaky.add(showtimeId);
    if (isTooEarly) this.#violate('after a promotion those who live look first', `${showtimeId} was claimed before`);
  }

  usedAgain(showtimeId: string, epoch: number): void {
    this.#violate('no epoch is used again', `${showtimeId} was claimed under ${epoch}, which is not above all before`);
  }

  /** What an old primary had of it; undefined where none had. */
  lost(order: Order): CommandResult | undefined {
    const outcomes = this.#graves.map(({ houses }) => outcomeOf(houses, order));
    return outcomes.find((outcome) => outcome !== undefined);
  }

  /**
   * Nobody who lives wrote it, so nobody can be asked to write it again. `subject`: the booking or hold that came of it,
   * where it may have been decided anew, and come to another.
   */
  isForgotten(order: Order, subject?: string): boolean {
    return this.#graves.some(({ houses, writers }) => {
      const outcome = outcomeOf(houses, order);
      if (!outcome || (subject !== undefined && !JSON.stringify(outcome).includes(subject))) return false;
      return !this.#isAlive(writers.get(placeOf(order.showtimeId, order.holder, order.commandId)) ?? '');
    });
  }

  /** It may have been decided anew. */
  mayDiffer(order: Order): boolean {
    return this.isForgotten(order) || (this.lost(order) !== undefined && this.#leaky.has(order.showtimeId));
  }

  /** False while a synchronous standby that is away does not have it. */
  isReplicated(order: Order): boolean {
    return !this.synchronous || outcomeOf(this.synchronous.houses, order) !== undefined;
  }

  #note(showtimeId: string, holder: string, commandId: string, writerId: string): void {
    this.#writers.set(placeOf(showtimeId, holder, commandId), writerId);
  }
}

function outcomeOf(houses: ReadonlyMap<string, HouseRecord>, { showtimeId, holder, commandId }: Order) {
  const house = houses.get(showtimeId);
  return house && outcomeIn(house, holder, commandId);
}

function placeOf(showtimeId: string, holder: string, commandId: string): string {
  return `${showtimeId} ${keyOf(holder, commandId)}`;
}
