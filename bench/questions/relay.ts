import { type Cluster, openCluster } from '../cluster/cluster.js';
import { commandsThroughRelay } from '../cluster/relayed-commands.js';
import { type RelayedHouse, relayedHouse } from '../cluster/relayed-house.js';
import type { Benchmark } from '../suite/benchmark.js';
import { medianPercent } from '../suite/busyness.js';
import { type Finding, ratioOfRounds, spreadOf } from '../suite/finding.js';
import type { Stage } from '../suite/stage.js';

const NODES = ['a', 'b', 'c'];
const WATCHERS = 3_000;
const RELAYS = [0, 1, 2];
const WARM_UP_MS = 1_000;
const ROUND_MS = 2_000;
const ROUNDS = 3;
/** They come to the watchers of each node at another time, and would be counted with what else these are sent. */
const NO_HEARTBEATS = { HEARTBEAT_MS: '600000' };
const GOAL = { atLeast: 0.8 };

/**
 * The same fan-out at the owner alone, through one relay and through two. Relays are there for more cores than one node can
 * use, and a machine that runs all nodes and all watchers cannot give each node its own: so what is compared is the
 * processor time that a delivery costs, and of all nodes together, the owner's stream to its relays included. Where that
 * is at most 1/0.8 of what it costs at one node, n relays with a core each deliver at least 0.8 × n times as much. That they
 * can is seen in the owner's own part, which must not grow with the watchers: it bounds how many relays it can feed.
 * Deliveries a second of the clock are compared as well where there are cores for all.
 */
export const relay: Benchmark = {
  name: 'relay',
  question: `deltas delivered to ${WATCHERS} watchers at the owner, and through one and two relays; commands through a relay`,
  async run(stage) {
    const cluster = await openCluster(stage, NODES, { ownCores: true, env: NO_HEARTBEATS });
    const houses: RelayedHouse[] = [];
    for (const relays of RELAYS) houses.push(await relayedHouse(stage, cluster, relays, WATCHERS));
    for (const house of houses) await house.measure(WARM_UP_MS);
    const rounds: Measured[][] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      stage.say(`round ${round} of ${ROUNDS}`);
      const measured: Measured[] = [];
      for (const house of houses) measured.push(await house.measure(ROUND_MS));
      rounds.push(measured);
    }
    return [...fanOutFindings(cluster, rounds), ...(await commandFindings(stage, cluster))];
  },
};

type Measured = Awaited<ReturnType<RelayedHouse['measure']>>;

function fanOutFindings(cluster: Cluster, rounds: readonly (readonly Measured[])[]): Finding[] {
  const of = (relays: number, figure: (measured: Measured) => number) =>
    rounds.map((round) => figure(round[relays] ?? fail()));
  const beside = (relays: number, what: string, unit: string, figure: (measured: Measured) => number): Finding => ({
    what: `${what}, ${relays === 1 ? 'one relay' : `${relays} relays`}`,
    unit,
    figure: spreadOf(of(relays, figure)),
    against: { what: 'the owner alone', figure: spreadOf(of(0, figure)) },
    ratio: ratioOfRounds(of(relays, figure), of(0, figure)),
  });
  return RELAYS.slice(1).flatMap((relays): Finding[] => {
    const notes = [
      `load idle ${medianPercent(of(relays, ({ loadIdle }) => loadIdle))}, at the owner alone ${medianPercent(of(0, ({ loadIdle }) => loadIdle))}`,
      `${spreadOf(of(relays, ({ perSecond }) => perSecond)).median.toFixed(0)} deliveries a second of the clock, at the owner alone ${spreadOf(of(0, ({ perSecond }) => perSecond)).median.toFixed(0)}`,
    ];
    return [
      { ...beside(relays, 'deltas delivered', 'a second of all nodes’ processors', perNodesSecond), goal: GOAL, notes },
      beside(relays, 'owner’s processor', 'ms for a delta to all', ({ ownerMsPerDelta }) => ownerMsPerDelta),
      ...(cluster.haveOwnCores
        ? [{ ...beside(relays, 'deltas delivered by a relay', 'a second', perRelay(relays)), goal: GOAL }]
        : []),
    ];
  });
}

const perNodesSecond = ({ perNodesSecond: figure }: Measured) => figure;

/** The owner alone counts as the one that delivers. */
function perRelay(relays: number): (measured: Measured) => number {
  return ({ perSecond, relays: its }) => perSecond / (its === 0 ? 1 : relays);
}

async function commandFindings(stage: Stage, cluster: Cluster): Promise<Finding[]> {
  const rounds = await commandsThroughRelay(stage, cluster, ROUNDS, ROUND_MS);
  const beside = (what: string, unit: string, figure: (one: (typeof rounds)[number]['relay']) => number): Finding => {
    const [ours, theirs] = [rounds.map(({ relay }) => figure(relay)), rounds.map(({ owner }) => figure(owner))];
    return {
      what,
      unit,
      figure: spreadOf(ours),
      against: { what: 'at the owner', figure: spreadOf(theirs) },
      ratio: ratioOfRounds(ours, theirs),
    };
  };
  return [
    beside('a command through a relay, median', 'ms', ({ p50Ms }) => p50Ms),
    beside('a command through a relay, p99', 'ms', ({ p99Ms }) => p99Ms),
    beside('commands through a relay', 'a second', ({ perSecond }) => perSecond),
    beside('a command through a relay', 'µs of all nodes’ processors', ({ nodesUs }) => nodesUs),
  ];
}

function fail(): never {
  throw new Error('A round lacks a measurement.');
}
