import { DeskWatch } from './oracles/desk-watch.js';
import { checkJournal } from './oracles/journal.js';
import { Line } from './oracles/line.js';
import { Orders } from './oracles/orders.js';
import { Purchases } from './oracles/purchases.js';
import { comesToRest } from './oracles/rest.js';
import { ToldStates } from './oracles/told-states.js';
import { Buyer } from './people/buyer.js';
import { Caller } from './people/caller.js';
import { OrderDesk } from './people/order-desk.js';
import { Shopper } from './people/shopper.js';
import { Staff } from './people/staff.js';
import { Waiter } from './people/waiter.js';
import type { Plan } from './plan/plan.js';
import { heal, strike } from './plan/strike.js';
import type { Sometimes } from './world/census.js';
import { Sales } from './world/sales.js';
import { TIMES } from './world/times.js';
import { type Violation, World } from './world/world.js';

/** What one run came to. */
export interface Outcome {
  readonly seed: number;
  /** Of everything that happened, in order. */
  readonly hash: string;
  readonly violations: readonly Violation[];
  readonly census: Readonly<Record<Sometimes, number>>;
  /** Virtual milliseconds. */
  readonly ranMs: number;
  /** Only where they were asked for. */
  readonly trace: readonly string[];
}

const STARTS_WITHIN_MS = 300;
/** Once all is well, for what had to give up first: the longest wait of an SDK is the deadline of a dead connection. */
const REST_MS_MAX = 90_000;

/** Runs a plan to its end. Never rejects: what goes wrong is in the outcome. */
export async function simulate(plan: Plan, keepTrace = false): Promise<Outcome> {
  const world = new World({ ...plan, keepTrace });
  try {
    await run(plan, world);
  } catch (error) {
    world.violate(
      'the simulation itself fails',
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
  const { violations, census, trace, time } = world;
  const ranMs = time.now() - TIMES.start;
  return { seed: plan.seed, hash: trace.digest(), violations, census: census.counts(), ranMs, trace: trace.lines };
}

async function run(plan: Plan, world: World): Promise<void> {
  world.network.latencyMs = plan.latencyMs;
  world.network.jitterMs = plan.jitterMs;
  const { redisGoneAt } = plan;
  if (redisGoneAt !== undefined) {
    // Messages between nodes go on: they reach each other without it.
    world.time.after(redisGoneAt, () => world.weather.trouble('redis', 'away', Number.POSITIVE_INFINITY));
  }
  const orders = new Orders(world);
  const sales = plan.shoppers.length > 0 ? new Sales(world, new DeskWatch(world, orders)) : undefined;
  world.sales = sales;
  for (let node = 1; node <= plan.nodes; node++) world.startNode(`n${node}`);
  await world.time.advance(STARTS_WITHIN_MS);
  const states = new ToldStates(world);
  const buyers = plan.buyers.map((number) => new Buyer(number, world, states, orders));
  const staff = new Staff(world, orders, () => buyers);
  const caller = new Caller(world, orders);
  const desk = new OrderDesk(world, orders);
  const purchases = sales && new Purchases(world, sales, orders);
  const shoppers = purchases ? plan.shoppers.map((number) => new Shopper(number, world, orders, purchases)) : [];
  const line = new Line(world);
  const waiters = plan.waiters.map((number) => new Waiter(number, world, line, orders));
  for (const fault of plan.faults) world.time.after(fault.at, () => strike(fault, world, { buyers, caller }));
  await world.time.advance(plan.chaosMs);
  heal(world);
  staff.leave();
  desk.rest();
  for (const buyer of buyers) buyer.rest();
  for (const waiter of waiters) waiter.rest();
  for (const shopper of shoppers) shopper.rest();
  await comesToRest(world, buyers, orders, purchases, REST_MS_MAX, 'after the faults');
  // Whoever asks is answered, and sees what came of it.
  for (const buyer of buyers) buyer.probe();
  await comesToRest(world, buyers, orders, purchases, REST_MS_MAX, 'after a last command');
  if (redisGoneAt !== undefined) world.count('a cluster came to rest without Redis');
  await line.comesToRest();
  orders.check();
  purchases?.check();
  states.check();
  checkJournal(world, orders);
}
