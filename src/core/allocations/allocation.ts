import type { Channel } from '../channel.js';

/** Why a seat is sold by one channel only. One value for all seats that were allocated together. */
export interface Allocation {
  readonly channel: Channel;
  /** Milliseconds since 1970: from then on the seat is sold like any other. Absent: until somebody ends it. */
  readonly until?: number;
  readonly reason: string;
  /** The holder who allocated it. */
  readonly by: string;
}

/** The allocated seats of a house, whatever their status: a seat that is held or booked keeps its allocation. */
export class Allocations {
  readonly #bySeat = new Map<number, Allocation>();
  /** How many seats each channel has; undefined where it never had one. */
  readonly #counts: Partial<Record<Channel, number>> = {};
  #nextEnd: number | undefined;

  get size(): number {
    return this.#bySeat.size;
  }

  /** When the first of them ends; Infinity where none does. */
  get nextEnd(): number {
    if (this.#nextEnd !== undefined) return this.#nextEnd;
    let end = Number.POSITIVE_INFINITY;
    for (const { until } of this.#bySeat.values()) if (until !== undefined && until < end) end = until;
    this.#nextEnd = end;
    return end;
  }

  has(seat: number): boolean {
    return this.#bySeat.has(seat);
  }

  get(seat: number): Allocation | undefined {
    return this.#bySeat.get(seat);
  }

  set(seat: number, allocation: Allocation): void {
    this.delete(seat);
    this.#bySeat.set(seat, allocation);
    this.#counts[allocation.channel] = (this.#counts[allocation.channel] ?? 0) + 1;
    this.#nextEnd = undefined;
  }

  delete(seat: number): void {
    const allocation = this.#bySeat.get(seat);
    if (allocation === undefined) return;
    this.#bySeat.delete(seat);
    this.#counts[allocation.channel] = (this.#counts[allocation.channel] ?? 1) - 1;
    this.#nextEnd = undefined;
  }

  /** In the order in which they were allocated. */
  entries(): IterableIterator<readonly [seat: number, allocation: Allocation]> {
    return this.#bySeat.entries();
  }

  hasOf(channel: Channel): boolean {
    return (this.#counts[channel] ?? 0) > 0;
  }
}
