import type { AddressInfo, Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import type { Log } from '../../kernel/log.js';
import type { Member } from '../../runtime/cluster/membership-port.js';
import type { NodeLink } from '../../runtime/relay/node-link-port.js';
import { Guest } from './guest.js';
import { Handlers } from './handlers.js';
import { acceptLinks, type LinkKey } from './link-tls.js';
import { copied, KIND, type Packet, packed } from './packets.js';
import { Peer } from './peer.js';

export interface DirectNodeLinkOptions {
  /** Where to listen; port 0: any that is free. */
  readonly host: string;
  readonly port: number;
  /** Where other nodes reach this one, as `host:port`; absent: at `reachedHost` and the port where it listens. */
  readonly address?: string | undefined;
  /** Absent: `host`, unless that stands for every address of the machine. */
  readonly reachedHost?: string;
  readonly key: LinkKey;
  readonly log: Log;
}

/** `follow` rejects after so long. */
const CONFIRM_MS_MAX = 2_000;

/**
 * Messages between nodes that reach each other over connections of their own, for the members that `meet` was told of. Each
 * node connects to each other one, and sends over the connection that it made.
 */
export class DirectNodeLink implements NodeLink {
  readonly #options: DirectNodeLinkOptions;
  readonly #server: Server;
  readonly #handlers: Handlers;
  /** Members that were received for, by this node. */
  readonly #own = new Set<string>();
  readonly #peers = new Map<string, Peer>();
  /** Members that `meet` named, to their addresses. */
  readonly #met = new Map<string, string>();
  readonly #guests = new Set<Guest>();
  /** Those of guests, and of others whose handshake goes on. */
  readonly #sockets = new Set<Socket>();
  #address = '';
  #sawGarbage = false;
  #isClosed = false;

  private constructor(options: DirectNodeLinkOptions) {
    this.#options = options;
    this.#handlers = new Handlers(options.log);
    this.#server = acceptLinks(options.key, (socket) => this.#accept(socket));
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => void this.#sockets.delete(socket));
    });
  }

  /** @throws Error where the port cannot be listened to. */
  static async open(options: DirectNodeLinkOptions): Promise<DirectNodeLink> {
    const link = new DirectNodeLink(options);
    await link.#listen();
    return link;
  }

  /** Where other nodes reach this one. */
  get address(): string {
    return this.#address;
  }

  /** Who is there, and where. Those who connect to this node are known as well, before anybody names them. */
  meet(others: readonly Pick<Member, 'id' | 'link'>[]): void {
    this.#met.clear();
    for (const { id, link } of others) if (link !== undefined) this.#met.set(id, link);
    this.#review();
  }

  /** Whether what is sent to this member now goes out to it. */
  reaches(memberId: string): boolean {
    if (this.#own.has(memberId)) return true;
    return this.#peerOf(memberId)?.has(memberId) ?? false;
  }

  /** Whether it is reached, and reaches us: what it follows here is known here. */
  isMutual(memberId: string): boolean {
    const address = this.#addressOf(memberId);
    return this.reaches(memberId) && [...this.#guests].some((guest) => guest.address === address);
  }

  async receive(memberId: string, handler: (payload: unknown) => void): Promise<void> {
    this.#own.add(memberId);
    this.#handlers.add(`to:${memberId}`, handler);
    for (const guest of this.#guests) guest.introduce([...this.#own]);
    for (const peer of this.#peers.values()) peer.introduce();
  }

  send(memberId: string, payload: unknown): void {
    if (this.#own.has(memberId)) this.#deliverHere(`to:${memberId}`, payload);
    else {
      const peer = this.#peerOf(memberId);
      const packet = peer && this.#packed([KIND.send, memberId, payload]);
      if (packet) peer.write(packet);
    }
  }

  publish(topic: string, payload: unknown): void {
    const isPlain = this.publishToOthers(topic, payload);
    if (isPlain && this.#handlers.has(`on:${topic}`)) this.#deliverHere(`on:${topic}`, payload);
  }

  /** As `publish`, and followers of this very node do not hear it. False where it could not be sent at all. */
  publishToOthers(topic: string, payload: unknown): boolean {
    const followers = new Set<string>();
    for (const guest of this.#guests) {
      if (guest.address !== undefined && guest.follows(topic)) followers.add(guest.address);
    }
    const peers = [...followers].flatMap((address) => this.#peers.get(address) ?? []);
    if (peers.length === 0) return true;
    const packet = this.#packed([KIND.publish, topic, payload]);
    if (packet) for (const peer of peers) peer.write(packet);
    return packet !== undefined;
  }

  async follow(topic: string, handler: (payload: unknown) => void): Promise<() => void> {
    const { confirmed, stop } = this.listen(topic, handler);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(resolve, CONFIRM_MS_MAX, 'late');
    });
    const settled = await Promise.race([confirmed, late]);
    clearTimeout(timer);
    if (settled !== 'late') return stop;
    stop();
    throw new Error(`A node did not confirm within ${CONFIRM_MS_MAX} ms that a topic is followed.`);
  }

  /** As `follow`, from this turn on. `confirmed` resolves when every node that is connected has said so, or went. */
  listen(
    topic: string,
    handler: (payload: unknown) => void,
  ): { readonly confirmed: Promise<unknown>; readonly stop: () => void } {
    const remove = this.#handlers.add(`on:${topic}`, handler);
    const confirmed = Promise.all([...this.#peers.values()].map((peer) => peer.follow(topic)));
    let isStopped = false;
    const stop = () => {
      if (isStopped) return;
      isStopped = true;
      remove();
      if (this.#handlers.has(`on:${topic}`)) return;
      for (const peer of this.#peers.values()) peer.unfollow(topic);
    };
    return { confirmed, stop };
  }

  async close(): Promise<void> {
    for (const peer of this.#peers.values()) peer.close();
    this.#peers.clear();
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
  }

  async #listen(): Promise<void> {
    const { host, port, address, reachedHost = host, log } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (error) =>
      log.error({ event: 'link.server_failed', err: error }, 'The node accepts no new links from other nodes.'),
    );
    const { port: bound } = this.#server.address() as AddressInfo;
    this.#address = address ?? `${reachedHost.includes(':') ? `[${reachedHost}]` : reachedHost}:${bound}`;
  }

  #addressOf(memberId: string): string | undefined {
    return this.#met.get(memberId) ?? [...this.#guests].find((guest) => guest.has(memberId))?.address;
  }

  #peerOf(memberId: string): Peer | undefined {
    return this.#peers.get(this.#addressOf(memberId) ?? '');
  }

  /** Has a way to each node that was named or that has connected, and to no other. */
  #review(): void {
    if (this.#isClosed) return;
    const wanted = new Set(this.#met.values());
    for (const { address } of this.#guests) if (address !== undefined) wanted.add(address);
    wanted.delete(this.#address);
    for (const [address, peer] of this.#peers) {
      if (wanted.has(address)) continue;
      this.#peers.delete(address);
      peer.close();
    }
    for (const address of wanted) if (!this.#peers.has(address)) this.#peers.set(address, this.#peerAt(address));
  }

  #peerAt(address: string): Peer {
    const { key, log } = this.#options;
    const peer = new Peer({
      address,
      ownAddress: this.#address,
      key,
      log,
      ownMembers: () => [...this.#own],
      onReady: () => this.#wayTo(address),
    });
    for (const topic of this.#handlers.topics()) void peer.follow(topic);
    return peer;
  }

  /** Now what is published here reaches that node: it is told so. */
  #wayTo(address: string): void {
    for (const guest of this.#guests) if (guest.address === address) guest.confirm();
  }

  #accept(socket: TLSSocket): void {
    const guest = new Guest({
      socket,
      deliver: (channel, payload) => this.#handlers.deliver(channel, payload),
      onHello: () => {
        guest.introduce([...this.#own]);
        this.#review();
      },
      onGone: () => {
        this.#guests.delete(guest);
        this.#review();
      },
      hasWayBack: ({ address }) => this.#peers.get(address ?? '')?.isReady ?? false,
      onGarbage: (error) => this.#noteGarbage(error),
    });
    this.#guests.add(guest);
  }

  #deliverHere(channel: string, payload: unknown): void {
    try {
      const copy = copied(payload);
      setImmediate(() => this.#handlers.deliver(channel, copy));
    } catch (error) {
      this.#noteUnplain(error);
    }
  }

  /** Undefined for what cannot be sent. */
  #packed(packet: Packet): Buffer | undefined {
    try {
      return packed(packet);
    } catch (error) {
      this.#noteUnplain(error);
      return undefined;
    }
  }

  #noteUnplain(error: unknown): void {
    this.#options.log.error(
      { event: 'link.message_unsendable', err: error },
      'A message to another node was not sent: it is too long or no plain data.',
    );
  }

  /** Once: whoever speaks another language does it often. */
  #noteGarbage(error: unknown): void {
    if (!this.#sawGarbage)
      this.#options.log.warn({ event: 'link.garbage', err: error }, 'A link received bytes that are no packet.');
    this.#sawGarbage = true;
  }
}
