import type { TLSSocket } from 'node:tls';
import { KIND, type Packet, PacketReader, packed } from './packets.js';

/** Nothing for so long, not even a ping: the other side is gone. */
const SILENT_MS_MAX = 10_000;
const TEXT_LENGTH_MAX = 300;

/** What a guest does that concerns more than itself. */
export interface GuestOptions {
  readonly socket: TLSSocket;
  /** Hands a payload on to who listens to a channel on this node. */
  readonly deliver: (channel: string, payload: unknown) => void;
  /** It said where its node is reached, and who is there. */
  readonly onHello: (guest: Guest) => void;
  readonly onGone: (guest: Guest) => void;
  /** Whether what is published here reaches its node: only then is it told that it follows. */
  readonly hasWayBack: (guest: Guest) => boolean;
  readonly onGarbage: (error: unknown) => void;
}

/** A connection that another node made: what it sends to this one comes over it. */
export class Guest {
  readonly #options: GuestOptions;
  readonly #topics = new Set<string>();
  /** Confirmations that wait until this node has a way back. */
  #unconfirmed: number[] = [];
  #address: string | undefined;
  #members: ReadonlySet<string> = new Set();

  constructor(options: GuestOptions) {
    this.#options = options;
    const { socket, onGone, onGarbage } = options;
    const reader = new PacketReader();
    socket.setTimeout(SILENT_MS_MAX, () => socket.destroy());
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const packet of reader.read(chunk)) this.#receive(packet);
      } catch (error) {
        onGarbage(error);
        socket.destroy();
      }
    });
    socket.on('error', () => {});
    socket.once('close', () => onGone(this));
  }

  /** Where its node is reached; undefined until it has said so. */
  get address(): string | undefined {
    return this.#address;
  }

  has(memberId: string): boolean {
    return this.#members.has(memberId);
  }

  follows(topic: string): boolean {
    return this.#topics.has(topic);
  }

  /** Tells it which members are here. */
  introduce(memberIds: readonly string[]): void {
    if (this.#address !== undefined) this.#answer([KIND.members, memberIds]);
  }

  /** There is a way back to its node now. */
  confirm(): void {
    for (const number of this.#unconfirmed) this.#answer([KIND.followed, number]);
    this.#unconfirmed = [];
  }

  #receive([kind, first, second]: Packet): void {
    const { deliver, onHello } = this.#options;
    if (kind === KIND.hello) {
      this.#address = readText(first);
      this.#members = new Set(Array.isArray(second) ? second.filter((id) => typeof id === 'string') : []);
      onHello(this);
    } else if (kind === KIND.send) deliver(`to:${readText(first)}`, second);
    else if (kind === KIND.publish) deliver(`on:${readText(first)}`, second);
    else if (kind === KIND.follow) this.#follow(Number(first), readText(second));
    else if (kind === KIND.unfollow) this.#topics.delete(readText(first));
    else if (kind === KIND.ping) this.#answer([KIND.pong]);
  }

  #follow(number: number, topic: string): void {
    this.#topics.add(topic);
    if (this.#options.hasWayBack(this)) this.#answer([KIND.followed, number]);
    else this.#unconfirmed.push(number);
  }

  #answer(packet: Packet): void {
    const { socket } = this.#options;
    if (socket.writable) socket.write(packed(packet));
  }
}

function readText(value: unknown): string {
  if (typeof value === 'string' && value.length <= TEXT_LENGTH_MAX) return value;
  throw new TypeError('A text was expected.');
}
