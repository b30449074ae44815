/** People who each hold a seat and give it back, one command under way at a time: how long each took. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Moved, type Mover, openMover } from '../mover.js';
import { serveOrders } from '../serve-orders.js';

export interface People {
  readonly moved: Moved;
  readonly people: number;
}

export interface Pace {
  readonly ms: number;
  /** From one hold of a person to the next, if that is not later by itself; 0: one after the other. */
  readonly everyMs: number;
}

/** Milliseconds of each command that was acknowledged in the time that was asked for. */
export type Latencies = Float64Array;

let movers: Mover[] = [];
let labelled = 0;

const orders = {
  async enter({ moved, people }: People): Promise<void> {
    labelled = moved.labels.length;
    movers = await Promise.all(Array.from({ length: people }, () => openMover(moved)));
  },
  async run({ ms, everyMs }: Pace): Promise<Latencies> {
    const latencies: number[] = [];
    const until = performance.now() + ms;
    await Promise.all(movers.map((mover, i) => holdAndRelease(mover, i, { until, everyMs }, latencies)));
    return Float64Array.from(latencies);
  },
};

async function holdAndRelease(
  mover: Mover,
  i: number,
  { until, everyMs }: { readonly until: number; readonly everyMs: number },
  latencies: number[],
): Promise<void> {
  const timed = async <Answer>(command: Promise<Answer>): Promise<Answer> => {
    const sentAt = performance.now();
    const answer = await command;
    latencies.push(performance.now() - sentAt);
    return answer;
  };
  // Each has seats of its own: nobody is refused.
  for (let seat = i; performance.now() < until; seat = seat + movers.length < labelled ? seat + movers.length : i) {
    const nextAt = performance.now() + everyMs;
    await timed(mover.release(await timed(mover.hold(seat))));
    if (everyMs > 0) await sleep(Math.max(0, nextAt - performance.now()));
  }
}

export type RelayCommands = typeof orders;
serveOrders(orders);
