/** Buyers who race for the seats of one showtime. */
import { Crowd, type CrowdAssignment } from '../../race/crowd.js';
import type { SalesReport } from '../../race/sales.js';
import { serveOrders } from '../serve-orders.js';

let crowd: Crowd | undefined;

const orders = {
  async connect(assignment: CrowdAssignment): Promise<void> {
    crowd = new Crowd(assignment);
    await crowd.connect();
  },
  async race(capMs: number): Promise<SalesReport> {
    if (!crowd) throw new Error('Nobody is connected.');
    return await crowd.race(capMs);
  },
  async leave(_: undefined): Promise<void> {
    crowd?.leave();
    crowd = undefined;
  },
};

export type Race = typeof orders;
serveOrders(orders);
