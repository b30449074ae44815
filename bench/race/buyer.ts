import { setTimeout as sleep } from 'node:timers/promises';
import { AVAILABLE, HELD } from '../load/house-view.js';
import type { BuyerPlan } from '../rush/buyer-plan.js';
import { anySeats } from './any-seats.js';
import type { Sales } from './sales.js';
import type { Shop } from './shop.js';

/**
 * Buys once, or goes when nothing is left. Arrives and tries again when the buyers of `npm run rush` do. Only the thought
 * between holding and paying is left out: it is the same wherever one buys, and would be added to all alike.
 */
export async function buyOnce(shop: Shop, rows: readonly number[], plan: BuyerPlan, sales: Sales): Promise<void> {
  const { count } = plan.party();
  await sleep(plan.arrivalMs);
  while (!sales.over) {
    const seats = anySeats(rows, shop.seats(), count, plan.choice());
    if (seats.length > 0) {
      if (await buy(shop, seats, sales)) return;
      await sleep(plan.wait(30, 250));
    } else {
      if (!shop.seats().some((status) => status === AVAILABLE || status === HELD)) return;
      await sleep(plan.wait(200, 800));
    }
  }
}

async function buy(shop: Shop, seats: readonly number[], sales: Sales): Promise<boolean> {
  try {
    let answered = () => {};
    const holdId = await shop
      .hold(seats, () => {
        answered = sales.attempt();
      })
      .finally(() => answered());
    if (holdId === undefined || !(await shop.book(holdId))) return false;
    sales.sold(seats.length);
    return true;
  } catch (error) {
    // Told beside the figures; in a race of Usher it must not be.
    sales.broke(error instanceof Error ? error.message : String(error));
    return false;
  }
}
