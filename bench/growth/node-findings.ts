import type { GrowthNode } from '../load/programs/growth-node.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Database, Served, Stage } from '../suite/stage.js';
import { growthHall } from './hall.js';
import { openShowtimes } from './showtimes.js';

/** Short ones: what Postgres does in the background for a second then falls on both sides of a ratio. */
const ROUNDS = 15;
const HOLDS_A_ROUND = 20;
const WARM_UP_HOLDS = 200;
const FLAT = { atMost: 1.2 };
const AT_ONCE = 32;
/** Showtimes of each size that are opened one after the other: the first of them has its seat map compiled. */
const OPENED = 8;
const HALL_SEATS = 1_000;
const SHOWTIMES = [10, 1_000, 20_000] as const;
const WARM_UP_SHOWTIMES = 5;
const WAVES = 4;
const WAVE_SHOWTIMES = 1_500;
const PASSIVATE_AFTER_MS = 1_000;
/** Who is idle is looked for every quarter of the time, so by then nobody is left. */
const PASSIVATED_AFTER_MS = 1.5 * PASSIVATE_AFTER_MS;
/**
 * V8 keeps what nobody needs until it has to make room. So room is short here: less than all waves would take together,
 * were they not let go.
 */
const HEAP_MB = 96;
const BOUNDED = { atMost: 1.25 };
/** The limit on holds of one person would be measured instead of the hold. */
const ENV = { HOLDS_PER_HOLDER: '1000000' };

type Crew = LoadCrew<GrowthNode>;
type Holds = Parameters<GrowthNode['hold']>[0]['holds'];

/** What a real node over a real Postgres has to do for one house as it grows, and for more and more of them. */
export async function nodeFindings(stage: Stage, sizes: readonly number[]): Promise<Finding[]> {
  const database = await stage.postgres();
  const crew = stage.crew<GrowthNode>('growth-node', 1);
  return [
    ...(await housesOfSizes(stage, database, crew, sizes)),
    ...(await showtimesPerNode(stage, database, crew)),
    await passivation(stage, database, crew),
  ];
}

async function housesOfSizes(stage: Stage, database: Database, crew: Crew, sizes: readonly number[]) {
  const served = await stage.usher(database, ENV);
  const houses: { seats: number; showtimeId: string; opened: readonly number[]; cold: number }[] = [];
  for (const seats of sizes) {
    stage.say(`opening houses of ${seats} seats`);
    const ids = await openShowtimes(database.pool, seats, OPENED);
    const visited = await visit(crew, served, ids, 1);
    const [cold = Number.NaN, ...opened] = visited.map(({ ms }) => ms);
    houses.push({ seats, showtimeId: ids[0] ?? '', opened, cold });
  }
  const rounds = await holdRounds(
    stage,
    crew,
    houses.map(({ seats, showtimeId }) => ({ served, holds: (n) => holdsIn([showtimeId], seats, n) })),
  );
  await served.program.stop();
  const [small, large] = [houses[0], houses.at(-1)];
  if (!small || !large) throw new Error('No sizes.');
  const opening = (house: typeof small) => spreadOf(house.opened);
  return [
    flat(`hold over HTTP, ${large.seats} seats`, rounds, `${small.seats} seats`),
    {
      what: `showtime opened, claim to seats shown, ${large.seats} seats`,
      unit: 'ms',
      figure: opening(large),
      against: { what: `${small.seats} seats`, figure: opening(small) },
      ratio: ratioOfRounds(large.opened, small.opened),
      notes: houses.map(
        (house) =>
          `${house.seats} seats: ${opening(house).median.toFixed(2)} ms; ${house.cold.toFixed(1)} ms for the first of a hall`,
      ),
    },
  ] satisfies Finding[];
}

async function showtimesPerNode(stage: Stage, database: Database, crew: Crew): Promise<Finding[]> {
  const nodes: { served: Served; ids: string[]; bytes: number; perSecond: number }[] = [];
  for (const count of SHOWTIMES) {
    const served = await stage.usher(database, ENV);
    // The first has the seat map compiled and the code warm, which is not of a showtime.
    await visit(crew, served, await openShowtimes(database.pool, HALL_SEATS, WARM_UP_SHOWTIMES), 1);
    const before = served.program.residentBytes();
    const ids = await openShowtimes(database.pool, HALL_SEATS, count - WARM_UP_SHOWTIMES);
    stage.say(`opening ${count} showtimes on one node`);
    const since = performance.now();
    await visit(crew, served, ids, AT_ONCE);
    const perSecond = ids.length / ((performance.now() - since) / 1_000);
    nodes.push({ served, ids, perSecond, bytes: (served.program.residentBytes() - before) / ids.length });
  }
  const rounds = await holdRounds(
    stage,
    crew,
    nodes.map(({ served, ids }) => ({ served, holds: (n) => holdsIn(ids, HALL_SEATS, n) })),
  );
  for (const { served } of nodes) await served.program.stop();
  const most = nodes.at(-1);
  if (!most) throw new Error('No nodes.');
  return [
    flat(`hold over HTTP, ${SHOWTIMES.at(-1)} showtimes on the node`, rounds, `${SHOWTIMES[0]} showtimes`),
    {
      what: `memory of an open showtime that nobody watches, ${SHOWTIMES.at(-1)} of ${HALL_SEATS} seats`,
      unit: 'bytes',
      figure: spreadOf([most.bytes]),
      notes: [
        'resident memory of the node, with what its collector has not collected yet',
        ...nodes.map(({ perSecond, bytes }, i) => {
          const memory = i === 0 ? '' : `, ${Math.round(bytes)} bytes each`;
          return `${SHOWTIMES[i]} showtimes: opened at ${Math.round(perSecond)} a second${memory}`;
        }),
      ],
    },
  ];
}

