/**
 * Buyers at several nodes, one showtime, and everything between the nodes that may fail: what the model test drives.
 * Rules are not modelled again here. What is checked is what was promised: see `violations`.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Trip } from '../../../../src/adapters/memory/trip.js';
import type { Command } from '../../../../src/core/command.js';
import type { Audience, PublishedDelta } from '../../../../src/runtime/audience.js';
import type { Host } from '../../../../src/runtime/host.js';
import type { Outcome, Recipient } from '../../../../src/runtime/outcome.js';
import { Relay } from '../../../../src/runtime/relay/relay.js';
import { SHOWTIME, word } from '../playhouse.js';
import { SmallCluster, type TestNode } from './small-cluster.js';

export const SEATS = 6;
const LIMITS = { commitWaitMsMax: 400, gatedMax: 6, historyMax: 8 };
const RELAY = {
  beatMs: 100,
  silentMsMax: 600,
  lostAfterMs: 2_000,
  answerMsMax: 500,
  commandMsMax: 1_000,
  commandsMax: 6,
  historyMax: 8,
  framesMax: 4,
};
export const DELAYS_MS = [0, 0, 5, 60, 200];
/** A confirmed relay knows what is older than a silence, the way that it went, and the beat that told of it. */
const STALE_MS_MAX = RELAY.silentMsMax + 2 * 200 + RELAY.beatMs;

/** One command of one buyer, with every try and every answer. */
export interface Order {
  readonly commandId: string;
  readonly who: string;
  readonly command: Command;
  readonly tries: Try[];
}

interface Try {
  readonly node: TestNode;
  readonly outcomes: Outcome[];
}

export class RelayWorld {
  readonly cluster: SmallCluster;
  readonly orders: Order[] = [];
  readonly violations: string[] = [];
  /** How often each thing was seen that a test wants to know to have happened. */
  readonly seen = new Map<string, number>();
  /** What the owner showed, and from when on, by epoch and seq. */
  readonly #shown = new Map<string, { readonly seats: string; readonly at: number }>();
  #names = 'abcdefgh';

  constructor(trips: readonly Trip[]) {
    const audienceFor = (node: TestNode) => new Client(this, node);
    const rules = { holdTtlMs: 3_000 };
    this.cluster = new SmallCluster({ seats: SEATS, rules, limits: LIMITS, relayLimits: RELAY, audienceFor });
    this.cluster.house.trips.push(...trips);
  }

  get now(): number {
    return this.cluster.house.time.now();
  }

  async start(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const [name = 'x'] = this.#names;
      this.#names = this.#names.slice(1);
      const [node] = (await this.cluster.start(name)) as [TestNode];
      node.directory.onActivated(() => this.#follow(node));
    }
  }

  /** The node of this number among those that live. */
  node(i: number): TestNode {
    const { live } = this.cluster;
    return live[i % live.length] as TestNode;
  }

  order(who: string, command: Command): Order {
    const order: Order = { commandId: `c${this.orders.length}`, who, command, tries: [] };
    this.orders.push(order);
    return order;
  }

  /** Asks by this node, as soon as that has the showtime. */
  async submit(node: TestNode, order: Order): Promise<void> {
    const one: Try = { node, outcomes: [] };
    order.tries.push(one);
    const opened = await node.hosts.open(SHOWTIME);
    if (!opened.ok) {
      this.#count(`not opened: ${opened.reason}`);
      one.outcomes.push({ ok: false, failure: 'unavailable' });
      return;
    }
    const { host } = opened;
    (node.audiences.at(-1) as Client | undefined)?.join(host);
    this.#count(host instanceof Relay ? 'by a relay' : 'by the owner');
    const recipient: Recipient = {
      holder: order.who,
      waiting: 0,
      reply: (_, outcome) => {
        if (node.isAlive) this.#hear(order, one, host, outcome);
      },
    };
    host.submit({ requestId: order.tries.length, commandId: order.commandId, command: order.command }, recipient);
  }

  /** Every node sees the members as they are now. */
  lookAround(): void {
    for (const node of this.cluster.live) {
      node.relays.review((id) => node.homeOf(id));
      void node.handOff.rebalance();
    }
  }

  /** A lease that lapsed comes back when the journal was asked. */
  async restore(node: TestNode): Promise<void> {
    const verified = await node.directory.verify().then(
      () => true,
      () => false,
    );
    if (verified) node.confirmed = true;
  }

