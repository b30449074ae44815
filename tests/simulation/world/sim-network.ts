import type { SocketLike } from '../../../client-sdk/src/web-socket.js';
import type { VirtualTime } from '../../../src/adapters/memory/virtual-time.js';
import { SUBPROTOCOL_MSGPACK } from '../../../src/protocol/version.js';
import { type WireContext, WireWatch } from '../oracles/wire-watch.js';
import { Connection } from './connection.js';
import type { Random } from './random.js';
import type { SimNode } from './sim-node.js';

/** A name that leads to any node, as a balancer does. */
export const BALANCER = 'balancer';

/** Who talks to whom over what, and how it can be made to fail. */
export class SimNetwork {
  readonly #time: VirtualTime;
  readonly #random: Random;
  readonly #nodes: () => readonly SimNode[];
  readonly #context: Omit<WireContext, 'client'>;
  #open: { readonly connection: Connection; readonly client: string; readonly node: SimNode }[] = [];
  /** One way between a client and a node, in milliseconds, and what is added to it by chance. */
  latencyMs = 2;
  jitterMs = 3;

  constructor(
    time: VirtualTime,
    random: Random,
    nodes: () => readonly SimNode[],
    context: Omit<WireContext, 'client'>,
  ) {
    this.#time = time;
    this.#random = random;
    this.#nodes = nodes;
    this.#context = context;
  }

  /** As `new WebSocket`. */
  socket(client: string, address: string, protocols: readonly string[]): SocketLike {
    const url = new URL(address);
    const node = this.#nodeAt(url.hostname);
    if (url.hostname !== BALANCER) this.#context.count('a client was sent on');
    const latency = () => this.latencyMs + this.#random.between(0, this.jitterMs);
    const encoding = protocols.includes(SUBPROTOCOL_MSGPACK) ? 'msgpack' : 'json';
    const watch = new WireWatch({ ...this.#context, client });
    const connection = new Connection(this.#time, latency, node.life, node.gateway, watch);
    this.#open = this.#open.filter((one) => one.connection.isOpen || one.client !== client);
    this.#open.push({ connection, client, node });
    connection.open((socket) => node.gateway.upgrade(socket, url, encoding));
    return connection.client;
  }

  /** The connections that are open at the node's end. */
  ofClient(client: string): readonly Connection[] {
    return this.#open
      .filter((one) => one.client === client && one.connection.isOpen)
      .map(({ connection }) => connection);
  }

  ofNode(node: SimNode): readonly Connection[] {
    return this.#open.filter((one) => one.node === node).map(({ connection }) => connection);
  }

  /** The name of the node that a client is connected to. */
  nodeOf(client: string): string | undefined {
    return this.#open.findLast((one) => one.client === client && one.connection.isOpen)?.node.name;
  }

  /** A balancer knows who does not answer, and may be wrong: a node that froze just now still counts. */
  #nodeAt(host: string): SimNode {
    const nodes = this.#nodes();
    const named = nodes.findLast(({ name }) => name === host);
    const alive = nodes.filter(({ life }) => !life.isDead);
    return named ?? this.#random.pick(alive.length > 0 ? alive : nodes);
  }
}
