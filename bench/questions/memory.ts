import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Watched } from '../load/audience.js';
import type { Watchers } from '../load/programs/watchers.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { Database, Served, Stage } from '../suite/stage.js';
import { watchedBare, watchedByUsher } from '../suite/watched-house.js';

const SEATS = 1_000;
/** Not counted: what a server sets up for any number of sockets it does for these. */
const FIRST = 6_000;
const LOT = 3_000;
const LOTS = 3;
const ROUNDS = 3;
const SETTLE_MS = 400;
const HOLD_TTL_MS = 600_000;
const COLLECTS = fileURLToPath(new URL('../load/programs/collect-garbage.js', import.meta.url));
/** Has a server collect its garbage when it is told to, before its memory is looked at. */
const COLLECTING = { NODE_OPTIONS: `--import file://${COLLECTS}` };

/**
 * What one more person who only watches costs a node in resident memory, beside one more socket of uWebSockets.js with one
 * subscription. Both in a new process each round, since memory that was once taken is rarely given back.
 */
export const memory: Benchmark = {
  name: 'memory',
  question: `bytes of memory for each idle watcher, ${FIRST + LOT * LOTS} of them`,
  async run(stage) {
    const database = await stage.postgres();
    const ours: number[] = [];
    const raw: number[] = [];
    let showtimeId: string | undefined;
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const served = await stage.usher(database, COLLECTING);
      showtimeId ??= await openSale(database.pool, SEATS, HOLD_TTL_MS);
      ours.push(await bytesEach(stage, served, watchedByUsher(served, showtimeId)));
      const bare = await stage.ceiling('publish', COLLECTING);
      raw.push(await bytesEach(stage, bare, watchedBare(bare, 0)));
    }
    await checkRest(database);
    return [finding(ours, raw)];
  },
};

function finding(ours: readonly number[], raw: readonly number[]): Finding {
  return {
    what: 'memory of an idle watcher',
    unit: 'bytes',
    figure: spreadOf(ours),
    against: { what: 'raw uWS socket with one subscription', figure: spreadOf(raw) },
    ratio: ratioOfRounds(ours, raw),
    goal: { atMost: 1.5 },
    notes: [
      'resident memory of the process after its garbage was collected; what the kernel keeps for a socket is not in it',
    ],
  };
}

async function bytesEach(stage: Stage, served: Served, watched: Watched): Promise<number> {
  const crew = stage.crew<Watchers>('watchers', 1);
  await crew.ask('gather', () => ({ watched, people: FIRST }));
  const before = await inUse(served);
  let after = before;
  for (let lot = 0; lot < LOTS; lot++) {
    // In lots, and its garbage collected after each: what a rush of newcomers leaves behind is no cost of watching.
    await crew.ask('gather', () => ({ watched, people: LOT }));
    after = await inUse(served);
  }
  crew.dismiss();
  await served.program.stop();
  return (after - before) / (LOT * LOTS);
}

async function inUse({ program }: Served): Promise<number> {
  await sleep(SETTLE_MS);
  process.kill(program.pid, 'SIGUSR2');
  await sleep(SETTLE_MS);
  return program.residentBytes();
}

/** Watching leaves no trace. */
async function checkRest({ pool }: Database): Promise<void> {
  const { rows } = await pool.query<{ holds: number }>('SELECT count(*)::int AS holds FROM usher.hold_seats');
  if (rows[0]?.holds !== 0) throw new Error('Somebody who only watches holds seats.');
}