  /** No relay that takes itself for confirmed is far behind an owner that it follows. */
  checkFreshness(): void {
    for (const node of this.cluster.live) {
      const host = node.audiences.map((audience) => (audience as Client).host).findLast((one) => one && !one.ended);
      if (!(host instanceof Relay) || !host.confirmed) continue;
      const later = this.#shown.get(`${host.epoch}/${host.seq + 1}`);
      if (later && this.now - later.at > STALE_MS_MAX) {
        this.violations.push(`${node.member.name} takes ${host.epoch}/${host.seq} for the present`);
      }
    }
  }

  check(host: Host, what: string, seats: string, seq: number): void {
    const shown = this.#shown.get(`${host.epoch}/${seq}`)?.seats;
    if (seats !== shown) this.violations.push(`${what} ${host.epoch}/${seq} shows ${seats}, the owner showed ${shown}`);
  }

  saw(what: string): void {
    this.#count(what);
  }

  spell(statuses: Uint8Array): string {
    return this.cluster.house.spell(statuses);
  }

  /** Writes down what the owner shows, from its first moment on. */
  #follow(node: TestNode): void {
    const actor = node.directory.running(SHOWTIME);
    const client = node.audiences.at(-1) as Client | undefined;
    if (!actor || !client) return;
    const note = () => {
      const seats = this.spell(actor.statuses);
      this.#shown.set(`${actor.epoch}/${actor.seq}`, { seats, at: this.now });
    };
    note();
    client.onDelta = note;
    client.join(actor);
    this.#count('activated');
  }

  #hear(order: Order, one: Try, host: Host, outcome: Outcome): void {
    this.#count(word(outcome));
    one.outcomes.push(outcome);
    if (!outcome.ok || (outcome.type === 'seats' && outcome.seats.length === 0)) return;
    const { reply } = this.cluster.house.journal.resultOf(SHOWTIME, order.who, order.commandId) ?? {};
    // Of what came over a link, members that are undefined are left out; in the journal as well.
    if (!isDeepStrictEqual(reply, outcome)) {
      this.violations.push(`${order.commandId} was told yes, and it is not in the journal`);
    }
    if (outcome.type === 'hold' && order.tries.length === 1) this.#checkOwn(order, host, outcome.hold.id);
  }

  /** Whoever is told "yours" finds it so at that node in that moment, unless he gave it away himself or it ended. */
  #checkOwn(order: Order, host: Host, holdId: string): void {
    const hold = host.own(order.who).holds.find(({ id }) => id === holdId);
    const isUsed = this.orders.some(({ command }) => 'holdId' in command && command.holdId === holdId);
    if (hold || isUsed || host.ended || this.now >= (this.#endOf(order) ?? 0)) return;
    this.violations.push(`${order.commandId} was told yes, and does not find it at the node that said so`);
  }

  #endOf(order: Order): number | undefined {
    const result = this.cluster.house.journal.resultOf(SHOWTIME, order.who, order.commandId)?.reply;
    return result?.ok && result.type === 'hold' ? result.hold.expiresAt : undefined;
  }

  #count(what: string): void {
    this.seen.set(what, (this.seen.get(what) ?? 0) + 1);
  }
}

/** One who watches at a node: takes a snapshot when it joins and where it is told to, and deltas in between. */
class Client implements Audience {
  readonly #world: RelayWorld;
  readonly #node: TestNode;
  host: Host | undefined;
  onDelta: () => void = () => {};
  #seats: string[] = [];
  #seq = 0;

  constructor(world: RelayWorld, node: TestNode) {
    this.#world = world;
    this.#node = node;
  }

  join(host: Host): void {
    if (this.host) return;
    this.host = host;
    this.#snapshot(host, 'the first snapshot');
  }

  size(): number {
    return 1;
  }

  delta({ seq, changes }: PublishedDelta): void {
    this.onDelta();
    const { host } = this;
    if (!this.#node.isAlive || !host) return;
    if (seq !== this.#seq + 1) this.#world.violations.push(`delta ${seq} after ${this.#seq}`);
    this.#seq = seq;
    for (const [seat, code] of changes) this.#seats[seat] = '.hbx'[code] ?? '?';
    this.#world.check(host, `delta at ${this.#node.member.name}`, this.#seats.join(''), seq);
  }

  terms(): void {}

  expired(): void {
    this.#world.saw('expired');
  }

  takenAway(): void {
    this.#world.saw('taken away');
  }

  own(): void {}

  restarted(): void {
    this.#world.saw('restarted');
    if (this.host) this.#snapshot(this.host, 'a later snapshot');
  }

  ended(reason: string): void {
    this.#world.saw(`ended: ${reason}`);
  }

  #snapshot(host: Host, what: string): void {
    this.#seq = host.seq;
    this.#seats = [...this.#world.spell(host.statuses)];
    if (this.#node.isAlive) this.#world.check(host, what, this.#seats.join(''), host.seq);
  }
}
