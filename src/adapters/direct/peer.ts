import type { TLSSocket } from 'node:tls';
import type { Log } from '../../kernel/log.js';
import { connectLink, type LinkKey } from './link-tls.js';
import { KIND, type Packet, PacketReader, packed } from './packets.js';

export interface PeerOptions {
  /** Where the other node accepts links, and where it finds ours: `host:port`. */
  readonly address: string;
  readonly ownAddress: string;
  readonly key: LinkKey;
  readonly log: Log;
  /** The members that are received for here, which the other node is told. */
  readonly ownMembers: () => readonly string[];
  /** The connection is there, and the other node has said who it is. */
  readonly onReady: () => void;
}

const RETRY_MS_MIN = 50;
const RETRY_MS_MAX = 2_000;
const PING_MS = 1_000;
/** A connection over which so many pings in a row brought nothing back is dead. */
const UNANSWERED_MAX = 3;
/** What may wait for a peer that reads slowly; past it messages are dropped. */
const UNSENT_BYTES_MAX = 16 * 1024 * 1024;
/** What is written while a connection is made waits for it so long, and no more of it; later it would not be true any more. */
const AWAITED_MS_MAX = 1_000;
const AWAITING_MAX = 2_000;
/** With the pauses between them some ten seconds: a node that died is off the roll by then, and nothing to tell of. */
const FAILURES_BEFORE_WORD = 10;

/**
 * The way to one other node: a connection that this side makes, and makes again whenever it is gone. All that this node
 * sends or publishes to the other goes over it, in order; what the other one sends comes over a connection of its own.
 */
