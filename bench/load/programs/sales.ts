/** Buyers that hold and release, or buy, again and again: each sends the next request when the last was answered. */
import { type Buyer, PeerBuyer, type Place, UsherBuyer, UsherLine } from '../buyer.js';
import { serveOrders } from '../serve-orders.js';

export interface Sales {
  readonly place: Place;
  readonly of: 'usher' | 'express-postgres';
  readonly buyers: readonly {
    readonly showtimeId: string;
    /** Buyers of one line share a connection, where the server can take several requests at a time over one. */
    readonly line: number;
    /** Seats, as the server names them: labels with Usher, indexes with the peer. */
    readonly orders: readonly (readonly (string | number)[])[];
  }[];
}

interface Seller {
  readonly buyer: Buyer;
  readonly orders: number;
  /** How many of its orders were bought. */
  bought: number;
}

let sellers: Seller[] = [];

export interface Done {
  /** Rounds of its work that ended within the time. */
  readonly within: number;
  /** With those that had begun by then: what the store must have. */
  readonly all: number;
  /** The time; less where all had done all their work before. */
  readonly ms: number;
}

async function during(ms: number, work: (seller: Seller) => Promise<boolean>): Promise<Done> {
  const since = performance.now();
  let [within, all, lastAt] = [0, 0, since];
  await Promise.all(
    sellers.map(async (seller) => {
      while (lastAt - since < ms && (await work(seller))) {
        all++;
        lastAt = performance.now();
        if (lastAt - since < ms) within++;
      }
    }),
  );
  return { within, all, ms: Math.min(ms, lastAt - since) };
}

function usherBuyers({ place, buyers }: Sales): Buyer[] {
  const lines = new Map<number, { readonly line: UsherLine; buyers: number }>();
  return buyers.map(({ showtimeId, line: number, orders: wanted }) => {
    const shared = lines.get(number) ?? { line: new UsherLine(place, showtimeId), buyers: 0 };
    lines.set(number, shared);
    return new UsherBuyer(shared.line, shared.buyers++, wanted as readonly (readonly string[])[]);
  });
}

function peerBuyers({ place, buyers }: Sales): Buyer[] {
  return buyers.map(
    ({ showtimeId, orders: wanted }, i) =>
      new PeerBuyer(place, showtimeId, wanted as readonly (readonly number[])[], `guest:${i}`),
  );
}

const orders = {
  async connect(sales: Sales): Promise<void> {
    for (const { buyer } of sellers) buyer.close();
    const buyers = sales.of === 'usher' ? usherBuyers(sales) : peerBuyers(sales);
    sellers = buyers.map((buyer, i) => ({ buyer, orders: sales.buyers[i]?.orders.length ?? 0, bought: 0 }));
    await Promise.all(buyers.map(({ opened }) => opened));
  },
  /** Holds the first order and releases it; counts what was granted and released. */
  holds: (ms: number) =>
    during(ms, async ({ buyer }) => {
      await buyer.release(await buyer.hold(0));
      return true;
    }),
  /** Buys one order after the other; counts acknowledged bookings. */
  bookings: (ms: number) =>
    during(ms, async (seller) => {
      if (seller.bought === seller.orders) return false;
      await seller.buyer.buy(seller.bought++);
      return true;
    }),
};

export type SalesOrders = typeof orders;
serveOrders(orders);
