import { randomUUID } from 'node:crypto';
import { afterAll, beforeEach } from 'vitest';
import type { Claim, Restoration } from '../../src/runtime/journal-port.js';
import type { NodeJournal, Store } from './journals.js';
import { slice, sorted } from './slices.js';

/**
 * Another one before each test: a showtime that a node has claimed, in a store of its own, since a promotion is of everything. The
 * node has written batch 1 and confirmed it, so tests begin with batch 2.
 */
export class ClaimedShowtime {
  readonly #open: () => Promise<Store>;
  readonly #stores: Store[] = [];
  store!: Store;
  node!: NodeJournal;
  id!: string;
  epoch!: number;

  /** To be made where tests are described: it opens before each of them, and closes after all. */
  constructor(open: () => Promise<Store>) {
    this.#open = open;
    beforeEach(() => this.#begin());
    afterAll(() => this.#close(), 60_000);
  }

  async #begin(): Promise<void> {
    this.store = await this.#open();
    this.#stores.push(this.store);
    this.node = await this.store.node();
    this.id = randomUUID();
    await this.node.commit({ number: 0, slices: [] });
    this.epoch = (await this.node.claim(this.id)).epoch;
    await this.node.commit({ number: 1, slices: [] });
    await this.node.confirm(1, 1);
  }

  async #close(): Promise<void> {
    await Promise.all(this.#stores.map((store) => store.close()));
  }

  /** As another node sees it that may claim at once. */
  async reclaim(id = this.id): Promise<Claim> {
    const other = await this.store.node();
    await this.store.letTimePass(2_000);
    return await other.claim(id);
  }

  /** What `reclaim` finds, in an order that tests can compare. */
  async state() {
    return sorted(await this.reclaim());
  }

  write(number: number, parts: Parameters<typeof slice>[2], at = this.epoch) {
    return this.node.commit({ number, after: number - 1, slices: [slice(this.id, at, parts)] });
  }

  /** What its owner remembers of it. */
  known(parts: Partial<Restoration>): Restoration {
    return {
      showtimeId: this.id,
      epoch: this.epoch,
      isWhole: false,
      isAdditive: false,
      bookings: new Map(),
      cancelled: new Set(),
      reseated: new Map(),
      holds: new Map(),
      blocks: new Map(),
      allocations: new Map(),
      results: [],
      acts: [],
      ...parts,
    };
  }
}
