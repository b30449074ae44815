import type { Hold } from '../../../src/core/house.js';
import type { Wish } from '../../../src/core/waitlist/waiting.js';
import type { Slice } from '../../../src/runtime/journal-port.js';
import { RULES } from '../world/rules.js';
import type { World } from '../world/world.js';

const REST_MS_MAX = 30_000;
const LOOK_MS = 100;

/**
 * Who waits is served in turn, and before everybody else. Told by the journal, commit by commit: whoever was told to wait was known
 * to the owner by then, so whatever is committed later was decided with them in the line. A person who may not hold more is passed
 * over. Of the other rules of the house only the order is written here again.
 */
export class Line {
  readonly #world: World;
  /** Entries that were told to wait, and have neither been offered seats nor asked to leave. */
  readonly #inLine = new Set<string>();
  readonly #offered = new Set<string>();
  readonly #left = new Set<string>();
  /** Holds that the journal had before. */
  readonly #known = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    world.journal.onCommitted = (slice) => this.#committed(slice);
  }

  joined(entryId: string): void {
    if (!this.#offered.has(entryId) && !this.#left.has(entryId)) this.#inLine.add(entryId);
  }

  leaves(entryId: string): void {
    this.#left.add(entryId);
    this.#inLine.delete(entryId);
  }

  takes(_holdId: string): void {
    this.#world.count('somebody took what they were offered');
  }

  /** Waits until what is on record is what is so; after a while whatever differs is a violation. */
  async comesToRest(): Promise<void> {
    const { time } = this.#world;
    const until = time.now() + REST_MS_MAX;
    let restless = this.#lookAround();
    while (restless.length > 0 && time.now() < until) {
      await time.advance(LOOK_MS);
      restless = this.#lookAround();
    }
    for (const what of restless.slice(0, 3)) this.#world.violate('nobody who waits is forgotten', what);
    const told = new Set<string>();
    for (const id of this.#world.waitlist.told) {
      if (told.has(id)) this.#world.violate('an offer is told once', `${id.slice(-4)} was told twice`);
      told.add(id);
    }
  }

  #committed({ showtimeId, holds, booked, acts }: Slice): void {
    for (const { booking } of booked) this.#known.add(booking.holdId);
    // Between two commits an offer may have been made and have ended: that was its turn.
    for (const { hold } of acts) this.#inLine.delete(this.#world.waitlist.entryOfHold.get(hold ?? '') ?? '');
    const fresh = new Map<string, Hold>();
    for (const hold of holds.values()) if (hold && !this.#known.has(hold.id)) fresh.set(hold.id, hold);
    const { waitlist, tails } = this.#world;
    const offers = [...fresh.keys()].map((id) => waitlist.entryOfHold.get(id) ?? '');
    for (const id of offers) {
      // Of an offer that ended before anybody could be told nobody knows.
      if (id !== '' && this.#offered.has(id) && waitlist.told.includes(id) && !tails.happened) {
        this.#world.violate('an entry is offered seats once', `${id.slice(-4)} was offered another hold`);
      }
      this.#offered.add(id);
      this.#inLine.delete(id);
    }
    for (const hold of fresh.values()) {
      this.#known.add(hold.id);
      if (!tails.happened) this.#checkTurn(showtimeId, hold);
    }
  }

  /** Nobody who is still in the line, and came before, would have been content with these very seats. */
  #checkTurn(showtimeId: string, hold: Hold): void {
    const { waitlist } = this.#world;
    const labels = this.#world.labels();
    const seats = hold.seats.map((seat) => labels[seat] ?? '?');
    const entryId = waitlist.entryOfHold.get(hold.id);
    const served = waitlist.entries.get(entryId ?? '');
    if (entryId !== undefined) this.#world.count('somebody who waited was offered seats');
    for (const id of this.#inLine) {
      const entry = waitlist.entries.get(id);
      if (!entry || entry.showtimeId !== showtimeId || entry.state !== 'waiting') continue;
      if (served && served.place < entry.place) continue;
      // An entry that was taken back is on nobody's record.
      if (entryId !== undefined && !served) continue;
      if (!suits(entry.wish, seats) || this.#holdsAll(showtimeId, entry.holder)) continue;
      const whom = served ? `entry ${served.id.slice(-4)}` : hold.holder;
      const what = `${whom} got ${seats.join(' ')}, and ${id.slice(-4)} waited longer for ${JSON.stringify(entry.wish)}`;
      this.#world.violate('who waits is served in turn', what);
    }
  }

  #holdsAll(showtimeId: string, holder: string): boolean {
    const { holds } = this.#world.journal.peek(showtimeId);
    const ids = [...holds.values()].flatMap((hold) => (hold.holder === holder ? [hold.id] : []));
    return new Set(ids).size >= RULES.holdsPerHolder;
  }

  #lookAround(): readonly string[] {
    const { waitlist, journal, time } = this.#world;
    const labels = this.#world.labels();
    const found: string[] = [];
    for (const { id, showtimeId, state, wish } of waitlist.entries.values()) {
      const { holds } = journal.peek(showtimeId);
      const live = [...holds.values()].some(
        (hold) => waitlist.entryOfHold.get(hold.id) === id && hold.expiresAt > time.now(),
      );
      const name = id.slice(-4);
      if (state === 'waiting' && live) found.push(`${name} has an offer, and is not told`);
      if (state === 'offered' && !live) found.push(`${name} is offered what has ended`);
      if (state !== 'waiting' && state !== 'offered' && live) found.push(`${name} is ${state}, and has an offer`);
      if (state !== 'waiting') continue;
      const free = [...journal.seatsOf(showtimeId)].flatMap((letter, seat) =>
        letter === '.' ? [labels[seat] ?? '?'] : [],
      );
      if (suits(wish, free)) found.push(`${name} waits for ${JSON.stringify(wish)}, and ${free.join(' ')} are free`);
    }
    return found;
  }
}

/** Whether these seats are surely what somebody wishes. Two together might have to be beside each other: that is not looked at. */
function suits(wish: Wish, seats: readonly string[]): boolean {
  if ('seats' in wish) return wish.seats.every((label) => seats.includes(label));
  return seats.length >= wish.count && (wish.count === 1 || !wish.together);
}
