import type { Log } from '../../kernel/log.js';
import type { Timers } from '../../kernel/timers.js';
import type { NodeLink } from '../../runtime/relay/node-link-port.js';
import { plainCopy } from './plain-copy.js';

type Handler = (payload: unknown) => void;

/** What joins the links of several nodes in one process, and how it fails them. */
export class MemoryHub {
  readonly #timers: Timers;
  /** For links. */
  readonly log: Log;
  readonly #links = new Set<MemoryNodeLink>();
  #toDrop = 0;
  /** Of every message that is sent from now on. None overtakes an earlier one of its sender. */
  delayMs = 0;

  constructor(timers: Timers, log: Log) {
    this.#timers = timers;
    this.log = log;
  }

  /** The link of one node. */
  link(): MemoryNodeLink {
    const link = new MemoryNodeLink(this);
    this.#links.add(link);
    return link;
  }

  /** The next so many messages, whoever sends them, are lost. */
  dropNext(count: number): void {
    this.#toDrop += count;
  }

  /** For links: takes a message along, or loses it. */
  takes(): boolean {
    if (this.#toDrop === 0) return true;
    this.#toDrop--;
    return false;
  }

  /** For links: calls in a later turn, when a message that is sent now arrives. */
  later(call: () => void): void {
    if (this.delayMs === 0) this.#timers.soon(call);
    else this.#timers.after(this.delayMs, call);
  }

  /** For links: every node gets a copy of its own. */
  deliver(channel: string, payload: unknown): void {
    for (const link of this.#links) link.deliver(channel, payload);
  }
}

interface Sent {
  readonly channel: string;
  readonly payload: unknown;
  hasArrived: boolean;
}

/** The reference of a `NodeLink`: what it promises and no more. Made by `MemoryHub.link`. */
export class MemoryNodeLink implements NodeLink {
  readonly #hub: MemoryHub;
  readonly #handlers = new Map<string, Set<Handler>>();
  readonly #underway: Sent[] = [];
  #isCut = false;

  constructor(hub: MemoryHub) {
    this.#hub = hub;
  }

  async receive(memberId: string, handler: Handler): Promise<void> {
    await this.#join(`to:${memberId}`, handler);
  }

  send(memberId: string, payload: unknown): void {
    this.#send(`to:${memberId}`, payload);
  }

  publish(topic: string, payload: unknown): void {
    this.#send(`on:${topic}`, payload);
  }

  follow(topic: string, handler: Handler): Promise<() => void> {
    return this.#join(`on:${topic}`, handler);
  }

  /** Nothing comes or goes, what is under way included, and nobody is told. */
  cut(): void {
    this.#isCut = true;
  }

  /** All who followed follow again, and have missed what was sent meanwhile. */
  heal(): void {
    this.#isCut = false;
  }

  /** For the hub. */
  deliver(channel: string, payload: unknown): void {
    const handlers = this.#handlers.get(channel);
    if (this.#isCut || !handlers?.size) return;
    const copy = structuredClone(payload);
    for (const handler of [...handlers]) {
      // One that was called before it may have ended this one.
      if (!handlers.has(handler)) continue;
      try {
        handler(copy);
      } catch (error) {
        this.#hub.log.error(
          { event: 'link.receiver_failed', err: error, channel },
          'A message from another node made its receiver throw an error.',
        );
      }
    }
  }

  #join(channel: string, handler: Handler): Promise<() => void> {
    return new Promise((resolve, reject) => {
      this.#hub.later(() => {
        if (this.#isCut) {
          reject(new Error('This node is cut off.'));
          return;
        }
        const handlers = this.#handlers.get(channel) ?? new Set();
        this.#handlers.set(channel, handlers);
        // The same function may follow twice: each time is one of its own.
        const own: Handler = (payload) => handler(payload);
        handlers.add(own);
        resolve(() => handlers.delete(own));
      });
    });
  }

  #send(channel: string, payload: unknown): void {
    if (this.#isCut || !this.#hub.takes()) return;
    const sent: Sent = { channel, payload: this.#copyOf(channel, payload), hasArrived: false };
    this.#underway.push(sent);
    this.#hub.later(() => {
      sent.hasArrived = true;
      for (let first = this.#underway[0]; first?.hasArrived; first = this.#underway[0]) {
        this.#underway.shift();
        if (!this.#isCut && first.payload !== undefined) this.#hub.deliver(first.channel, first.payload);
      }
    });
  }

  /** Undefined: no plain data, which is not sent. */
  #copyOf(channel: string, payload: unknown): unknown {
    try {
      return plainCopy(payload);
    } catch (error) {
      this.#hub.log.error(
        { event: 'link.message_unsendable', err: error, channel },
        'A message to another node was not sent: it is no plain data.',
      );
      return undefined;
    }
  }
}
