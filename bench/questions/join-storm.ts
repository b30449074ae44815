import { decodeServerFrame } from '../../src/protocol/decode.js';
import type { Watched } from '../load/audience.js';
import type { Joiners } from '../load/programs/joiners.js';
import type { Benchmark } from '../suite/benchmark.js';
import { busynessInWords } from '../suite/busyness.js';
import { type Finding, type Goal, ratioOfRounds, spreadOf } from '../suite/finding.js';
import { idleShare, type LoadCrew } from '../suite/load-crew.js';
import type { Served, Stage } from '../suite/stage.js';
import { ourHouse, peerHouse, type WatchedHouse, watchedBare } from '../suite/watched-house.js';

const SEATS = 1_000;
const AT_ONCE = 128;
const PEOPLE = 6_000;
/** Of what takes several times as long: as much time for as many rounds. */
const PEOPLE_AT_PEERS = 1_500;
const ROUNDS = 4;

/**
 * Everybody comes at once: connects, says hello without a token, is made a guest with a signed session of their own, and is
 * sent the house. Beside uWebSockets.js alone, which answers the same hello with one frame as large as both answers.
 */
export const joinStorm: Benchmark = {
  name: 'join-storm',
  question: `clients a second from TCP connect to the snapshot of ${SEATS} seats, ${AT_ONCE} of them on the way at a time`,
  async run(stage) {
    const house = { ...contestant(stage, await ourHouse(stage, SEATS), PEOPLE), check: checkSnapshot };
    const size = await greetingSize(house);
    const contestants: readonly Contestant[] = [
      house,
      await raw(stage, size),
      await peer(stage, 'socket-io'),
      await peer(stage, 'colyseus'),
    ];
    stage.say('warming up');
    for (const contestant of contestants) await storm(contestant);
    const rounds: Stormed[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const stormed: Stormed[] = [];
      for (const contestant of contestants) stormed.push(await storm(contestant));
      rounds.push(stormed);
    }
    return findings(contestants, rounds);
  },
};

interface Contestant {
  readonly name: string;
  readonly served: Served;
  readonly crew: LoadCrew<Joiners>;
  readonly watched: Watched;
  readonly people: number;
  /** Of the last message before somebody has entered. @throws Error where that is not what was promised. */
  readonly check?: (sample: Uint8Array) => void;
  readonly goal?: Goal;
}

interface Stormed {
  readonly perSecond: number;
  /** By a second of the server's processor time, were the load no bound. */
  readonly perCoreSecond: number;
  readonly serverBusy: number;
  readonly loadIdle: number;
}

function contestant(stage: Stage, house: Omit<WatchedHouse, 'moved'>, people: number): Contestant {
  return { ...house, people, crew: stage.crew<Joiners>('joiners', 1) };
}

async function raw(stage: Stage, greetingBytes: number): Promise<Contestant> {
  const served = await stage.ceiling('greeting', { GREETING_BYTES: String(greetingBytes) });
  const house = { name: 'raw uWS upgrade and one message', served, watched: watchedBare(served, 1) };
  return { ...contestant(stage, house, PEOPLE), goal: { atLeast: 0.5 } };
}

async function peer(stage: Stage, kind: 'socket-io' | 'colyseus'): Promise<Contestant> {
  return { ...contestant(stage, await peerHouse(stage, kind, SEATS), PEOPLE_AT_PEERS), goal: { atLeast: 5 } };
}

async function storm({ crew, served, watched, people, check }: Contestant): Promise<Stormed> {
  const before = served.program.cpuMs();
  const told = await crew.ask('join', () => ({ watched, people, atOnce: AT_ONCE }));
  const cpuMs = served.program.cpuMs() - before;
  await crew.ask('leave', () => undefined);
  const [first] = told;
  if (!first) throw new Error('Nobody came.');
  const { ms, sample } = first.answer;
  if (check) check(sample ?? new Uint8Array());
  return {
    perSecond: (people / ms) * 1_000,
    perCoreSecond: (people / cpuMs) * 1_000,
    serverBusy: cpuMs / ms,
    loadIdle: idleShare(told),
  };
}

function findings(contestants: readonly Contestant[], rounds: readonly (readonly Stormed[])[]): Finding[] {
  const of = (i: number, what: keyof Stormed) => rounds.map((round) => round[i]?.[what] ?? Number.NaN);
  const shares = contestants.map(({ name }, i) =>
    busynessInWords(
      name,
      rounds.flatMap((round) => round[i] ?? []),
    ),
  );
  return contestants.flatMap(({ name, goal }, i): Finding[] => {
    if (!goal) return [];
    const beside = (what: string, rate: 'perSecond' | 'perCoreSecond'): Finding => ({
      what,
      unit: rate === 'perSecond' ? 'a second' : 'a second of its processor',
      figure: spreadOf(of(0, rate)),
      against: { what: name, figure: spreadOf(of(i, rate)) },
      ratio: ratioOfRounds(of(0, rate), of(i, rate)),
      goal,
      notes: i === 1 && rate === 'perSecond' ? shares : [],
    });
    return [beside('clients let in', 'perSecond'), beside('clients let in by processor', 'perCoreSecond')];
  });
}

/** How large the answers to one hello are together. */
async function greetingSize(house: Contestant): Promise<number> {
  if (house.watched.kind !== 'bare') throw new Error('Our house is watched by our own wire.');
  const welcomed = { ...house.watched, target: { ...house.watched.target, messagesToEnter: 1 } };
  const sizes: number[] = [];
  for (const watched of [welcomed, house.watched]) {
    const [told] = await house.crew.ask('join', () => ({ watched, people: 1, atOnce: 1 }));
    sizes.push(told?.answer.sample?.length ?? Number.NaN);
  }
  await house.crew.ask('leave', () => undefined);
  return sizes.reduce((sum, size) => sum + size, 0);
}

function checkSnapshot(sample: Uint8Array): void {
  const message = decodeServerFrame(sample);
  if (message.type !== 'snapshot' || message.seats.length * 4 < SEATS) {
    throw new Error(`Somebody was let in by ${message.type}.`);
  }
}
