import type { Reads } from './reads.js';
import { seatMapData } from './seat-maps.js';

/** Seat maps whose labels are kept. */
const MAPS_KEPT = 16;

/** What the seats of seat maps are called; the last few are kept, since the seats of one person are often in few halls. */
export class SeatLabels {
  readonly #db: Reads;
  readonly #kept = new Map<string, readonly string[]>();

  constructor(db: Reads) {
    this.#db = db;
  }

  /** By index; empty where there is no such seat map. */
  async of(hash: string): Promise<readonly string[]> {
    const labels = this.#kept.get(hash) ?? (await seatMapData(this.#db, hash))?.seats.label ?? [];
    this.#kept.delete(hash);
    this.#kept.set(hash, labels);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAPS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return labels;
  }
}
