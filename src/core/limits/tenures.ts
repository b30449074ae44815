import type { Limits } from './limit-rules.js';

/** An address may go on for longer than a person: a household or a firm shares one. */
const ADDRESS_FACTOR = 2;

/**
 * For how long each seat was held in a row by the same person, and from the same address, without being booked. A row
 * ends when somebody else takes the seat, when it is booked, or when it was free for the rest that the limits ask for.
 * Somebody who holds the same seats again each time that their hold ends is so refused them, and somebody who changes
 * their mind ten times within a minute is not.
 *
 * A few numbers a seat, made for the first hold; this owner's memory only.
 */
export class Tenures {
  readonly #size: number;
  #persons: (string | undefined)[] = [];
  #addresses: (string | undefined)[] = [];
  /** Milliseconds of ended holds of the row. */
  #personMs = new Uint32Array(0);
  #addressMs = new Uint32Array(0);
  /** When the seat was taken; once it is free again: when it was freed. */
  #at = new Float64Array(0);

  constructor(size: number) {
    this.#size = size;
  }

  /** Whether the seat, which is free, must rest before this person or somebody of this address holds it again. */
  isOver(seat: number, person: string, address: string | undefined, now: number, limits: Limits): boolean {
    const { seatHeldMsMax, seatRestMs } = limits;
    if (this.#persons.length === 0 || now - (this.#at[seat] ?? 0) >= seatRestMs) return false;
    if (this.#persons[seat] === person && (this.#personMs[seat] ?? 0) >= seatHeldMsMax) return true;
    const isSameAddress = address !== undefined && this.#addresses[seat] === address;
    return isSameAddress && (this.#addressMs[seat] ?? 0) >= ADDRESS_FACTOR * seatHeldMsMax;
  }

  /** `person` undefined: somebody whom limits do not count; the row ends. */
  taken(
    seats: readonly number[],
    person: string | undefined,
    address: string | undefined,
    now: number,
    limits: Limits,
  ): void {
    if (this.#persons.length === 0) this.#make();
    for (const seat of seats) {
      const isRested = now - (this.#at[seat] ?? 0) >= limits.seatRestMs;
      if (isRested || this.#persons[seat] !== person) this.#personMs[seat] = 0;
      if (isRested || address === undefined || this.#addresses[seat] !== address) this.#addressMs[seat] = 0;
      this.#persons[seat] = person;
      this.#addresses[seat] = address;
      this.#at[seat] = now;
    }
  }

  /** The seats left a hold and are free. */
  freed(seats: readonly number[], now: number): void {
    if (this.#persons.length === 0) return;
    for (const seat of seats) {
      const heldMs = Math.max(0, now - (this.#at[seat] ?? now));
      this.#personMs[seat] = (this.#personMs[seat] ?? 0) + heldMs;
      this.#addressMs[seat] = (this.#addressMs[seat] ?? 0) + heldMs;
      this.#at[seat] = now;
    }
  }

  /** Who bought a seat did not block it. */
  booked(seats: readonly number[]): void {
    if (this.#persons.length === 0) return;
    for (const seat of seats) {
      this.#persons[seat] = undefined;
      this.#addresses[seat] = undefined;
    }
  }

  #make(): void {
    this.#persons = new Array<string | undefined>(this.#size).fill(undefined);
    this.#addresses = new Array<string | undefined>(this.#size).fill(undefined);
    this.#personMs = new Uint32Array(this.#size);
    this.#addressMs = new Uint32Array(this.#size);
    this.#at = new Float64Array(this.#size);
  }
}