export class Peer {
  readonly #options: PeerOptions;
  /** Topics that are followed at the other node, with who waits until it confirms. */
  readonly #topics = new Map<string, Set<() => void>>();
  readonly #asked = new Map<number, string>();
  #members: ReadonlySet<string> = new Set();
  #socket: TLSSocket | undefined;
  #unsent: Buffer[] = [];
  /** Written while the connection is made. */
  #awaiting: { readonly packet: Buffer; readonly at: number }[] = [];
  #awaitingBytes = 0;
  #isReady = false;
  #isClosed = false;
  #lastAsked = 0;
  #unanswered = 0;
  #failures = 0;
  #isDropping = false;
  #again: NodeJS.Timeout | undefined;
  readonly #pings: NodeJS.Timeout;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.#pings = setInterval(() => this.#ping(), PING_MS);
    this.#connect();
  }

  /** Whether what is sent now goes out over a connection that is there. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Whether this member is who answers at the address. */
  has(memberId: string): boolean {
    return this.#isReady && this.#members.has(memberId);
  }

  /**
   * A packet that was packed before, so that one for many is packed once. Goes out after this turn; or as soon as the
   * connection is there, if that is being made just now.
   */
  write(packet: Buffer): void {
    if (!this.#isReady) {
      this.#await(packet);
      return;
    }
    if ((this.#socket?.writableLength ?? 0) > UNSENT_BYTES_MAX) {
      this.#noteDrop();
      return;
    }
    if (this.#unsent.length === 0) setImmediate(() => this.#flush());
    this.#unsent.push(packet);
  }

  /** Tells the other node anew which members are here. */
  introduce(): void {
    if (this.#isReady) this.#say(this.#hello());
  }

  /** From now on, over every connection anew. Resolves when the other node has confirmed it, or the connection went. */
  follow(topic: string): Promise<void> {
    const waiting = this.#topics.get(topic) ?? new Set();
    this.#topics.set(topic, waiting);
    if (!this.#isReady) return Promise.resolve();
    // Also where it is followed already: the answer says that.
    this.#askFor(topic);
    return new Promise((resolve) => void waiting.add(resolve));
  }

  unfollow(topic: string): void {
    this.#settle(topic);
    this.#topics.delete(topic);
    if (this.#isReady) this.#say([KIND.unfollow, topic]);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#pings);
    clearTimeout(this.#again);
    this.#socket?.destroy();
    this.#ended();
  }

  #connect(): void {
    const { address, key, log } = this.#options;
    const { host, port } = hostAndPort(address);
    const socket = connectLink(key, host, port);
    this.#socket = socket;
    const reader = new PacketReader();
    socket.once('secureConnect', () => {
      this.#unanswered = 0;
      socket.write(packed(this.#hello()));
    });
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const packet of reader.read(chunk)) this.#receive(packet);
      } catch (error) {
        socket.destroy(error as Error);
      }
    });
    let reason: string | undefined;
    socket.on('error', (error) => {
      reason = error.message;
    });
    socket.once('close', () => {
      if (this.#socket !== socket || this.#isClosed) return;
      this.#ended();
      this.#failures++;
      if (this.#failures === FAILURES_BEFORE_WORD) {
        log.warn(
          { event: 'link.unreachable', address, reason: reason ?? 'the connection was closed' },
          'Another node cannot be reached directly. While Redis is away, this node cannot serve its showtimes.',
        );
      }
      const delayMs = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** Math.min(this.#failures, 10));
      this.#again = setTimeout(() => this.#connect(), delayMs * (0.5 + Math.random() / 2));
    });
  }

  #receive([kind, first]: Packet): void {
    this.#unanswered = 0;
    if (kind === KIND.members && Array.isArray(first)) this.#known(first.filter((id) => typeof id === 'string'));
    else if (kind === KIND.followed && typeof first === 'number') {
      const topic = this.#asked.get(first);
      this.#asked.delete(first);
      if (topic !== undefined) this.#settle(topic);
    }
  }

  #known(memberIds: readonly string[]): void {
    const { address, log, onReady } = this.#options;
    this.#members = new Set(memberIds);
    if (this.#isReady) return;
    if (this.#failures >= FAILURES_BEFORE_WORD)
      log.info({ event: 'link.reached', address }, 'Another node is connected directly.');
    this.#failures = 0;
    this.#isReady = true;
    const since = performance.now() - AWAITED_MS_MAX;
    for (const { packet, at } of this.#awaiting.splice(0)) if (at >= since) this.write(packet);
    this.#awaitingBytes = 0;
    for (const topic of this.#topics.keys()) this.#askFor(topic);
    onReady();
  }

  #askFor(topic: string): void {
    const number = ++this.#lastAsked;
    this.#asked.set(number, topic);
    this.#say([KIND.follow, number, topic]);
  }

  #settle(topic: string): void {
    const waiting = this.#topics.get(topic);
    if (!waiting) return;
    for (const resolve of waiting) resolve();
    waiting.clear();
  }

  #say(packet: Packet): void {
    this.write(packed(packet));
  }

  #flush(): void {
    const packets = this.#unsent;
    this.#unsent = [];
    if (packets.length > 0 && this.#isReady)
      this.#socket?.write(packets.length === 1 ? (packets[0] ?? '') : Buffer.concat(packets));
  }

  #ping(): void {
    if (!this.#isReady) return;
    if (++this.#unanswered > UNANSWERED_MAX) this.#socket?.destroy(new Error('Nothing came back for long.'));
    else this.#say([KIND.ping]);
    if (this.#isDropping && (this.#socket?.writableLength ?? 0) < UNSENT_BYTES_MAX / 2) {
      this.#isDropping = false;
      this.#options.log.info(
        { event: 'link.sending', address: this.#options.address },
        'Messages to another node are sent again.',
      );
    }
  }

  #hello(): Packet {
    return [KIND.hello, this.#options.ownAddress, this.#options.ownMembers()];
  }

  #await(packet: Buffer): void {
    if (this.#awaitingBytes + packet.length > UNSENT_BYTES_MAX || this.#awaiting.length >= AWAITING_MAX) return;
    this.#awaiting.push({ packet, at: performance.now() });
    this.#awaitingBytes += packet.length;
  }

  /** There is no connection any more. Who waits for a confirmation is not kept: the next connection asks by itself. */
  #ended(): void {
    this.#isReady = false;
    this.#unsent = [];
    this.#awaiting = [];
    this.#awaitingBytes = 0;
    this.#asked.clear();
    for (const topic of this.#topics.keys()) this.#settle(topic);
  }

  #noteDrop(): void {
    if (this.#isDropping) return;
    this.#isDropping = true;
    const { log, address } = this.#options;
    log.warn({ event: 'link.dropping', address }, 'Another node reads too slowly. Messages to it are dropped.');
  }
}

export function hostAndPort(address: string): { readonly host: string; readonly port: number } {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
}
