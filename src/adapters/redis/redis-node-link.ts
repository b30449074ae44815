import { randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import type { Log } from '../../kernel/log.js';
import type { NodeLink } from '../../runtime/relay/node-link-port.js';
import { FrameReader } from './frame-reader.js';
import { FrameWriter } from './frame-writer.js';
import { LinkWatch } from './link-watch.js';
import { Outbox } from './outbox.js';
import { connectOne, isConnected } from './redis-connection.js';
import { type Handler, Subscriptions } from './subscriptions.js';

export interface RedisNodeLinkOptions {
  /** See redis-url.ts. */
  readonly url: string;
  readonly log: Log;
  /** Names the cluster: two of them may share a Redis. Letters, digits, - and _. */
  readonly prefix?: string;
  /** `receive` and `follow` reject after so long at the latest. */
  readonly confirmMsMax?: number;
  /** How often both connections are tried; a dead one is found within three such intervals. */
  readonly watchEveryMs?: number;
  /** What may wait for an answer of Redis, before messages are dropped. A payload larger than this is never sent. */
  readonly outboxBytesMax?: number;
  /** Likewise. A message is one frame, a large one a frame for each 256 KiB of it. */
  readonly outboxFramesMax?: number;
}

const CONFIRM_MS_MAX = 2_000;
const WATCH_EVERY_MS = 2_000;
const OUTBOX_BYTES_MAX = 8 * 1024 * 1024;
const OUTBOX_FRAMES_MAX = 10_000;

/**
 * Messages between nodes over Redis pub/sub: one connection publishes, one receives. See README.md for what is lost when.
 * Followers of one topic in one node share the payload, and byte strings in it are views of what came in: read only, and
 * to be copied by who keeps them.
 */
export class RedisNodeLink implements NodeLink {
  readonly #publisher: Redis;
  readonly #subscriber: Redis;
  readonly #writer = new FrameWriter();
  readonly #reader = new FrameReader(() => performance.now());
  readonly #outbox: Outbox;
  readonly #subscriptions: Subscriptions;
  readonly #prefix: string;
  readonly #log: Log;
  readonly #watch: LinkWatch;
  readonly #upkeep: NodeJS.Timeout;

  constructor(options: RedisNodeLinkOptions) {
    const { url, log, prefix = 'usher', watchEveryMs = WATCH_EVERY_MS } = options;
    const silenceMsMax = 2 * watchEveryMs;
    this.#publisher = connectOne({ url, log, name: `${prefix}-publisher`, silenceMsMax });
    this.#subscriber = connectOne({ url, log, name: `${prefix}-subscriber`, silenceMsMax });
    this.#outbox = new Outbox({
      client: this.#publisher,
      log,
      bytesMax: options.outboxBytesMax ?? OUTBOX_BYTES_MAX,
      framesMax: options.outboxFramesMax ?? OUTBOX_FRAMES_MAX,
    });
    this.#subscriptions = new Subscriptions({
      client: this.#subscriber,
      log,
      confirmMsMax: options.confirmMsMax ?? CONFIRM_MS_MAX,
      read: (channel, frame) => this.#reader.read(channel, frame),
    });
    this.#prefix = prefix;
    this.#log = log;
    this.#watch = new LinkWatch({
      publisher: this.#publisher,
      subscriber: this.#subscriber,
      subscriptions: this.#subscriptions,
      channel: `${prefix}:echo:${randomUUID()}`,
    });
    this.#upkeep = setInterval(() => {
      this.#reader.sweep();
      this.#outbox.note();
      this.#subscriptions.ask();
      this.#watch.look();
    }, watchEveryMs);
  }

  /** Messages that were not sent, or not answered by Redis. */
  get dropped(): number {
    return this.#outbox.dropped;
  }

  /** Whether both connections are there, as far as is known. */
  get isUp(): boolean {
    return this.#publisher.status === 'ready' && this.#subscriber.status === 'ready';
  }

  /** Whether both connections are there, now or within this time: what is sent before is lost. */
  async isConnected(waitMsMax: number): Promise<boolean> {
    const connected = [this.#publisher, this.#subscriber].map((client) => isConnected(client, waitMsMax));
    return (await Promise.all(connected)).every((is) => is);
  }

  async receive(memberId: string, handler: Handler): Promise<void> {
    await this.#subscriptions.join(`${this.#prefix}:to:${memberId}`, handler);
  }

  send(memberId: string, payload: unknown): void {
    this.#send(`${this.#prefix}:to:${memberId}`, payload);
  }

  publish(topic: string, payload: unknown): void {
    this.#send(`${this.#prefix}:on:${topic}`, payload);
  }

  follow(topic: string, handler: Handler): Promise<() => void> {
    return this.#subscriptions.join(`${this.#prefix}:on:${topic}`, handler);
  }

  close(): void {
    clearInterval(this.#upkeep);
    this.#outbox.close();
    this.#publisher.disconnect();
    this.#subscriber.disconnect();
  }

  #send(channel: string, payload: unknown): void {
    try {
      this.#outbox.send(channel, this.#writer.write(payload));
    } catch (error) {
      this.#log.error(
        { event: 'link.message_unsendable', err: error, channel },
        'A message to another node was not sent: it is no plain data.',
      );
    }
  }
}
