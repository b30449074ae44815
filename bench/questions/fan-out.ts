import { setTimeout as sleep } from 'node:timers/promises';
import { ACTOR_LIMITS } from '../../src/composition/houses.js';
import type { Delivered, Watchers } from '../load/programs/watchers.js';
import type { Benchmark } from '../suite/benchmark.js';
import { busynessInWords } from '../suite/busyness.js';
import { type Finding, type Goal, ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type LoadCrew } from '../suite/load-crew.js';
import type { Stage } from '../suite/stage.js';
import { ourHouse, peerHouse, type WatchedHouse, watchedBare } from '../suite/watched-house.js';

const SEATS = 1_000;
const WATCHERS = 15_000;
/** Each has one command under way at any time: enough for a change in every tick. */
const MOVERS = 4;
/** From the first change until it is counted. */
const FLOWING_AFTER_MS = 300;
const WARM_UP_MS = 1_000;
const ROUND_MS = 2_000;
const ROUNDS = 3;

/**
 * A few people hold seats and give them back as fast as they are answered, and fifteen thousand see each of it. Beside
 * uWebSockets.js alone, which publishes a frame of the same size each tick to as many sockets.
 */
export const fanOut: Benchmark = {
  name: 'fan-out',
  question: `deltas delivered to ${WATCHERS} watchers of one showtime`,
  async run(stage) {
    const house = await assembled(stage, { ...(await ourHouse(stage, SEATS)), goal: undefined });
    const { bytes, messages } = (await measure(house, WARM_UP_MS)).delivered;
    const others = [
      await rawPublish(stage, Math.round(bytes / messages)),
      { ...(await peerHouse(stage, 'socket-io', SEATS)), goal: { atLeast: 5 } },
      { ...(await peerHouse(stage, 'colyseus', SEATS)), goal: { atLeast: 5 } },
    ];
    const contestants = [house];
    for (const other of others) contestants.push(await assembled(stage, other));
    for (const contestant of contestants.slice(1)) await measure(contestant, WARM_UP_MS);
    const rounds: Measured[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const measured: Measured[] = [];
      for (const contestant of contestants) measured.push(await measure(contestant, ROUND_MS));
      rounds.push(measured);
    }
    return findings(contestants, rounds);
  },
};

/** `moved` is absent where frames come by themselves, between `start` and `stop`. */
interface Entrant extends Omit<WatchedHouse, 'moved'> {
  readonly moved?: WatchedHouse['moved'];
  readonly start?: () => Promise<unknown>;
  readonly stop?: () => Promise<unknown>;
  readonly goal: Goal | undefined;
}

interface Contestant extends Entrant {
  readonly crew: LoadCrew<Watchers>;
}

interface Measured {
  readonly perSecond: number;
  /** By a second of the server's processor time, were the load no bound. */
  readonly perCoreSecond: number;
  /** Seats that changed before the eyes of all watchers together, in a second. */
  readonly changesShownPerSecond: number;
  readonly serverBusy: number;
  readonly loadIdle: number;
  readonly delivered: Delivered;
}

async function rawPublish(stage: Stage, frameBytes: number): Promise<Entrant> {
  const served = await stage.ceiling('publish');
  const { tickMs } = ACTOR_LIMITS;
  return {
    name: `raw uWS publish of ${frameBytes} bytes each ${tickMs} ms`,
    served,
    watched: watchedBare(served, 0),
    start: () => fetch(new URL(`/publish?bytes=${frameBytes}&tickMs=${tickMs}`, served.url)),
    stop: () => fetch(new URL('/quiet', served.url)),
    goal: { atLeast: 0.9 },
  };
}

async function assembled(stage: Stage, entrant: Entrant): Promise<Contestant> {
  const { name, watched, moved } = entrant;
  stage.say(`${WATCHERS} watchers of ${name}`);
  const crew = stage.crew<Watchers>('watchers', 1);
  await crew.ask('gather', () => ({ watched, people: WATCHERS }));
  if (moved) await crew.ask('bring', () => ({ moved, people: MOVERS }));
  return { ...entrant, crew };
}

async function measure({ name, crew, served, start, stop }: Contestant, ms: number): Promise<Measured> {
  await crew.ask('move', () => undefined);
  await start?.();
  await sleep(FLOWING_AFTER_MS);
  const cpuBefore = served.program.cpuMs();
  const told = await crew.ask('count', () => ms);
  const cpuMs = served.program.cpuMs() - cpuBefore;
  await stop?.();
  const [rest] = await crew.ask('rest', () => undefined);
  const [first] = told;
  if (!first || !rest) throw new Error('Nobody watched.');
  const { answer: delivered, wallMs } = first;
  // Nobody reads too slowly here: whoever has fewer deltas than another missed one.
  const { fewest, most } = rest.answer;
  if (fewest !== most || most === 0)
    throw new Error(`Some watchers of ${name} had ${fewest} messages, and others ${most}.`);
  return {
    perSecond: (delivered.messages / ms) * 1_000,
    perCoreSecond: (delivered.messages / cpuMs) * 1_000,
    changesShownPerSecond: ((delivered.changes * WATCHERS) / ms) * 1_000,
    serverBusy: cpuMs / wallMs,
    loadIdle: idleShare(told),
    delivered,
  };
}

function findings(contestants: readonly Contestant[], rounds: readonly (readonly Measured[])[]): Finding[] {
  const of = (i: number, what: Exclude<keyof Measured, 'delivered'>) =>
    rounds.map((round) => round[i]?.[what] ?? Number.NaN);
  const shares = contestants.map(({ name }, i) =>
    busynessInWords(
      name,
      rounds.flatMap((round) => round[i] ?? []),
    ),
  );
  return contestants.flatMap(({ name, goal, moved }, i): Finding[] => {
    if (!goal) return [];
    const beside = (what: string, unit: string, rate: Exclude<keyof Measured, 'delivered'>): Finding => ({
      what,
      unit,
      figure: spreadOf(of(0, rate)),
      against: { what: name, figure: spreadOf(of(i, rate)) },
      ratio: ratioOfRounds(of(0, rate), of(i, rate)),
      ...(rate === 'changesShownPerSecond' ? {} : { goal }),
      notes: i === 1 && rate === 'perSecond' ? shares : [],
    });
    return [
      beside('deltas delivered', 'a second', 'perSecond'),
      beside('deltas delivered by processor', 'a second of its processor', 'perCoreSecond'),
      ...(moved ? [beside('changes of seats shown', 'a second', 'changesShownPerSecond')] : []),
    ];
  });
}
