import type { Orders } from '../suite/load-crew.js';

/** Makes this process one of a `LoadCrew`: answers its orders until the one who gives them has gone. */
export function serveOrders(orders: Orders): void {
  process.on('disconnect', () => process.exit(0));
  // An interrupt at the terminal reaches all processes; when to stop is for the one that started us to say.
  process.on('SIGINT', () => {});
  process.on('message', (message: { readonly order: string; readonly argument: never }) => {
    void obey(orders, message.order, message.argument);
  });
}

async function obey(orders: Orders, order: string, argument: never): Promise<void> {
  const before = process.cpuUsage();
  const since = performance.now();
  const done = (outcome: { answer?: unknown; error?: string }) => {
    const { user, system } = process.cpuUsage(before);
    process.send?.({ ...outcome, cpuMs: (user + system) / 1000, wallMs: performance.now() - since });
  };
  try {
    const work = orders[order];
    if (!work) throw new Error(`There is no order ${order}.`);
    done({ answer: await work(argument) });
  } catch (error) {
    done({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
