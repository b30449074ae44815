import type { JournalCopy } from '../../../src/adapters/memory/memory-journal.js';
import type { Buyer } from '../people/buyer.js';
import type { Caller } from '../people/caller.js';
import type { SimNode } from '../world/sim-node.js';
import { TIMES } from '../world/times.js';
import type { World } from '../world/world.js';
import { CUT_OFF_MS, describeFault, type Fault, type FaultKind } from './plan.js';

export interface People {
  readonly buyers: readonly Buyer[];
  readonly caller: Caller;
}

type Act = (fault: Fault, world: World, people: People) => void;

const NODES_MAX = 5;

/** Has a fault happen, and end by itself where it can. */
export function strike(fault: Fault, world: World, people: People): void {
  world.trace.add('fault', describeFault(fault));
  ACTS[fault.kind](fault, world, people);
}

/** Ends every fault that lasts: from now on all is as it should be. */
export function heal(world: World): void {
  world.endOfFaults = true;
  world.tails.synchronous = undefined;
  world.weather.isStandbyAway = false;
  world.weather.clear();
  world.roll.tellPresent();
  world.hub.lossShare = 0;
  world.hub.repeatShare = 0;
  world.hub.delayMs = 0;
  for (const node of world.nodes) {
    node.life.thaw();
    node.link.heal();
    if (node.life.isDead) world.startNode(node.name);
  }
}

const ACTS: Readonly<Record<FaultKind, Act>> = {
  crash: (fault, world) => {
    const node = nodeOf(fault, world);
    if (!node) return;
    crash(node, world, fault.ms % 3 === 0);
    world.time.after(fault.ms, () => startAgain(node, world));
  },
  freeze: (fault, world) => {
    const node = nodeOf(fault, world);
    if (!node) return;
    node.life.freeze();
    if (fault.ms > TIMES.lease) world.count('a node was frozen past its lease');
    world.time.after(fault.ms, () => node.life.thaw());
  },
  drain: (fault, world) => {
    const node = nodeOf(fault, world);
    if (!node?.houses) return;
    world.count('a node drained');
    void node.drain().then(() => {
      if (node.life.isDead) return;
      crash(node, world, false);
      world.time.after(fault.ms, () => startAgain(node, world));
    });
  },
  join: (_, world) => {
    if (world.nodes.length >= NODES_MAX) return;
    world.count('a node joined');
    world.startNode(`n${world.nodes.length + 1}`);
  },
  'postgres away': ({ ms }, world) => world.weather.trouble('postgres', 'away', ms),
  'postgres slow': ({ ms }, world) => world.weather.trouble('postgres', 'slow', ms),
  'postgres flaky': ({ ms }, world) => world.weather.trouble('postgres', 'flaky', ms),
  'postgres away from one': (fault, world) =>
    world.weather.trouble('postgres', 'away', fault.ms, nodeOf(fault, world)?.name),
  promotion: (fault, world) => {
    const standby = world.journal.copy();
    world.time.after(fault.ms, () => {
      promote(standby, world);
      // Who could write again what is lost comes too late for that.
      const late = fault.ms % 3 === 0 ? nodeOf(fault, world) : undefined;
      late?.life.freeze();
      world.time.after(3 * TIMES.recovering, () => late?.life.thaw());
    });
  },
  'standby away': ({ ms }, world) => {
    // One at a time: a second would have more than the first.
    if (world.tails.synchronous) return;
    const standby = world.journal.copy();
    world.tails.synchronous = standby;
    world.weather.isStandbyAway = true;
    world.time.after(ms, () => {
      world.tails.synchronous = undefined;
      world.weather.isStandbyAway = false;
      if (ms % 2 === 0) promote(standby, world);
    });
  },
  'redis away': ({ ms }, world) => {
    world.weather.trouble('redis', 'away', ms);
    for (const { link } of world.nodes) cutLink(link, ms, world);
  },
  'redis slow': ({ ms }, world) => world.weather.trouble('redis', 'slow', ms),
  'redis flaky': ({ ms }, world) => world.weather.trouble('redis', 'flaky', ms),
  'redis away from one': (fault, world) => {
    const node = nodeOf(fault, world);
    if (!node) return;
    world.weather.trouble('redis', 'away', fault.ms, node.name);
    cutLink(node.link, fault.ms, world);
  },
  'redis forgets': (_, world) => {
    world.count('Redis forgot everything');
    world.roll.forgetAll();
  },
  'redis tells the past': ({ ms }, world) => {
    world.count('Redis told of the past');
    world.roll.tellPast();
    world.time.after(ms, () => world.roll.tellPresent());
  },
  'link cut': (fault, world) => {
    const node = nodeOf(fault, world);
    if (node) cutLink(node.link, fault.ms, world);
  },
  'link loses': ({ ms }, world) => {
    world.hub.lossShare = 0.3;
    world.time.after(ms, () => {
      world.hub.lossShare = 0;
    });
  },
  'link late': ({ ms }, world) => {
    world.hub.delayMs = Math.min(400, ms);
    world.time.after(ms, () => {
      world.hub.delayMs = 0;
    });
  },
  'link repeats': ({ ms }, world) => {
    world.hub.repeatShare = 0.3;
    world.time.after(ms, () => {
      world.hub.repeatShare = 0;
    });
  },
  'sockets reset': (fault, world) => {
    const node = nodeOf(fault, world);
    if (!node) return;
    world.count('a connection was reset');
    for (const connection of world.network.ofNode(node)) connection.reset();
  },
  'socket cut': (fault, world, { buyers }) => {
    for (const connection of connectionsOf(fault, world, buyers)) {
      world.count('a connection was cut without a word');
      connection.cut((['up', 'down', 'both'] as const)[fault.ms % 3] ?? 'both');
    }
  },
  'socket stalls': (fault, world, { buyers }) => {
    for (const connection of connectionsOf(fault, world, buyers)) connection.stall(fault.ms);
  },
  'reader slow': (fault, world, { buyers }) => {
    for (const connection of connectionsOf(fault, world, buyers)) {
      connection.pause();
      world.time.after(fault.ms, () => connection.resume());
    }
  },
  pin: (fault, world) => {
    const node = nodeOf(fault, world);
    const showtimeId = world.showtimes[fault.ms % world.showtimes.length];
    if (!node || !showtimeId) return;
    world.roll.pins.set(showtimeId, node.name);
    world.rollInPostgres.pins.set(showtimeId, node.name);
  },
  'owner cut off': ({ whom }, world, { caller }) => {
    const showtimeId = world.showtimes[whom % world.showtimes.length] ?? '';
    const owner = world.journal.owners([showtimeId]).get(showtimeId)?.node;
    const node = world.nodes.find(({ name, life }) => name === owner && life.isRunning);
    if (!node) return;
    world.weather.trouble('redis', 'away', CUT_OFF_MS, node.name);
    world.weather.trouble('roll', 'away', CUT_OFF_MS, node.name);
    cutLink(node.link, CUT_OFF_MS, world);
    void caller.claimBack(showtimeId, node, CUT_OFF_MS);
  },
};

