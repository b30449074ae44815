/** People who come in, a fixed number of them on the way at any time, and stay until all are sent away. */
import { gather, type Watched } from '../audience.js';
import { serveOrders } from '../serve-orders.js';
import type { Watching } from '../watcher-socket.js';

export interface Storm {
  readonly watched: Watched;
  readonly people: number;
  readonly atOnce: number;
}

export interface Joined {
  /** From the first connect until the last had the snapshot. */
  readonly ms: number;
  /** What the first of them was sent last before it had entered; of ours only. */
  readonly sample: Uint8Array | undefined;
}

let inside: readonly Watching[] = [];

const orders = {
  async join({ watched, people, atOnce }: Storm): Promise<Joined> {
    const { watchers, ms, sample } = await gather(watched, people, atOnce);
    inside = [...inside, ...watchers];
    return { ms, sample };
  },
  async leave(): Promise<void> {
    for (const one of inside) one.cut();
    inside = [];
  },
};

export type Joiners = typeof orders;
serveOrders(orders);
