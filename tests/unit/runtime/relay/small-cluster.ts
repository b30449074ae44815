/**
 * Several nodes in one process over one memory journal and one virtual time: each with a directory, a desk, relays and
 * hand-off, as a real node has them. Where showtimes should live is what the test says.
 */
import { MemoryHub, type MemoryNodeLink } from '../../../../src/adapters/memory/memory-node-link.js';
import type { Command } from '../../../../src/core/command.js';
import type { Timers } from '../../../../src/kernel/timers.js';
import type { Actor } from '../../../../src/runtime/actor.js';
import type { Audience } from '../../../../src/runtime/audience.js';
import type { Member } from '../../../../src/runtime/cluster/membership-port.js';
import { Directory, type Opened } from '../../../../src/runtime/directory.js';
import { HandOff } from '../../../../src/runtime/hand-off.js';
import type { Host } from '../../../../src/runtime/host.js';
import { Hosts } from '../../../../src/runtime/hosts.js';
import type { Recipient } from '../../../../src/runtime/outcome.js';
import type { Playbill } from '../../../../src/runtime/playbill-port.js';
import { NodeCalls } from '../../../../src/runtime/relay/node-calls.js';
import type { NodeLink } from '../../../../src/runtime/relay/node-link-port.js';
import { OwnerDesk } from '../../../../src/runtime/relay/owner-desk.js';
import { Relay, type RelayLimits } from '../../../../src/runtime/relay/relay.js';
import { Relays } from '../../../../src/runtime/relay/relays.js';
import { silentLog } from '../../../silent-log.js';
import { Listener, Playhouse, type PlayhouseOptions, type Seen, SHOWTIME, Watchers } from '../playhouse.js';

export const RELAY_LIMITS: RelayLimits = {
  beatMs: 250,
  silentMsMax: 1_500,
  lostAfterMs: 6_000,
  answerMsMax: 2_000,
  commandMsMax: 5_000,
  commandsMax: 50,
  historyMax: 256,
  framesMax: 100,
};
export const HAND_OVERS_AT_ONCE = 2;
export const FLUSH_MS_MAX = 1_000;
const IDLE_MS_MAX = 10_000;

export interface ClusterOptions extends PlayhouseOptions {
  readonly relayLimits?: Partial<RelayLimits>;
  readonly audienceFor?: (node: TestNode, showtimeId: string) => Audience;
  readonly actorsMax?: number;
  readonly relaysMax?: number;
}

/** A link that loses, where it arrives, what it is told to lose. */
class LossyLink implements NodeLink {
  loses: (payload: unknown, topic: string | undefined) => boolean = () => false;
  readonly inner: MemoryNodeLink;
  /** What was published, by anybody, on topics followed here. */
  readonly heard: unknown[] = [];

  constructor(inner: MemoryNodeLink) {
    this.inner = inner;
  }

  async receive(memberId: string, handler: (payload: unknown) => void): Promise<void> {
    await this.inner.receive(memberId, (payload) => {
      if (!this.loses(payload, undefined)) handler(payload);
    });
  }

  send(memberId: string, payload: unknown): void {
    this.inner.send(memberId, payload);
  }

  publish(topic: string, payload: unknown): void {
    this.inner.publish(topic, payload);
  }

  async follow(topic: string, handler: (payload: unknown) => void): Promise<() => void> {
    return await this.inner.follow(topic, (payload) => {
      this.heard.push(payload);
      if (!this.loses(payload, topic)) handler(payload);
    });
  }
}

export class TestNode {
  member: Member;
  readonly link: LossyLink;
  readonly calls: NodeCalls;
  readonly directory: Directory;
  readonly relays: Relays;
  readonly handOff: HandOff;
  readonly hosts: Hosts;
  /** Everything that its clients heard, in order. */
  readonly seen: Seen[] = [];
  /** Each audience that was made, the newest last. */
  readonly audiences: Audience[] = [];
  watching = 1;
  isAlive = true;
  confirmed = true;
  /** Where this node alone believes showtimes to live. */
  readonly believes = new Map<string, string>();
  readonly cluster: SmallCluster;