/** What came after the copy was made is lost. */
function promote(standby: JournalCopy, world: World): void {
  if (world.endOfFaults || world.tails.synchronous) return;
  world.count('a standby that lagged was promoted');
  world.trace.add('fault', 'a standby is promoted');
  world.journal.promote(standby);
}

/** Dead and frozen ones may be struck as well: then nothing happens. */
function nodeOf({ whom }: Fault, world: World): SimNode | undefined {
  const { nodes } = world;
  const node = nodes[whom % nodes.length];
  return node?.life.isRunning ? node : undefined;
}

function connectionsOf({ whom }: Fault, world: World, buyers: readonly Buyer[]) {
  const buyer = buyers[whom % buyers.length];
  return (buyer?.windows ?? []).flatMap(({ name }) => world.network.ofClient(name));
}

/** kill -9. `quietly`: the host is gone as well, and nobody tells its clients that their connections are. */
function crash(node: SimNode, world: World, quietly: boolean): void {
  world.count('a node was killed');
  const connections = world.network.ofNode(node);
  node.kill();
  for (const connection of connections) {
    if (quietly) connection.cut('both');
    else connection.reset();
  }
}

function startAgain(node: SimNode, world: World): void {
  const newest = world.nodes.find(({ name }) => name === node.name);
  if (newest === node && node.life.isDead) world.startNode(node.name);
}

function cutLink(link: SimNode['link'], ms: number, world: World): void {
  link.cut();
  world.time.after(ms, () => link.heal());
}
