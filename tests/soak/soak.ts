import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../bench/rush/random.js';
import { Accounts } from './accounts.js';
import { Crowd } from './crowd.js';
import { type Gauges, gaugesOfLatency, gaugesOfMachine, gaugesOfNode, gaugesOfStores } from './gauges.js';
import { Pace } from './pace.js';
import { PageReader } from './page-reader.js';
import { Programme } from './programme.js';
import { compareHouses } from './quiet-point.js';
import type { TwoNodes } from './two-nodes.js';
import type { Findings, Sample } from './verdict.js';

export interface SoakPlan {
  readonly ms: number;
  /** How long it is measured what the nodes can carry. */
  readonly measureMs: number;
  readonly sampleEveryMs: number;
  /** Garbage is collected, so that what is left can be told from what is only not collected yet. */
  readonly collectEveryMs: number;
  /** The load is paused, and everything compared; once more at the end. */
  readonly quietEveryMs: number;
  readonly rateMax: number;
  readonly seed: number;
  readonly showtimes: number;
  readonly seats: number;
  readonly holdTtlsMs: readonly number[];
  readonly visitors: number;
  readonly watchers: number;
}

export interface SoakRun extends Findings {
  /** Commands a second that the nodes carried in the closed loop. */
  readonly carriedPerSecond: number;
  readonly showtimes: number;
  readonly people: number;
  /** Quiet points, and the views of houses that were compared at them. */
  readonly pauses: number;
  readonly compared: number;
  readonly done: ReadonlyMap<string, number>;
  readonly refusals: ReadonlyMap<string, number>;
}

const READS_SHARE = 0.1;
const READS_MAX = 40;
const CHURN_EVERY_MS = 1_000;
/** After the longest hold has ended, at most: what the nodes need to tell Postgres, and to let go of sockets. */
const EMPTIED_MS_MAX = 20_000;

/** Has people come and go at these nodes for so long, and tells what was seen. `say` gets a line now and then. */
export async function soak(stage: TwoNodes, plan: SoakPlan, say: (line: string) => void): Promise<SoakRun> {
  const accounts = new Accounts();
  const programme = new Programme(stage.pool, accounts, plan.seats, plan.holdTtlsMs);
  await programme.open(plan.showtimes);
  const urls = stage.nodes.map(({ url }) => url);
  const { visitors, watchers } = plan;
  const crowd = new Crowd({ programme, urls, accounts, random: seededRandom(plan.seed), visitors, watchers });
  const pages = new PageReader(programme, urls, accounts);
  const pace = new Pace(crowd);
  const before = { atMs: 0, gauges: await gauges(stage) };
  await crowd.gather();
  const turning = setInterval(() => {
    crowd.churn();
    programme.turn().catch((error: unknown) => accounts.broke(String(error)));
  }, CHURN_EVERY_MS);
  try {
    const carried = await pace.measure(plan.measureMs);
    const offered = Math.min(plan.rateMax, carried / 2);
    say(`The nodes carry ${carried.toFixed(0)} commands/s here; ${offered.toFixed(0)} are offered.`);
    const [samples, heaps, drift]: [Sample[], Sample[], string[]] = [[], [], []];
    let [compared, pauses, collectedAt] = [0, 0, 0];
    const from = performance.now();
    const endsAt = from + plan.ms;
    while (performance.now() < endsAt - plan.sampleEveryMs) {
      pace.start(offered);
      pages.start(Math.min(READS_MAX, offered * READS_SHARE));
      const until = Math.min(endsAt, performance.now() + plan.quietEveryMs);
      await sampleUntil(until, plan.sampleEveryMs, async (ms) => {
        const latency = gaugesOfLatency(pace.takeLatencies(), pages.takeLatencies(), ms);
        const all = { ...latency, backlog: pace.backlog, ...gaugesOfMachine(), ...(await gauges(stage)) };
        const atMs = performance.now() - from;
        samples.push({ atMs, gauges: all });
        if (atMs < collectedAt + plan.collectEveryMs) return;
        collectedAt = atMs;
        heaps.push({ atMs, gauges: await liveHeaps(stage) });
      });
      pages.stop();
      await pace.settle();
      const comparison = await compareHouses({ pool: stage.pool, urls, crowd, accounts, sales: [...programme.sales] });
      compared += comparison.views;
      drift.push(...comparison.drift);
      pauses++;
      const at = ((performance.now() - from) / 60_000).toFixed(1);
      const faults = [...accounts.faults, ...accounts.broken].map(([what, times]) => `; ${what} ${times}`).join('');
      say(`${at} min: ${comparison.views} views of houses compared, ${comparison.drift.length} differ${faults}.`);
      pace.takeLatencies();
    }
    crowd.leave();
    const emptyGauges = await emptied(stage, plan);
    const after = { atMs: performance.now() - from, gauges: emptyGauges };
    return {
      ...{ samples, heaps, drift, compared, pauses, carriedPerSecond: carried, offeredPerSecond: offered },
      commands: accounts.commands,
      faults: new Map([...accounts.faults, ...accounts.broken]),
      unknown: [...accounts.unknown.values()].reduce((sum, each) => sum + each, 0),
      complaints: stage.nodes.flatMap(({ name, server }) =>
        complaintsIn(server.log()).map((line) => `${name} ${line}`),
      ),
      empty: { before, after },
      showtimes: programme.opened,
      people: crowd.came,
      done: accounts.done,
      refusals: accounts.refusals,
    };
  } finally {
    clearInterval(turning);
    crowd.leave();
    pages.close();
  }
}

async function gauges(stage: TwoNodes): Promise<Gauges> {
  const each = await Promise.all([...stage.nodes.map(gaugesOfNode), gaugesOfStores(stage)]);
  return Object.assign({}, ...each) as Gauges;
}

/** When the last hold has ended. */
async function emptied(stage: TwoNodes, { holdTtlsMs }: SoakPlan): Promise<Gauges> {
  await sleep(Math.max(...holdTtlsMs));
  const giveUpAt = performance.now() + EMPTIED_MS_MAX;
  for (;;) {
    await sleep(1_000);
    const now = await gauges(stage);
    if (now['held seats'] === 0 || performance.now() > giveUpAt) return now;
  }
}

async function liveHeaps({ nodes }: TwoNodes): Promise<Gauges> {
  const live = nodes.map(
    async ({ name, inspector }) => [`${name} live heap MiB`, (await inspector.liveHeapBytes()) / 2 ** 20] as const,
  );
  return Object.fromEntries(await Promise.all(live));
}

async function sampleUntil(endsAt: number, everyMs: number, sample: (ms: number) => Promise<void>): Promise<void> {
  for (let last = performance.now(); ; ) {
    const left = endsAt - performance.now();
    if (left <= 0) return;
    await sleep(Math.min(everyMs, left));
    const now = performance.now();
    // What is left of a turn is too short to count commands in.
    if (now - last < everyMs / 2) continue;
    await sample(now - last);
    last = now;
  }
}

/** Lines of the log that Node itself or the node wrote as a warning or worse; the inspector's greeting is none. */
function complaintsIn(log: string): string[] {
  return log
    .split('\n')
    .filter(
      (line) => line.trim() !== '' && !/^(Debugger|For help|Starting inspector|Waiting for the debugger)/.test(line),
    );
}
