import type { Reads } from './reads.js';
import { seatMapData } from './seat-maps.js';

/** Seat maps whose labels are kept. */
const MAPS_KEPT = 16;

interface Names {
  /** By index. */
  readonly labels: readonly string[];
  /** The row of each seat by index into `rows`; -1 in a standing area. */
  readonly rowOf: readonly number[];
  readonly rows: readonly string[];
}

/** What the seats of seat maps are called; the last few are kept, since the seats of one person are often in few halls. */
export class SeatLabels {
  readonly #db: Reads;
  readonly #kept = new Map<string, Names>();

  constructor(db: Reads) {
    this.#db = db;
  }

  /** By index; empty where there is no such seat map. */
  async of(hash: string): Promise<readonly string[]> {
    return (await this.#names(hash)).labels;
  }

  /** What the row of a seat is called; empty where it stands in none. */
  async rowOf(hash: string, label: string): Promise<string> {
    const { labels, rowOf, rows } = await this.#names(hash);
    return rows[rowOf[labels.indexOf(label)] ?? -1] ?? '';
  }

  async #names(hash: string): Promise<Names> {
    const names = this.#kept.get(hash) ?? (await this.#read(hash));
    this.#kept.delete(hash);
    this.#kept.set(hash, names);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MAPS_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return names;
  }

  async #read(hash: string): Promise<Names> {
    const map = await seatMapData(this.#db, hash);
    if (!map) return { labels: [], rowOf: [], rows: [] };
    return { labels: map.seats.label, rowOf: map.seats.row, rows: map.rows.map(({ label }) => label) };
  }
}
