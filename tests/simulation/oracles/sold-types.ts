import type { Order, Told } from '../people/order.js';
import type { World } from '../world/world.js';

/** What each seat of a hold was told to be sold as: that stays so, into the booking too, where nobody asked for another type. */
export class SoldTypes {
  readonly #world: World;
  /** By hold and label. */
  readonly #told = new Map<string, string>();
  readonly #retyped = new Set<string>();
  /** Seats that were to join a hold, perhaps after they had left it, by hold and label. */
  readonly #joined = new Set<string>();

  constructor(world: World) {
    this.#world = world;
  }

  made({ type, holdId, seats = [] }: Order): void {
    if (holdId === undefined) return;
    if (type === 'retype') this.#retyped.add(holdId);
    if (type === 'add') for (const seat of seats) this.#joined.add(`${holdId} ${seat}`);
  }

  heard({ type, holdId }: Order, { hold, booking }: Told & { readonly ok: true }): void {
    if (hold) this.#look(hold.id, hold);
    if (booking && type === 'book' && holdId !== undefined) this.#look(holdId, booking);
  }

  #look(holdId: string, { seats, ticketTypes }: NonNullable<(Told & { readonly ok: true })['hold' | 'booking']>): void {
    if (this.#retyped.has(holdId)) return;
    for (const [i, seat] of seats.entries()) {
      if (this.#joined.has(`${holdId} ${seat}`)) continue;
      const type = ticketTypes?.[i] ?? 'nothing';
      const before = this.#told.get(`${holdId} ${seat}`) ?? type;
      this.#told.set(`${holdId} ${seat}`, before);
      if (before === type) continue;
      this.#world.violate('a seat keeps its ticket type', `${seat} of ${holdId} was ${before}, and is ${type}`);
    }
  }
}
