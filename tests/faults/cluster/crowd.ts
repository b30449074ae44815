import { seededRandom } from '../../../bench/rush/random.js';
import { expectOneHouse, expectPromisesKept, type Sale } from '../promises.js';
import { SeatBuyer } from '../seat-buyer.js';
import { allConnected, type ClusterStage } from './cluster-stage.js';

/** Buyers of several showtimes, who come in through all nodes. */
export class Crowd {
  readonly sales: readonly Sale[];
  readonly buyers: readonly SeatBuyer[];

  private constructor(sales: readonly Sale[]) {
    this.sales = sales;
    this.buyers = sales.flatMap(({ buyers }) => buyers);
  }

  /** `urlOf` names the node, or the shared port, that a buyer comes in by. */
  static async gather(
    stage: ClusterStage,
    sizes: { readonly showtimes: number; readonly buyersEach: number; readonly seatsEach: number },
    urlOf: (buyer: number) => string = () => stage.sharedUrl,
  ): Promise<Crowd> {
    const random = seededRandom(20_26);
    const { showtimes, buyersEach, seatsEach } = sizes;
    const sales: Sale[] = [];
    for (let i = 0; i < showtimes; i++) {
      const showtimeId = await stage.openSale(seatsEach);
      const labels = await stage.labels(showtimeId);
      const buyers = Array.from(
        { length: buyersEach },
        (_, buyer) => new SeatBuyer(urlOf(buyer), showtimeId, labels, random),
      );
      sales.push({ pool: stage.pool, showtimeId, labels, buyers });
    }
    const crowd = new Crowd(sales);
    for (const { client } of crowd.buyers) client.connect();
    await crowd.connected();
    return crowd;
  }

  start(): void {
    for (const buyer of this.buyers) buyer.start();
  }

  /** Resolves when every command has its outcome. */
  async pause(): Promise<void> {
    await Promise.all(this.buyers.map((buyer) => buyer.pause()));
  }

  async connected(): Promise<void> {
    await allConnected(this.buyers.map(({ client }) => client));
  }

  /** To be called while nobody buys. */
  async expectUnharmed(when: string): Promise<void> {
    for (const sale of this.sales) await expectPromisesKept(sale, when);
    await this.connected();
    for (const sale of this.sales) await expectOneHouse(sale);
  }

  total(count: (buyer: SeatBuyer) => number): number {
    return this.buyers.reduce((sum, buyer) => sum + count(buyer), 0);
  }

  leave(): void {
    for (const { client } of this.buyers) client.close();
  }
}
