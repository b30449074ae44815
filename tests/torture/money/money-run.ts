import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../../../bench/rush/random.js';
import { Nemesis } from '../nemesis/nemesis.js';
import type { TortureOptions } from '../torture-options.js';
import type { Books, Violation } from './checker/books.js';
import { checkBooks } from './checker/check-books.js';
import { Clerk } from './clients/clerk.js';
import { type MoneyTally, newTally } from './clients/money-tally.js';
import { ShopDoor } from './clients/shop-door.js';
import { Shopper } from './clients/shopper.js';
import { comeToRest } from './come-to-rest.js';
import { mayMoneyFaultsCoincide, moneyFaults } from './nemesis/money-faults.js';
import { MoneyStage } from './stage/money-stage.js';

const SETTLE_EVERY_MS = 9_000;
const PROGRESS_EVERY_MS = 20_000;
const BETWEEN_MS_MAX = 1_500;
/** What a client may still wait for when it is to stop. */
const STOP_MS_MAX = 60_000;
const CANCEL_EVERY_MS = 60_000;

export interface MoneyPlace {
  /** Built programs: the server, the stand-in of Stripe, the receiver of webhooks; and the folder of the migrations. */
  readonly program: string;
  readonly provider: string;
  readonly receiver: string;
  readonly sql: string;
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface MoneyResult {
  /** Undefined where it was interrupted. */
  readonly books: Books | undefined;
  readonly violations: readonly Violation[];
  /** What did not come to rest. */
  readonly found: readonly string[];
  readonly crashes: readonly string[];
  readonly tally: MoneyTally;
  readonly faults: ReadonlyMap<string, number>;
  readonly restMs: number;
  /** The end of what each process wrote, by its name. */
  readonly logs: Readonly<Record<string, string>>;
}

/** One run, from the first process to the verdict. Everything that it started has ended when it resolves or rejects. */
export async function tortureMoney(options: TortureOptions, place: MoneyPlace): Promise<MoneyResult> {
  const crashes: string[] = [];
  place.say('Postgres, Redis, the provider, the receiver of webhooks and the nodes start');
  const { program, provider, receiver, sql } = place;
  const onCrash = (process: string, how: string) => void crashes.push(`${process} (${how})`);
  const stage = await MoneyStage.open({
    nodes: options.nodes,
    program,
    provider,
    receiver,
    sql,
    houses: housesOf(options),
    onCrash,
  });
  const run = new MoneyRun(options, place, stage);
  try {
    await run.attack();
    await run.stop();
    place.say('all is mended; what was begun comes to rest');
    const startedAt = performance.now();
    const found = await comeToRest(stage, place.signal);
    const restMs = performance.now() - startedAt;
    const books = place.signal.aborted ? undefined : await stage.read();
    const violations = books ? checkBooks(books) : [];
    const processes = [
      ...stage.stage.nodes.map(({ process }) => process),
      stage.provider.process,
      stage.receiver.process,
    ];
    const logs = Object.fromEntries(processes.map(({ name, log }) => [name, log]));
    return { books, violations, found, crashes, tally: run.tally, faults: run.faults, restMs, logs };
  } finally {
    run.leave();
    await stage.close();
  }
}

class MoneyRun {
  readonly tally = newTally();
  readonly faults = new Map<string, number>();
  readonly #options: TortureOptions;
  readonly #place: MoneyPlace;
  readonly #stage: MoneyStage;
  readonly #random: () => number;
  readonly #door: ShopDoor;
  readonly #clerk: Clerk;
  readonly #shoppers: readonly Shopper[];

  constructor(options: TortureOptions, place: MoneyPlace, stage: MoneyStage) {
    const { seed, clients } = options;
    const { houses, provider } = stage;
    const urls = stage.stage.nodes.map(({ clientUrl }) => clientUrl);
    const { tally } = this;
    this.#options = options;
    this.#place = place;
    this.#stage = stage;
    this.#random = seededRandom(seed);
    this.#door = new ShopDoor(urls, seededRandom(seed + 1), tally);
    this.#clerk = new Clerk(this.#door, seededRandom(seed + 2), tally);
    const onFulfilled = (orderId: string) => this.#clerk.hear(orderId);
    this.#shoppers = Array.from({ length: clients }, (_, at) => {
      const random = seededRandom(seed + 3 + at);
      return new Shopper({ door: this.#door, houses, providerUrl: provider.url, random, tally, onFulfilled });
    });
  }

