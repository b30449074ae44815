import type { GrowthCore, HouseTimes } from '../load/programs/growth-core.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { Stage } from '../suite/stage.js';

const ROUNDS = 5;
const FLAT = { atMost: 1.2 };
const SEARCH_BUDGET_MS = 1;
const UNIT = 'µs';

/** What is done to one house, in a process of its own and without a network: from the smallest size to the largest. */
export async function coreFindings(stage: Stage, sizes: readonly number[]): Promise<Finding[]> {
  const crew = stage.crew<GrowthCore>('growth-core', 1);
  stage.say('looking for the houses that are hardest to search');
  await crew.ask('prepare', () => sizes);
  // Code that has not been compiled to the full is not what a node runs.
  await crew.ask('measure', () => undefined);
  const rounds: HouseTimes[][] = [];
  for (let round = 1; round <= ROUNDS; round++) {
    stage.say(`the core, round ${round} of ${ROUNDS}`);
    rounds.push(...(await crew.ask('measure', () => undefined)).map(({ answer }) => answer));
  }
  const weighed = (await crew.ask('weigh', () => undefined)).flatMap(({ answer }) => answer);
  crew.dismiss();
  return [
    flat('hold of the best seats, in the core', rounds, ({ hold }) => hold, FLAT),
    flat('hold of seats anywhere, in the core', rounds, ({ holdAnywhere }) => holdAnywhere, FLAT, [
      `refused, anywhere in the hall: ${bySize(rounds, ({ refused }) => refused)}`,
    ]),
    hardest(rounds),
    flat('delta cut and encoded', rounds, ({ delta }) => delta),
    flat('snapshot encoded', rounds, ({ snapshot }) => snapshot),
    flat('half sold house opened, in the core', rounds, ({ open }) => open),
    {
      what: 'idle house, in the core',
      unit: 'bytes a seat',
      figure: spreadOf(weighed.slice(-1).map(({ bytes, seats }) => bytes / seats)),
      notes: [weighed.map(({ seats, bytes }) => `${seats} seats: ${Math.round(bytes)} bytes`).join('; ')],
    },
  ];
}

type Of = (times: HouseTimes) => number;

const smallest = (round: readonly HouseTimes[], of: Of) => round.slice(0, 1).map(of);
const largest = (round: readonly HouseTimes[], of: Of) => round.slice(-1).map(of);

/** The largest house beside the smallest. */
function flat(
  what: string,
  rounds: readonly (readonly HouseTimes[])[],
  of: Of,
  goal?: Finding['goal'],
  notes: readonly string[] = [],
): Finding {
  const [small, large] = [
    rounds.flatMap((round) => smallest(round, of)),
    rounds.flatMap((round) => largest(round, of)),
  ];
  return {
    what: `${what}, ${largestSeats(rounds)} seats`,
    unit: UNIT,
    figure: spreadOf(large),
    against: { what: `${smallestSeats(rounds)} seats`, figure: spreadOf(small) },
    ratio: ratioOfRounds(large, small),
    ...(goal && { goal }),
    notes: [bySize(rounds, of), ...notes],
  };
}

function hardest(rounds: readonly (readonly HouseTimes[])[]): Finding {
  const ms = rounds.flatMap((round) => largest(round, ({ hardest: { micros } }) => micros / 1_000));
  const budget = ms.map(() => SEARCH_BUDGET_MS);
  const names = new Set(rounds.flatMap((round) => round.slice(-1).map(({ hardest: { what } }) => what)));
  return {
    what: `best available in the hardest house, ${largestSeats(rounds)} seats`,
    unit: 'ms',
    figure: spreadOf(ms),
    against: { what: 'budget', figure: spreadOf(budget) },
    ratio: ratioOfRounds(ms, budget),
    goal: { atMost: 1 },
    notes: [
      `hardest of all states, rules and wishes tried: ${[...names].join(' / ')}`,
      `hardest: ${bySize(rounds, ({ hardest: { micros } }) => micros)}`,
      `party of two in a half sold house: ${bySize(rounds, ({ search }) => search)}`,
    ],
  };
}

function bySize(rounds: readonly (readonly HouseTimes[])[], of: Of): string {
  const sizes = rounds[0] ?? [];
  const told = sizes.map(({ seats }, i) => {
    const { median } = spreadOf(rounds.flatMap((round) => round.slice(i, i + 1).map(of)));
    return `${median.toFixed(2)} ${UNIT} at ${seats}`;
  });
  return told.join(', ');
}

const smallestSeats = (rounds: readonly (readonly HouseTimes[])[]) => rounds[0]?.[0]?.seats;
const largestSeats = (rounds: readonly (readonly HouseTimes[])[]) => rounds[0]?.at(-1)?.seats;