  constructor(cluster: SmallCluster, member: Member) {
    this.cluster = cluster;
    this.member = member;
    const { house, options } = cluster;
    const { time } = house;
    // What a dead process had planned does not happen.
    const timers: Timers = {
      after: (ms, call) => time.after(ms, () => void (this.isAlive && call())),
      soon: (call) => time.soon(() => void (this.isAlive && call())),
    };
    const { journal, context } = house.startNode(member.name, () => house.trips.shift() ?? {}, timers);
    this.link = new LossyLink(cluster.hub.link());
    this.calls = new NodeCalls(member.id, this.link, timers, silentLog);
    const limits = { ...RELAY_LIMITS, ...options.relayLimits };
    const { beatMs, silentMsMax, answerMsMax } = limits;
    const desk = new OwnerDesk({ link: this.link, clock: time, timers, beatMs, silentMsMax });
    const playbill: Playbill = {
      terms: async (id) => (id.startsWith('nowhere') ? undefined : house.terms),
      versions: async (ids) => new Map(ids.map((id) => [id, house.terms.version])),
    };
    const audienceFor = (showtimeId: string) => {
      const audience = options.audienceFor?.(this, showtimeId) ?? this.#watchers();
      this.audiences.push(audience);
      return audience;
    };
    this.directory = new Directory({
      journal,
      playbill,
      context: { ...context, confirmed: () => this.confirmed },
      audienceFor,
      feedFor: desk.feedFor,
      askedFor: (showtimeId) => this.handOff.askFor(showtimeId),
      passivateAfterMs: 1_000_000,
      actorsMax: options.actorsMax ?? 100,
    });
    const node = this;
    const whereabouts = {
      get self() {
        return node.member;
      },
      homeOf: (showtimeId: string) => this.homeOf(showtimeId),
      isLinked: () => true,
      isQuiet: () => false,
      settled: async () => {},
      memberNamed: (name: string) => cluster.live.find((one) => one.member.name === name)?.member,
    };
    this.handOff = new HandOff({
      whereabouts,
      directory: this.directory,
      journal,
      calls: this.calls,
      log: silentLog,
      atOnceMax: HAND_OVERS_AT_ONCE,
      flushMsMax: FLUSH_MS_MAX,
      answerMsMax,
    });
    const relaying = {
      selfId: member.id,
      link: this.link,
      calls: this.calls,
      clock: time,
      timers,
      log: silentLog,
      limits,
    };
    const relaysMax = options.relaysMax ?? 100;
    this.relays = new Relays({ playbill, audienceFor, context: relaying, idleMsMax: IDLE_MS_MAX, relaysMax });
    this.hosts = new Hosts(this.directory, { whereabouts, relays: this.relays });
    desk.serve(this.calls, this.directory, (id) => this.homeOf(id)?.id === member.id);
    this.handOff.serve();
  }

  homeOf(showtimeId: string): Member | undefined {
    const name = this.believes.get(showtimeId) ?? this.cluster.homes.get(showtimeId) ?? this.cluster.home;
    const home = this.cluster.live.find(({ member }) => member.name === name)?.member;
    return home?.draining ? undefined : home;
  }

  listener(holder: string): Listener {
    return new Listener(holder, this.seen);
  }

  async try(showtimeId = SHOWTIME): Promise<Opened> {
    return await this.cluster.done(this.hosts.open(showtimeId));
  }

  async open(showtimeId = SHOWTIME): Promise<Host> {
    const opened = await this.try(showtimeId);
    if (!opened.ok) throw new Error(opened.reason);
    return opened.host;
  }

  async relay(showtimeId = SHOWTIME): Promise<Relay> {
    const host = await this.open(showtimeId);
    if (!(host instanceof Relay)) throw new Error('it runs here');
    return host;
  }

  async actor(showtimeId = SHOWTIME): Promise<Actor> {
    await this.open(showtimeId);
    const actor = this.directory.running(showtimeId);
    if (!actor) throw new Error('it is relayed');
    return actor;
  }

  /** kill -9 */
  crash(): void {
    this.isAlive = false;
    this.link.inner.cut();
  }

  #watchers(): Watchers {
    const watchers = new Watchers(this.seen);
    watchers.size = () => this.watching;
    return watchers;
  }
}

export class SmallCluster {
  readonly options: ClusterOptions;
  readonly house: Playhouse;
  readonly hub: MemoryHub;
  readonly nodes: TestNode[] = [];
  /** Where showtimes live that have no home of their own. */
  home = 'a';
  readonly homes = new Map<string, string>();

  constructor(options: ClusterOptions = {}) {
    this.options = options;
    this.house = new Playhouse(options);
    this.hub = new MemoryHub(this.house.time, silentLog);
  }

  get live(): TestNode[] {
    return this.nodes.filter(({ isAlive }) => isAlive);
  }

  async start(...names: readonly string[]): Promise<TestNode[]> {
    const started: TestNode[] = [];
    for (const name of names) {
      const url = `https://${name}.example`;
      const member = {
        id: `${name}-${this.nodes.length}`,
        name,
        url,
        weight: 1,
        draining: false,
        hot: [],
        showtimes: 0,
      };
      const node = new TestNode(this, member);
      this.nodes.push(node);
      started.push(node);
      await this.done(node.calls.start());
    }
    return started;
  }

  /** What a promise comes to; time moves on as long as that takes. */
  async done<Value>(promise: Promise<Value>): Promise<Value> {
    let isDone = false;
    const watched = promise.finally(() => {
      isDone = true;
    });
    watched.catch(() => {});
    await this.house.time.advance(0);
    while (!isDone && (await this.house.time.step()));
    return await watched;
  }

  submit(
    host: Host,
    listener: Recipient,
    requestId: number,
    command: Command,
    commandId = this.house.commandId(),
  ): string {
    host.submit({ requestId, commandId, command }, listener);
    return commandId;
  }

  async advance(ms: number): Promise<void> {
    await this.house.time.advance(ms);
  }
}

/** Two nodes: the owner `a`, and `b` that relays it. */
export async function pair(options: ClusterOptions = {}) {
  const cluster = new SmallCluster(options);
  const [a, b] = (await cluster.start('a', 'b')) as [TestNode, TestNode];
  const actor = await a.actor();
  const relay = await b.relay();
  return { cluster, house: cluster.house, a, b, actor, relay };
}

export const isFrame = (payload: unknown, topic: string | undefined) =>
  topic !== undefined && (payload as { events: unknown[] }).events.length > 0;

/** A message of a kind and, for calls and casts, of a method. */
export const isMessage = (payload: unknown, kind: string, method?: string) => {
  const message = payload as { kind?: string; method?: string };
  return message.kind === kind && (method === undefined || message.method === method);
};