  /** Buyers buy, staff give back, and things break; all of it is mended when it resolves. */
  async attack(): Promise<void> {
    const { durationMs, faults } = this.#options;
    const { provider, receiver, stage } = this.#stage;
    const { signal } = this.#place;
    const witness = {
      fault: (name: string, phase: string) => {
        if (phase !== 'heal') this.faults.set(name, (this.faults.get(name) ?? 0) + (phase === 'start' ? 1 : -1));
      },
    };
    const nemesis = new Nemesis(stage, witness, faults, this.#random, moneyFaults(this.#stage), mayMoneyFaultsCoincide);
    await provider.lieAsUsual();
    receiver.failAsUsual();
    for (const shopper of this.#shoppers) shopper.start();
    this.#clerk.start();
    const startedAt = performance.now();
    const minding = this.#mind(startedAt);
    while (!signal.aborted && performance.now() - startedAt < durationMs) {
      await nemesis.strike();
      await sleep(this.#random() * BETWEEN_MS_MAX);
    }
    await minding;
    await provider.beHonest();
    receiver.beHonest();
  }

  /** What happens by the clock, whatever is broken: pending refunds come through, showtimes are cancelled, progress is said. */
  async #mind(startedAt: number): Promise<void> {
    const { durationMs } = this.#options;
    const { signal, say } = this.#place;
    const { provider, houses } = this.#stage;
    const doomed = houses.filter(({ isDoomed }) => isDoomed);
    let [settleAt, sayAt, cancelled] = [SETTLE_EVERY_MS, PROGRESS_EVERY_MS, 0];
    const cancelling: Promise<void>[] = [];
    for (let ms = 0; !signal.aborted && ms < durationMs; ms = performance.now() - startedAt) {
      if (ms > settleAt) {
        await provider.settleRefunds();
        settleAt += SETTLE_EVERY_MS;
      }
      const next = doomed[cancelled];
      if (next && ms > ((cancelled + 0.5) * durationMs) / doomed.length) {
        cancelled++;
        cancelling.push(this.#clerk.cancelShowtime(next));
      }
      if (ms > sayAt) {
        sayAt += PROGRESS_EVERY_MS;
        const { answers, repeats, lostAnswers } = this.tally;
        say(`${Math.round(ms / 1_000)} s: ${answers} answers, ${lostAnswers} lost, ${repeats} repeats`);
      }
      await sleep(200);
    }
    await Promise.all(cancelling);
  }

  /** @throws Error where a client does not come to an end */
  async stop(): Promise<void> {
    const all = Promise.all([...this.#shoppers, this.#clerk].map((client) => client.stop()));
    const late = sleep(STOP_MS_MAX, 'late', { ref: false });
    if ((await Promise.race([all, late])) === 'late') throw new Error('All is mended, and a client gets no answer.');
  }

  leave(): void {
    this.#door.close();
  }
}

/** Most seats are in large houses, so that there is something to sell until the end. */
function housesOf({ durationMs }: TortureOptions) {
  const large = { seats: 900, holdTtlMs: 60_000, isHot: false, isDoomed: false };
  const hot = { seats: 12, isHot: true, isDoomed: false };
  const doomed = { seats: 60, holdTtlMs: 30_000, isHot: false, isDoomed: true };
  const dooms = Math.max(1, Math.floor(durationMs / CANCEL_EVERY_MS));
  return [
    ...[large, large],
    ...[2_000, 4_000, 20_000, 60_000].map((holdTtlMs) => ({ ...hot, holdTtlMs })),
    ...Array.from({ length: dooms }, () => doomed),
  ];
}
