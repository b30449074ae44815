import { MemoryMembership, MemoryRoll } from '../../../../src/adapters/memory/memory-membership.js';
import type { Trip } from '../../../../src/adapters/memory/trip.js';
import { VirtualTime } from '../../../../src/adapters/memory/virtual-time.js';
import type { Log } from '../../../../src/kernel/log.js';
import { Cluster, type ClusterOptions } from '../../../../src/runtime/cluster/cluster.js';

export const TIMING = { beatMs: 1_000, detectionMs: 5_000, leaseMs: 4_000, freezeMs: 15_000 };
/** When a call to a store that is away is given up. */
export const ANSWER_MS_MAX = 300;
const AWAY: Trip = { lost: 'request', brokenAfterMs: ANSWER_MS_MAX };

export const SHOWTIMES = Array.from({ length: 60 }, (_, i) => `showtime-${i}`);

/** One node: a cluster, the ways that it has to its stores, and what it said. */
export class Node {
  readonly name: string;
  readonly id: string;
  readonly cluster: Cluster;
  /** Of its calls to the store of the members. */
  trip: Trip = {};
  /** Postgres: what it answers, and when it was asked. */
  verified: () => Promise<boolean> = async () => true;
  readonly asked: number[] = [];
  readonly said: string[] = [];
  changes = 0;
  /** No timer of this node goes off while it is stopped, and no answer is read. */
  stopped = false;

  constructor(world: World, name: string, life: number, options: Partial<ClusterOptions>) {
    this.name = name;
    this.id = `${name}#${life}`;
    const { time } = world;
    const say = (level: string) => (_: object, message: string) => void this.said.push(`${level} ${message}`);
    const log: Log = { debug() {}, info: say('info'), warn: say('warn'), error: say('error') };
    const timers = {
      after: (delayMs: number, call: () => void) => time.after(delayMs, () => world.whenRunning(this, call)),
      soon: (call: () => void) => time.soon(() => world.whenRunning(this, call)),
    };
    this.cluster = new Cluster({
      self: { id: this.id, name, weight: 1 },
      timing: TIMING,
      membership: new MemoryMembership({ roll: world.roll, timers, trip: () => (world.away ? AWAY : this.trip) }),
      verify: () => {
        this.asked.push(time.now());
        return this.verified();
      },
      timers,
      monotonic: () => time.now(),
      log,
      ...options,
    });
    this.cluster.onChange(() => this.changes++);
  }

  cutOff(): void {
    this.trip = AWAY;
  }

  get live(): string {
    return this.cluster
      .members()
      .live.map(({ id }) => id)
      .join(' ');
  }

  get candidates(): string {
    return this.cluster
      .members()
      .candidates.map(({ id }) => id)
      .join(' ');
  }

  /** The homes of all showtimes, by the name of the node. */
  get homes(): (string | undefined)[] {
    return SHOWTIMES.map((id) => this.cluster.homeOf(id)?.name);
  }
}

/** Nodes that share a roll, in one virtual time. */
export class World {
  readonly time = new VirtualTime();
  readonly roll = new MemoryRoll();
  /** The store answers nobody. */
  away = false;
  readonly #overdue = new Map<Node, (() => void)[]>();

  /** Starts nodes, 137 ms apart: their beats interleave. */
  async start(...names: readonly string[]): Promise<Node[]> {
    const nodes: Node[] = [];
    for (const name of names) nodes.push(await this.startLife(name, 1));
    await this.time.advance(TIMING.beatMs);
    return nodes;
  }

  async startLife(name: string, life: number, options: Partial<ClusterOptions> = {}): Promise<Node> {
    const node = new Node(this, name, life, options);
    void node.cluster.start();
    await this.time.advance(137);
    return node;
  }

  whenRunning(node: Node, call: () => void): void {
    if (!node.stopped) call();
    else this.#overdue.set(node, [...(this.#overdue.get(node) ?? []), call]);
  }

  /** As SIGCONT: whatever fell due while the node was stopped happens now, in its order. */
  async resume(node: Node): Promise<void> {
    node.stopped = false;
    const overdue = this.#overdue.get(node) ?? [];
    this.#overdue.delete(node);
    for (const call of overdue) {
      call();
      await this.time.advance(0);
    }
  }

  /** Milliseconds until it holds, looked at every 10 ms; -1 where it does not within two minutes. */
  async until(holds: () => boolean): Promise<number> {
    const from = this.time.now();
    while (!holds()) {
      if (this.time.now() - from > 120_000) return -1;
      await this.time.advance(10);
    }
    return this.time.now() - from;
  }
}
