import type { RelayCommands } from '../load/programs/relay-commands.js';
import { openSale } from '../rush/showtime.js';
import type { LoadCrew } from '../suite/load-crew.js';
import type { Served, Stage } from '../suite/stage.js';
import type { Cluster } from './cluster.js';
import { addressOf, HOLD_TTL_MS, labels, SEATS, settle } from './relayed-house.js';

export interface Commands {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly perSecond: number;
  /** Processor time of the nodes that have a part in it, for one command, in microseconds. */
  readonly nodesUs: number;
}

const PEOPLE = 16;
const WARM_UP_MS = 1_000;

/** Holds and releases by people at the owner and by as many at a node that relays, in turns. */
export async function commandsThroughRelay(
  stage: Stage,
  cluster: Cluster,
  rounds: number,
  roundMs: number,
): Promise<{ readonly owner: Commands; readonly relay: Commands }[]> {
  stage.say(`commands of ${PEOPLE} people at the owner, and of as many through a relay`);
  const showtimeId = await openSale(cluster.database.pool, SEATS, HOLD_TTL_MS);
  const { owner, others } = await settle(stage, cluster, showtimeId);
  const [other] = others;
  if (!other) throw new Error('No other node is there to relay.');
  const crewAt = async (node: Served) => {
    const nodes = node === owner ? [owner] : [owner, node];
    const crew = stage.crew<RelayCommands>('relay-commands', 1);
    const moved = { kind: 'usher', target: addressOf(node), showtimeId, labels: labels() } as const;
    await crew.ask('enter', () => ({ moved, people: PEOPLE }));
    await run(crew, nodes, WARM_UP_MS);
    return { crew, nodes };
  };
  const crews = { owner: await crewAt(owner), relay: await crewAt(other) };
  const measured = [];
  for (let round = 1; round <= rounds; round++) {
    const at = async ({ crew, nodes }: typeof crews.owner) => await run(crew, nodes, roundMs);
    measured.push({ owner: await at(crews.owner), relay: await at(crews.relay) });
  }
  return measured;
}

async function run(crew: LoadCrew<RelayCommands>, nodes: readonly Served[], ms: number): Promise<Commands> {
  const used = () => nodes.reduce((sum, { program }) => sum + program.cpuMs(), 0);
  const before = used();
  const [told] = await crew.ask('run', () => ({ ms, everyMs: 0 }));
  const cpuMs = used() - before;
  const sorted = told?.answer.sort();
  if (!sorted || sorted.length === 0) throw new Error('No command was acknowledged.');
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
  return {
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    perSecond: (sorted.length / ms) * 1_000,
    nodesUs: (cpuMs / sorted.length) * 1_000,
  };
}
