import { setTimeout as sleep } from 'node:timers/promises';
import type { RelayCommands } from '../load/programs/relay-commands.js';
import type { Watchers } from '../load/programs/watchers.js';
import { rushHall } from '../rush/hall.js';
import { openSale } from '../rush/showtime.js';
import { LOAD_PROCESSES } from '../suite/cores.js';
import type { LoadCrew, Told } from '../suite/load-crew.js';
import type { Served, Stage } from '../suite/stage.js';
import { watchedByUsher } from '../suite/watched-house.js';
import type { Cluster } from './cluster.js';

export interface RelayedHouse {
  /** Has it move for so long. @throws Error where a watcher missed a delta. */
  measure(ms: number): Promise<Measured>;
}

export interface Measured {
  readonly relays: number;
  /** Messages to all watchers together, by the clock. */
  readonly perSecond: number;
  /** By a second of the processor time of all nodes that have a part in it. */
  readonly perNodesSecond: number;
  /** Of the owner's processor time, for one delta to all watchers. */
  readonly ownerMsPerDelta: number;
  readonly loadIdle: number;
}

export const SEATS = 1_000;
export const HOLD_TTL_MS = 600_000;
/** At the owner, wherever the watchers are, and at the same pace: a change in every tick, and the same work beside it. */
const MOVERS = 16;
const HOLD_EVERY_MS = 80;
/** They go on for so long before and after. */
const MARGIN_MS = 300;

/** A showtime whose watchers are all at its owner, or spread evenly over so many nodes that relay it. */
export async function relayedHouse(
  stage: Stage,
  cluster: Cluster,
  relays: number,
  watchers: number,
): Promise<RelayedHouse> {
  const showtimeId = await openSale(cluster.database.pool, SEATS, HOLD_TTL_MS);
  const { owner, others } = await settle(stage, cluster, showtimeId);
  const watched = relays === 0 ? [owner] : others.slice(0, relays);
  stage.say(`${watchers} watchers at ${relays === 0 ? 'the owner' : `${relays} of the nodes that relay`}`);
  const crews: LoadCrew<Watchers>[] = [];
  for (const node of watched) {
    const crew = stage.crew<Watchers>('watchers', 1);
    const people = watchers / watched.length;
    await crew.ask('gather', () => ({ watched: watchedByUsher(node, showtimeId), people }));
    crews.push(crew);
  }
  const moving = stage.crew<RelayCommands>('relay-commands', 1);
  const moved = { kind: 'usher', target: addressOf(owner), showtimeId, labels: labels() } as const;
  await moving.ask('enter', () => ({ moved, people: MOVERS }));
  const nodes = watched.includes(owner) ? watched : [owner, ...watched];
  const all = async <A>(ask: (crew: LoadCrew<Watchers>) => Promise<Told<A>[]>) =>
    (await Promise.all(crews.map(ask))).flat();
  return {
    async measure(ms) {
      await all((crew) => crew.ask('move', () => undefined));
      const changed = moving.ask('run', () => ({ ms: ms + 2 * MARGIN_MS, everyMs: HOLD_EVERY_MS }));
      await sleep(MARGIN_MS);
      const before = nodes.map(({ program }) => program.cpuMs());
      const told = await all((crew) => crew.ask('count', () => ms));
      const cpuMs = nodes.map(({ program }, i) => program.cpuMs() - (before[i] ?? 0));
      await changed;
      await checkComplete(crews);
      const messages = told.reduce((sum, { answer }) => sum + answer.messages, 0);
      return {
        relays,
        perSecond: (messages / ms) * 1_000,
        perNodesSecond: (messages / cpuMs.reduce((sum, one) => sum + one, 0)) * 1_000,
        ownerMsPerDelta: (cpuMs[0] ?? Number.NaN) / (messages / watchers),
        // Of the cores that all of these processes share.
        loadIdle: Math.max(0, 1 - told.reduce((sum, one) => sum + one.cpuMs / one.wallMs, 0) / LOAD_PROCESSES),
      };
    },
  };
}

/** Nobody reads too slowly here, and all began at rest: whoever has fewer deltas than another missed one. */
async function checkComplete(crews: readonly LoadCrew<Watchers>[]): Promise<void> {
  const rests = (await Promise.all(crews.map((crew) => crew.ask('rest', () => undefined)))).flat();
  const counts = new Set(rests.flatMap(({ answer: { fewest, most } }) => [fewest, most]));
  if (counts.size !== 1 || counts.has(0))
    throw new Error(`Some watchers had fewer messages than others: ${[...counts]}.`);
}

/** Has somebody ask for the showtime, and says where it runs from then on. */
export async function settle(
  stage: Stage,
  cluster: Cluster,
  showtimeId: string,
): Promise<{ owner: Served; others: readonly Served[] }> {
  const [first] = cluster.nodes.values();
  if (!first) throw new Error('No node is running.');
  const crew = stage.crew<Watchers>('watchers', 1);
  await crew.ask('gather', () => ({ watched: watchedByUsher(first, showtimeId), people: 1 }));
  crew.dismiss();
  const owner = cluster.node((await cluster.ownerOf(showtimeId)).node);
  return { owner, others: [...cluster.nodes.values()].filter((node) => node !== owner) };
}

export function labels(): readonly string[] {
  return rushHall(SEATS).seats.label;
}

export function addressOf({ url }: Served): { host: string; port: number } {
  return { host: url.hostname, port: Number(url.port) };
}