/** Waves of showtimes that are looked at once and then forgotten: the node must not grow from wave to wave. */
async function passivation(stage: Stage, database: Database, crew: Crew): Promise<Finding> {
  const served = await stage.usher(database, {
    PASSIVATE_AFTER_MS: String(PASSIVATE_AFTER_MS),
    NODE_OPTIONS: `--max-old-space-size=${HEAP_MB}`,
  });
  const resident: number[] = [];
  let first: string[] = [];
  for (let wave = 0; wave < WAVES; wave++) {
    stage.say(`wave ${wave + 1} of ${WAVES} of ${WAVE_SHOWTIMES} showtimes`);
    const ids = await openShowtimes(database.pool, HALL_SEATS, WAVE_SHOWTIMES);
    if (wave === 0) first = ids;
    await visit(crew, served, ids, AT_ONCE);
    resident.push(served.program.residentBytes());
    await new Promise((resolve) => setTimeout(resolve, PASSIVATED_AFTER_MS));
  }
  const again = await visit(crew, served, first.slice(0, AT_ONCE), 1);
  if (again.some(({ epoch }) => epoch !== 2)) throw new Error('Showtimes that were idle had not been let go.');
  await served.program.stop();
  const megabytes = resident.map((bytes) => bytes / 2 ** 20);
  const [before, after] = [megabytes.slice(0, 1), megabytes.slice(-1)];
  return {
    what: `memory of a node after ${WAVES} waves of ${WAVE_SHOWTIMES} showtimes, each let go before the next`,
    unit: 'MB',
    figure: spreadOf(after),
    against: { what: 'after the first wave', figure: spreadOf(before) },
    ratio: ratioOfRounds(after, before),
    goal: BOUNDED,
    notes: [
      `idle showtimes are let go after ${PASSIVATE_AFTER_MS} ms here (PASSIVATE_AFTER_MS), with a heap of ${HEAP_MB} MB`,
      `after each wave: ${megabytes.map((size) => size.toFixed(0)).join(', ')} MB`,
    ],
  };
}

async function visit(crew: Crew, { url }: Served, showtimeIds: readonly string[], atOnce: number) {
  const target = { host: url.hostname, port: Number(url.port) };
  const told = await crew.ask('visit', () => ({ target, showtimeIds, atOnce }));
  const visited = told.flatMap(({ answer }) => answer);
  if (visited.length !== showtimeIds.length) throw new Error('A showtime was not visited.');
  return visited;
}

interface Holding {
  readonly served: Served;
  readonly holds: (n: number) => Holds;
}

/** Milliseconds of a hold, the median of some, by round and by what is held in: one after the other in each round. */
async function holdRounds(stage: Stage, crew: Crew, all: readonly Holding[]): Promise<number[][]> {
  const sessions: string[] = [];
  const once = async ({ served: { url }, holds }: Holding, i: number, n: number) => {
    const target = { host: url.hostname, port: Number(url.port) };
    sessions[i] ??= (await crew.ask('signIn', () => target))[0]?.answer ?? '';
    const session = sessions[i];
    const told = await crew.ask('hold', () => ({ target, session, holds: holds(n) }));
    return spreadOf(told.flatMap(({ answer }) => answer)).median;
  };
  for (const [i, holding] of all.entries()) await once(holding, i, WARM_UP_HOLDS);
  const rounds: number[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    stage.say(`holds, round ${round} of ${ROUNDS}`);
    const medians: number[] = [];
    for (const [i, holding] of all.entries()) medians.push(await once(holding, i, HOLDS_A_ROUND));
    rounds.push(medians);
  }
  return rounds;
}

/** Single seats all over the hall, in showtime after showtime. */
function holdsIn(showtimeIds: readonly string[], seats: number, n: number): Holds {
  const labels = ordinaryLabels(seats);
  return Array.from({ length: n }, (_, i) => ({
    showtimeId: showtimeIds[Math.floor((i * showtimeIds.length) / n)] ?? '',
    seat: labels[Math.floor((i * labels.length) / n)] ?? '',
  }));
}

function ordinaryLabels(seats: number): string[] {
  const { wheelchair, companions, pairs, seats: columns } = growthHall(seats);
  const special = new Set([...wheelchair, ...companions.flat(), ...pairs.flat()]);
  return columns.label.filter((_, seat) => !special.has(seat));
}

function flat(what: string, rounds: readonly (readonly number[])[], beside: string): Finding {
  const [small, large] = [rounds.flatMap((round) => round.slice(0, 1)), rounds.flatMap((round) => round.slice(-1))];
  return {
    what,
    unit: 'ms',
    figure: spreadOf(large),
    against: { what: beside, figure: spreadOf(small) },
    ratio: ratioOfRounds(large, small),
    goal: FLAT,
    notes: ['one at a time, each acknowledged once Postgres has it'],
  };
}
