import { randomUUID } from 'node:crypto';
import type { Race } from '../load/programs/race.js';
import { type Contest, type Raced, race } from '../race/race.js';
import { openSale } from '../rush/showtime.js';
import type { Benchmark } from '../suite/benchmark.js';
import { percent } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { LoadCrew } from '../suite/load-crew.js';
import { openPeerSale, type PeerName, startPeer } from '../suite/peer.js';
import type { Database, Served, Stage } from '../suite/stage.js';

const CLIENTS = 15_000;
const SEATS = 1_000;
/** A peer that has not sold out by then, many times as long as Usher takes, is told as `at least`. */
const CAP_MS = 30_000;
const WARM_UP = { clients: 1_000, seats: 200, capMs: 10_000 };
const HOLD_TTL_MS = 300_000;
/** What the clients intend follows from it: the same at every system, and another in every round. */
const FIRST_SEED = 1;
const PEERS: readonly PeerName[] = ['express-postgres', 'socket-io', 'colyseus'];

/**
 * Everybody is looking when the doors open, and nearly everybody leaves without a seat. Beside the three ways in which it
 * is done today: each peer's round stands beside the round of Usher just before it.
 */
export const rush: Benchmark = {
  name: 'rush',
  question: `a premiere rush of ${CLIENTS} clients on ${SEATS} seats`,
  async run(stage) {
    const database = await stage.postgres();
    const usher = await stage.usher(database, { HOLD_TTL_MS: String(HOLD_TTL_MS) });
    const contest = contestOf('usher', usher, database, (seats) => openSale(database.pool, seats, HOLD_TTL_MS));
    stage.say('warming up Usher');
    await run(stage, await contest(WARM_UP, FIRST_SEED));
    const findings: Finding[] = [];
    for (const [i, peer] of PEERS.entries()) {
      const full = { clients: CLIENTS, seats: SEATS, capMs: CAP_MS };
      const us = await run(stage, await contest(full, FIRST_SEED + i));
      const them = await runPeer(stage, peer, full, FIRST_SEED + i);
      checkOurs(us);
      findings.push(...findingsBeside(peer, us, them));
    }
    return findings;
  },
};

type Size = Pick<Contest, 'clients' | 'seats' | 'capMs'>;

function contestOf(
  system: Contest['system'],
  served: Served,
  database: Database,
  open: (seats: number) => Promise<string>,
): (size: Size, seed: number) => Promise<Contest> {
  return async (size, seed) => ({ system, served, database, showtimeId: await open(size.seats), ...size, seed });
}

/** Started for its round and stopped after it: thousands of clients leave much behind. */
async function runPeer(stage: Stage, peer: PeerName, full: Size, seed: number): Promise<Raced> {
  const database = await stage.postgres(peer);
  const served = await startPeer(stage, peer, database);
  const contest = contestOf(peer, served, database, async (seats) => {
    const showtimeId = randomUUID();
    await openPeerSale(served, showtimeId, seats);
    return showtimeId;
  });
  stage.say(`warming up ${peer}`);
  await run(stage, await contest(WARM_UP, FIRST_SEED));
  const raced = await run(stage, await contest(full, seed));
  await served.program.stop();
  return raced;
}

/** With new processes of load, so that no race inherits the garbage of another. */
async function run(stage: Stage, contest: Contest): Promise<Raced> {
  const crew: LoadCrew<Race> = stage.crew<Race>('race');
  const raced = await race(crew, contest);
  crew.dismiss();
  const { system, clients } = contest;
  stage.say(`${clients} clients at ${system}: ${inWords(raced)}`);
  return raced;
}

function checkOurs({ soldOut, broken, unanswered }: Raced): void {
  if (soldOut && broken.length === 0 && unanswered === 0) return;
  throw new Error(
    `Usher: sold out ${soldOut}, failures ${broken.join('; ') || 'none'}, ${unanswered} attempts without a reply.`,
  );
}

function findingsBeside(peer: PeerName, us: Raced, them: Raced): Finding[] {
  const notes = [`usher: ${inWords(us)}`, `${peer}: ${inWords(them)}`];
  const beside = (
    what: string,
    of: (raced: Raced) => number,
    isAtLeast: boolean,
    said?: readonly string[],
  ): Finding => ({
    what,
    unit: 'ms',
    figure: spreadOf([of(us)]),
    against: { what: isAtLeast ? `${peer}, at least` : peer, figure: spreadOf([of(them)]) },
    ratio: ratioOfRounds([of(them)], [of(us)]),
    goal: { atLeast: 10 },
    ...(said && { notes: said }),
  });
  return [
    beside('doors open to sold out', ({ soldOutMs }) => soldOutMs, !them.soldOut, notes),
    // The slowest hundredth is not known where more than that was never answered.
    beside('p99 of an attempt', ({ attemptP99Ms }) => attemptP99Ms, them.unanswered > them.attempts / 100),
  ];
}

function inWords(raced: Raced): string {
  const { soldOut, soldOutMs, booked, attempts, attemptP99Ms, unanswered, broken } = raced;
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(2)} s`;
  return [
    soldOut ? `sold out after ${seconds(soldOutMs)}` : `${booked} seats sold in ${seconds(soldOutMs)}`,
    `${attempts} attempts, p99 ${seconds(attemptP99Ms)}`,
    ...(unanswered > 0 ? [`${unanswered} never answered`] : []),
    ...broken,
    `connected in ${seconds(raced.connectingMs)}`,
    `all gone after ${seconds(raced.tookMs)}, with the load idle ${percent(raced.loadIdle)}, the server busy ${percent(raced.serverBusy)}`,
  ].join(', ');
}
